"""What a task has to say and to keep before it is done: its progress, and its checkpoints.

A task runs somewhere, often in another process. Whoever runs it names a folder; the task writes
there what a watcher may read, and what it would lose if it were killed. Without a folder it does
neither. Must not import what a task needs.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import write_atomic


@dataclass(frozen=True)
class _Place:
    folder: Path | None
    label: str


_place = _Place(None, "")


@contextmanager
def task_underway(folder: Path | None, label: str) -> Iterator[None]:
    """Name the folder and the label of the task that this process does inside the block."""
    global _place  # a process does one task at a time
    before, _place = _place, _Place(folder, label)
    try:
        yield
    finally:
        _place = before
        if folder is not None:
            _told_in(folder).joinpath(str(os.getpid())).unlink(missing_ok=True)


def checkpoints() -> Path | None:
    """Return the folder of checkpoints; None where nothing is to be kept."""
    return None if _place.folder is None else _place.folder / "networks"


def tell(text: str) -> None:
    """Say how far the task is, in place of what it said before."""
    if _place.folder is not None:
        path = _told_in(_place.folder) / str(os.getpid())
        line = f"{_place.label}: {text}"
        write_atomic(path, lambda temporary: temporary.write_text(line, encoding="utf-8"))


def told(folder: Path) -> list[str]:
    """Return what the tasks that are underway say, a line each."""
    lines = []
    for path in sorted(_told_in(folder).glob("[0-9]*")):
        try:
            lines.append(path.read_text(encoding="utf-8"))
        except OSError:  # done meanwhile
            continue
    return lines


def forget_told(folder: Path) -> None:
    """Remove what tasks of a killed run said."""
    for path in _told_in(folder).glob("[0-9]*"):
        path.unlink(missing_ok=True)


def _told_in(folder: Path) -> Path:
    return folder / "underway"
