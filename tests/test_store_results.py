"""Results in a store: runs to query, files that belong together, old or new and never both."""

import gridfs
import pytest
from data_folder import files_of
from tiny_results import write_tiny_results

from pipeline import artifacts
from pipeline.artifacts import ResultsError
from pipeline.publish import file_digest
from pipeline.store import StoreError, load_results, open_store
from pipeline.store.results import fetch_results, results_version, stored_run_ids


@pytest.fixture
def folder(tmp_path):
    return write_tiny_results(tmp_path / "results")


@pytest.fixture
def store(store_url):
    with open_store(store_url) as opened:
        yield opened


def finish_again(folder, moment: str) -> None:
    """Rewrite ``run.json`` as a later run does."""
    run = artifacts.read_run(folder) | {"finished_at": moment}
    artifacts.write_json(folder / "run.json", run)


def test_results_come_back_byte_for_byte(folder, store_url, store, tmp_path):
    loaded = load_results(folder, store_url)
    assert loaded.files == loaded.sent == len(files_of(folder))
    assert files_of(fetch_results(store, tmp_path / "copy")) == files_of(folder)


def test_each_run_is_a_document(folder, store_url, store):
    load_results(folder, store_url)
    content = artifacts.read_results(folder)
    runs = store.collection("results")
    assert runs.count_documents({}) == len(content["ids"])
    place = content["ids"].index("gtzan.features_3s.lightgbm.track_kfold")
    run = runs.find_one({"id": content["ids"][place]}, {"_id": 0})
    assert run["metadata"] == content["metadata"][place]
    assert run["results"] == content["results"][place]
    assert run["finished_at"] == artifacts.read_run(folder)["finished_at"]
    best = runs.find({"metadata.protocol": "track_kfold"}).sort("metadata.macro_f1.value", -1)
    assert next(best)["metadata"]["protocol"] == "track_kfold"


def test_files_are_read_by_gridfs_itself(folder, store_url, store):
    load_results(folder, store_url)
    bucket = gridfs.GridFSBucket(store.database, bucket_name="results")
    stream = bucket.open_download_stream_by_name("run.json")
    assert stream.read() == (folder / "run.json").read_bytes()


def test_loading_twice_sends_nothing(folder, store_url, store):
    load_results(folder, store_url)
    version = results_version(store)
    assert load_results(folder, store_url).sent == 0
    assert results_version(store) == version


def test_new_results_replace_the_old_ones(folder, store_url, store, tmp_path):
    load_results(folder, store_url)
    finish_again(folder, "2026-02-03T04:05:06+00:00")
    gone = "gtzan.features_3s.dense.track_kfold"
    for path in folder.rglob(f"{gone}*"):
        path.unlink()
    content = artifacts.read_results(folder)
    place = content["ids"].index(gone)
    for name in ("ids", "metadata", "results", "images"):
        del content[name][place]
    artifacts.write_json(folder / "results.json", content)
    loaded = load_results(folder, store_url)
    assert loaded.sent == 2
    assert gone not in stored_run_ids(store) and len(stored_run_ids(store)) == loaded.runs
    assert store.collection("results.files").count_documents({}) == loaded.files
    assert files_of(fetch_results(store, tmp_path / "copy")) == files_of(folder)


def test_results_that_were_broken_off_show_the_old_ones(
    folder, store_url, store, tmp_path, monkeypatch
):
    load_results(folder, store_url)
    before = files_of(folder)
    finish_again(folder, "2026-02-03T04:05:06+00:00")

    def lose(*_arguments, **_options):
        raise StoreError("lost")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.store.results.write_difference", lose)
        with pytest.raises(StoreError, match="lost"):
            load_results(folder, store_url)
    assert files_of(fetch_results(store, tmp_path / "copy")) == before
    load_results(folder, store_url)
    assert files_of(fetch_results(store, tmp_path / "copy")) == files_of(folder)


def test_unchanged_files_of_a_new_version_are_links(folder, store_url, store, tmp_path):
    load_results(folder, store_url)
    link = fetch_results(store, tmp_path / "copy")
    first = link.resolve()
    finish_again(folder, "2026-02-03T04:05:06+00:00")
    load_results(folder, store_url)
    fetch_results(store, tmp_path / "copy")
    second = link.resolve()
    assert second != first and first.is_dir()
    assert (first / "results.json").samefile(second / "results.json")
    assert not (first / "run.json").samefile(second / "run.json")


def test_only_the_version_before_is_kept(folder, store_url, store, tmp_path):
    for second in range(4):
        finish_again(folder, f"2026-02-03T04:05:0{second}+00:00")
        load_results(folder, store_url)
        fetch_results(store, tmp_path / "copy")
    names = sorted(path.name for path in (tmp_path / "copy").iterdir())
    assert len(names) == 3 and names[-1] == "current"


def test_what_lies_beside_the_results_stays_at_home(folder, store_url, store):
    (folder / "corpus").mkdir()
    (folder / "corpus" / "song.wav").write_bytes(b"x")
    (folder / "predictions" / ".hidden.tmp").write_bytes(b"x")
    load_results(folder, store_url)
    names = {file["filename"] for file in store.collection("results.files").find({})}
    assert "corpus/song.wav" not in names and "predictions/.hidden.tmp" not in names


def test_results_that_run_json_does_not_know_are_refused(folder, store_url, store):
    run = artifacts.read_run(folder) | {
        "files_sha256": {"results.json": file_digest(folder / "results.json"), "gone.csv": "0"}
    }
    artifacts.write_json(folder / "run.json", run)
    with pytest.raises(ResultsError, match=r"gone\.csv is missing or is not what run\.json says"):
        load_results(folder, store_url)
    assert results_version(store) == ""


def test_a_folder_without_results_is_refused(tmp_path, store_url):
    with pytest.raises(ResultsError, match=r"results\.json not found"):
        load_results(tmp_path, store_url)


def test_a_store_without_results_says_how_to_put_some_there(store, tmp_path):
    with pytest.raises(StoreError, match=r"holds no results.*store results FOLDER mongodb:"):
        fetch_results(store, tmp_path / "copy")


@pytest.mark.parametrize("name", ["../../escaped.txt", "ABSOLUTE", "a/../../b", "..\\b", ""])
def test_a_name_that_leads_out_of_the_folder_is_refused(folder, store_url, store, tmp_path, name):
    """Whoever writes to the database must not write files of the machine that shows pages."""
    name = str(tmp_path / "escaped.txt") if name == "ABSOLUTE" else name
    load_results(folder, store_url)
    store.sources.update_one({"_id": "results"}, {"$set": {"files.0.name": name}})
    with pytest.raises(StoreError, match="no relative path"):
        fetch_results(store, tmp_path / "root" / "copy")
    assert not list(tmp_path.rglob("escaped.txt"))
    assert not list((tmp_path / "root" / "copy").iterdir())


@pytest.mark.parametrize("version", ["../../escaped", "/no/such", ".", "current", ""])
def test_a_version_that_names_no_folder_of_its_own_is_refused(
    folder, store_url, store, tmp_path, version
):
    load_results(folder, store_url)
    store.sources.update_one({"_id": "results"}, {"$set": {"version": version}})
    with pytest.raises(StoreError, match="is no version of results"):
        fetch_results(store, tmp_path / "root" / "copy")
    assert not (tmp_path / "root").exists()
