"""Imports flow one way: dashboard -> a few light modules of pipeline, and never back."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ALLOWED = {"config", "artifacts", "audio", "features", "predict", "store"}
HEAVY = {"tensorflow", "keras", "lightgbm", "sklearn", "skl2onnx", "onnxmltools", "matplotlib"}


def module_files(package: Path) -> list[Path]:
    files = sorted(package.rglob("*.py"))
    assert files, f"no module found in {package}"
    return files


def statements(tree: ast.AST, *, inside_functions: bool) -> Iterator[ast.AST]:
    """Yield the nodes of a module; optionally only what runs when it is imported."""
    for node in ast.iter_child_nodes(tree):
        yield node
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if inside_functions or not is_function:
            yield from statements(node, inside_functions=inside_functions)


def imported(source: str, *, inside_functions: bool = True) -> set[str]:
    """Return the dotted names that a module imports, ``from a import b`` as ``a.b``."""
    names: set[str] = set()
    for node in statements(ast.parse(source), inside_functions=inside_functions):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the direction; write the full name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def not_allowed(source: str) -> set[str]:
    """Return the modules of pipeline that a module of the dashboard must not import."""
    parts = [name.split(".") for name in imported(source)]
    return {name[1] for name in parts if name[0] == "pipeline"} - ALLOWED


def module_path(repository: Path, name: str) -> Path | None:
    """Return the file of the longest prefix of a dotted name that is a module of ours."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        base = repository.joinpath(*parts[:length])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return path
    return None


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
    waiting = module_files(repository / "dashboard")
    seen: set[Path] = set()
    heavy: dict[str, set[str]] = {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        names = imported(path.read_text(), inside_functions=False)
        if found := {name.split(".")[0] for name in names} & HEAVY:
            heavy[str(path.relative_to(repository))] = found
        ours = [name for name in names if name.split(".")[0] in ("dashboard", "pipeline")]
        waiting += [target for name in ours if (target := module_path(repository, name))]
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
