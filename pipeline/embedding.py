"""Principal components of a feature table: the map of the Clusters page and of "closest tracks"."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from pipeline.artifacts import N_COMPONENTS
from pipeline.datasets import FeatureTable

N_NEIGHBOURS = 24  # more than the ten segments of a track and of its duplicate


def principal_components(table: FeatureTable) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return (coordinates of every row, the projection that made them).

    See ``artifacts.read_embedding`` and ``artifacts.read_projection`` for what they hold. Fitted on
    the whole table without labels: a map to look at, never an input of a scored model.
    """
    scaler = StandardScaler().fit(table.X.astype(np.float64))
    standardised = scaler.transform(table.X.astype(np.float64))
    n_components = min(N_COMPONENTS, len(table.features), len(table.rows))
    pca = PCA(n_components, svd_solver="full").fit(standardised)
    coordinates = pca.transform(standardised).astype(np.float32)
    embedding = table.rows[["track_id", "segment", "genre"]].reset_index(drop=True)
    for component in range(n_components):
        embedding[f"pc{component + 1}"] = coordinates[:, component]
    nearest = distance_to_other_track(coordinates, table.rows["track_id"].to_numpy())
    projection = {
        "features": list(table.features),
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "components": pca.components_.tolist(),
        "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
        "nearest_p50": float(np.quantile(nearest, 0.5)),
        "nearest_p99": float(np.quantile(nearest, 0.99)),
    }
    return embedding, projection


def distance_to_other_track(coordinates: np.ndarray, track_id: np.ndarray) -> np.ndarray:
    """Return each row's distance to the nearest row of another track."""
    n_neighbours = min(N_NEIGHBOURS, len(coordinates) - 1)
    distance, index = NearestNeighbors(n_neighbors=n_neighbours).fit(coordinates).kneighbors()
    other = track_id[index] != track_id[:, None]
    distance = np.where(other, distance, np.inf)
    nearest = distance.min(axis=1)
    return nearest[np.isfinite(nearest)]
