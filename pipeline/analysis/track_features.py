"""Where each track stands among all tracks, feature by feature, and in which order to show them.

Percentiles and not the features themselves: they say of every feature how unusual a track is, in
one unit, and an outlier does not flatten the picture. ``feature_scales`` translates them back.
"""

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from pipeline.analysis.features import correlation_matrix
from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import Dataset, FeatureTable
from pipeline.features.families import family_of

SCALE = (0.01, *(k / 20 for k in range(1, 20)), 0.99)  # the ticks of an axis
DECIMALS = 4  # of a percentile: finer than one track in 9,999
MAX_FEATURES = 60  # of a table whose features are described one by one


def track_table(dataset: Dataset) -> FeatureTable | None:
    """Return the table that describes whole clips feature by feature, or None without one.

    The first whose rows are whole clips and whose features are few enough to be read one by one.
    """
    for table in dataset.tables.values():
        whole = bool((table.rows["segment"] < 0).all())
        if table.described and whole and len(table.features) <= MAX_FEATURES:
            return table
    return None


def track_features(table: FeatureTable) -> pd.DataFrame:
    """Return the analysis "track_features": each track's place among all and in its genre.

    Parameters
    ----------
    table : FeatureTable
        One row a track.

    Returns
    -------
    DataFrame
        ``percentile`` and ``genre_percentile`` in 0..1: the share of the tracks, of all or of the
        track's own genre, with a smaller value; those with an equal one, itself included, count
        half. Features follow each other, tracks in the order of the table.
    """
    genre = table.rows["genre"].to_numpy()
    everywhere = _percentiles(table.X)
    within = np.empty_like(everywhere)
    for name in np.unique(genre):
        own = genre == name
        within[own] = _percentiles(table.X[own])
    n_tracks, n_features = everywhere.shape
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "track_id": np.tile(table.rows["track_id"].to_numpy(dtype=object), n_features),
            "feature": np.repeat(np.array(table.features, dtype=object), n_tracks),
            "percentile": everywhere.T.ravel(),
            "genre_percentile": within.T.ravel(),
        },
        columns=list(ANALYSES["track_features"].columns),
    )


def feature_scales(table: FeatureTable) -> pd.DataFrame:
    """Return the analysis "feature_scales": values at percentiles, in the units of the table.

    Values between two tracks are interpolated.
    """
    values = np.quantile(table.X.astype(np.float64), SCALE, axis=0)
    names = np.array(table.features, dtype=object)
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "feature": np.repeat(names, len(SCALE)),
            "family": np.repeat([family_of(name) for name in table.features], len(SCALE)),
            "percentile": np.tile(SCALE, len(names)),
            "value": values.T.ravel(),
        },
        columns=list(ANALYSES["feature_scales"].columns),
    )


def feature_order(table: FeatureTable) -> pd.DataFrame:
    """Return the analysis "feature_order": features so that those which say the same are near.

    Average linkage of 1 - |Pearson's r|, leaves in the order that keeps neighbours closest. A
    constant feature is as far from every other as one that says nothing of it.

    References
    ----------
    Bar-Joseph, Gifford & Jaakkola 2001, "Fast optimal leaf ordering for hierarchical clustering".
    """
    n_features = len(table.features)
    order = np.arange(n_features)
    if n_features > 2:
        distance = 1 - np.abs(np.nan_to_num(correlation_matrix(table.X.astype(np.float64))))
        np.fill_diagonal(distance, 0)
        pairs = squareform(distance, checks=False)
        order = leaves_list(linkage(pairs, "average", optimal_ordering=True))
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "place": np.arange(n_features),
            "feature": np.array(table.features, dtype=object)[order],
        },
        columns=list(ANALYSES["feature_order"].columns),
    )


def _percentiles(X: np.ndarray) -> np.ndarray:
    """Return the share of rows below each value, column by column; equal ones count half."""
    ranks = rankdata(X, method="average", axis=0)
    return np.round((ranks - 0.5) / len(X), DECIMALS)
