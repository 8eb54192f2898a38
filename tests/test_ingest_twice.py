"""Ingest again: nothing changes, nothing is replaced that came from elsewhere."""

import shutil

import pytest
from tiny_archives import (
    bring,
    clip,
    everything_below,
    kaggle_gtzan,
    original_gtzan,
    own_music,
    reasons,
    silent,
    tone,
    write_folder,
    write_tar,
    write_zip,
)

from pipeline.cache import Cache
from pipeline.ingest import IngestError, inspection
from pipeline.ingest.run import refresh
from pipeline.ingest.summary import summary_lines
from pipeline.ingest.tracks import NO_SOUND


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "folder", "copy"])
def test_twice_changes_nothing_and_unpacks_once(tmp_path, data, kind, monkeypatch):
    source = {
        "zip": lambda: write_zip(tmp_path / "a.zip", kaggle_gtzan()),
        "tar.gz": lambda: write_tar(tmp_path / "a.tar.gz", kaggle_gtzan()),
    }.get(kind, lambda: write_folder(tmp_path / "a", kaggle_gtzan()))()
    cache = Cache(tmp_path / "cache")
    assert bring(source, data, copy=kind == "copy", cache=cache).changed
    before = everything_below(data)
    written = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    if kind in ("zip", "tar.gz"):
        monkeypatch.setattr("pipeline.ingest.sources.extract", None)
    monkeypatch.setattr(inspection, "opened", None)  # all is heard already
    done = bring(source, data, copy=kind == "copy", cache=cache)
    assert not done.changed and everything_below(data) == before
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == written
    assert "nothing has changed" in summary_lines(done)[0]


def test_what_was_lost_is_unpacked_again(tmp_path, data):
    archive = write_zip(tmp_path / "a.zip", kaggle_gtzan())
    bring(archive, data)
    before = everything_below(data)
    (data / "gtzan" / "genres_original" / "blues" / "blues.00000.wav").unlink()
    assert bring(archive, data).changed
    assert everything_below(data) == before


def test_processes_give_the_same_bytes_as_one(tmp_path, data):
    archive = write_zip(tmp_path / "a.zip", kaggle_gtzan())
    bring(archive, data / "1")
    bring(archive, data / "2", jobs=2, cache=Cache(tmp_path / "cache"))
    assert everything_below(data / "1") == everything_below(data / "2")


def test_a_changed_archive_replaces_what_it_brought(tmp_path, data):
    bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    fewer = {k: v for k, v in kaggle_gtzan().items() if "blues" not in k or k.endswith("csv")}
    done = bring(write_zip(tmp_path / "a.zip", fewer), data)
    assert reasons(done.tracks)["blues.00000"] == NO_SOUND
    assert not (data / "gtzan" / "genres_original" / "blues").exists()


def test_new_files_in_a_folder_keep_the_ids_of_the_others(tmp_path, data):
    source = write_folder(tmp_path / "m", own_music())
    before = set(bring(source, data).tracks["track_id"])
    write_folder(source, {"Hip Hop/00 first.wav": clip(tone(523))})
    after = set(bring(source, data).tracks["track_id"])
    assert before < after and len(after) == len(before) + 1


def test_another_kind_of_data_is_not_mixed_in(tmp_path, data):
    bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data, dataset="mine")
    before = everything_below(data)
    with pytest.raises(IngestError, match=r"holds GTZAN, and this source is music by genre"):
        bring(write_zip(tmp_path / "b.zip", own_music()), data, dataset="mine")
    with pytest.raises(IngestError, match=r"already has its sound from a\.zip"):
        bring(write_tar(tmp_path / "genres.tar.gz", original_gtzan()), data)
    with pytest.raises(IngestError, match=r"already has its sound from a\.zip"):
        bring(write_folder(tmp_path / "f", original_gtzan()), data)
    assert everything_below(data) == before


def test_files_that_were_put_there_by_hand_are_not_replaced(tmp_path, data):
    mine = write_folder(data / "gtzan", {"features_30_sec.csv": b"mine"})
    with pytest.raises(IngestError, match=r"features_30_sec\.csv was not put there by this comm"):
        bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    assert everything_below(mine) == {"features_30_sec.csv": b"mine"}
    content = kaggle_gtzan()["Data/features_30_sec.csv"]
    (mine / "features_30_sec.csv").write_bytes(b"x" * len(content))
    with pytest.raises(IngestError, match="differs from what this source brings"):
        bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    (mine / "features_30_sec.csv").write_bytes(content)
    assert bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data).changed


def test_sound_that_has_gone_is_named(tmp_path, data):
    done = bring(write_folder(tmp_path / "m", own_music()), data)
    shutil.rmtree(tmp_path / "m")
    with pytest.raises(IngestError, match=r"is gone, and the sound of .* was left there"):
        refresh(done.folder, cache=Cache(None), jobs=1, advance=silent)


def test_a_refresh_learns_the_artists(tmp_path, data):
    done = bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    assert done.tracks["artist_group"].isna().all()
    write_folder(
        done.folder,
        {"splits/artist_3fold.csv": b"track_id,fold,artist_group\nblues.00000,1,7\n"},
    )
    again = refresh(done.folder, cache=Cache(None), jobs=1, advance=silent)
    assert again.tracks["artist_group"].dropna().to_list() == [7]
    assert again.changed


@pytest.mark.parametrize(
    "text",
    [
        "{", '{"version": 9}', "[]", '{"version": 1}',
        '{"version": 1, "dataset": "gtzan", "family": "polka", "sources": [], "merges": {}}',
    ],
)  # fmt: skip
def test_a_damaged_record_is_named(data, tmp_path, text):
    write_folder(data / "gtzan", {"ingest.json": text.encode()})
    with pytest.raises(IngestError, match=r"ingest\.json is damaged"):
        bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)


def test_merges_stay_and_are_said_until_others_are_given(tmp_path, data):
    archive = write_zip(tmp_path / "a.zip", kaggle_gtzan())
    bring(archive, data, merges={"blues": "jazz"})
    again = bring(archive, data)
    assert not again.changed and again.record.merges == {"blues": "jazz"}
    assert "  genre blues counts as jazz, as in an earlier run" in summary_lines(again)
    other = bring(archive, data, merges={"rock": "jazz"})
    assert set(other.tracks["genre"]) == {"blues", "jazz"}
    assert "  genre rock counts as jazz" in summary_lines(other)


def test_lists_and_hidden_files_put_there_in_between_stay(tmp_path, data, monkeypatch):
    lists = {"Data/splits/artist_3fold.csv": b"track_id,fold,artist_group\nblues.00000,1,7\n"}
    bring(write_zip(tmp_path / "a.zip", {**kaggle_gtzan(), **lists}), data)
    added = {"splits/fault_filtered.csv": b"mine", "genres_original/.DS_Store": b"x"}
    write_folder(data / "gtzan", added)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.ingest.sources.extract", None)  # nothing is unpacked again
        assert not bring(tmp_path / "a.zip", data).changed
    longer = lists["Data/splits/artist_3fold.csv"] + b"rock.00099,2,8\n"
    changed = {**kaggle_gtzan(), "Data/splits/artist_3fold.csv": longer}
    done = bring(write_zip(tmp_path / "a.zip", changed), data)
    assert done.changed and sorted(done.tracks["artist_group"].dropna()) == [7, 8]
    there = everything_below(data / "gtzan" / "splits")
    assert there == {"artist_3fold.csv": longer, "fault_filtered.csv": b"mine"}
    assert not bring(tmp_path / "a.zip", data).changed
