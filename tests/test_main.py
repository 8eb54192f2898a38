"""The command line: what it refuses, what it prints, and the demo from end to end."""

import io
import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import artifacts
from pipeline.__main__ import app
from pipeline.config import REPOSITORY
from pipeline.features.summary import FEATURE_NAMES

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
        env={**os.environ, "GENRELENS_DATA": "/nowhere"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    content = artifacts.read_results(out)
    assert [entry["synthetic"] for entry in content["datasets"].values()] == [True]
    assert {metadata["dataset"] for metadata in content["metadata"]} == {"demo"}
    scores = artifacts.read_scores(out).set_index(["id", "unit", "metric", "genre"])["value"]
    random = scores["demo.features_3s.random_forest.segment_random", "segment", "accuracy", ""]
    chance = scores["demo.features_3s.dummy.segment_random", "segment", "accuracy", ""]
    assert random > 0.8 and chance < 0.2
    assert len(artifacts.read_cards(out)) == 6
    assert json.loads((out / "run.json").read_text())["command"] == "python -m pipeline demo"
