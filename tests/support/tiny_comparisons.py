"""Made-up paired tests, seed ranges and variant effects, for tests."""

from pathlib import Path

import numpy as np


def write_tiny_comparisons(folder: Path, ids: list[str], rng: np.random.Generator) -> None:
    """Write paired tests, seed ranges and variant effects."""
