"""Servers that are away, refuse, hang or go away: a clear message in time, and nothing twice."""

import logging
import socket
import threading
import time
import traceback

import pymongo
import pytest
from cut_proxy import cut_proxy
from data_folder import files_of, write_data_folder
from mongo_server import OwnServer, database_url, free_port, target_of, through_port
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.store import StoreError, load_folder, materialise, open_store
from pipeline.store.uploads import FORGOTTEN

PASSWORD = "s3cret-Pa55"
ANSWER_S = 5.0
RUNNER = CliRunner()


@pytest.fixture
def folder(tmp_path):
    return write_data_folder(tmp_path / "data")


@pytest.fixture
def silent_port():
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def secret_url(port: int) -> str:
    return f"mongodb://me:{PASSWORD}@127.0.0.1:{port}/tunes?authSource=admin"


def check_refused(error: BaseException, port: int) -> None:
    assert f"MongoDB at 127.0.0.1:{port}, database tunes" in str(error)
    assert "cannot be reached" in str(error) and "Check that the server runs" in str(error)
    assert PASSWORD not in "".join(traceback.format_exception(error))


def test_no_server_is_told_within_five_seconds_without_the_password(folder, caplog):
    caplog.set_level(logging.DEBUG)
    port = free_port()
    started = time.monotonic()
    with pytest.raises(StoreError) as caught:
        load_folder(folder, secret_url(port))
    assert time.monotonic() - started < ANSWER_S
    check_refused(caught.value, port)
    assert PASSWORD not in caplog.text


def test_server_that_never_answers_is_told_within_five_seconds(silent_port, tmp_path):
    started = time.monotonic()
    with pytest.raises(StoreError) as caught:
        materialise(secret_url(silent_port), tmp_path / "copy")
    assert time.monotonic() - started < ANSWER_S
    check_refused(caught.value, silent_port)


def test_host_without_address_is_told_within_five_seconds():
    started = time.monotonic()
    with pytest.raises(StoreError, match=r"MongoDB at nowhere\.invalid, database Music_db"):
        open_store(f"mongodb://me:{PASSWORD}@nowhere.invalid")
    assert time.monotonic() - started < ANSWER_S


@pytest.mark.parametrize(
    "command",
    [
        ["store", "load", "{folder}", "{url}"],
        ["store", "fetch", "{url}", "{folder}/copy"],
        ["store", "results", "results", "{url}"],
        ["train", "--store", "{url}", "--out", "{folder}/out"],
        ["choose", "--store", "{url}", "--out", "{folder}/out"],
    ],
)
def test_every_command_says_so_in_one_line(folder, command, monkeypatch):
    monkeypatch.setattr("pipeline.store.mongo.OPEN_S", 0.3)
    port = free_port()
    words = [word.format(folder=folder, url=secret_url(port)) for word in command]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == 2
    assert f"MongoDB at 127.0.0.1:{port}, database tunes, cannot be reached" in result.output
    assert PASSWORD not in result.output
    assert isinstance(result.exception, SystemExit)
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [("authMechanism=NONSENSE", "authmechanism must be in"), ("colour=red", "colour")],
)
def test_wrong_options_in_the_url_are_told(options, said):
    with pytest.raises(StoreError, match=f"{said}.*Correct what follows the question mark"):
        open_store(f"mongodb://127.0.0.1/?{options}")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that wants passwords; a user "me" may read and write."""
    server = OwnServer(tmp_path_factory.mktemp("guarded") / "server")
    server.start()
    with pymongo.MongoClient(server.url) as client:
        client.admin.command("createUser", "me", pwd=PASSWORD, roles=["readWriteAnyDatabase"])
    server.stop()
    server.start("--auth")
    yield server
    server.stop()


def test_right_password_opens_the_database(guarded, folder, tmp_path):
    url = secret_url(guarded.port)
    load_folder(folder, url)
    assert files_of(materialise(url, tmp_path / "copy")) == files_of(folder)


def test_wrong_password_is_refused_with_what_to_check(guarded, folder):
    started = time.monotonic()
    wrong = PASSWORD[::-1]
    url = secret_url(guarded.port).replace(PASSWORD, wrong)
    with pytest.raises(StoreError) as caught:
        load_folder(folder, url)
    assert time.monotonic() - started < ANSWER_S
    text = "".join(traceback.format_exception(caught.value))
    assert "user 'me' was refused" in text and "authSource=admin" in text
    assert wrong not in text


def test_no_user_where_one_is_needed_is_told(guarded, folder):
    with pytest.raises(StoreError, match=r"a user is needed .*role readWrite on tunes"):
        load_folder(folder, f"mongodb://127.0.0.1:{guarded.port}/tunes")


def content_of(url: str) -> dict[str, list[tuple]]:
    """Return what a database holds, without the ids and times that each load makes anew."""
    with open_store(url) as store:
        tables = {
            name: sorted(
                tuple(sorted((key, repr(value)) for key, value in row.items() if key != "_id"))
                for row in store.collection(name).find({}, {"uploadDate": 0})
            )
            for name in ("feat_3", "feat_30", "splits", "fs.files", "fs.chunks")
        }
        tables["sources"] = sorted(
            (source["_id"], source["state"], source["sha256"])
            for source in store.sources.find({"collection": {"$exists": True}})
        )
        return tables


@pytest.fixture(scope="module")
def undisturbed(mongo_server, tmp_path_factory):
    """What a database holds after a load that nothing disturbed."""
    folder = write_data_folder(tmp_path_factory.mktemp("undisturbed"))
    with database_url(mongo_server) as url:
        load_folder(folder, url)
        return content_of(url)


@pytest.mark.parametrize("limit", [30_000, 60_000, 400_000, 1_200_000])
def test_connection_lost_in_a_load_is_completed_by_the_next(
    folder, store_url, undisturbed, limit, monkeypatch
):
    monkeypatch.setattr("pipeline.store.mongo.OPEN_S", 1.0)
    monkeypatch.setattr("pipeline.store.documents.BATCH", 5)
    monkeypatch.setattr("pipeline.store.uploads.BATCH_BYTES", 200_000)
    with cut_proxy(target_of(store_url), limit=limit) as proxy:
        through = through_port(store_url, proxy.port)
        started = time.monotonic()
        with pytest.raises(StoreError, match=r"was lost|cannot be reached"):
            load_folder(folder, through)
        assert proxy.cut
        assert time.monotonic() - started < 15
    load_folder(folder, store_url)
    assert content_of(store_url) == undisturbed


def test_server_killed_in_a_load_completes_it_when_it_is_back(folder, tmp_path, undisturbed):
    server = OwnServer(tmp_path / "server")
    server.start()
    told = []

    def kill_in_the_middle(done, _total, label):
        told.append(label)
        if label == "files to fs" and done > 0:
            server.kill()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.store.mongo.OPEN_S", 1.0)
        patch.setattr("pipeline.store.uploads.BATCH_BYTES", 200_000)
        with pytest.raises(StoreError, match=r"Try again when|cannot be reached"):
            load_folder(folder, server.url, advance=kill_in_the_middle)
    assert "files to fs" in told
    server.start()
    try:
        load_folder(folder, server.url)
        assert content_of(server.url) == undisturbed
    finally:
        server.stop()


def test_left_over_chunks_of_a_forgotten_load_are_cleared(folder, store_url):
    """The file changed between the broken load and the next, so that nobody writes them again."""
    path = folder / "genres_original" / "rock" / "rock.00002.wav"
    with pytest.MonkeyPatch.context() as patch, open_store(store_url) as store:

        def lose(*_arguments):
            raise StoreError("lost before the file's document was written")

        patch.setattr("pipeline.store.uploads._write_file_documents", lose)
        with pytest.raises(StoreError, match="lost before"):
            load_folder(folder, store_url)
        assert store.collection("fs.chunks").count_documents({}) > 0
        for other in folder.rglob("*.wav"):
            other.write_bytes(other.read_bytes()[:100_000])
        path.write_bytes(b"new")
        store.sources.update_many(
            {"unfinished": {"$exists": True}},
            [{"$set": {"at": {"$subtract": ["$at", int(2e3 * FORGOTTEN.total_seconds())]}}}],
        )
    load_folder(folder, store_url)
    with open_store(store_url) as store:
        there = [file["_id"] for file in store.collection("fs.files").find({}, {"_id": 1})]
        left = store.collection("fs.chunks").count_documents({"files_id": {"$nin": there}})
        assert left == 0
        assert store.sources.count_documents({"unfinished": {"$exists": True}}) == 0


def test_two_loads_side_by_side_write_everything_once(folder, store_url, undisturbed):
    errors = []

    def load():
        try:
            load_folder(folder, store_url)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:  # one of them met the other on a unique key; it says what to do
        assert "wait for it" in str(errors[0]) or "unique" in str(errors[0])
        load_folder(folder, store_url)
    assert content_of(store_url) == undisturbed
