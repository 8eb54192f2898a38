"""Time the features of a clip against the plain librosa way and other extractors.

All on the same clips in one run, one thread, decoding included, medians. Ends with status 1 if
our numbers differ from librosa's or a bound is broken. Others are measured in an environment of
their own (``.ci/others``) and left out where it could not be made.
"""

import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from real_clips import clip_paths, golden_module, whole_clips
from threadpoolctl import threadpool_limits

from pipeline.audio import decode
from pipeline.config import ANALYSIS, REPOSITORY
from pipeline.features.bulk.work import clip_features
from pipeline.features.summary import FEATURE_NAMES, summary_statistics

REPEATS = 7
N_CLIPS = 3
REQUIRED_FACTOR, AIM = 7.0, 10.0
MOST_FOR_SEGMENTS = 1.5
MOST_DEVIATION = 1e-4
OTHERS = REPOSITORY / ".venv-others"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def seconds(work: Callable[[Path], object], clips: Sequence[Path]) -> float:
    """Return how long a clip takes on average."""
    start = time.perf_counter()
    for clip in clips:
        work(clip)
    return (time.perf_counter() - start) / len(clips)


def largest_deviation(ours: np.ndarray, plain: np.ndarray) -> tuple[float, str]:
    """Return the largest relative deviation (absolute 1e-2 for small values), and its feature."""
    deviation = np.abs(ours - plain) / np.maximum(np.abs(plain), 1e-2)
    worst = int(np.argmax(deviation))
    return float(deviation[worst]), FEATURE_NAMES[worst]


def nan_first(found: tuple[float, str]) -> float:
    """Order deviations so that NaN is the largest."""
    return math.inf if math.isnan(found[0]) else found[0]


def within_bounds(deviation: float, factor: float, share: float) -> bool:
    """Return whether every bound holds; NaN holds none."""
    return deviation <= MOST_DEVIATION and factor >= REQUIRED_FACTOR and share <= MOST_FOR_SEGMENTS


def others(clips: Sequence[Path]) -> dict[str, dict[str, object]]:
    """Return what other extractors took, or why they were not measured."""
    python = OTHERS / "bin" / "python"
    if not (OTHERS / ".installed").is_file():
        return {"Essentia, openSMILE": {"problem": "not installed here: see .ci/others"}}
    script = Path(__file__).parent / "others" / "extract.py"
    done = subprocess.run(
        [python, script, str(REPEATS), *map(str, clips)],
        env=os.environ | ONE_THREAD,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}, said nothing"]
        return {"Essentia, openSMILE": {"problem": said[-1]}}
    answer: dict[str, dict[str, object]] = json.loads(done.stdout)
    return answer


def main() -> int:
    """Print the table and return the exit status."""
    golden = golden_module()
    clips = whole_clips(N_CLIPS)

    def plain(path: Path) -> np.ndarray:
        y = decode(path, sr=ANALYSIS.sr).y
        return np.asarray(golden.librosa_statistics(y, sr=ANALYSIS.sr))

    def whole(path: Path) -> np.ndarray:
        return summary_statistics(decode(path, sr=ANALYSIS.sr).y, sr=ANALYSIS.sr)

    ways: dict[str, Callable[[Path], object]] = {
        "plain librosa": plain,
        "57 statistics": whole,
        "ten 3-s segments": lambda path: clip_features(str(path), "summary", "segments"),
    }
    with threadpool_limits(1):
        deviation, feature = max(
            (largest_deviation(whole(clip), plain(clip)) for clip in clips), key=nan_first
        )
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, work in ways.items():
                times[name].append(seconds(work, clips))
    median = {name: statistics.median(values) for name, values in times.items()}
    factor = median["plain librosa"] / median["57 statistics"]
    share = median["ten 3-s segments"] / median["57 statistics"]
    print(
        f"One clip of 30 s ({clip_paths()[0]}; mean of {len(clips)} clips, one thread, decoding "
        f"included, median of {REPEATS})"
    )
    for name, value in median.items():
        print(f"  {name:26} {1000 * value:8.0f} ms")
    for name, found in others(clips).items():
        if "problem" in found:
            print(f"  {name:26} not measured: {found['problem']}")
        else:
            value = statistics.median(found["seconds"]) / len(clips)  # type: ignore[call-overload]
            print(f"  {name:26} {1000 * value:8.0f} ms  ({found['numbers']} numbers)")
    print(
        f"  against plain librosa      {factor:8.1f} x  (at least {REQUIRED_FACTOR:g}, aim {AIM:g})"
    )
    print(f"  segments against the clip  {share:8.2f} x  (at most {MOST_FOR_SEGMENTS:g})")
    print(
        f"  largest deviation from librosa {deviation:.1e} ({feature}; at most {MOST_DEVIATION:g})"
    )
    return int(not within_bounds(deviation, factor, share))


if __name__ == "__main__":
    sys.exit(main())
