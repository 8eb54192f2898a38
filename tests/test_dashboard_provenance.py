"""Where a number comes from: what the drawer is told, and the command to repeat a run."""

import argparse
import ast
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from small_dataset import small_dataset
from typer.testing import CliRunner

from dashboard.app import create_app
from dashboard.rows.provenance import MOST_RUNS, provenance, repeating_command
from dashboard.state import load_results
from pipeline.artifacts import RunId
from pipeline.config import REPOSITORY
from pipeline.models import MODELS
from pipeline.plan import Selection, planned_runs, planned_variants
from pipeline.splits import track_groups
from pipeline.variants import seed_of


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
        ({}, "--dataset gtzan --out again --only 'x'"),
        ({"variant": "seed3"}, "--dataset gtzan --out again --only 'x' --seeds 3"),
        ({"variant": "dedup"}, "--dataset gtzan --out again --only 'x' --full"),
        ({"seed": 7}, "--dataset gtzan --out again --only 'x' --seed 7"),
        ({"dataset": "fma"}, "--dataset fma --out again --only 'x'"),
        (
            {"representation": "mel_clip", "technique": "deep", "variant": "seed1"},
            "--dataset gtzan --out again --only 'x' --deep --full",
        ),
    ],
)
def test_command_has_what_a_run_needs(changed: dict[str, Any], expected: str) -> None:
    plain = {
        "id": "x", "dataset": "gtzan", "representation": "features_3s", "technique": "supervised",
        "variant": None, "seed": 0,
    }  # fmt: skip
    assert repeating_command({**plain, **changed}) == f"python -m pipeline train {expected}"


def selected(command: str) -> Selection:
    """Return what `train` would run for the options of a command."""
    options = argparse.ArgumentParser()
    for text in ("--dataset", "--out", "--only"):
        options.add_argument(text, required=True)
    for number in ("--seed", "--seeds"):
        options.add_argument(number, type=int)
    for switch in ("--full", "--deep"):
        options.add_argument(switch, action="store_true")
    said = options.parse_args(shlex.split(command.removeprefix("python -m pipeline train ")))
    seeds = () if said.seeds is None else (said.seeds,)
    return Selection(only=said.only, seed=said.seed or 0, seeds=seeds, full=said.full)


def test_command_plans_that_run_and_no_other() -> None:
    dataset = small_dataset(songs=True)
    groups = track_groups(dataset)
    wanted = Selection(("dummy", "lda_shrinkage"), ("segment_random", "clip_random"), seeds=(3,))
    every = replace(wanted, full=True)
    runs = [*planned_runs(dataset, groups, wanted), *planned_variants(dataset, groups, every)]
    variants = {str(run.run_id.variant) for run in runs}
    assert {"None", "seed3", "dedup"} <= variants
    for run in runs:
        own = RunId.parse(str(run.run_id))
        metadata = {
            "id": str(own), "dataset": own.dataset, "representation": own.representation,
            "technique": MODELS[own.model].technique, "variant": own.variant,
            "seed": seed_of(own.variant, 0),
        }  # fmt: skip
        selection = selected(repeating_command(metadata))
        planned = [
            *planned_runs(dataset, groups, selection),
            *planned_variants(dataset, groups, selection),
        ]
        assert [str(run.run_id) for run in planned] == [str(own)]


def cards_without_a_source() -> set[str]:
    """Return the functions that make a card and say neither its runs nor that it is of data."""
    found = set()
    for path in (REPOSITORY / "dashboard").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "CardContent":
                    named = {keyword.arg for keyword in call.keywords}
                    if len(call.args) < 4 and not named & {"runs", "of_data"}:
                        found.add(f"{path.stem}.{function.name}")
    return found


def test_every_card_names_its_runs_or_says_that_no_model_had_a_part() -> None:
    # several models together doubt a label, each in parts of its own
    assert cards_without_a_source() == {"data_updates.update_suspicious"}


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
    assert answer["code"] == "no_such_run"
    status, answer = get(app, ",".join(["x"] * (MOST_RUNS + 1)))
    assert status == 400
    assert str(MOST_RUNS) in answer["error"]
    assert answer["code"] == "too_many_runs"


def test_route_says_what_to_run_without_results(tmp_path: Path) -> None:
    status, answer = get(create_app(tmp_path), "x")
    assert status == 503
    assert "make results" in answer["error"]
