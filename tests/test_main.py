"""The command line: what it refuses, what it prints, and the demo from end to end."""

import io
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest
from small_dataset import small_dataset
from typer.testing import CliRunner

from pipeline import artifacts, build
from pipeline.__main__ import app
from pipeline.analysis import clusters
from pipeline.cluster import connection
from pipeline.commands import training
from pipeline.config import CACHE_VARIABLE, REPOSITORY
from pipeline.features.summary import FEATURE_NAMES
from pipeline.models import MODELS
from pipeline.plan import Selection

RUNNER = CliRunner()
EXAMPLES = REPOSITORY / "assets" / "examples"


def test_no_data_says_where_to_get_it_and_that_the_demo_needs_none(tmp_path):
    result = RUNNER.invoke(app, ["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "kaggle.com" in result.output and "pipeline demo" in result.output
    assert not (tmp_path / "out").exists()


def test_unknown_model_lists_the_known_ones():
    result = RUNNER.invoke(app, ["train", "--models", "dummy,oracle", "--out", "x"])
    assert result.exit_code == 2
    assert "no such models: oracle" in result.output and "random_forest" in result.output


def test_a_narrowed_run_may_not_replace_the_committed_results():
    result = RUNNER.invoke(app, ["train", "--models", "dummy"])
    assert result.exit_code == 2
    assert "--out DIR" in result.output


@pytest.mark.parametrize(
    "narrowing", [["--protocols", "track_kfold"], ["--only", "*"], ["--models", "dummy", "--full"]]
)
def test_no_narrowing_may_replace_the_committed_results(narrowing):
    result = RUNNER.invoke(app, ["train", *narrowing], env={"GENRELENS_RESULTS": ""})
    assert result.exit_code == 2 and "--out DIR" in result.output


def test_unknown_protocol_lists_the_known_ones():
    result = RUNNER.invoke(app, ["train", "--protocols", "leave_one_out", "--out", "x"])
    assert result.exit_code == 2
    assert "no such protocols: leave_one_out" in result.output and "artist_3fold" in result.output


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Run `train` with options on the small data set; return what was asked of the engine."""
    calls = []

    def watched(datasets, results, selection, *, cache, advance):
        calls.append((results, selection, cache.folder))
        return True

    monkeypatch.setattr(training, "_datasets", lambda *_, **__: [small_dataset()])
    monkeypatch.setattr(build, "build_results", watched)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))

    def ask(*options: str):
        result = RUNNER.invoke(app, ["train", "--out", str(tmp_path / "out"), *options])
        assert result.exit_code == 0, result.output
        return calls.pop()

    return ask


def test_options_reach_the_engine(asked, tmp_path):
    results, selection, folder = asked(
        "--models", "dummy, knn_1", "--protocols", "track_kfold", "--only", "*.knn_1.*",
        "--seed", "4", "--jobs", "3",
    )  # fmt: skip
    assert results == tmp_path / "out" and folder == tmp_path / "cache"
    assert selection == Selection(
        ("dummy", "knn_1"), ("track_kfold",), seed=4, jobs=3, only="*.knn_1.*"
    )


def test_fresh_works_without_the_cache(asked):
    assert asked("--fresh")[2] is None


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1-4", (1, 2, 3, 4)),
        ("1,2,5", (1, 2, 5)),
        ("7", (7,)),
        ("0-2, 2-3", (0, 1, 2, 3)),
        ("", ()),
    ],
)
def test_seeds_are_numbers_and_ranges(asked, text, seeds):
    assert asked("--seeds", text)[1].seeds == seeds


def test_full_repeats_nine_seeds_unless_told_otherwise(asked):
    selection = asked("--full")[1]
    assert selection.full and selection.seeds == tuple(range(1, 10))
    assert asked("--full", "--seeds", "2")[1].seeds == (2,)


@pytest.mark.parametrize("text", ["a", "1-", "-3", "4-2", "1,x", "1.5", "1-2-3"])
def test_other_seeds_are_refused(text):
    result = RUNNER.invoke(app, ["train", "--seeds", text, "--out", "x"])
    assert result.exit_code == 2
    assert "--seeds takes numbers and ranges such as 1-9" in result.output


def test_a_selection_of_nothing_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(training, "_datasets", lambda *_, **__: [small_dataset()])
    result = RUNNER.invoke(
        app, ["train", "--only", "oracle", "--out", str(tmp_path / "out"), "--fresh"]
    )
    assert result.exit_code == 2
    assert "no run matches" in result.output
    assert not (tmp_path / "out").exists()


def test_train_twice_says_that_nothing_has_changed(monkeypatch, tmp_path):
    clips = small_dataset().tables["features_30s"]
    dataset = replace(small_dataset(), tables={"features_30s": clips})
    monkeypatch.setattr(training, "_datasets", lambda *_, **__: [dataset])
    monkeypatch.setattr(clusters, "N_INIT", 1)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    options = ["train", "--only", "*.dummy.clip_random", "--out", str(tmp_path / "out")]
    outputs = [RUNNER.invoke(app, [*options, "--jobs", "1"]).output for _ in range(2)]
    assert ["nothing has changed" in output for output in outputs] == [False, True]
    assert artifacts.read_results(tmp_path / "out")["ids"] == [
        "small.features_30s.dummy.clip_random"
    ]


@pytest.mark.parametrize("command", ["train", "choose"])
def test_a_scheduler_that_is_not_there_is_said(command, monkeypatch, tmp_path):
    monkeypatch.setattr(training, "_datasets", lambda *_, **__: [small_dataset()])
    monkeypatch.setattr(connection, "CONNECT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
    result = RUNNER.invoke(app, [command, "--scheduler", address, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert f"no scheduler answers at {address}" in result.output
    assert not (tmp_path / "out").exists()


def test_choose_writes_the_candidates_and_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setattr(training, "_datasets", lambda *_, **__: [small_dataset()])
    for name, model in MODELS.items():
        monkeypatch.setitem(MODELS, name, replace(model, candidate=name == "lda_shrinkage"))
    result = RUNNER.invoke(app, ["choose", "--out", str(tmp_path), "--fresh", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.iterdir()] == ["candidates.json"]
    chosen = artifacts.read_candidates(tmp_path)
    assert {artifacts.RunId.parse(own["id"]).model for own in chosen.values()} == {"lda_shrinkage"}
    assert "artist_3fold: small." in result.output


def test_choose_on_local_workers_writes_what_one_process_writes(monkeypatch, tmp_path):
    clips = small_dataset().tables["features_30s"]
    dataset = replace(small_dataset(), tables={"features_30s": clips})
    monkeypatch.setattr(training, "_datasets", lambda *_, **__: [dataset])
    for name, model in MODELS.items():
        monkeypatch.setitem(MODELS, name, replace(model, candidate=name == "lda_shrinkage"))
    for folder, *option in (("one", "--jobs", "1"), ("two", "--scheduler", "local:2")):
        result = RUNNER.invoke(app, ["choose", "--out", str(tmp_path / folder), "--fresh", *option])
        assert result.exit_code == 0, result.output
    one, two = (tmp_path / folder / "candidates.json" for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(("segments", "rows"), [("3", 5), ("30", 1)])
def test_features_summary_prints_kaggles_columns(segments, rows):
    result = RUNNER.invoke(
        app, ["features", "summary", str(EXAMPLES / "example-1.mp3"), "--segments", segments]
    )
    assert result.exit_code == 0, result.output
    table = pd.read_csv(io.StringIO(result.stdout))
    assert list(table.columns) == ["filename", "length", *FEATURE_NAMES, "label"]
    assert len(table) == rows


def test_features_summary_names_the_clip_that_failed_and_keeps_the_others(tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF" + bytes(100))
    result = RUNNER.invoke(
        app, ["features", "summary", str(broken), str(EXAMPLES / "example-2.mp3")]
    )
    assert result.exit_code == 1
    assert len(pd.read_csv(io.StringIO(result.stdout))) == 1
    assert "broken.wav" in result.stderr


def test_features_summary_refuses_other_lengths():
    result = RUNNER.invoke(app, ["features", "summary", "x.wav", "--segments", "5"])
    assert result.exit_code == 2
    assert "--segments must be 3 or 30, got 5" in result.output


@pytest.mark.timeout(900)
def test_demo_runs_everything_and_says_it_is_synthetic(tmp_path):
    out = tmp_path / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "demo", "--out", str(out), "--tracks-per-genre", "10"],
        cwd=REPOSITORY,
        env={**os.environ, "GENRELENS_DATA": "/nowhere", CACHE_VARIABLE: str(tmp_path / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    content = artifacts.read_results(out)
    assert [entry["synthetic"] for entry in content["datasets"].values()] == [True]
    assert {metadata["dataset"] for metadata in content["metadata"]} == {"demo"}
    scores = artifacts.read_scores(out).set_index(["id", "unit", "metric", "genre"])["value"]
    random = scores[
        "demo.features_3s.random_forest_small.segment_random", "segment", "accuracy", ""
    ]
    chance = scores["demo.features_3s.dummy.segment_random", "segment", "accuracy", ""]
    assert random > 0.8 and chance < 0.2
    served = {
        f"demo.{representation}.{name}"
        for name in training.DEMO_MODELS
        for representation in MODELS[name].served
    }
    assert {card["id"] for card in artifacts.read_cards(out)} == served
    assert json.loads((out / "run.json").read_text())["command"] == "python -m pipeline demo"
