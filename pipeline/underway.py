"""What a task has to say and to keep before it is done: its progress, and its checkpoints.

A task runs somewhere, often in another process. Whoever runs it names a folder; the task writes
there what a watcher may read, and what it would lose if it were killed. Without a folder it does
neither. Must not import what a task needs.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import write_atomic


@dataclass(frozen=True)
class _Place:
    folder: Path | None
    label: str
    run: str = ""

    @property
    def told(self) -> Path | None:
        """The file of what the task says, a file each process."""
        return None if self.folder is None else _told_in(self.folder, self.run) / str(os.getpid())


_place = _Place(None, "")


@contextmanager
def task_underway(folder: Path | None, label: str, run: str = "") -> Iterator[None]:
    """Name the folder and the label of the task that this process does inside the block.

    Parameters
    ----------
    folder : Path or None
        Where it may keep something; runs may share it.
    label : str
    run : str
        Whose task it is: what it says is told to that run only.
    """
    global _place  # a process does one task at a time
    before, _place = _place, _Place(folder, label, run)
    try:
        yield
    finally:
        if _place.told is not None:
            _place.told.unlink(missing_ok=True)
        _place = before


def checkpoints() -> Path | None:
    """Return the folder of checkpoints; None where nothing is to be kept."""
    return None if _place.folder is None else _place.folder / "networks"


def tell(text: str) -> None:
    """Say how far the task is, in place of what it said before."""
    if _place.told is not None:
        line = f"{_place.label}: {text}"
        write_atomic(_place.told, lambda temporary: temporary.write_text(line, encoding="utf-8"))


def told(folder: Path, run: str = "") -> list[str]:
    """Return what a run's tasks that are underway say, a line each."""
    lines = []
    for path in sorted(_told_in(folder, run).glob("[0-9]*")):
        try:
            lines.append(path.read_text(encoding="utf-8"))
        except OSError:  # done meanwhile
            continue
    return lines


def forget_told(folder: Path, run: str = "") -> None:
    """Remove what a run's tasks said; those that were killed leave it."""
    shutil.rmtree(_told_in(folder, run), ignore_errors=True)


def _told_in(folder: Path, run: str) -> Path:
    return folder / "underway" / (run or "alone")
