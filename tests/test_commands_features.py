"""The commands that compute features and draw clips: what they ask for, write and refuse."""

import errno
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.config import CACHE_VARIABLE
from pipeline.features import FEATURES

RUNNER = CliRunner()
SR = 22_050


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clips" / "blues.00000.wav"
    path.parent.mkdir()
    y = np.random.default_rng(0).integers(-9000, 9000, 2 * SR)
    soundfile.write(path, y.astype(np.int16), SR)
    return path


def test_several_features_of_a_folder(clip, cache, tmp_path):
    out = tmp_path / "out"
    words = ["mel", "mfcc_sequence", str(clip.parent), "--out", str(out), "--jobs", "1"]
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.glob("*.npz")} == {
        "mel_30_sec.npz", "mfcc_sequence_30_sec.npz",
    }  # fmt: skip
    assert "1 rows" in result.output
    assert (cache / "file_hashes.json").exists() or any(cache.iterdir())


def test_a_folder_is_not_printed_but_written(clip):
    result = RUNNER.invoke(app, ["features", "summary", str(clip.parent), "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert {path.name for path in clip.parent.glob("*_sec.csv")} == {
        "features_3_sec.csv", "features_30_sec.csv",
    }  # fmt: skip


def test_workers_may_find_a_folder_elsewhere(clip, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    clip.parent.rename(elsewhere)
    clip.parent.mkdir()
    clip.symlink_to(tmp_path / "absent")  # here is a name, there is the sound
    words = ["mel", str(clip.parent), "--jobs", "1"]
    assert RUNNER.invoke(app, ["features", *words]).exit_code == 1
    result = RUNNER.invoke(app, ["features", *words, "--clips-at", str(elsewhere)])
    assert result.exit_code == 0, result.output
    assert (clip.parent / "mel_30_sec.npz").is_file()


def test_clips_of_several_folders_need_one_for_their_features(clip, tmp_path):
    words = ["mel", str(clip.parent), str(clip.parent), "--jobs", "1"]
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 2
    assert "--out DIR" in result.output


def test_the_data_folder_is_the_default_and_fresh_keeps_nothing(clip, cache):
    data = clip.parent.parent / "data"
    (data / "genres_original" / "blues").mkdir(parents=True)
    clip.rename(data / "genres_original" / "blues" / clip.name)
    result = RUNNER.invoke(
        app, ["features", "summary", "--data", str(data), "--jobs", "1", "--fresh"]
    )
    assert result.exit_code == 0, result.output
    assert {path.name for path in data.glob("*_sec.csv")} == {
        "features_3_sec.csv", "features_30_sec.csv",
    }  # fmt: skip
    assert not cache.exists()


def test_nothing_usable_is_a_failure_that_names_the_table_of_reasons(tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF" + bytes(100))
    words = ["mel", str(broken), "--out", str(tmp_path / "out"), "--jobs", "1"]
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 1
    assert "1 clips left out" in result.output
    assert "broken.wav" in (tmp_path / "out" / "mel_30_sec_failures.csv").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mell"], "no such feature, file or folder: mell; features are summary, mel,"),
        (["mel", "mell"], "no such feature, file or folder: mell"),
        (["clip.wav"], "no such feature, file or folder: clip.wav"),
        (["mel", "--segments", "5"], "--segments must be 3 or 30, got 5"),
        (["mel", "clip.wav"], "--out DIR"),
        (["fma", "clip.wav", "--segments", "3"], "fma describes whole tracks"),
        (["mel", "--data", "/nowhere"], "Name clips or"),
    ],
)
def test_what_is_refused(words, said):
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 2
    assert said in result.output


def test_a_folder_that_cannot_be_written_is_said(clip, tmp_path):
    (tmp_path / "file").write_text("in the way")
    words = ["mel", str(clip), "--out", str(tmp_path / "file"), "--jobs", "1"]
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert "name another folder with --out DIR" in said and "room" not in said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said(clip, tmp_path, monkeypatch, number):
    def is_full(*_: object, **__: object) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr("pipeline.features.bulk.compute_features", is_full)
    words = ["mel", str(clip), "--out", str(tmp_path / "out"), "--jobs", "1"]
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 2
    assert "Free some room" in result.output


@pytest.mark.parametrize(
    "option", [["--jobs", "2"], ["--scheduler", "local:2"], ["--clips-at", "/a"], ["--fresh"]]
)
def test_a_printed_table_takes_no_option_of_files(clip, option):
    result = RUNNER.invoke(app, ["features", "summary", str(clip), *option])
    assert result.exit_code == 2
    assert "add --out DIR" in " ".join(result.output.split())


def test_features_of_every_kind_can_be_asked_for(clip, tmp_path):
    """Every entry of the registry goes through the whole command."""
    words = [*FEATURES, str(clip), "--out", str(tmp_path / "out"), "--jobs", "1"]
    result = RUNNER.invoke(app, ["features", *words])
    assert result.exit_code == 0, result.output
    arrays = {path.name.removesuffix("_30_sec.npz") for path in (tmp_path / "out").glob("*.npz")}
    assert arrays == set(FEATURES) - {"summary", "fma"}
    for name in arrays:
        with np.load(tmp_path / "out" / f"{name}_30_sec.npz") as file:
            assert file["blues.00000"].ndim == len(FEATURES[name].shape)


def test_pictures_of_a_clip_are_written_and_a_broken_one_is_named(clip, tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF" + bytes(100))
    result = RUNNER.invoke(
        app, ["pictures", str(broken), str(clip), "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 1
    assert "broken.wav" in result.output
    assert len(list((tmp_path / "out").glob("blues.00000_*.png"))) == 6


def test_pictures_of_one_name_do_not_replace_each_other(clip, tmp_path):
    other = tmp_path / clip.name
    other.write_bytes(clip.read_bytes())
    words = ["pictures", str(clip), str(other), "--out", str(tmp_path / "out")]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == 2
    assert "would have the same names" in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_pictures_that_cannot_be_written_are_said(clip, tmp_path):
    (tmp_path / "file").write_text("in the way")
    words = ["pictures", str(clip), str(clip), "--out", str(tmp_path / "file")]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == 2
    assert "name another folder with --out DIR" in " ".join(result.output.split())
