"""Independent pieces of work: side by side in processes, each kept in the cache when it is done.

What a task gives depends on its arguments only, never on the number of processes or their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from joblib import Parallel, delayed, parallel_config

from pipeline.cache import Cache

Advance = Callable[[int, int, str], None]


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


def run_tasks(
    tasks: Sequence[Task], *, cache: Cache, jobs: int, advance: Advance, kind: str
) -> list[Any]:
    """Return the outcome of each task, in the order given.

    Parameters
    ----------
    jobs : int
        Processes; with 1 the work is done in this one.
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
    with parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1):
        done = Parallel(return_as="generator_unordered", batch_size=1)(
            delayed(_run_kept)(place, tasks[place], cache) for place in missing
        )
        for count, (place, outcome) in enumerate(done, start=1):
            outcomes[place] = outcome
            advance(count, len(missing), f"{kind}: {tasks[place].label}")
    return outcomes


def _run_kept(place: int, task: Task, cache: Cache) -> tuple[int, Any]:
    outcome = task.function(**task.arguments)
    cache.put(task.key, outcome)
    return place, outcome
