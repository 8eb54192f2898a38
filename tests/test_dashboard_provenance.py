"""Where a number comes from: what the drawer is told, and the command to repeat a run."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from typer.testing import CliRunner

from dashboard.app import create_app
from dashboard.provenance import MOST_RUNS, provenance, repeating_command
from dashboard.state import load_results
from pipeline.config import REPOSITORY


@pytest.fixture(scope="module")
def results() -> Any:
    return load_results(REPOSITORY / "results")


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app(REPOSITORY / "results")


def get(app: Dash, runs: str) -> tuple[int, dict[str, Any]]:
    response = app.server.test_client().get(f"/api/provenance?runs={runs}")
    return response.status_code, response.get_json()


def test_every_run_has_its_split_seed_and_command(results: Any) -> None:
    for run in provenance(results, list(results.metadata))["runs"]:
        assert run["split"].endswith(".")
        assert isinstance(run["seed"], int)
        assert f"--only '{run['id']}'" in run["command"]


def test_runs_of_hashed_inputs_have_their_hash(results: Any) -> None:
    runs = provenance(results, list(results.metadata))["runs"]
    hashed = results.run["inputs_sha256"]
    with_hash = [run for run in runs if ".".join(run["id"].split(".")[:2]) in hashed]
    assert with_hash
    assert all(len(run["data_sha256"]) == 64 for run in with_hash)


def test_commands_name_options_that_there_are(results: Any) -> None:
    from pipeline.__main__ import app as command_line

    said = CliRunner().invoke(command_line, ["train", "--help"], env={"COLUMNS": "200"}).output
    options = {
        part
        for metadata in results.metadata.values()
        for part in shlex.split(repeating_command(metadata))
        if part.startswith("--")
    }
    assert options >= {"--out", "--only", "--deep", "--full", "--seeds"}
    assert all(option in said for option in options)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "python -m pipeline train --out again --only 'x'"),
        ({"variant": "seed3"}, "python -m pipeline train --out again --only 'x' --seeds 3"),
        ({"variant": "dedup"}, "python -m pipeline train --out again --only 'x' --full"),
        ({"seed": 7}, "python -m pipeline train --out again --only 'x' --seed 7"),
        ({"dataset": "fma"}, "python -m pipeline train --dataset fma --out again --only 'x'"),
        (
            {"representation": "mel_clip", "technique": "deep", "variant": "seed1"},
            "python -m pipeline train --out again --only 'x' --deep --full",
        ),
    ],
)
def test_command_has_what_a_run_needs(changed: dict[str, Any], expected: str) -> None:
    plain = {
        "id": "x", "dataset": "gtzan", "representation": "features_3s", "technique": "supervised",
        "variant": None, "seed": 0,
    }  # fmt: skip
    assert repeating_command({**plain, **changed}) == expected


def test_route_answers_runs_and_results(app: Dash, results: Any) -> None:
    name = next(iter(results.metadata))
    status, answer = get(app, name)
    assert status == 200
    assert [run["id"] for run in answer["runs"]] == [name]
    assert answer["results"]["id"] == results.digest
    assert answer["results"]["commit"] == results.run["commit"]
    assert "numpy" in answer["results"]["versions"]


def test_route_without_runs_tells_of_the_results_only(app: Dash) -> None:
    status, answer = get(app, "")
    assert status == 200
    assert answer["runs"] == []


def test_route_refuses_unknown_and_too_many_runs(app: Dash) -> None:
    status, answer = get(app, "../../etc/passwd")
    assert status == 404
    assert "no run" in answer["error"]
    status, answer = get(app, ",".join(["x"] * (MOST_RUNS + 1)))
    assert status == 400
    assert str(MOST_RUNS) in answer["error"]


def test_route_says_what_to_run_without_results(tmp_path: Path) -> None:
    status, answer = get(create_app(tmp_path), "x")
    assert status == 503
    assert "make results" in answer["error"]
