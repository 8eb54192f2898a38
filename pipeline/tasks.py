"""Independent pieces of work: side by side, each kept in the cache when it is done.

They are done in processes of this machine, or by other workers (``pipeline.cluster``). What a task
gives depends on its arguments only, never on who did it, on how many worked, or on their order:
hence one thread for each.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Protocol

from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from pipeline.cache import Cache
from pipeline.underway import forget_told, task_underway, told

SECONDS_BETWEEN_LOOKS = 2.0

Advance = Callable[[int, int, str], None]
Outcomes = Generator[tuple[int, Any], None, None]  # places of tasks, as these are done


@dataclass(frozen=True)
class Task:
    """A call of a module's function.

    Attributes
    ----------
    label : str
        What the progress line says.
    key : str
        Digest of everything that the outcome depends on; see ``pipeline.cache``.
    function, arguments
    """

    label: str
    key: str
    function: Callable[..., Any]
    arguments: dict[str, Any]


class Workers(Protocol):
    """Whoever does tasks outside this machine's own processes; see ``pipeline.cluster``."""

    def outcomes(self, tasks: Sequence[Task]) -> Outcomes:
        """Yield the place of each task with its outcome, in the order in which they are done."""


Jobs = int | Workers


def run_tasks(
    tasks: Sequence[Task], *, cache: Cache, jobs: Jobs, advance: Advance, kind: str
) -> list[Any]:
    """Return the outcome of each task, in the order given.

    Parameters
    ----------
    jobs : int or Workers
        Processes of this machine, with 1 the work is done in this one; or the workers that do it,
        whose outcomes are kept here as they arrive.
    advance : callable
        Called as ``advance(done, total, label)`` for the tasks that the cache does not hold.
    kind : str
        What these tasks are, for the progress line.
    """
    outcomes: list[Any] = [None] * len(tasks)
    missing = []
    for place, task in enumerate(tasks):
        there, outcomes[place] = cache.get(task.key)
        if not there:
            missing.append(place)
    if not missing:
        return outcomes
    advance(0, len(missing), kind)

    def collect(done: Iterable[tuple[int, Any]]) -> None:
        with _watched(cache, kind, len(missing), advance) as finished:
            for count, (place, outcome) in enumerate(done, start=1):
                outcomes[place] = outcome
                finished(count, tasks[place].label)

    if isinstance(jobs, int):
        # with jobs=1 this process works itself, and threads of a matrix product change last bits
        with threadpool_limits(1), parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1):
            collect(
                Parallel(return_as="generator_unordered", batch_size=1)(
                    delayed(_run_kept)(place, tasks[place], cache, this_run()) for place in missing
                )
            )
    else:
        with closing(jobs.outcomes([tasks[place] for place in missing])) as done:
            collect(_kept_here(tasks, missing, done, cache))
    return outcomes


@contextmanager
def _watched(
    cache: Cache, kind: str, total: int, advance: Advance
) -> Iterator[Callable[[int, str], None]]:
    """Say what was finished and, between, what the tasks that are underway say of themselves."""
    count, over = 0, Event()

    def finished(done: int, label: str) -> None:
        nonlocal count
        count = done
        advance(count, total, f"{kind}: {label}")

    def look() -> None:
        said: list[str] = []
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            before, said = said, told(cache.folder, this_run()) if cache.folder else []
            if said and said != before:
                advance(count, total, "; ".join(said))

    watcher = Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield finished
    finally:
        over.set()
        watcher.join()
        if cache.folder is not None:
            forget_told(cache.folder, this_run())


def this_run() -> str:
    """Return a name of this process: runs that share a cache do not hear each other's tasks."""
    return str(os.getpid())


def _run_kept(place: int, task: Task, cache: Cache, run: str) -> tuple[int, Any]:
    with task_underway(cache.folder, task.label, run):
        outcome = task.function(**task.arguments)
    cache.put(task.key, outcome)
    return place, outcome


def _kept_here(
    tasks: Sequence[Task], missing: Sequence[int], done: Outcomes, cache: Cache
) -> Iterator[tuple[int, Any]]:
    """Keep outcomes as they arrive; they come with their place among those that were missing."""
    for number, outcome in done:
        place = missing[number]
        cache.put(tasks[place].key, outcome)
        yield place, outcome
