"""Time the features of many clips: two processes against one, a cached rerun, memory of a worker.

Both tables of 57 statistics (3-s segments and whole clips) of the same real clips, medians of
seven passes in one run. What two processes can gain on this machine is measured beside it, on a
loop of NumPy alone. FMA's 518 statistics, which take librosa, are computed of some clips in a
process of their own, whose memory is shown without a bound. Ends with an estimate for FMA's 106,574
clips, and with status 1 if a bound is broken.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
from followed import Followed
from real_clips import clip_paths, whole_clips
from threadpoolctl import threadpool_limits

from pipeline.cache import Cache
from pipeline.features.bulk import compute_features, named_clips, requested_outputs
from pipeline.tasks import Task, run_tasks

REPEATS = 7
N_LOOPS, LOOP_SIZE = 60, 220  # tasks, each some 0.1 s
FMA_CLIPS = 106_574
N_FMA_FEATURES = 4  # clips whose 518 statistics are computed
LEAST_OF_NUMPY, LEAST_CACHED, MOST_MB = 0.92, 50.0, 400.0


def quiet(done: int, total: int, label: str) -> None:
    """Show nothing."""


def numpy_loop(seed: int) -> float:
    """Return a number that takes some time and no memory to speak of: transforms of one block."""
    block = np.random.default_rng(seed).normal(size=(64, 2048)).astype(np.float32)
    total = 0.0
    for _ in range(LOOP_SIZE):
        total += float(np.abs(np.fft.rfft(block, axis=1)).sum())
    return total


def loops(jobs: int) -> None:
    """Run the loop as often as there are tasks."""
    tasks = [Task(str(k), str(k), numpy_loop, {"seed": k}) for k in range(N_LOOPS)]
    run_tasks(tasks, cache=Cache(None), jobs=jobs, advance=quiet, kind="loop")


def features(jobs: int, cache: Cache) -> None:
    """Compute both tables of all clips into a folder that is thrown away."""
    outputs = requested_outputs(["summary"], segments=None)
    with tempfile.TemporaryDirectory() as folder:
        compute_features(
            outputs,
            [named_clips(clip_paths()[1])],
            out=Path(folder),
            cache=cache,
            jobs=jobs,
            advance=quiet,
        )


def fma_features() -> None:
    """Compute FMA's statistics of some clips in this process, which then ends."""
    with tempfile.TemporaryDirectory() as folder:
        compute_features(
            requested_outputs(["fma"], segments=None),
            [named_clips(whole_clips(N_FMA_FEATURES))],
            out=Path(folder),
            cache=Cache(None),
            jobs=1,
            advance=quiet,
        )


def fma_memory_mb() -> float:
    """Return the largest memory of a fresh process that computes FMA's statistics."""
    with Followed(children_mb, 0.02) as memory:
        subprocess.run([sys.executable, __file__, "fma"], check=True)
    return memory.peak


def memory_lines(summary_mb: float, fma_mb: float) -> list[str]:
    """Say what workers took: a bound holds for the 57 statistics alone."""
    side = "above" if fma_mb >= MOST_MB else "below"
    return [
        f"  peak of a worker, summary  {summary_mb:8.0f} MB (below {MOST_MB:g})",
        f"  peak of a process, fma     {fma_mb:8.0f} MB ({side} {MOST_MB:g}; no bound: librosa)",
    ]


def estimate_lines(clips_per_s: float, what: str) -> list[str]:
    """Say what the whole of FMA would take, and what that leaves out."""
    return [
        f"  {FMA_CLIPS:,} clips at this rate {FMA_CLIPS / clips_per_s / 3600:8.1f} h",
        f"    an estimate from these clips ({what}): GTZAN's are mono at 22 kHz, FMA's are MP3,",
        "    most of them stereo at 44.1 kHz, and take longer to read",
    ]


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def children_mb() -> Iterator[float]:
    """Yield the resident memory of each child process, in MB."""
    for child in psutil.Process().children(recursive=True):
        try:
            yield child.memory_info().rss / 2**20
        except psutil.Error:
            continue


def main() -> int:
    """Print the table and return the exit status."""
    what, paths = clip_paths()
    fma_mb = fma_memory_mb()  # before there are workers: all children are looked at
    with threadpool_limits(1):
        for jobs in (1, 2):  # start the workers, compile and fill what is kept
            loops(jobs)
            features(jobs, Cache(None))
        with Followed(children_mb, 0.02) as memory:
            passes = [
                (
                    seconds(lambda: loops(1)),
                    seconds(lambda: loops(2)),
                    seconds(lambda: features(1, Cache(None))),
                    seconds(lambda: features(2, Cache(None))),
                )
                for _ in range(REPEATS)
            ]
        with tempfile.TemporaryDirectory() as folder:
            cache = Cache(Path(folder))
            first = seconds(lambda: features(2, cache))
            cached = statistics.median(seconds(lambda: features(2, cache)) for _ in range(REPEATS))
    loop_1, loop_2, one, two = (statistics.median(column) for column in zip(*passes, strict=True))
    reached = (one / two) / (loop_1 / loop_2)
    rate = len(paths) / two
    print(f"{len(paths)} clips ({what}), both tables of 57 statistics, median of {REPEATS}")
    print(f"  one process                {one:8.2f} s")
    print(f"  two processes              {two:8.2f} s  {one / two:.2f} x")
    print(f"  NumPy loop, the same       {loop_1 / loop_2:8.2f} x")
    print(f"  share of what NumPy gains  {reached:8.2f}    (at least {LEAST_OF_NUMPY:g})")
    print(f"  first run with a cache     {first:8.2f} s")
    print(
        f"  the same, all cached       {1000 * cached:8.0f} ms {first / cached:.0f} x (at least "
        f"{LEAST_CACHED:g})"
    )
    print(*memory_lines(memory.peak, fma_mb), *estimate_lines(rate, what), sep="\n")
    broken = reached < LEAST_OF_NUMPY or first / cached < LEAST_CACHED
    return int(broken or memory.peak >= MOST_MB)


if __name__ == "__main__":
    sys.exit(fma_features() if sys.argv[1:] == ["fma"] else main())
