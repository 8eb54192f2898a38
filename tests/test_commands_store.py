"""The commands of the store, and training that reads from it and writes to it."""

import errno
import os
import shutil
from dataclasses import replace

import pytest
from data_folder import files_of, write_data_folder
from small_dataset import small_dataset
from tiny_results import write_tiny_results
from typer.testing import CliRunner

from pipeline import artifacts
from pipeline.__main__ import app
from pipeline.analysis import clusters
from pipeline.commands import training
from pipeline.config import CACHE_VARIABLE, RESULTS_VARIABLE
from pipeline.store import STORE_VARIABLE, load_folder, load_results, open_store
from pipeline.store.results import fetch_results, stored_run_ids

RUNNER = CliRunner()
TRAIN = ["train", "--only", "*.dummy.clip_random", "--jobs", "1"]


@pytest.fixture
def folder(tmp_path):
    return write_data_folder(tmp_path / "data")


def run(*words, **options) -> str:
    result = RUNNER.invoke(app, [str(word) for word in words], **options)
    assert result.exit_code == 0, result.output
    return result.output


def test_load_and_fetch_say_what_they_did(folder, store_url, tmp_path):
    output = run("store", "load", folder, store_url)
    assert "feat_3 24 rows, feat_30 6 rows, splits 12 rows, 12 files (12 new or changed" in output
    assert "(0 new or changed" in run("store", "load", folder, store_url)
    run("store", "fetch", store_url, tmp_path / "copy")
    assert files_of(tmp_path / "copy") == files_of(folder)


def test_url_may_come_from_the_environment_where_nobody_sees_it(folder, store_url, tmp_path):
    env = {STORE_VARIABLE: store_url}
    run("store", "load", folder, env=env)
    run("store", "fetch", tmp_path / "copy", env=env)
    assert files_of(tmp_path / "copy") == files_of(folder)


def test_prune_deletes_what_the_folder_does_not_have(folder, store_url):
    run("store", "load", folder, store_url)
    shutil.rmtree(folder / "images_original")
    assert "6 of the store kept" in run("store", "load", folder, store_url)
    assert "6 old ones deleted" in run("store", "load", folder, store_url, "--prune")


def test_results_are_put_into_the_store(store_url, tmp_path):
    folder = write_tiny_results(tmp_path / "results")
    runs = len(artifacts.read_results(folder)["ids"])
    assert f"{runs} runs" in run("store", "results", folder, store_url)


def test_results_that_are_none_are_refused(store_url, tmp_path):
    result = RUNNER.invoke(app, ["store", "results", str(tmp_path), store_url])
    assert result.exit_code == 2 and "results.json not found" in result.output


def test_a_folder_that_cannot_be_made_is_told(folder, store_url, tmp_path):
    load_folder(folder, store_url)
    (tmp_path / "file").write_text("x")
    words = ["store", "fetch", store_url, str(tmp_path / "file" / "copy")]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == 2
    assert str(tmp_path / "file") in result.output and "Not a directory" in result.output
    assert "cannot be read or written" in result.output


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_a_full_disk_is_told_and_the_same_command_goes_on(
    folder, store_url, tmp_path, monkeypatch, code
):
    load_folder(folder, store_url)

    def refuse(_source, target):
        raise OSError(code, os.strerror(code), str(target))

    monkeypatch.setattr("os.replace", refuse)
    result = RUNNER.invoke(app, ["store", "fetch", store_url, str(tmp_path / "copy")])
    assert result.exit_code == 2 and os.strerror(code) in result.output
    assert "cannot be read or written" in result.output
    monkeypatch.undo()
    run("store", "fetch", store_url, tmp_path / "copy")
    assert files_of(tmp_path / "copy") == files_of(folder)


SECRET = "s3cret-Pa55"


@pytest.mark.parametrize("place", [f"mongodb://u:{SECRET}@h/db", f"u:{SECRET}@h/db"])
@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["load", "PLACE", "data"], "store load FOLDER URL"),
        (["results", "PLACE", "data"], "store results FOLDER URL"),
        (["fetch", "data", "PLACE"], "store fetch URL FOLDER"),
        (["fetch", "PLACE"], "store fetch URL FOLDER"),
    ],
)
def test_swapped_arguments_are_refused_without_the_password(
    words, usage, place, store_url, folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    load_folder(folder, store_url)  # so that a fetch would write
    command = ["store", *(place if word == "PLACE" else word for word in words)]
    result = RUNNER.invoke(app, command, env={STORE_VARIABLE: store_url})
    assert result.exit_code == 2
    assert "got what looks like a URL" in result.output and usage in result.output
    assert SECRET not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.fixture
def quick_training(monkeypatch, tmp_path):
    """Let training use a small data set and its own cache; collect where data were read from."""
    read = []
    clips = small_dataset().tables["features_30s"]

    def datasets(data, names, **_):
        read.append(data)
        return [replace(small_dataset(), tables={"features_30s": clips})]

    monkeypatch.setattr(training, "_datasets", datasets)
    monkeypatch.setattr(clusters, "N_INIT", 1)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return read


def test_train_reads_from_the_store_and_puts_the_results_there(
    folder, store_url, tmp_path, quick_training
):
    load_folder(folder, store_url)
    out = tmp_path / "out"
    run(*TRAIN, "--out", out, "--store", store_url)
    assert files_of(quick_training[0]) == files_of(folder)
    with open_store(store_url) as store:
        assert stored_run_ids(store) == {"small.features_30s.dummy.clip_random"}
        link = fetch_results(store, tmp_path / "copy")
    assert files_of(link) == files_of(out)


def test_no_file_of_a_training_names_the_store_with_its_password(
    folder, store_url, tmp_path, quick_training, monkeypatch
):
    """A server without users accepts any URL; only what is written counts here."""
    load_folder(folder, store_url)
    password = "s3cret-Pa55"
    secret = store_url.replace("mongodb://", f"mongodb://me:{password}@", 1)
    monkeypatch.setattr("pipeline.store.mongo.parse_url", lambda _url: parse_url(store_url))
    from pipeline.store.address import parse_url

    output = run(*TRAIN, "--out", tmp_path / "out", "--store", secret)
    assert password not in output
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or password.encode() not in path.read_bytes(), path


def test_a_narrowed_training_keeps_the_results_of_the_store(
    folder, store_url, tmp_path, quick_training
):
    load_folder(folder, store_url)
    load_results(write_tiny_results(tmp_path / "results"), store_url)
    output = run(*TRAIN, "--out", tmp_path / "out", "--store", store_url)
    assert "the store keeps its results" in output and "store results" in output
    with open_store(store_url) as store:
        assert "small.features_30s.dummy.clip_random" not in stored_run_ids(store)


def test_train_without_tables_in_the_store_says_how_to_load_them(store_url, tmp_path):
    env = {CACHE_VARIABLE: str(tmp_path / "cache")}
    words = [*TRAIN, "--out", str(tmp_path / "out"), "--store", store_url]
    result = RUNNER.invoke(app, words, env=env)
    assert result.exit_code == 2
    assert "expected feat_3 or feat_30" in result.output
    assert "python -m pipeline store load FOLDER mongodb://" in result.output


@pytest.mark.parametrize("command", ["train", "choose"])
def test_two_sources_of_data_are_refused(command):
    words = [command, "--data", "x", "--store", "mongodb://h/x", "--out", "y"]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == 2
    assert "--data and --store both say where the data are" in result.output


@pytest.mark.parametrize("command", [["train"], ["choose"], ["document"]])
def test_results_are_written_to_a_folder_even_if_pages_show_a_database(command):
    result = RUNNER.invoke(app, command, env={RESULTS_VARIABLE: "mongodb://me:s3cret@h/x"})
    assert result.exit_code == 2
    assert "--out DIR" in result.output and "s3cret" not in result.output


def test_a_data_set_of_ones_own_is_read_from_a_folder_of_its_name(
    folder, store_url, tmp_path, quick_training
):
    load_folder(folder, store_url)
    words = ["--dataset", "mine", "--out", tmp_path / "out", "--store", store_url]
    run(*TRAIN, *words)
    assert files_of(quick_training[0] / "mine") == files_of(folder)


def test_a_database_holds_one_data_set(store_url, tmp_path):
    words = [*TRAIN, "--dataset", "a,b", "--out", str(tmp_path / "out"), "--store", store_url]
    result = RUNNER.invoke(app, words)
    assert result.exit_code == 2 and "a database holds one data set" in result.output
