"""Which tracks sound alike to the features: the nearest of each on the map of components."""

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import FeatureTable
from pipeline.embedding import principal_components

N_NEAREST = 5


def nearest_tracks(table: FeatureTable) -> pd.DataFrame:
    """Return the analysis "nearest_tracks" of a table of whole clips.

    Parameters
    ----------
    table : FeatureTable
        One row a track.

    Returns
    -------
    DataFrame
        ``rank`` from 1 (nearest) to 5, or to as many others as there are; ``distance`` Euclidean
        in the principal components of the standardised features, the same that "closest in our
        data" uses for an uploaded clip. A copy of a track is at distance 0.
    """
    columns = list(ANALYSES["nearest_tracks"].columns)
    n_nearest = min(N_NEAREST, len(table.rows) - 1)
    if n_nearest < 1:
        return pd.DataFrame(columns=columns)
    embedding, _ = principal_components(table)
    coordinates = embedding.filter(regex=r"^pc\d+$").to_numpy(dtype=np.float64)
    # asked without rows, each row's own place is left out, also where a copy lies on it
    distance, index = NearestNeighbors(n_neighbors=n_nearest).fit(coordinates).kneighbors()
    track_id = embedding["track_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "track_id": np.repeat(track_id, n_nearest),
            "rank": np.tile(np.arange(1, n_nearest + 1), len(track_id)),
            "neighbour": track_id[index].ravel(),
            "distance": distance.ravel(),
        },
        columns=columns,
    )
