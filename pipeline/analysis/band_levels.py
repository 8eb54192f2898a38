"""The mean level of each mel band over all clips, as a network expects it."""

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import Dataset

SEEN_TABLE = "mel_clip"


def band_levels(dataset: Dataset) -> pd.DataFrame:
    """Return the analysis "band_levels", the lowest band first; empty without spectrograms."""
    columns = list(ANALYSES["band_levels"].columns)
    table = dataset.tables.get(SEEN_TABLE)
    if table is None:
        return pd.DataFrame(columns=columns)
    level = table.X.mean(axis=(0, 1), dtype=np.float64)
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "band": np.arange(len(level)),
            "level_db": level,
        },
        columns=columns,
    )
