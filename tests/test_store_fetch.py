"""A store as a local folder: only what changed is fetched, nothing of others is touched."""

import os

import gridfs
import pandas as pd
import pytest
from data_folder import files_of, write_data_folder

from pipeline.store import StoreError, fetch, load_folder, materialise, open_store, read_file
from pipeline.store.files import get_files


@pytest.fixture
def folder(tmp_path):
    return write_data_folder(tmp_path / "data")


@pytest.fixture
def copy(tmp_path):
    return tmp_path / "copy"


@pytest.fixture
def store(store_url):
    with open_store(store_url) as opened:
        yield opened


@pytest.fixture
def fetched(monkeypatch):
    """Collect the names of files that are fetched."""
    names = []

    def watched(store, bucket, wanted, target):
        names.extend(file.name for file in wanted)
        return get_files(store, bucket, wanted, target)

    monkeypatch.setattr(fetch, "get_files", watched)
    return names


def test_only_what_changed_is_fetched(folder, store_url, copy, fetched):
    load_folder(folder, store_url)
    materialise(store_url, copy)
    assert len(fetched) == 12
    fetched.clear()
    times = {path: path.stat().st_mtime_ns for path in copy.rglob("*.*") if path.name[0] != "."}
    materialise(store_url, copy)
    assert fetched == []
    assert {path: path.stat().st_mtime_ns for path in times} == times
    changed = "images_original/rock/rock00001.png"
    (folder / changed).write_bytes(b"new picture")
    load_folder(folder, store_url)
    materialise(store_url, copy)
    assert fetched == [changed]
    assert files_of(copy) == files_of(folder)


def test_a_damaged_copy_is_fetched_again(folder, store_url, copy, fetched):
    load_folder(folder, store_url)
    materialise(store_url, copy)
    fetched.clear()
    name = "genres_original/rock/rock.00001.wav"
    (copy / name).write_bytes(b"short")
    (copy / "features_3_sec.csv").unlink()
    materialise(store_url, copy)
    assert fetched == [name]
    assert files_of(copy) == files_of(folder)


def test_a_copy_without_its_list_is_recognised_by_content(folder, store_url, copy, fetched):
    load_folder(folder, store_url)
    materialise(store_url, copy)
    fetched.clear()
    (copy / fetch.MANIFEST).unlink()
    materialise(store_url, copy)
    assert fetched == []


def test_files_that_left_the_store_leave_the_copy_and_others_stay(folder, store_url, copy):
    load_folder(folder, store_url)
    materialise(store_url, copy)
    (copy / "notes.txt").write_text("mine")
    for name in ("genres_original/rock/rock.00001.wav", "splits/fault_filtered.csv"):
        (folder / name).unlink()
    load_folder(folder, store_url, prune=True)
    materialise(store_url, copy)
    assert files_of(copy) == files_of(folder) | {"notes.txt": b"mine"}


@pytest.mark.parametrize("name", ["features_3_sec.csv", "genres_original/rock/rock.00001.wav"])
def test_a_file_of_somebody_else_is_not_overwritten(folder, store_url, copy, name):
    load_folder(folder, store_url)
    (copy / name).parent.mkdir(parents=True)
    (copy / name).write_text("mine")
    with pytest.raises(StoreError, match=r"did not come from it\. Name an empty folder"):
        materialise(store_url, copy)
    assert (copy / name).read_text() == "mine"


@pytest.mark.parametrize("name", ["../out.wav", "/tmp/out.wav", "a/../../out.wav", "a\\b.wav", "."])
def test_a_name_that_leads_out_of_the_folder_is_refused(folder, store_url, store, copy, name):
    load_folder(folder, store_url)
    gridfs.GridFSBucket(store.database).upload_from_stream(name, b"x")
    with pytest.raises(StoreError, match="which is no relative path"):
        materialise(store_url, copy)
    assert not (copy.parent / "out.wav").exists()


def test_a_database_that_another_program_filled_is_read(store_url, store, folder, copy):
    frame = pd.read_csv(folder / "features_30_sec.csv")
    store.collection("feat_30").insert_many(frame.to_dict("records"))
    bucket = gridfs.GridFSBucket(store.database)
    bucket.upload_from_stream("genres_original/rock/rock.00001.wav", b"old")
    bucket.upload_from_stream("genres_original/rock/rock.00001.wav", b"sound")
    bucket.upload_from_stream("empty.wav", b"")
    materialise(store_url, copy)
    assert files_of(copy) == {
        "features_30_sec.csv": (folder / "features_30_sec.csv").read_bytes(),
        "genres_original/rock/rock.00001.wav": b"sound",
        "empty.wav": b"",
    }


def test_a_value_changed_in_the_database_is_noticed(folder, store_url, store, copy):
    load_folder(folder, store_url)
    store.collection("feat_3").update_one({"_row": 3}, {"$set": {"tempo": 1.0}})
    with pytest.raises(StoreError, match=r"feat_3 is not what was loaded from features_3_sec\.csv"):
        materialise(store_url, copy)
    load_folder(folder, store_url)
    materialise(store_url, copy)
    assert files_of(copy) == files_of(folder)


def test_a_table_that_is_half_loaded_is_not_read(folder, store_url, store, copy, monkeypatch):
    def broken(*_arguments, **_options):
        raise StoreError("lost")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.store.tables.write_difference", broken)
        with pytest.raises(StoreError, match="lost"):
            load_folder(folder, store_url)
    with pytest.raises(StoreError, match=r"loading features_3_sec\.csv was broken off"):
        materialise(store_url, copy)
    load_folder(folder, store_url)
    assert files_of(materialise(store_url, copy)) == files_of(folder)


def test_a_file_with_a_lost_chunk_is_not_half_written(folder, store_url, store, copy):
    load_folder(folder, store_url)
    store.collection("fs.chunks").delete_one({"n": 1})
    with pytest.raises(StoreError, match=r"is not whole .*load the folder again"):
        materialise(store_url, copy)
    whole = files_of(folder)
    assert all(whole[name] == content for name, content in files_of(copy).items())
    load_folder(folder, store_url)
    assert files_of(materialise(store_url, copy)) == whole


def test_a_file_larger_than_one_batch_comes_in_pieces(folder, store_url, copy, monkeypatch):
    monkeypatch.setattr("pipeline.store.files.BATCH_BYTES", 400_000)
    monkeypatch.setattr("pipeline.store.uploads.BATCH_BYTES", 400_000)
    large = folder / "genres_original" / "rock" / "large.wav"
    large.write_bytes(os.urandom(1_500_000))
    (folder / "genres_original" / "rock" / "empty.wav").write_bytes(b"")
    load_folder(folder, store_url)
    assert files_of(materialise(store_url, copy)) == files_of(folder)


def test_an_empty_database_says_how_to_fill_it(store_url, copy):
    with pytest.raises(StoreError, match=r"holds no table and 0 files.*store load FOLDER mongodb:"):
        materialise(store_url, copy)
    assert not copy.exists()


def test_a_table_that_is_needed_and_not_there_is_named(store_url, folder, copy):
    for name in ("features_3_sec.csv", "features_30_sec.csv"):
        (folder / name).unlink()
    load_folder(folder, store_url)
    with pytest.raises(StoreError, match=r"holds splits and 12 files; expected feat_3 or feat_30"):
        materialise(store_url, copy, needs=("feat_3", "feat_30"))


def test_one_file_is_read_without_the_others(folder, store_url, fetched):
    load_folder(folder, store_url)
    name = "genres_original/rock/rock.00001.wav"
    assert read_file(store_url, name) == (folder / name).read_bytes()
    assert fetched == [name]


def test_one_file_that_is_not_there_is_named(folder, store_url):
    load_folder(folder, store_url)
    with pytest.raises(StoreError, match=r"database \w+, holds no file 'gone\.wav'"):
        read_file(store_url, "gone.wav")


@pytest.mark.parametrize("name", [".store.json", "./.store.json"])
def test_a_file_does_not_take_the_place_of_the_manifest(folder, store_url, store, copy, name):
    load_folder(folder, store_url)
    gridfs.GridFSBucket(store.database).upload_from_stream(name, b"x")
    with pytest.raises(StoreError, match="where what was fetched is written down"):
        materialise(store_url, copy)
