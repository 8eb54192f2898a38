"""How many clusters a table has, and which genre each cluster stands for."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import FeatureTable

KS = range(1, 31)
N_INIT = 10
SILHOUETTE_ROWS = 2_500  # its cost grows with the square of the rows


def cluster_sweep(table: FeatureTable, *, ks: Iterable[int] = KS, seed: int) -> pd.DataFrame:
    """Return inertia and silhouette of k-means by number of clusters.

    Parameters
    ----------
    table : FeatureTable
        Standardised here, as the clusters of the Clusters page are.
    ks : iterable of int
        Numbers of clusters, none above the number of rows.
    seed : int
        Of the first centres, and of the rows that the silhouette is taken of: at most 2,500, the
        same for every k.

    Returns
    -------
    DataFrame
        Columns of the analysis "cluster_sweep". Inertia is in squared standard deviations, summed
        over rows and features; the silhouette (-1 to 1) is NaN for one cluster, and where each
        row is a cluster of its own.

    Raises
    ------
    ValueError
        If a number of clusters is below 1 or above the number of rows.

    References
    ----------
    Rousseeuw, 1987, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis".
    """
    X = StandardScaler().fit_transform(table.X.astype(np.float64))
    n_sampled = min(SILHOUETTE_ROWS, len(X))
    sampled = np.random.default_rng(seed).choice(len(X), n_sampled, replace=False)
    records = []
    for k in ks:
        if not 1 <= k <= len(X):
            raise ValueError(
                f"clusters must number 1 to {len(X)}, the rows of {table.representation}; got {k}"
            )
        model = KMeans(k, n_init=N_INIT, random_state=seed).fit(X)
        silhouette = _silhouette(X[sampled], model.labels_[sampled])
        records.append((table.dataset, table.representation, k, model.inertia_, silhouette))
    return pd.DataFrame(records, columns=list(ANALYSES["cluster_sweep"].columns))


def cluster_matching(run_id: str, rows: pd.DataFrame, cluster: np.ndarray) -> pd.DataFrame:
    """Return clusters assigned to genres, one to one, so that most rows agree.

    Parameters
    ----------
    run_id : str
    rows : DataFrame
        With a column ``genre``.
    cluster : ndarray of shape (n_rows,)
        Cluster of each row.

    Returns
    -------
    DataFrame
        Columns of the analysis "cluster_matching", a row per cluster that occurs. A cluster that
        is left over, or shares no row with the genre left for it, has genre "" and zeros.

    Raises
    ------
    ValueError
        If there is not one cluster per row.

    References
    ----------
    Kuhn, 1955, "The Hungarian method for the assignment problem".
    """
    if len(cluster) != len(rows):
        raise ValueError(f"expected a cluster for each of {len(rows)} rows, got {len(cluster)}")
    counts = pd.crosstab(np.asarray(cluster), rows["genre"].to_numpy())
    matched = dict(zip(*linear_sum_assignment(counts.to_numpy(), maximize=True), strict=True))
    records = []
    for position, number in enumerate(counts.index):
        in_cluster = counts.loc[number]
        genre = counts.columns[matched[position]] if position in matched else ""
        n_matched = in_cluster[genre] if genre else 0
        n_genre = counts[genre].sum() if n_matched else 0
        records.append(
            (run_id, number, genre if n_matched else "", n_matched, in_cluster.sum(), n_genre)
        )
    return pd.DataFrame(records, columns=list(ANALYSES["cluster_matching"].columns))


def _silhouette(X: np.ndarray, cluster: np.ndarray) -> float:
    """Return the mean silhouette, NaN where it is not defined."""
    n_clusters = len(np.unique(cluster))
    return float(silhouette_score(X, cluster)) if 1 < n_clusters < len(X) else np.nan
