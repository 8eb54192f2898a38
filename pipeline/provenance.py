"""What a result was made from: commit, versions, input hashes, times, and every test evaluation."""

import importlib.metadata
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import artifacts
from pipeline.config import ANALYSIS, REPOSITORY
from pipeline.datasets import Dataset
from pipeline.plan import Selection

PACKAGES = (
    "numpy", "scipy", "pandas", "scikit-learn", "statsmodels", "crepes", "lightgbm", "keras",
    "tensorflow", "librosa",
    "onnx", "onnxruntime", "skl2onnx", "onnxmltools", "tf2onnx",
)  # fmt: skip


def provenance(
    datasets: Sequence[Dataset],
    *,
    selection: Selection,
    wall_times_s: dict[str, float],
    evaluations: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the content of ``run.json``.

    Parameters
    ----------
    evaluations : list of dict
        Every time that test parts were looked at: when, at what commit, which runs.
    """
    return {
        "schema_version": artifacts.SCHEMA_VERSION,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "uncommitted_changes": uncommitted_changes(),
        "command": _command(datasets, selection),
        "config": {"analysis": vars(ANALYSIS)},
        "seeds": {"models": selection.seed, "folds": selection.seed, "bootstrap": 0},
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "inputs_sha256": {
            f"{dataset.name}.{name}": table.sha256
            for dataset in datasets
            for name, table in dataset.tables.items()
        },
        "left_out": {
            dataset.name: dict(dataset.left_out) for dataset in datasets if dataset.left_out
        },
        "wall_times_s": {name: round(value, 1) for name, value in wall_times_s.items()},
        "test_evaluations": evaluations,
    }


def _command(datasets: Sequence[Dataset], selection: Selection) -> str:
    if any(dataset.synthetic for dataset in datasets):
        return "python -m pipeline demo"
    arrays = any(not table.described for dataset in datasets for table in dataset.tables.values())
    parts = {"-deep": arrays, "-full": selection.full}
    if not selection.narrowed:
        return "make results" + "".join(part for part, asked in parts.items() if asked)
    options = {
        "models": ",".join(selection.models),
        "protocols": ",".join(selection.protocols),
        "only": selection.only,
    }
    given = [f"--{name} '{value}'" for name, value in options.items() if value]
    given += [f"-{part}" for part, asked in parts.items() if asked]
    return " ".join(["python -m pipeline train", *given])


def commit() -> str | None:
    """Return the commit of the code, or None outside a git checkout."""
    return _git("rev-parse", "HEAD") or None


def uncommitted_changes() -> bool | None:
    """Return whether code differs from the commit (results/ aside); None outside a checkout."""
    status = _git("status", "--porcelain", "--", ".", ":!results")
    return None if status is None else bool(status)


def logged_in(results: Path) -> list[dict[str, Any]]:
    """Return the evaluations that the folder about to be replaced knows of."""
    try:
        evaluations: list[dict[str, Any]] = artifacts.read_run(results)["test_evaluations"]
    except (artifacts.ResultsError, KeyError):
        return []
    return evaluations


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
