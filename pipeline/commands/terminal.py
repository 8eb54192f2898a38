"""What every command shares: options, the progress bar, and how a command fails."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

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

if TYPE_CHECKING:
    from pipeline.tasks import Jobs

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
SchedulerOption = Annotated[
    str,
    typer.Option(
        "--scheduler", help="Dask scheduler whose workers do it: tcp://host:8786, or local:N."
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of folds and models.")]


def cores() -> int:
    """Return the number of processes to use."""
    return os.cpu_count() or 1


@contextmanager
def workers(jobs: int, scheduler: str) -> Iterator["Jobs"]:
    """Give what ``tasks.run_tasks`` takes as ``jobs``: processes, or a connected cluster.

    A command that takes both options ends with what a cluster has to say, without a stack trace::

        def command(jobs: JobsOption = 0, scheduler: SchedulerOption = "") -> None:
            with workers(jobs, scheduler) as found, progress_bar() as advance:
                run_tasks(tasks, jobs=found, advance=advance, ...)
    """
    from pipeline.cluster import ClusterError, connected
    from pipeline.locations import LocationError

    if jobs and scheduler:
        fail("give --jobs or --scheduler, not both: a scheduler's workers are its own")
    try:
        with connected(scheduler) if scheduler else nullcontext(jobs or cores()) as found:
            yield found
    except (ClusterError, LocationError) as error:
        fail("\n".join([str(error), *getattr(error, "__notes__", ())]))


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
        TextColumn("{task.description}", markup=False),  # file names may have brackets
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=None)
        before = -1

        def advance(done: int, total: int, label: str) -> None:
            nonlocal before
            if (
                done == 0 and before != 0
            ):  # a stage begins; its first tasks may speak before one ends
                progress.reset(task, total=total)
            before = done
            progress.update(task, completed=done, total=total, description=label)

        yield advance


class _ProgressLines:
    """Prints a line at the start and end of a stage, and between them twice a minute."""

    def __init__(self) -> None:
        self._started = self._printed = 0.0
        self._before = -1

    def __call__(self, done: int, total: int, label: str) -> None:
        now = time.monotonic()
        begins, self._before = done == 0 and self._before != 0, done
        if begins:
            self._started = now
        if not begins and done < total and now - self._printed < SECONDS_BETWEEN_LINES:
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
