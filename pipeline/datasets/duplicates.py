"""Which rows and which tracks of a feature table are the same music twice.

GTZAN holds recordings twice, one of them under two genres. A copy of what was trained on tests
nothing, so splits keep copies together. Rows are compared with a tolerance, because rounding
separates copies that went through different programs. Must not import TensorFlow or ``dashboard``.

References
----------
Sturm, 2013, "The GTZAN dataset: Its contents, its faults, their effects on evaluation, and its
future use", arXiv:1306.1461.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.datasets import FeatureTable

TOLERANCE_SD = 1e-2  # GTZAN's copies agree to 1e-6 sd, rows of other tracks differ by > 0.07
SHARE = 0.25  # reggae.00073/74 agree in 3 segments of 9 and were cut apart in the others


def duplicate_rows(
    X: np.ndarray, segments: np.ndarray, *, tolerance_sd: float = TOLERANCE_SD
) -> np.ndarray:
    """Return the duplicate group of each row: 0, 1, ... where rows agree, -1 for all others.

    Rows agree if every feature differs by at most ``tolerance_sd`` standard deviations and they
    are the same segment of their clips (so the loops within one track are no copies).

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
    segments : ndarray of shape (n_rows,)
        Segment number, -1 for a whole clip.
    tolerance_sd : float
        Largest difference, in standard deviations of the column.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        Groups are numbered by their first row.
    """
    if len(X) == 0:
        return np.empty(0, dtype=np.int64)
    pairs = _near_pairs(X, segments, tolerance_sd)
    return _numbered(len(X), pairs)


def duplicate_tracks(table: FeatureTable) -> pd.Series:
    """Return the duplicate group of each track (-1: none), indexed by ``track_id``.

    Two tracks are copies if more than a quarter of the segments that both have are duplicate rows
    (one silent segment in common does not make two songs one); copies of copies are in one group.

    References
    ----------
    Sturm, 2013, arXiv:1306.1461, lists GTZAN's exact replicas by ear and fingerprint.
    """
    tracks = table.rows["track_id"].drop_duplicates().to_list()
    position = {track: index for index, track in enumerate(tracks)}
    pairs = [
        (position[first], position[second])
        for (first, second), share in agreeing_shares(table).items()
        if share > SHARE
    ]
    groups = _numbered(len(tracks), np.array(pairs, dtype=np.int64).reshape(-1, 2))
    return pd.Series(groups, index=pd.Index(tracks, name="track_id"), name="duplicate_group")


def agreeing_shares(table: FeatureTable) -> dict[tuple[str, str], float]:
    """Return, for two tracks with a duplicate row in common, the share of segments that agree.

    Keys are pairs in alphabetical order; values lie in (0, 1], out of the segments that both
    tracks have. Pairs without a duplicate row are left out.
    """
    rows = table.rows
    flagged = rows[rows["duplicate_group"] >= 0]
    concerned = rows[rows["track_id"].isin(flagged["track_id"])]
    segments = concerned.groupby("track_id")["segment"].agg(set)
    shared: dict[tuple[str, str], int] = {}
    for _, group in flagged.groupby("duplicate_group"):
        for pair in combinations(sorted(group["track_id"]), 2):
            shared[pair] = shared.get(pair, 0) + 1
    return {
        (first, second): count / len(segments[first] & segments[second])
        for (first, second), count in shared.items()
    }


def _near_pairs(X: np.ndarray, segments: np.ndarray, tolerance_sd: float) -> np.ndarray:
    """Find pairs of row numbers that agree, shape (n_pairs, 2)."""
    from scipy.spatial import KDTree  # memory grows with the rows, not with their square

    scale = X.std(axis=0, dtype=np.float64)
    Z = (X - X.mean(axis=0, dtype=np.float64)) / np.where(scale > 0, scale, 1.0)
    found = [np.empty((0, 2), dtype=np.int64)]
    for segment in np.unique(segments):
        rows = np.flatnonzero(segments == segment)
        near = KDTree(Z[rows]).query_pairs(tolerance_sd, p=np.inf, output_type="ndarray")
        found.append(rows[near])
    return np.concatenate(found)


def _numbered(n: int, pairs: np.ndarray) -> np.ndarray:
    """Give connected components of several members a number, by their first member."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    several = np.bincount(component)[component] > 1
    first_members = pd.unique(component[several])
    number = {int(member): index for index, member in enumerate(first_members)}
    return np.array([number.get(int(member), -1) for member in component], dtype=np.int64)
