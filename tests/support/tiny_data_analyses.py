"""Made-up feature distributions, correlations, duplicates and suspicious labels, for tests."""

from pathlib import Path

import numpy as np


def write_tiny_data_analyses(folder: Path, rng: np.random.Generator) -> None:
    """Write feature distributions, correlations, duplicates and suspicious labels."""
