"""Time the 57 statistics of a 30-s clip against the plain librosa way, at equal numbers.

One thread, both ways in turn in the same process, medians. Uses the first full GTZAN clip in
``GENRELENS_DATA``, else the synthetic golden clip. Ends with status 1 if the numbers differ or
the gain is under the required factor.
"""

import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
from threadpoolctl import threadpool_limits

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))  # run as a script, without installation

from pipeline.audio import decode  # noqa: E402  (path set above)
from pipeline.config import ANALYSIS, data_candidates  # noqa: E402  (path set above)
from pipeline.features.summary import FEATURE_NAMES, summary_statistics  # noqa: E402  (as above)

REQUIRED_FACTOR = 5.0
REPEATS = 7
FULL_CLIP = 661_000  # samples


def real_or_synthetic_clip(golden: ModuleType) -> tuple[str, np.ndarray]:
    """Return name and samples of the clip to time."""
    for folder in data_candidates():
        for path in sorted((folder / "genres_original").glob("*/*.*")):
            clip = decode(path, sr=ANALYSIS.sr)
            if len(clip.y) >= FULL_CLIP:
                return path.name, clip.y
    return "synthetic clip (no GTZAN found)", golden.synthetic_clip()


def seconds(function: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def largest_deviation(ours: np.ndarray, plain: np.ndarray) -> tuple[float, str]:
    """Return the largest relative deviation (absolute 1e-2 for small values), and its feature."""
    deviation = np.abs(ours - plain) / np.maximum(np.abs(plain), 1e-2)
    worst = int(np.argmax(deviation))
    return float(deviation[worst]), FEATURE_NAMES[worst]


def main() -> int:
    """Print the table and return the exit status."""
    golden = _golden_module()
    name, y = real_or_synthetic_clip(golden)

    def ours() -> np.ndarray:
        return summary_statistics(y, sr=ANALYSIS.sr)

    def plain() -> np.ndarray:
        return golden.librosa_statistics(y, sr=ANALYSIS.sr)

    with threadpool_limits(1):
        deviation, feature = largest_deviation(ours(), plain())  # also warms both up
        times = [(seconds(ours), seconds(plain)) for _ in range(REPEATS)]
    ours_s, plain_s = (statistics.median(column) for column in zip(*times, strict=True))
    factor = plain_s / ours_s
    sys.stdout.write(
        f"57 statistics of {name}, {len(y) / ANALYSIS.sr:.1f} s, one thread, "
        f"median of {REPEATS}\n"
        f"  plain librosa    {plain_s * 1000:8.0f} ms\n"
        f"  shared spectrum  {ours_s * 1000:8.0f} ms\n"
        f"  factor           {factor:8.1f}    (at least {REQUIRED_FACTOR:g} required)\n"
        f"  largest relative deviation {deviation:.1e} ({feature}; at most 1e-4 allowed)\n"
    )
    return int(deviation > 1e-4 or factor < REQUIRED_FACTOR)


def _golden_module() -> ModuleType:
    path = REPOSITORY / "tests" / "golden" / "write_golden.py"
    specification = spec_from_file_location("write_golden", path)
    if specification is None or specification.loader is None:
        raise ImportError(f"{path} cannot be loaded: restore it from the repository")
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
