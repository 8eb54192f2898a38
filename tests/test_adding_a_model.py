"""docs/adding-a-model.md keeps its word: its one file is in training, results and on every page."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from rendered import rendered

from dashboard.app import create_app
from dashboard.pages import PAGES, overview_updates
from dashboard.rows import selection
from dashboard.state import State
from pipeline import artifacts, models
from pipeline.config import REPOSITORY
from pipeline.models import MODELS, found_models

DOCUMENT = (REPOSITORY / "docs" / "adding-a-model.md").read_text(encoding="utf-8")
SUPPORT = Path(__file__).parent / "support"
TESTED = ("segment_random", "fault_filtered")


def documented() -> tuple[str, str]:
    """Return where the document says that the file goes, and its code."""
    place = re.search(r"this as `(pipeline/models/\w+\.py)`", DOCUMENT)
    code = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert place and code
    return place[1], code[1]


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A copy of the pipeline with the documented file in it, and what it makes of small data."""
    copy = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "pipeline", copy / "pipeline", ignore=ignored)
    place, code = documented()
    assert not (copy / place).exists()
    (copy / place).write_text(code, encoding="utf-8")
    command = [sys.executable, str(SUPPORT / "build_small.py"), str(copy / "results")]
    name = Path(place).stem
    environment = os.environ | {"PYTHONPATH": f"{copy}{os.pathsep}{SUPPORT}"}
    subprocess.run([*command, f"dummy,{name}"], cwd=copy, env=environment, check=True)
    return SimpleNamespace(name=name, results=copy / "results", app=create_app(copy / "results"))


def test_the_example_is_formatted_and_new():
    place, code = documented()
    assert Path(place).stem not in MODELS
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--stdin-filename", place, "-"], ["format", "--check", "-"]):
        subprocess.run([*ruff, *command], input=code, text=True, cwd=REPOSITORY, check=True)


def test_the_model_has_every_run_with_scores_and_intervals(added: SimpleNamespace):
    content = artifacts.read_results(added.results)
    runs = {run["id"]: run for run in content["metadata"] if run["model"] == added.name}
    assert set(runs) == {
        f"small.{table}.{added.name}.{protocol}"
        for table, protocols in (
            ("features_3s", TESTED),
            ("features_30s", ("fault_filtered",)),
        )
        for protocol in protocols
    }
    for run_id, run in runs.items():
        score = run["accuracy"]["track"]
        assert score["ci_low"] <= score["value"] <= score["ci_high"]
        assert score["value"] > 0.5  # genres of the small data set are easy to tell apart
        assert not artifacts.read_predictions(added.results, run_id).empty
        assert artifacts.read_confusion(added.results, run_id).to_numpy().sum() > 0


def test_the_model_is_exported_and_so_answers_clips(added: SimpleNamespace):
    cards = {card["id"] for card in artifacts.read_cards(added.results)}
    assert cards == {f"small.features_3s.{added.name}"}
    assert f"results/models/small.features_3s.{added.name}.onnx" in DOCUMENT


def test_the_overview_has_its_line_and_its_row(added: SimpleNamespace):
    results = State(added.results).current()
    stage = selection.stage_parameter(results, "small").default
    _, rows = overview_updates.update_models(results, "small", stage, "track", selection.ALL)
    fall = overview_updates.update_fall(results, "small", stage, "track", selection.ALL, "light")
    assert f"small.features_3s.{added.name}" in {row["id"] for row in rows}
    assert fall.table["Model"].str.contains("Extra trees").any()


def test_every_page_that_lists_models_lists_it(added: SimpleNamespace):
    listing = []
    for page in PAGES:
        text = rendered(added.app, page.PATH)
        if "small.features_3s.dummy" in text:
            listing.append(page.PATH)
            assert f"small.features_3s.{added.name}" in text, page.PATH
    # the Overview has a test of its own; the others draw no models, or served ones on a clip
    assert set(listing) == {"/model", "/compare", "/tracks", "/explore"}


def found_with(folder: Path, name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of all models where one more file is among them."""
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(models, "__path__", [*models.__path__, str(folder)])
    try:
        return list(found_models(models.__path__))
    finally:
        sys.modules.pop(f"pipeline.models.{name}", None)


def test_a_newcomer_follows_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = found_with(tmp_path, "aardvark", documented()[1], monkeypatch)
    assert found == [*MODELS, "extra_trees"]
    assert found[0] == "dummy"


def test_two_models_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    code = documented()[1].replace('name="extra_trees"', 'name="dummy"')
    with pytest.raises(ValueError, match=r"two models are called 'dummy'.*impostor\.py"):
        found_with(tmp_path, "impostor", code, monkeypatch)
