"""A data folder in MongoDB and back: exact, unique, idempotent, and queryable."""

import hashlib
import shutil

import gridfs
import pandas as pd
import pytest
from data_folder import files_of, write_data_folder
from pymongo.errors import BulkWriteError, DuplicateKeyError

from pipeline.store import StoreError, load_folder, materialise, open_store
from pipeline.store.folder import folder_contents

N_TRACKS = 6  # 2 genres x 3, with 4 segments each


@pytest.fixture
def folder(tmp_path):
    return write_data_folder(tmp_path / "data")


@pytest.fixture
def store(store_url):
    with open_store(store_url) as opened:
        yield opened


def all_documents(store) -> dict[str, list]:
    """Return every document of the database but the notes of loads that go on."""
    return {
        name: sorted(store.collection(name).find({}), key=lambda document: str(document["_id"]))
        for name in store.database.list_collection_names()
    }


def test_a_folder_comes_back_byte_for_byte(folder, store_url, tmp_path):
    loaded = load_folder(folder, store_url)
    assert loaded.rows == {"feat_3": 24, "feat_30": 6, "splits": 12}
    assert (loaded.files, loaded.sent, loaded.deleted, loaded.kept) == (12, 12, 0, 0)
    materialise(store_url, tmp_path / "copy")
    assert files_of(tmp_path / "copy") == files_of(folder)


def test_loading_twice_changes_nothing(folder, store_url, store):
    load_folder(folder, store_url)
    before = all_documents(store)
    loaded = load_folder(folder, store_url)
    assert loaded.sent == 0 and loaded.deleted == 0
    assert all_documents(store) == before


def test_features_are_numbers_for_people_who_query(folder, store_url, store):
    load_folder(folder, store_url)
    frame = pd.read_csv(folder / "features_3_sec.csv")
    rock = store.collection("feat_3").find({"label": "rock", "tempo": {"$gt": 0}})
    expected = frame[(frame["label"] == "rock") & (frame["tempo"] > 0)]
    assert {row["filename"] for row in rock} == set(expected["filename"])
    one = store.collection("feat_3").find_one({"filename": "blues.00001.2.wav"})
    assert (
        one["chroma_stft_mean"]
        == frame.set_index("filename").loc["blues.00001.2.wav", "chroma_stft_mean"]
    )


def test_sound_is_read_by_gridfs_itself_under_its_relative_path(folder, store_url, store):
    load_folder(folder, store_url)
    name = "genres_original/rock/rock.00002.wav"
    stream = gridfs.GridFSBucket(store.database).open_download_stream_by_name(name)
    content = (folder / name).read_bytes()
    assert stream.read() == content and stream.length == len(content)
    assert stream.metadata == {"sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("collection", ["feat_3", "feat_30"])
def test_file_names_are_unique(folder, store_url, store, collection):
    load_folder(folder, store_url)
    name = store.collection(collection).find_one()["filename"]
    with pytest.raises(DuplicateKeyError):
        store.collection(collection).insert_one({"filename": name})


def test_one_content_of_a_file_cannot_be_there_twice(folder, store_url, store):
    load_folder(folder, store_url)
    document = store.collection("fs.files").find_one({}, {"_id": 0})
    with pytest.raises(DuplicateKeyError):
        store.collection("fs.files").insert_one(document)


def test_changed_row_is_replaced_and_vanished_rows_go(folder, store_url, store, tmp_path):
    load_folder(folder, store_url)
    path = folder / "features_30_sec.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:2], lines[3].replace(",66149,", ",1,"), *lines[4:]]))
    assert load_folder(folder, store_url).rows["feat_30"] == N_TRACKS - 1
    assert store.collection("feat_30").count_documents({}) == N_TRACKS - 1
    assert store.collection("feat_30").count_documents({"length": 1}) == 1
    materialise(store_url, tmp_path / "copy")
    assert files_of(tmp_path / "copy") == files_of(folder)


def test_replaced_file_leaves_one_content(folder, store_url, store, tmp_path):
    load_folder(folder, store_url)
    copy = materialise(store_url, tmp_path / "copy")
    path = folder / "genres_original" / "blues" / "blues.00000.wav"
    path.write_bytes(b"other sound" * 40_000)
    loaded = load_folder(folder, store_url)
    assert (loaded.sent, loaded.deleted) == (1, 1)
    assert store.collection("fs.files").count_documents({}) == 2 * N_TRACKS
    assert chunks_without_file(store) == 0
    materialise(store_url, copy)
    assert files_of(copy) == files_of(folder)


def chunks_without_file(store) -> int:
    there = [document["_id"] for document in store.collection("fs.files").find({}, {"_id": 1})]
    return store.collection("fs.chunks").count_documents({"files_id": {"$nin": there}})


def test_new_content_is_whole_before_the_old_one_goes(folder, store_url, store, monkeypatch):
    load_folder(folder, store_url)
    name = "genres_original/blues/blues.00000.wav"
    (folder / name).write_bytes(b"other sound")
    monkeypatch.setattr("pipeline.store.folder.keep_only", lambda *_arguments: 0)
    load_folder(folder, store_url)  # as if it ended before the old content went
    bucket = gridfs.GridFSBucket(store.database)
    assert store.collection("fs.files").count_documents({"filename": name}) == 2
    assert bucket.open_download_stream_by_name(name).read() == b"other sound"
    monkeypatch.undo()
    load_folder(folder, store_url)
    assert store.collection("fs.files").count_documents({"filename": name}) == 1


def test_files_of_another_folder_stay_until_they_are_pruned(folder, store_url, store, tmp_path):
    load_folder(folder, store_url)
    sound = tmp_path / "sound"
    shutil.copytree(folder / "genres_original" / "rock", sound / "genres_original" / "rock")
    assert load_folder(sound, store_url).kept == 2 * N_TRACKS - 3
    assert store.collection("feat_3").count_documents({}) == 24
    assert load_folder(sound, store_url, prune=True).deleted == 2 * N_TRACKS - 3 + 4
    assert store.collection("fs.files").count_documents({}) == 3
    assert store.collection("feat_3").count_documents({}) == 0
    materialise(store_url, tmp_path / "copy")
    assert files_of(tmp_path / "copy") == files_of(sound)


def test_chunk_that_was_lost_is_written_again(folder, store_url, store):
    load_folder(folder, store_url)
    store.collection("fs.chunks").delete_one({"n": 1})
    assert load_folder(folder, store_url).sent == 1
    assert load_folder(folder, store_url).sent == 0


def test_tables_below_gtzan_are_found_and_fma_goes_beside_them(folder, tmp_path, store_url):
    root = tmp_path / "root"
    shutil.copytree(folder, root / "gtzan")
    (root / "fma_metadata").mkdir()
    for name in ("echonest.csv", "tracks.csv", "genres.csv"):
        (root / "fma_metadata" / name).write_text(f"{name}\n1\n")
    load_folder(root, store_url)
    copy = files_of(materialise(store_url, tmp_path / "copy"))
    assert copy["fma/echonest.csv"] == b"echonest.csv\n1\n"
    assert {name: copy[name] for name in files_of(folder)} == files_of(folder)


def test_progress_reaches_the_end_of_each_stage(folder, store_url):
    told = []
    load_folder(folder, store_url, advance=lambda *step: told.append(step))
    stages = {label for _, _, label in told}
    assert {"feat_3", "feat_30", "splits", "hashing files", "files to fs"} <= stages
    for label in stages:
        steps = [(done, total) for done, total, own in told if own == label]
        assert steps[0][0] == 0 and steps[-1][0] == steps[-1][1]


def test_a_table_with_a_name_twice_is_refused_by_row(folder, store_url, store):
    path = folder / "features_30_sec.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]))
    with pytest.raises(StoreError, match=r"row 7: 'blues.00000.wav' stands in row 1 too"):
        load_folder(folder, store_url)
    assert store.collection("feat_30").count_documents({}) == 0


def test_a_row_without_a_name_is_refused(folder, store_url):
    path = folder / "features_30_sec.csv"
    path.write_text(path.read_text().replace("rock.00001.wav", ""))
    with pytest.raises(StoreError, match=r"row 5: 'filename' is empty"):
        load_folder(folder, store_url)


def test_a_folder_without_data_says_what_was_expected(tmp_path, store_url):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(StoreError, match=r"nothing to load in any of .*features_3_sec\.csv"):
        load_folder(tmp_path, store_url)


def test_hidden_files_stay_at_home(folder):
    (folder / "genres_original" / "rock" / ".DS_Store").write_bytes(b"x")
    assert not [name for name in folder_contents(folder).files if "DS_Store" in name]


def test_rows_of_another_program_with_one_name_twice_are_refused(folder, store_url, store):
    store.collection("feat_3").insert_many([{"filename": "a"}, {"filename": "a"}])
    with pytest.raises(StoreError, match=r"two documents share what must be unique.*load again"):
        load_folder(folder, store_url)


def test_write_that_the_server_refuses_is_told_without_the_driver(folder, store_url, monkeypatch):
    def refuse(*_arguments, **_options):
        raise BulkWriteError({"writeErrors": [{"errmsg": "E11000 duplicate key"}]})

    monkeypatch.setattr("pymongo.collection.Collection.bulk_write", refuse)
    with pytest.raises(StoreError, match=r"refused to write .*duplicate key.*run this again"):
        load_folder(folder, store_url)


def write_own_dataset(folder, name: str, **options):
    """Write a data folder as ``ingest`` leaves one, of a data set of that name."""
    write_data_folder(folder, **options)
    table = pd.DataFrame({"track_id": [f"{name}.1"], "path": [""]})
    table.to_parquet(folder / "tracks.parquet", index=False)
    (folder / "ingest.json").write_text(f'{{"version": 1, "dataset": "{name}"}}')
    return folder


@pytest.mark.parametrize("first", ["mine", "gtzan"])
def test_another_data_set_is_refused_before_anything_is_written(
    first, store_url, store, tmp_path, folder
):
    load_folder(write_own_dataset(tmp_path / "a", "mine") if first == "mine" else folder, store_url)
    before = all_documents(store)
    other = write_own_dataset(tmp_path / "b", "other", tracks=1, seed=1)
    with pytest.raises(StoreError, match=rf"holds the data set '{first}'.*'other'.*another databa"):
        load_folder(other, store_url)
    assert all_documents(store) == before
    load_folder(other, store_url, prune=True)
    materialise(store_url, tmp_path / "copy")
    assert set(files_of(tmp_path / "copy")) == set(files_of(other))
    assert load_folder(other, store_url).sent == 0


def test_kaggles_folder_is_refused_where_another_data_set_is(folder, store_url, tmp_path):
    load_folder(write_own_dataset(tmp_path / "a", "mine"), store_url)
    with pytest.raises(StoreError, match="holds the data set 'mine', and the folder holds 'gtzan'"):
        load_folder(folder, store_url)


def test_a_broken_load_of_a_data_set_can_be_run_again(store_url, store, tmp_path, monkeypatch):
    own = write_own_dataset(tmp_path / "a", "mine")
    monkeypatch.setattr("pipeline.store.folder._hashed", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load_folder(own, store_url)  # as if it was stopped after the tables
    monkeypatch.undo()
    assert load_folder(own, store_url).files == 13
    store.collection("fs.chunks").delete_many({})
    assert load_folder(own, store_url).sent == 13
