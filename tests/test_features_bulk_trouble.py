"""Features of many clips in trouble: files of somebody else, runs and clips that end badly."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bulk_features import compute, write_clip, write_music

from pipeline.cache import Cache
from pipeline.config import REPOSITORY
from pipeline.features.bulk import OutputError, named_clips


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return write_music(tmp_path / "music")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_a_table_that_was_not_written_here_stays(music, cache) -> None:
    kaggle = music / "features_3_sec.csv"
    kaggle.write_text("filename\n")
    with pytest.raises(OutputError, match=r"features_3_sec\.csv is there and was not written by"):
        compute(["summary"], music, cache)
    assert kaggle.read_text() == "filename\n"
    assert not (music / "features_30_sec.csv").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mel_30_sec_rows.csv", "mine\n"),
        ("mel_30_sec_failures.csv", "mine\n"),
        ("features.json", '{"files": ["a"]}'),
        ("features.json", '{"files": {"mel_30_sec.npz": 3}}'),
        ("features.json", '{"type": "FeatureCollection"}'),
        ("features.json", "[]"),
        ("features.json", "no JSON"),
    ],
)
def test_no_file_of_somebody_else_is_written_over(music, cache, name, content) -> None:
    (music / name).write_text(content)
    with pytest.raises(OutputError, match=rf"{name} is there and was not written by"):
        compute(["mel"], music, cache)
    assert (music / name).read_text() == content
    assert not (music / "mel_30_sec.npz").exists()


@pytest.mark.parametrize("stopped_at", range(1, 4))
def test_a_run_that_ends_between_its_renames_can_be_repeated(
    music, cache, monkeypatch, stopped_at
) -> None:
    """The disk is full at the first, second or third of: rows, arrays, record."""
    compute(["mel"], music, cache)
    write_clip(music / "genres_original" / "blues" / "blues.00001.wav", 9, seed=8)
    count, real = 0, os.replace

    def fills_up(source: Path, target: Path) -> None:
        nonlocal count
        count += Path(target).parent == music and Path(target).name != "mel_30_sec_failures.csv"
        if count == stopped_at + 1:  # the announcement is the first
            raise OSError(28, "No space left on device")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", fills_up)
        with pytest.raises(OSError, match="No space"):
            compute(["mel"], music, cache)
    written, _ = compute(["mel"], music, cache)
    assert written[0].rows == 4
    assert "unfinished" not in (music / "features.json").read_text()


def test_an_unforeseen_error_is_a_reason_too(tmp_path, cache, monkeypatch) -> None:
    def fails(y: np.ndarray, *, sr: int, parameters: object) -> np.ndarray:
        raise ZeroDivisionError("by a test")

    monkeypatch.setattr("pipeline.features.sequences.mel_sequence", fails)
    clips = named_clips([write_clip(tmp_path / "a.wav", 1)])
    written, _ = compute(["mel"], None, cache, collections=[clips], out=tmp_path)
    assert (written[0].rows, written[0].failures) == (0, 1)
    assert "ZeroDivisionError: by a test" in written[0].failures_path.read_text()


@pytest.mark.parametrize("passing", [MemoryError(), OSError(28, "No space left on device")])
def test_a_trouble_of_this_machine_is_no_verdict_on_a_clip(
    tmp_path, cache, monkeypatch, passing
) -> None:
    def fails(y: np.ndarray, *, sr: int, parameters: object) -> np.ndarray:
        raise passing

    clips = named_clips([write_clip(tmp_path / "a.wav", 1)])
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.features.sequences.mel_sequence", fails)
        written, _ = compute(["mel"], None, cache, collections=[clips], out=tmp_path)
    assert (written[0].rows, written[0].failures) == (0, 1)
    assert type(passing).__name__ in written[0].failures_path.read_text()
    written, _ = compute(["mel"], None, cache, collections=[clips], out=tmp_path)
    assert (written[0].rows, written[0].failures) == (1, 0)


def test_ctrl_c_leaves_the_old_files_and_keeps_what_was_done(tmp_path) -> None:
    data, cache = tmp_path / "music", tmp_path / "cache"
    for k in range(90):
        write_clip(data / "genres_original" / "blues" / f"blues.{k:05d}.wav", 10, seed=k)
    command = [sys.executable, "-m", "pipeline", "features", "summary", "--jobs", "2"]
    process = subprocess.Popen(
        [*command, "--data", str(data)],
        cwd=REPOSITORY,
        env={**os.environ, "GENRELENS_CACHE": str(cache)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )

    def finished() -> list[Path]:
        return [path for path in cache.glob("??/*") if not path.name.startswith(".")]

    until = time.monotonic() + 220
    while not finished() and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert b"stopped" in said
    assert [path.name for path in data.iterdir()] == ["genres_original"]
    assert 1 <= len(finished()) < 180
