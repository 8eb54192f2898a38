"""Which clips features are computed of, what they are called, and hashes that are remembered."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bulk_features import compute, write_clip

from pipeline.cache import Cache
from pipeline.features.bulk import (
    Clip,
    ClipsError,
    OutputError,
    data_collections,
    named_clips,
    requested_outputs,
)
from pipeline.features.bulk.hashes import FileHashes
from pipeline.features.bulk.run import units_of
from pipeline.features.bulk.units import Unit, batches_of


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A data folder of two clips."""
    folder = tmp_path / "music" / "genres_original"
    write_clip(folder / "blues" / "blues.00000.wav", 2, seed=1)
    write_clip(folder / "blues" / "blues.00001.wav", 1, seed=2)
    return folder.parent


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_tracks_of_a_data_set_that_was_taken_in(music, cache) -> None:
    folder = music / "genres_original"
    rows = [
        ("own.00000", "soul", "blues/blues.00000.wav", ""),
        ("own.00001", "soul", str(folder / "blues" / "blues.00001.wav"), ""),
        ("own.00002", "rock", "rock/rock.00001.wav", "too short"),
    ]
    columns = ["track_id", "genre", "path", "excluded_reason"]
    pd.DataFrame(rows, columns=columns).to_parquet(folder / "tracks.parquet")
    written, _ = compute(["summary"], music, cache, segments=30)  # a folder below the data folder
    table = pd.read_csv(folder / "features_30_sec.csv")
    assert table["filename"].tolist() == ["own.00000.wav", "own.00001.wav"]
    assert table["label"].tolist() == ["soul", "soul"]
    failures = pd.read_csv(written[0].failures_path)
    assert failures.to_numpy().tolist() == [["rock/rock.00001.wav", "too short"]]


def test_several_data_sets_have_folders_of_their_own(tmp_path, cache) -> None:
    for name in ("first", "second"):
        write_clip(tmp_path / name / "a.wav", 1.5)
        rows = [("t.00000", "soul", "a.wav", "")]
        columns = ["track_id", "genre", "path", "excluded_reason"]
        pd.DataFrame(rows, columns=columns).to_parquet(tmp_path / name / "tracks.parquet")
    compute(["mfcc_sequence"], tmp_path, cache, out=tmp_path / "out")
    assert {path.parent.name for path in (tmp_path / "out").glob("*/*.npz")} == {"first", "second"}


def test_songs_of_one_name_are_told_apart_by_their_folder(tmp_path, cache) -> None:
    for k, genre in enumerate(("soul", "rock")):
        write_clip(tmp_path / "own" / genre / "01.wav", 1.5, seed=k)
    own = named_clips([tmp_path / "own"])
    compute(["mel"], None, cache, collections=[own], out=tmp_path)
    with np.load(tmp_path / "mel_30_sec.npz") as arrays:
        assert set(arrays.files) == {"soul.01", "rock.01"}
    write_clip(tmp_path / "own" / "rock" / "01.flac", 1.5)
    with pytest.raises(ClipsError, match=r"two clips would be called 'rock.01'.*01.flac.*01.wav"):
        compute(["mel"], None, cache, collections=[named_clips([tmp_path / "own"])], out=tmp_path)


def test_a_clip_that_is_named_twice_counts_once(tmp_path, monkeypatch) -> None:
    clip = write_clip(tmp_path / "soul" / "01.wav", 1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "soul")
    for again in ("soul/01.wav", "soul", "link/01.wav", "soul/../soul/01.wav"):
        own = named_clips([clip, Path(again)])
        assert [
            unit.clip.track_id for unit in units_of(*requested_outputs(["mel"], segments=3), own)
        ] == ["01"]


def test_covers_do_not_replace_songs_and_pictures_of_the_archive_do(tmp_path) -> None:
    folder = tmp_path / "soul"
    for name in ("song.wav", "live00001.wav", "soul.00007.wav"):
        write_clip(folder / name, 1)
    for name in ("song.png", "cover.png", "live00001.png", "soul00007.png"):
        (folder / name).touch()
    own = named_clips([folder])
    assert [picture.path.name for picture in own.pictures] == ["soul00007.png"]
    (output,) = requested_outputs(["hog"], segments=None)
    assert sorted((unit.clip.path.name, unit.cut) for unit in units_of(output, own)) == [
        ("live00001.wav", "middle"), ("song.wav", "middle"), ("soul00007.png", "picture"),
    ]  # fmt: skip
    for clip in folder.glob("*.wav"):
        clip.unlink()
    assert len(named_clips([folder]).pictures) == 4  # without sound they are what is meant


def test_what_cannot_be_asked_for(tmp_path, cache) -> None:
    with pytest.raises(ClipsError, match=r"neither tracks.parquet nor genres_original/ is in"):
        data_collections(tmp_path)
    with pytest.raises(ClipsError, match="holds no audio file"):
        named_clips([tmp_path])
    with pytest.raises(OutputError, match="fma describes whole tracks"):
        requested_outputs(["fma"], segments=3)
    clip = write_clip(tmp_path / "a.wav", 1)
    with pytest.raises(ClipsError, match="--out DIR"):
        compute(["mel"], None, cache, collections=[named_clips([clip])])
    (tmp_path / "tracks.parquet").write_text("no table")
    with pytest.raises(ClipsError, match=r"tracks.parquet cannot be read.*ingest"):
        data_collections(tmp_path)


@pytest.mark.parametrize(
    ("feature", "cut", "file_bytes", "sizes"),
    [
        ("mel_image", "middle", 1, [256, 44]),
        ("mel_image", "segments", 1, [25] * 12),
        ("hog", "segments", 1, [102, 102, 96]),
        ("mel", "whole", 1, [64, 64, 64, 64, 44]),
        ("mel", "segments", 1, [64, 64, 64, 64, 44]),
        ("mel", "whole", 2**26, [2] * 150),
        ("mel", "whole", 2**28, [1] * 300),
        ("summary", "middle", 2**28, [300]),
    ],
)
def test_batches_hold_so_many_windows_and_bytes(tmp_path, feature, cut, file_bytes, sizes) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.truncate(file_bytes)
    given = [Unit(Clip(path, str(k), "soul"), str(path), feature, cut) for k in range(300)]
    batches = list(batches_of(given))
    assert [len(batch) for batch in batches] == sizes
    assert [unit for batch in batches for unit in batch] == given


def test_hashes_are_remembered_and_what_changed_is_read_again(tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"first")
    os.utime(path, (1_000, 1_000))
    hashes = FileHashes(tmp_path)
    first = hashes.of(path)
    hashes.keep()
    path.write_bytes(b"other")
    os.utime(path, (1_000, 1_000))  # same size, same time: this alone cannot be seen
    assert FileHashes(tmp_path).of(path) == first
    os.utime(path, (1_001, 1_001))
    assert FileHashes(tmp_path).of(path) != first
    assert FileHashes(tmp_path).of(tmp_path / "absent") == ""
    (tmp_path / "file_hashes.json").write_text("{damaged")
    assert len(FileHashes(tmp_path).of(path)) == 64


def test_a_file_changed_a_moment_ago_is_not_remembered(tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"first")
    hashes = FileHashes(tmp_path)
    hashes.of(path)
    hashes.keep()
    assert not (tmp_path / "file_hashes.json").exists()
