"""Imports flow one way: dashboard -> a few light modules of pipeline, and never back."""

import subprocess
import sys
from pathlib import Path

import pytest
from source_imports import imported, module_files, reached

ALLOWED = {"config", "artifacts", "audio", "features", "predict", "store"}
HEAVY = {"tensorflow", "keras", "lightgbm", "sklearn", "skl2onnx", "onnxmltools", "matplotlib"}


def not_allowed(source: str) -> set[str]:
    """Return the modules of pipeline that a module of the dashboard must not import."""
    parts = [name.split(".") for name in imported(source)]
    return {name[1] for name in parts if name[0] == "pipeline"} - ALLOWED


def test_dashboard_imports_only_the_light_modules_of_pipeline(repository: Path) -> None:
    upward = {
        str(path.relative_to(repository)): names
        for path in module_files(repository / "dashboard")
        if (names := not_allowed(path.read_text()))
    }
    assert upward == {}


def test_pipeline_never_imports_dashboard(repository: Path) -> None:
    upward = [
        str(path.relative_to(repository))
        for path in module_files(repository / "pipeline")
        if any(name.split(".")[0] == "dashboard" for name in imported(path.read_text()))
    ]
    assert upward == []


def test_only_the_cluster_package_imports_dask_and_only_inside_functions(repository: Path) -> None:
    importing = {
        str(path.relative_to(repository)): inside_functions
        for path in module_files(repository / "pipeline")
        for inside_functions in (True, False)
        if {"dask", "distributed"}
        & {
            name.split(".")[0]
            for name in imported(path.read_text(), inside_functions=inside_functions)
        }
    }
    assert importing and all(importing.values())
    assert {Path(name).parent.name for name in importing} == {"cluster"}


def test_what_the_dashboard_imports_reaches_no_training_library(repository: Path) -> None:
    modules = reached(repository, module_files(repository / "dashboard"), inside_functions=False)
    heavy = {
        str(path.relative_to(repository)): found
        for path, names in modules.items()
        if (found := {name.split(".")[0] for name in names} & HEAVY)
    }
    assert heavy == {}


def test_loading_the_app_loads_no_training_library(repository: Path) -> None:
    script = f"import sys, dashboard.app; print(sorted({HEAVY!r} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "source",
    [
        "import pipeline.train",
        "from pipeline import train",
        "from pipeline.train import Selection",
        "def f():\n    from pipeline.train import Selection",
    ],
)
def test_upward_import_is_seen_in_every_spelling(source: str) -> None:
    assert not_allowed(source) == {"train"}


def test_import_inside_a_function_does_not_run_when_the_module_is_imported() -> None:
    source = "import json\ntry:\n    import os\nfinally:\n    def f():\n        import sklearn"
    assert imported(source, inside_functions=False) == {"json", "os"}
