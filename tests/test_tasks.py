"""Work is done once, in any number of processes, and what was finished is kept."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.cache import Cache, digest
from pipeline.tasks import Task, run_tasks


def square(log: str, number: int) -> int:
    """Square a number and note that it was computed."""
    with (Path(log) / f"{number}").open("a") as file:
        file.write("x")
    if number < 0:
        raise ValueError(f"no square root of {number} was wanted")
    return number**2


def tasks(log: Path, numbers: list[int]) -> list[Task]:
    return [
        Task(f"square {n}", digest("square", n), square, {"log": str(log), "number": n})
        for n in numbers
    ]


def counted(log: Path) -> dict[int, int]:
    return {int(path.name): len(path.read_text()) for path in log.iterdir()}


@pytest.fixture
def log(tmp_path) -> Path:
    folder = tmp_path / "log"
    folder.mkdir()
    return folder


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path / "cache")


def run(work: list[Task], cache: Cache, jobs: int = 1) -> tuple[list, list]:
    seen: list[tuple[int, int, str]] = []
    outcomes = run_tasks(
        work, cache=cache, jobs=jobs, advance=lambda *now: seen.append(now), kind="squares"
    )
    return outcomes, seen


@pytest.mark.parametrize("jobs", [1, 2])
def test_outcomes_come_in_the_order_of_the_tasks(log, cache, jobs):
    numbers = [5, 3, 8, 1, 9, 2]
    outcomes, seen = run(tasks(log, numbers), cache, jobs)
    assert outcomes == [25, 9, 64, 1, 81, 4]
    assert counted(log) == dict.fromkeys(numbers, 1)
    assert [(done, total) for done, total, _ in seen] == [(k, 6) for k in range(7)]
    assert seen[0][2] == "squares"
    assert {label for _, _, label in seen[1:]} == {f"squares: square {n}" for n in numbers}


def test_what_the_cache_holds_is_not_computed_again(log, cache):
    run(tasks(log, [1, 2]), cache)
    outcomes, seen = run(tasks(log, [2, 3, 1]), cache)
    assert outcomes == [4, 9, 1]
    assert counted(log) == {1: 1, 2: 1, 3: 1}
    assert [(done, total) for done, total, _ in seen] == [(0, 1), (1, 1)]
    _, seen = run(tasks(log, [1, 2, 3]), cache)
    assert seen == []


def test_without_a_folder_everything_is_computed_each_time(log):
    for _ in range(2):
        run(tasks(log, [4]), Cache(None))
    assert counted(log) == {4: 2}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_through_and_what_was_finished_is_kept(log, cache, jobs):
    work = tasks(log, [1, 2, -7, 3])
    with pytest.raises(ValueError, match="no square root of -7"):
        run(work, cache, jobs)
    assert cache.get(work[0].key) == (True, 1)
    assert cache.get(work[2].key) == (False, None)
    outcomes, _ = run(tasks(log, [1, 2, 3]), cache, jobs)
    assert outcomes == [1, 4, 9]
    assert counted(log)[1] == 1


def test_no_tasks_are_no_work(cache):
    assert run([], cache) == ([], [])


def table(n: int) -> np.ndarray:
    """Return what a large argument looks like to the task."""
    return np.full((n, 300), 1.5, dtype=np.float32)


def total(X: np.ndarray) -> float:
    """Sum an argument that joblib hands over as a memory map."""
    return float(X.sum())


def test_large_arguments_arrive_whole_in_other_processes(cache):
    X = table(2_000)
    work = [Task(f"{k}", digest("total", k), total, {"X": X}) for k in range(3)]
    outcomes, _ = run(work, cache, jobs=2)
    assert outcomes == [900_000.0] * 3
