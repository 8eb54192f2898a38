"""The values of each feature at percentiles within each genre, so that a new clip can be placed.

"Brighter than 95 % of blues" needs only these: a statistic of the tracks, not the tracks.
"""

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import FeatureTable

PERCENTILES = (0.01, 0.02, *(k / 20 for k in range(1, 20)), 0.98, 0.99)


def genre_scales(table: FeatureTable) -> pd.DataFrame:
    """Return the analysis "genre_scales": each genre that has rows, in the units of the table.

    Values between two rows are interpolated; ``n`` counts the rows of the genre, which are tracks
    or segments as the table has them.
    """
    genre, names = table.rows["genre"].to_numpy(), np.array(table.features, dtype=object)
    parts = []
    for name in table.genres:
        X = table.X[genre == name].astype(np.float64)
        if len(X) == 0:
            continue
        values = np.quantile(X, PERCENTILES, axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "dataset": table.dataset,
                    "representation": table.representation,
                    "genre": name,
                    "feature": np.repeat(names, len(PERCENTILES)),
                    "n": len(X),
                    "percentile": np.tile(PERCENTILES, len(names)),
                    "value": values.T.ravel(),
                }
            )
        )
    columns = list(ANALYSES["genre_scales"].columns)
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
