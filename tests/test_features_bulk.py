"""Features of many clips: what the files hold, and what the cache spares a second run."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from bulk_features import SR, compute, write_clip, write_music
from threadpoolctl import threadpool_limits

from pipeline import tasks
from pipeline.cache import Cache
from pipeline.datasets.tables import read_feature_table
from pipeline.features import FEATURES
from pipeline.features.bulk import ClipsError, data_collections, named_clips, units, work
from pipeline.features.fma import FMA_COLUMNS
from pipeline.features.table import summary_table


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return write_music(tmp_path / "music")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_summary_gives_kaggles_two_tables_that_training_reads(music, cache) -> None:
    written, _ = compute(["summary"], music, cache)
    assert [file.path.name for file in written] == ["features_3_sec.csv", "features_30_sec.csv"]
    assert [file.rows for file in written] == [2 + 1 + 13, 3]
    for file, representation in zip(written, ("features_3s", "features_30s"), strict=True):
        table = read_feature_table(
            file.path, dataset="own", representation=representation, genres=("blues", "rock")
        )
        assert len(table.rows) == file.rows
        assert set(table.rows["track_id"]) == {"blues.00000", "blues.00001", "rock.00000"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_bulk_tables_hold_the_numbers_of_the_printed_one(music, cache, tmp_path, jobs) -> None:
    out = tmp_path / "out"
    compute(["summary"], music, cache, segments=3, out=out, jobs=jobs)
    found = pd.read_csv(out / "features_3_sec.csv")
    paths = [clip.path for clip in data_collections(music)[0].clips]
    with threadpool_limits(1):
        expected, failures = summary_table(paths, segments=3)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    refused = pd.read_csv(out / "features_3_sec_failures.csv")
    pd.testing.assert_frame_equal(refused, failures)
    assert [Path(path).stem for path in refused["path"]] == ["rock.00001", "rock.00002"]
    assert "HTML" in refused["reason"][1]


def test_a_long_track_has_one_row_in_a_table_of_clips_its_middle(music, cache) -> None:
    compute(["summary"], music, cache, segments=30)
    found = pd.read_csv(music / "features_30_sec.csv").set_index("filename")
    paths = [music / "genres_original" / "rock" / "rock.00000.wav"]
    with threadpool_limits(1):
        windows, _ = summary_table(paths, segments=30)
    assert windows["filename"].tolist() == ["rock.00000.0.wav", "rock.00000.1.wav"]
    assert found.loc["rock.00000.wav", "mfcc1_mean"] == windows["mfcc1_mean"][1]


def test_a_second_run_computes_nothing_and_gives_the_same_bytes(music, cache, monkeypatch) -> None:
    names = ["summary", "mel", "mfcc_pieces"]
    _, said = compute(names, music, cache)
    assert said[0] == (0, 20, "features") and said[-1][:2] == (20, 20)
    assert [done for done, _, _ in said] == sorted(done for done, _, _ in said)
    before = {path.name: path.read_bytes() for path in music.glob("*.*")}

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(units, "clip_features", refuse)
    compute(names, music, cache)
    assert {path.name: path.read_bytes() for path in music.glob("*.*")} == before


def test_a_changed_clip_and_another_version_are_computed_anew(music, cache, monkeypatch) -> None:
    def computed() -> list[str]:
        _, said = compute(["mel"], music, cache)
        return [label.rpartition(" ")[2] for _, _, label in said[1:-1] if ":" in label]

    assert len(computed()) == 5
    assert computed() == []
    write_clip(music / "genres_original" / "blues" / "blues.00000.wav", 7, seed=9)
    assert computed() == ["blues.00000.wav"]
    newer = {**FEATURES, "mel": replace(FEATURES["mel"], version=2)}
    monkeypatch.setattr(units, "FEATURES", newer)
    assert len(computed()) == 5


def test_sequences_come_as_arrays_named_after_their_sound(music, cache) -> None:
    compute(["mel", "mfcc_pieces"], music, cache)
    with np.load(music / "mel_30_sec.npz") as arrays:
        assert set(arrays.files) == {
            "blues.00000", "blues.00001", "rock.00000.0", "rock.00000.1",
        }  # fmt: skip
        y, _ = soundfile.read(
            music / "genres_original" / "blues" / "blues.00001.wav", dtype="float32"
        )
        with threadpool_limits(1):
            assert np.array_equal(arrays["blues.00001"], FEATURES["mel"].compute(y, sr=SR))
    rows = pd.read_csv(music / "mel_30_sec_rows.csv")
    assert rows["label"].tolist() == ["blues", "blues", "rock", "rock"]
    assert rows["window"].tolist() == [0, 0, 0, 1]
    with np.load(music / "mfcc_pieces_30_sec.npz") as arrays:
        assert arrays["blues.00001"].shape[1:] == (41, 20)


def test_fma_gives_fmas_table(tmp_path, cache) -> None:
    clips = [
        write_clip(tmp_path / name, 1.2, seed=k) for k, name in enumerate(("000002.wav", "x.wav"))
    ]
    compute(["fma"], None, cache, collections=[named_clips(clips)], out=tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "features.csv", index_col=0, header=[0, 1, 2])
    assert list(table.index) == ["2", "x"] and table.index.name == "track_id"
    assert table.columns.names == ["feature", "statistics", "number"]
    assert [tuple(column) for column in table.columns] == list(FMA_COLUMNS)
    assert np.isfinite(table.to_numpy(float)).all()


def test_images_are_read_where_there_are_pictures_and_drawn_where_not(music, cache) -> None:
    from PIL import Image

    picture = music / "images_original" / "blues" / "blues00000.png"
    picture.parent.mkdir(parents=True)
    Image.new("L", (432, 288), 51).save(picture)
    written, _ = compute(["mel_image", "hog"], music, cache)
    with np.load(music / "mel_image_30_sec.npz") as arrays:
        assert arrays["blues.00000"] == pytest.approx(0.2)
        assert arrays["blues.00001"].std() > 0.1
    record = json.loads((music / "features.json").read_text())["files"]
    assert record["mel_image_30_sec.npz"]["pictures"] == 1
    assert record["hog_30_sec.npz"]["clips"] == 4
    assert [file.failures for file in written] == [2, 2]


@pytest.mark.parametrize("name", ["mel_image", "hog"])
def test_segments_are_drawn_from_sound_even_where_there_are_pictures(music, cache, name) -> None:
    picture = music / "images_original" / "blues" / "blues00000.png"
    picture.parent.mkdir(parents=True)
    picture.touch()
    compute([name], music, cache, segments=3)
    rows = pd.read_csv(music / f"{name}_3_sec_rows.csv")
    assert rows["track_id"].value_counts()["blues.00000"] == 2
    record = json.loads((music / "features.json").read_text())["files"]
    assert record[f"{name}_3_sec.npz"]["pictures"] == 0


def test_every_segment_is_numbered_and_no_name_is_given_twice(tmp_path, cache) -> None:
    """A clip of two segments, and one of one that is called as the other's second."""
    clips = [write_clip(tmp_path / "a.wav", 7), write_clip(tmp_path / "a.1.wav", 4)]
    both = [named_clips(clips)]
    compute(["mfcc_pieces"], None, cache, collections=both, out=tmp_path, segments=3)
    with np.load(tmp_path / "mfcc_pieces_3_sec.npz") as arrays:
        assert arrays.files == ["a.0", "a.1", "a.1.0"]
    write_clip(clips[0], 62)
    with pytest.raises(ClipsError, match=r"two arrays would be called 'a\.1'.*a\.1\.wav"):
        compute(["mfcc_sequence"], None, cache, collections=both, out=tmp_path)
    assert not list(tmp_path.glob("mfcc_sequence*"))


@pytest.fixture
def tried(monkeypatch) -> list[str]:
    """Names of the clips that work was done on, since the list was cleared."""
    found: list[str] = []
    real = work.clip_features

    def watched(location: str, *arguments: object, **named: object) -> work.Outcome:
        found.append(Path(location).stem)
        return real(location, *arguments, **named)

    monkeypatch.setattr(units, "clip_features", watched)
    return found


def test_other_code_and_another_decoder_compute_everything_anew(
    music, cache, tried, monkeypatch
) -> None:
    compute(["mel"], music, cache)
    everything = list(tried)
    assert len(everything) == 5
    for asked, changed in (
        ("judge_of", lambda feature: "newer code"),
        ("versions", lambda names: {name: "newer" for name in names if name == "av"}),
    ):
        tried.clear()
        compute(["mel"], music, cache)
        assert tried == []
        monkeypatch.setattr(units, asked, changed)
        compute(["mel"], music, cache)
        assert tried == everything


def test_real_tables_are_rebuilt(data_root: Path, tmp_path, cache) -> None:
    """One clip a genre through the command's own path; all 60 are compared elsewhere."""
    collection = data_collections(data_root)[0]
    clips = [clip.path for clip in collection.clips if clip.track_id.endswith(".00002")]
    assert len(clips) == 10 and tasks.run_tasks is units.run_tasks
    compute(["summary"], None, cache, collections=[named_clips(clips)], out=tmp_path, jobs=2)
    for name, bound in (("features_30_sec.csv", None), ("features_3_sec.csv", 5e-4)):
        published = pd.read_csv(collection.folder / name).set_index("filename")
        own = pd.read_csv(tmp_path / name).set_index("filename")
        shared = own.index.intersection(published.index)
        assert len(shared) >= 0.95 * len(own) and len(shared) >= 10
        columns = [c for c in own.columns if c not in ("length", "label")]
        a, b = own.loc[shared, columns], published.loc[shared, columns]
        assert (own.loc[shared, "label"] == published.loc[shared, "label"]).all()
        if bound is None:
            allowed = np.where(b.abs() < 1e-2, 1e-6, 1e-4 * b.abs())
            assert ((a - b).abs() <= allowed).to_numpy().all()
            assert (own.loc[shared, "length"] == published.loc[shared, "length"]).all()
        else:
            apart = ((a - b).abs() / published[columns].std()).drop(columns="tempo")
            assert apart.to_numpy().max() < bound
