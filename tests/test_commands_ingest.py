"""The ingest command: what it prints, refuses and fetches; and that it can be stopped."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
import types

import pytest
from file_server import serving
from split_texts import FACTS, server_files
from tiny_archives import (
    everything_below,
    fma_metadata,
    fma_small,
    kaggle_gtzan,
    original_gtzan,
    own_music,
    write_folder,
    write_tar,
    write_zip,
)
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.config import CACHE_VARIABLE, DATA_VARIABLE, REPOSITORY
from pipeline.ingest import published_splits
from pipeline.ingest.catalogue import BASE_VARIABLE, DOWNLOADS, Download
from pipeline.ingest.tracks import read_tracks


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command with a data folder and a cache of its own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv(BASE_VARIABLE, "http://127.0.0.1:9")  # no test asks the real servers

    def run(*arguments, code=0, data=True):
        place = ["--data", str(tmp_path / "data")] if data else []
        result = CliRunner().invoke(app, ["ingest", *map(str, arguments), *place, "--jobs", "1"])
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_the_summary_counts_by_genre_and_by_reason(run, tmp_path):
    output = run(write_zip(tmp_path / "archive.zip", kaggle_gtzan()))
    assert f"{tmp_path / 'data' / 'gtzan'}: written" in output
    assert "GTZAN, layout of Kaggle's archive, from archive.zip" in output
    assert "4 of 5 clips can be used, 0 min 06 s of sound" in output
    assert "jazz        2       1  0 min 02 s" in output
    assert "1 left out: corrupt" in output and "jazz.00054: corrupt: " in output
    assert "nothing has changed" in run(tmp_path / "archive.zip")


def test_genres_merge_and_the_data_set_has_its_name(run, tmp_path):
    archive = write_zip(tmp_path / "archive.zip", kaggle_gtzan())
    output = run(archive, "--merge", "blues=jazz", "--merge", "rock=jazz", "--dataset", "one")
    assert "genre blues counts as jazz" in output
    assert set(read_tracks(tmp_path / "data" / "one")["genre"]) == {"jazz"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--merge", "blues"], "--merge takes OLD=NEW, such as blues=jazz; got 'blues'"),
        (["--merge", "a=b", "--merge", "a=c"], "'a' is already renamed to 'b'"),
        (["--merge", "polka=jazz"], "there is no genre 'polka'; there are blues, jazz, rock"),
        (["--dataset", "../x"], "a data set is named by at most 40"),
        (["--download", "gtzan"], "name either a SOURCE or --download"),
        (["--download", "splits"], "--download splits takes no SOURCE, --dataset, --merge"),
    ],
)
def test_wrong_options_are_refused(run, tmp_path, arguments, message):
    archive = write_zip(tmp_path / "archive.zip", kaggle_gtzan())
    assert message in run(archive, *arguments, code=2)
    assert not (tmp_path / "data").exists()


def test_without_a_source_it_says_what_it_takes(run):
    assert "name either a SOURCE or --download gtzan, fma-small" in run(code=2)
    assert "--download knows gtzan, fma-small, fma-metadata, splits" in run(
        "--download", "kaggle", code=2
    )


def test_unknown_content_lists_the_kinds(run, tmp_path):
    output = run(write_folder(tmp_path / "things", {"notes.txt": b"x"}), code=2)
    assert "none of the kinds of data known here" in output and "your own music" in output


def test_the_data_folder_comes_from_the_environment(run, tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "else"))
    run(write_folder(tmp_path / "Music", own_music()), data=False)
    assert (tmp_path / "else" / "music" / "tracks.parquet").is_file()


def test_fma_small_is_fetched_with_its_metadata(run, tmp_path, monkeypatch):
    archives = {
        "fma-metadata": write_zip(tmp_path / "m.zip", fma_metadata()).read_bytes(),
        "fma-small": write_zip(tmp_path / "s.zip", fma_small()).read_bytes(),
    }
    for name, content in archives.items():
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        monkeypatch.setitem(DOWNLOADS, name, Download(DOWNLOADS[name].file, (), "sha1", sha1))
    files = {f"/{DOWNLOADS[name].file}": content for name, content in archives.items()}
    with serving(files, break_after=[300, 10_000, 5_000]) as server:
        monkeypatch.setenv(BASE_VARIABLE, server.address)
        output = run("--download", "fma-small")
        asked = len(server.requests)
        assert "nothing has changed" in run("--download", "fma-small")
        assert len(server.requests) == asked == 4
    assert "FMA, sound, from fma_small.zip" in output
    assert "2 of 4 clips can be used" in output and "2 more tracks are known from" in output
    assert "1 left out: silent" in output and "2 left out: no genre" in output
    tracks = read_tracks(tmp_path / "data" / "fma")
    assert (tracks["excluded_reason"] == "").sum() == 2


def test_a_wrong_archive_is_not_ingested(run, tmp_path, monkeypatch):
    content = write_tar(tmp_path / "genres.tar.gz", original_gtzan()).read_bytes()
    with serving({"/genres.tar.gz": content}) as server:
        monkeypatch.setenv(BASE_VARIABLE, server.address)
        output = run("--download", "gtzan", code=2)
    assert "expected 5b3d6dddb579ab49814ab86dba69e7c7; the file was removed" in output
    assert everything_below(tmp_path / "data") == {}


def test_split_lists_go_beside_the_tables_and_tracks_learn_their_artists(
    run, tmp_path, monkeypatch
):
    monkeypatch.setattr(published_splits, "PUBLISHED", FACTS)
    files = {"genres/blues/blues.00012.au": original_gtzan()["genres/blues/blues.00000.au"]}
    with serving(server_files()) as server:
        monkeypatch.setenv(BASE_VARIABLE, server.address)
        write_folder(tmp_path / "data" / "Data", {"features_30_sec.csv": b""})
        assert str(tmp_path / "data" / "Data" / "splits") in run("--download", "splits")
        (tmp_path / "data" / "Data" / "features_30_sec.csv").unlink()
        run(write_tar(tmp_path / "genres.tar", files))
        output = run("--download", "splits")
    assert "fault_filtered.csv" in output and "gtzan: written" in output
    tracks = read_tracks(tmp_path / "data" / "gtzan")
    assert tracks["artist_group"].to_list() == [1]


def test_the_result_is_loaded_into_a_store_on_request(run, tmp_path, monkeypatch):
    calls = []

    def load_folder(folder, url, *, advance):
        calls.append((folder, url))
        if "down" in url:
            raise store.StoreError("nobody answers at down")
        if "stop" in url:
            raise KeyboardInterrupt
        return "feat_3: 10"

    store = types.SimpleNamespace(load_folder=load_folder, StoreError=type("E", (Exception,), {}))
    monkeypatch.setattr("pipeline.commands.store.validate_reachable", lambda url: None)
    monkeypatch.setitem(sys.modules, "pipeline.store", store)
    archive = write_zip(tmp_path / "archive.zip", kaggle_gtzan())
    assert "loaded: feat_3: 10" in run(archive, "--store", "mongodb://host")
    assert calls == [(tmp_path / "data" / "gtzan", "mongodb://host")]
    assert "nobody answers at down" in run(archive, "--store", "mongodb://down", code=2)
    stopped = run(archive, "--store", "mongodb://stop", code=2)
    assert "a part of it is in the database" in stopped and "as it was" not in stopped


def test_a_store_that_cannot_be_used_is_refused_before_the_work(run, tmp_path):
    archive = write_zip(tmp_path / "archive.zip", kaggle_gtzan())
    assert "mongodb" in run(archive, "--store", "http://host", code=2)
    assert not (tmp_path / "data").exists()


def test_ctrl_c_ends_with_a_sentence_and_a_clean_folder(tmp_path):
    """The real signal, to the real command, while it unpacks."""
    files = {f"jazz/{n}.wav": bytes(2_000_000) + bytes([n]) for n in range(100)}
    archive = write_zip(tmp_path / "music.zip", files)
    command = [sys.executable, "-m", "pipeline", "ingest", str(archive), "--data"]
    process = subprocess.Popen(
        [*command, str(tmp_path / "data"), "--jobs", "1"],
        cwd=REPOSITORY,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, CACHE_VARIABLE: str(tmp_path / "cache")},
    )
    staging = tmp_path / "data" / ".music.ingest"
    while not list(staging.glob("genres_original/jazz/*")) and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "stopped; " in errors and "Traceback" not in errors
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_said_without_a_stack_trace(run, tmp_path):
    (tmp_path / "data").write_text("")  # a file, which no permission of root's can overrule
    with serving({"/genres.tar.gz": b"x"}):
        output = run("--download", "gtzan", code=2)
    assert str(tmp_path / "data") in output and "name another data folder with --data" in output


def test_a_table_that_cannot_be_read_is_said_without_a_stack_trace(run, tmp_path, monkeypatch):
    def unreadable(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "genres.csv")

    monkeypatch.setattr("pipeline.ingest.run.found_tracks", unreadable)
    output = run(write_zip(tmp_path / "archive.zip", kaggle_gtzan()), code=2)
    assert "Permission denied: 'genres.csv'. Correct the permissions" in output
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("option", [["--copy"], ["--merge", "a=b"], ["--dataset", "x"]])
def test_options_that_split_lists_do_not_take_are_refused(run, tmp_path, option):
    assert "--download splits takes no SOURCE" in run("--download", "splits", *option, code=2)
