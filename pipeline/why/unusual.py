"""Which features of a clip are unusual for a genre: its place among that genre's tracks.

Percentiles come from the analysis "genre_scales". A model of 3-s windows is compared with 3-s
segments of the genre, window by window, and the middle of its windows counts; every other model
with whole clips, by the statistics of 30-s windows.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts import ResultsError
from pipeline.artifacts.analysis import has_analysis, read_analysis
from pipeline.features.summary import FEATURE_NAMES
from pipeline.served_rows import WindowLength

USUAL = (0.1, 0.9)  # four fifths of a genre's tracks lie between
TABLES: dict[WindowLength, str] = {3: "features_3s", 30: "features_30s"}
KIND = "genre_scales"


@dataclass(frozen=True)
class GenreScale:
    """The values of every feature at percentiles within one genre.

    Attributes
    ----------
    features : tuple of str
    columns : ndarray of int
        Places of the features among the 57 statistics.
    percentiles : ndarray of shape (n_percentiles,)
    values : ndarray of shape (n_features, n_percentiles)
    n : int
        Rows behind it.
    """

    features: tuple[str, ...]
    columns: np.ndarray
    percentiles: np.ndarray
    values: np.ndarray
    n: int

    def percentiles_of(self, X: np.ndarray) -> np.ndarray:
        """Return the share of the genre's rows with smaller values, (n_windows, n_features).

        Between stored percentiles linear; 0 and 1 beyond the first and the last one. Values that
        several percentiles share, as a tempo may be, get the middle of these.
        """
        placed = np.empty((len(X), len(self.features)))
        for number, (column, values) in enumerate(zip(self.columns, self.values, strict=True)):
            own = X[:, column].astype(np.float64)
            upper = np.searchsorted(values, own, side="right")
            tied = np.searchsorted(values, own, side="left") + 1 < upper
            between = np.interp(own, values, self.percentiles, left=0.0, right=1.0)
            first = np.minimum(np.searchsorted(values, own, side="left"), len(values) - 1)
            middle = (self.percentiles[first] + self.percentiles[upper - 1]) / 2
            placed[:, number] = np.where(tied, middle, between)
        return placed

    def unusual(self, X: np.ndarray) -> list[dict[str, Any]]:
        """Return the features outside the usual range, the farthest first.

        Parameters
        ----------
        X : ndarray of shape (n_windows, 57)

        Returns
        -------
        list of dict
            ``feature``, its median ``value`` over the windows, and the ``percentile`` of that
            value, 0..1.
        """
        median = np.median(X, axis=0, keepdims=True)
        (percentile,) = self.percentiles_of(median)
        apart = np.abs(percentile - 0.5)
        order = np.argsort(-apart, kind="stable")
        return [
            {
                "feature": self.features[number],
                "value": float(f"{median[0, self.columns[number]]:.6g}"),
                "percentile": round(float(percentile[number]), 3),
            }
            for number in order
            if not USUAL[0] <= percentile[number] <= USUAL[1]
        ]


def read_genre_scales(results: Path, dataset: str) -> dict[WindowLength, dict[str, GenreScale]]:
    """Return the scales by length of windows and genre; empty where the table is not there.

    Raises
    ------
    ResultsError
        If the table is damaged or does not have every percentile of every feature.
    """
    if not has_analysis(results, KIND):
        return {}
    table = read_analysis(results, KIND)
    table = table[table["dataset"] == dataset]
    found: dict[WindowLength, dict[str, GenreScale]] = {}
    for length, representation in TABLES.items():
        rows = table[table["representation"] == representation]
        rows = rows[rows["feature"].isin(FEATURE_NAMES)]
        if len(rows):
            found[length] = {
                str(genre): _scale(own) for genre, own in rows.groupby("genre", observed=True)
            }
    return found


def _scale(rows: Any) -> GenreScale:
    wide = rows.pivot(index="feature", columns="percentile", values="value").sort_index(axis=1)
    if wide.isna().any(axis=None):
        raise ResultsError(
            f"analysis {KIND!r} must hold every percentile of every feature. Run `make results`."
        )
    place = {name: column for column, name in enumerate(FEATURE_NAMES)}
    features = tuple(map(str, wide.index))
    return GenreScale(
        features=features,
        columns=np.array([place[name] for name in features]),
        percentiles=wide.columns.to_numpy(dtype=np.float64),
        values=wide.to_numpy(dtype=np.float64),
        n=int(rows["n"].iloc[0]),
    )
