"""Finished files -> the results folder, so that a kill at any moment damages nothing.

Everything is written beside the results first, with a list of its files, and moved in one by one;
``run.json``, which readers watch, moves last. A move that was broken off is completed by the next
start, because the list says that all files were there.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from pipeline import artifacts

COMPLETE = ".complete.json"
FOLDERS = (
    "predictions", "confusion", "embeddings", "clusters", "history", "models", "analysis",
)  # fmt: skip
LAST = ("scores.parquet", "results.json", "run.json")


def staging_folder(results: Path) -> Path:
    """Return where a run writes before it publishes."""
    return results.with_name(f".{results.name}.new")


def finish(staging: Path, run: dict[str, Any]) -> None:
    """Write ``run.json`` with the digest of every other file, and mark the folder complete."""
    files = {
        str(path.relative_to(staging)): file_digest(path)
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    }
    artifacts.write_json(staging / "run.json", {**run, "files_sha256": files})
    artifacts.write_json(staging / COMPLETE, sorted([*files, "run.json"]))


def publish(staging: Path, results: Path) -> None:
    """Move a complete folder into the results and drop files that it does not have."""
    names = artifacts.read_json(staging / COMPLETE)
    results.mkdir(parents=True, exist_ok=True)
    for name in sorted(names, key=lambda name: LAST.index(name) if name in LAST else -1):
        if (staging / name).exists():  # else it was moved before the kill
            (results / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, results / name)
    wanted = {results / name for name in names}
    for folder in FOLDERS:
        for path in (results / folder).rglob("*"):
            if path.is_file() and path not in wanted:
                path.unlink()
    shutil.rmtree(staging)


def resume(results: Path) -> None:
    """Complete a move that was broken off, or clear what an unfinished run left."""
    staging = staging_folder(results)
    if (staging / COMPLETE).is_file():
        publish(staging, results)
    shutil.rmtree(staging, ignore_errors=True)


def unchanged(results: Path, key: str) -> bool:
    """Return whether the folder holds exactly what a run with this key wrote."""
    try:
        run = artifacts.read_run(results)
    except artifacts.ResultsError:
        return False
    if run.get("key") != key:
        return False
    files = run.get("files_sha256", {})
    return bool(files) and all(
        (results / name).is_file() and file_digest(results / name) == digest
        for name, digest in files.items()
    )


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
