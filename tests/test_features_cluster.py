"""Features of clips on workers of a cluster: the files of a serial run, wherever clips are read."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pipeline.cache import Cache
from pipeline.cluster import Cluster, connected
from pipeline.features.bulk import (
    ClipsError,
    compute_features,
    data_collections,
    named_clips,
    requested_outputs,
)
from pipeline.locations import LocationError, below
from pipeline.store import load_folder

SR = 22_050
NOTHING_KEPT = Cache(None)


@pytest.fixture(scope="module")
def cluster():
    with connected("local:2") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    """A data folder with clips of two genres; one of them is no audio."""
    folder = tmp_path_factory.mktemp("data") / "genres_original"
    for seed, name in enumerate(("blues.00000", "blues.00001", "rock.00000")):
        path = folder / name.partition(".")[0] / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(seed).integers(-9000, 9000, (4 + seed) * SR)
        soundfile.write(path, noise.astype(np.int16), SR)
    (folder / "rock" / "rock.00001.wav").write_text("<html></html>")
    return folder.parent


def computed(
    music: Path, out: Path, jobs: Cluster | int, cache: Cache = NOTHING_KEPT, **options
) -> dict[str, bytes]:
    """Compute two features and return the files that were written, without what differs by name."""
    compute_features(
        requested_outputs(["summary", "mel"], segments=None),
        data_collections(music),
        out=out,
        cache=cache,
        jobs=jobs,
        advance=lambda done, total, label: None,
        **options,
    )
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.fixture(scope="module")
def serial(music, tmp_path_factory) -> dict[str, bytes]:
    found = computed(music, tmp_path_factory.mktemp("serial"), 1)
    assert found["features_3_sec.csv"].count(b"\n") == 1 + 1 + 1 + 2
    assert b"HTML" in found["features_3_sec_failures.csv"]
    return found


def test_workers_give_the_bytes_of_a_serial_run(music, serial, cluster, tmp_path):
    assert computed(music, tmp_path, cluster) == serial


def test_workers_may_read_the_folder_by_a_url(music, serial, cluster, tmp_path):
    assert computed(music, tmp_path, cluster, clips_at=f"file://{music}") == serial


def test_workers_may_read_the_clips_from_a_database(music, serial, cluster, tmp_path, store_url):
    load_folder(music, store_url)
    assert computed(music, tmp_path, cluster, clips_at=store_url) == serial


def test_a_cache_does_not_take_one_place_for_another(music, tmp_path):
    """Sound of the same names elsewhere, then the same place with other sound and no local copy."""
    data, cache = tmp_path / "data", Cache(tmp_path / "cache")
    shutil.copytree(music, data)
    here = computed(data, tmp_path / "here", 1, cache)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(music, elsewhere)
    blues = elsewhere / "genres_original" / "blues"
    (blues / "blues.00000.wav").write_bytes((blues / "blues.00001.wav").read_bytes())
    there = computed(data, tmp_path / "there", 1, cache, clips_at=str(elsewhere))
    assert there["mel_30_sec.npz"] != here["mel_30_sec.npz"]
    assert computed(data, tmp_path / "again", 1, cache) == here

    for path in data.glob("*/blues/*.wav"):  # a table that names tracks which only workers see
        path.unlink()
        path.symlink_to(tmp_path / "absent")
    absent = computed(data, tmp_path / "absent_1", 1, cache, clips_at=str(elsewhere))
    shutil.copy(music / "genres_original" / "rock" / "rock.00000.wav", blues / "blues.00000.wav")
    changed = computed(data, tmp_path / "absent_2", 1, cache, clips_at=str(elsewhere))
    assert absent["mel_30_sec.npz"] == there["mel_30_sec.npz"] != changed["mel_30_sec.npz"]


def test_a_file_that_could_not_be_opened_is_tried_again(music, tmp_path):
    data, cache = tmp_path / "data", Cache(tmp_path / "cache")
    shutil.copytree(music, data)
    elsewhere = tmp_path / "elsewhere"
    for _ in range(2):
        refused = computed(data, tmp_path / "out", 1, cache, clips_at=str(elsewhere))
        assert b"cannot be read" in refused["mel_30_sec_failures.csv"]
    shutil.copytree(music, elsewhere)
    found = computed(data, tmp_path / "out", 1, cache, clips_at=str(elsewhere))
    assert found["mel_30_sec_failures.csv"].count(b"\n") == 1 + 1


def test_a_worker_without_access_says_so_and_nothing_is_written(music, cluster, tmp_path):
    with pytest.raises(LocationError, match=r"worker tcp://\S+ on \S+ cannot read memory://") as it:
        computed(music, tmp_path, cluster, clips_at="memory://music")
    assert "same path" in str(it.value) and "fsspec URL" in str(it.value)
    assert list(tmp_path.iterdir()) == []


def test_clips_outside_a_folder_have_no_place_in_another(music, tmp_path):
    clip = music / "genres_original" / "rock" / "rock.00000.wav"
    with pytest.raises(ClipsError, match="--clips-at stands for the folder of a data set"):
        compute_features(
            requested_outputs(["mel"], segments=None),
            [named_clips([clip])],
            out=tmp_path,
            cache=Cache(None),
            jobs=1,
            advance=lambda done, total, label: None,
            clips_at="s3://bucket",
        )


@pytest.mark.parametrize(
    ("root", "location"),
    [
        ("/music/", "/music/a/b.wav"),
        ("s3://bucket/gtzan", "s3://bucket/gtzan/a/b.wav"),
        ("mongodb://h/Music_db", "mongodb://h/Music_db#a/b.wav"),
    ],
)
def test_a_place_below_another(root, location):
    assert below(root, "a/b.wav") == location
