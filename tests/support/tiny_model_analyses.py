"""Made-up curves, calibration, importances and search trials of the tiny runs, for tests."""

from pathlib import Path

import numpy as np


def write_tiny_model_analyses(folder: Path, ids: list[str], rng: np.random.Generator) -> None:
    """Write curves, calibration, importances and search trials of the tiny runs."""
