"""What every command shares: options, the progress bar, and how a command fails."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Advance = Callable[[int, int, str], None]

SECONDS_BETWEEN_LINES = 30.0

console = Console(stderr=True)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder with GTZAN (else GENRELENS_DATA, else data/).")
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Results folder to write.")]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Compute everything anew, without the cache.")
]
JobsOption = Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0 means one per core.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of folds and models.")]


def cores() -> int:
    """Return the number of processes to use."""
    return os.cpu_count() or 1


@contextmanager
def progress_bar() -> Iterator[Advance]:
    """Show how far the present stage is and how long it will take: a bar, or lines in a log."""
    if not console.is_terminal:
        yield _ProgressLines()
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=None)

        def advance(done: int, total: int, label: str) -> None:
            if done == 0:
                progress.reset(task, total=total)
            progress.update(task, completed=done, total=total, description=label)

        yield advance


class _ProgressLines:
    """Prints a line at the start and end of a stage, and between them twice a minute."""

    def __init__(self) -> None:
        self._started = self._printed = 0.0

    def __call__(self, done: int, total: int, label: str) -> None:
        now = time.monotonic()
        if done == 0:
            self._started = now
        if 0 < done < total and now - self._printed < SECONDS_BETWEEN_LINES:
            return
        self._printed = now
        left = ""
        if 0 < done < total:
            remaining = (now - self._started) / done * (total - done)
            left = f", about {timedelta(seconds=round(remaining))} left"
        console.print(
            f"{done}/{total}{left}: {label}", markup=False, highlight=False, soft_wrap=True
        )


def fail(message: str) -> NoReturn:
    """Print what is wrong and end with status 2."""
    console.print(message, markup=False, highlight=False, soft_wrap=True)
    sys.exit(2)
