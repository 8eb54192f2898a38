"""Where a track's features stand among its genre: its ranks, and the genre's stored quantiles.

The results hold a track's rank of each feature, not its value; the value is read off the quantiles
of its genre. No statistics.
"""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from dashboard.kept import kept
from dashboard.rows.analyses import rows_of_features
from dashboard.state import Results
from dashboard.words.feature_words import USUAL

DECIMALS = 4  # of the shares that are stored
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)  # that are drawn; the outer two end the line


def features_of(results: Results, dataset: str, track_id: str, genre: str) -> pd.DataFrame:
    """Return a row a feature, the most unusual within its genre first.

    Columns: ``representation, feature``; ``place`` (share of its genre with a smaller value);
    ``is_unusual`` (in the outer tenth on either side); ``value`` (read off the quantiles; at the
    outermost one where the song lies beyond) and ``q1, q5, q25, q50, q75, q95, q99``, in the
    units of the table, all NaN where quantiles of the genre are not stored.
    """
    rows = results.analysis_of_track("track_features", dataset, track_id)
    places = rows["genre_percentile"].astype(float).round(DECIMALS)  # stored in float32
    rows = rows.assign(place=places)
    rows = rows.assign(apart=(rows["place"] - 0.5).abs())
    rows = rows.sort_values(["apart", "feature"], ascending=[False, True], kind="stable")
    rows["is_unusual"] = ~rows["place"].between(*USUAL)
    read = [
        _on_scale(_scale(results, dataset, representation, genre, feature), place)
        for representation, feature, place in zip(
            rows["representation"], rows["feature"], rows["place"], strict=True
        )
    ]
    columns = ["value", *(f"q{round(100 * share)}" for share in QUANTILES)]
    scales = pd.DataFrame(read, columns=columns, index=rows.index, dtype=float)
    wanted = rows[["representation", "feature", "place", "is_unusual"]]
    return pd.concat([wanted, scales], axis=1).reset_index(drop=True)


def _on_scale(scale: tuple[np.ndarray, np.ndarray] | None, place: float) -> list[float]:
    """Return the value at a place, then at each of ``QUANTILES``."""
    if scale is None:
        return [float("nan")] * (1 + len(QUANTILES))
    return [float(value) for value in np.interp([place, *QUANTILES], *scale)]


def _scale(
    results: Results, dataset: str, representation: str, genre: str, feature: str
) -> tuple[np.ndarray, np.ndarray] | None:
    return _scales(results, dataset, representation).get((genre, feature))


@kept()
def _scales(
    results: Results, dataset: str, representation: str
) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """Return percentiles and their values by genre and feature."""
    rows = rows_of_features(results, "genre_scales", dataset, representation)
    rows = rows.sort_values("percentile", kind="stable")
    percentiles = np.round(rows["percentile"].to_numpy(float), DECIMALS)
    values = rows["value"].to_numpy(float)
    groups = rows.groupby(["genre", "feature"], observed=True).indices
    keys = cast(Mapping[tuple[str, str], np.ndarray], groups)
    return {key: (percentiles[own], values[own]) for key, own in keys.items()}
