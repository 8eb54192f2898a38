"""A few digits that tell one state of the results folder from another.

Presentations keep them, so that a scene says when results have changed since it was made. Copies of
a folder have the same digits, whenever and wherever they were copied.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

READ = ("results.json", "scores.parquet")  # every number that most pages show; milliseconds to read
DIGITS = 12


def results_digest(folder: Path, run: dict[str, Any]) -> str:
    """Return hexadecimal digits that are others for other results.

    Of ``run.json``, ``results.json`` and ``scores.parquet`` every byte counts, of the analyses,
    which are read when a page asks for them, names and sizes.

    Parameters
    ----------
    folder : Path
    run : dict
        Content of ``run.json``.
    """
    digest = hashlib.sha256(json.dumps(run, sort_keys=True, separators=(",", ":")).encode())
    for name in READ:
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    for line in _sizes(folder / "analysis"):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()[:DIGITS]


def _sizes(folder: Path) -> Iterator[str]:
    """Yield name and size of each table of a folder, in order; nothing of one that is not there."""
    for path in sorted(folder.glob("*.parquet")):
        yield f"{path.name} {path.stat().st_size}"
