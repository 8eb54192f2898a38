"""Predictions -> scores with intervals. The stored predictions are the only source.

Two units: ``segment`` (every predicted row) and ``track`` (a track's probabilities averaged over
its test rows; the commonest answer of its rows where a run kept answers only). Only rows with part
"test" are scored. Intervals are Wilson's for shares of independent tracks, else a bootstrap over
the protocol's independent unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline import metrics
from pipeline.artifacts import SCORE_COLUMNS, genres_of, probability_columns
from pipeline.intervals import bootstrap, wilson

Measure = Callable[[np.ndarray], np.ndarray]
COUNT_METRICS: dict[str, Measure] = {
    "accuracy": metrics.accuracy,
    "macro_f1": metrics.macro_f1,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
}
BY_GENRE = ("precision", "recall", "f1")


@dataclass(frozen=True)
class Scored:
    """Predictions of one unit, as arrays.

    Attributes
    ----------
    y_true : ndarray of shape (n,), genre numbers
    y_proba : ndarray of shape (n, n_genres), or None where a run kept answers only
    y_pred : ndarray of shape (n,), genre numbers
    group : ndarray of shape (n,), the independent unit that each row belongs to
    """

    y_true: np.ndarray
    y_proba: np.ndarray | None
    y_pred: np.ndarray
    group: np.ndarray


def units_of(predictions: pd.DataFrame) -> list[str]:
    """Return the units a run can be scored in: whole-clip rows have no segments."""
    return ["track"] if (predictions["segment"] < 0).all() else ["segment", "track"]


def majority_answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``y_true, y_pred`` by track: the commonest answer of its rows, ties alphabetically."""
    answers = rows.groupby(["track_id", "y_pred"], sort=True, observed=True).size()
    best = answers.groupby(level="track_id").idxmax()  # the first of equals
    true = rows.groupby("track_id")["y_true"].first()
    return pd.DataFrame(
        {"y_true": true, "y_pred": [answer for _, answer in best]}, index=true.index
    )


def scored_rows(
    predictions: pd.DataFrame,
    unit: str,
    group_of_track: pd.Series,
    *,
    part: str = "test",
    genres: Sequence[str] = (),
) -> Scored:
    """Return one part's predictions in one unit; tracks get the mean of their probabilities.

    ``genres`` must be given for predictions without probabilities.
    """
    columns = probability_columns(predictions)
    rows = predictions[predictions["part"] == part]
    number = {genre: index for index, genre in enumerate(genres or genres_of(predictions))}
    if unit == "track" and not columns:
        rows = majority_answers(rows).reset_index()
    elif unit == "track":
        tracks = rows.astype(dict.fromkeys(columns, np.float64)).groupby("track_id", sort=True)
        proba = tracks[columns].mean().to_numpy()
        true = tracks["y_true"].first()
        return Scored(
            true.map(number).to_numpy(dtype=int),
            proba,
            proba.argmax(axis=1),
            group_of_track.loc[true.index].to_numpy(),
        )
    return Scored(
        rows["y_true"].map(number).to_numpy(dtype=int),
        rows[columns].to_numpy(dtype=np.float64) if columns else None,
        rows["y_pred"].map(number).to_numpy(dtype=int),
        group_of_track.loc[rows["track_id"]].to_numpy(),
    )


def score_table(
    predictions: pd.DataFrame,
    *,
    run_id: str,
    group_of_track: pd.Series,
    genres: Sequence[str] = (),
) -> pd.DataFrame:
    """Return every score of a supervised run as rows of ``SCORE_COLUMNS``.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them.
    run_id : str
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.
    genres : sequence of str
        Of the data set, for predictions without probabilities.
    """
    genres = list(genres or genres_of(predictions))
    rows: list[tuple] = []
    for unit in units_of(predictions):
        scored = scored_rows(predictions, unit, group_of_track, genres=genres)
        rows += [(run_id, unit, *row) for row in _count_scores(scored, genres)]
        if scored.y_proba is not None:
            rows += [(run_id, unit, *row) for row in _probability_scores(scored, scored.y_proba)]
    return _score_frame(rows)


def cluster_score_table(
    rows: pd.DataFrame, cluster: np.ndarray, *, run_id: str, group_of_track: pd.Series
) -> pd.DataFrame:
    """Return agreement of clusters with genres, resampled by track, as ``SCORE_COLUMNS``."""
    unit = "track" if (rows["segment"] < 0).all() else "segment"
    genre = pd.factorize(rows["genre"], sort=True)[0]
    n_clusters, n_genres = cluster.max() + 1, genre.max() + 1
    totals = group_sums(
        group_of_track.loc[rows["track_id"]].to_numpy(),
        np.eye(n_clusters * n_genres)[cluster * n_genres + genre],
    ).reshape(-1, n_clusters, n_genres)
    measures = {
        "ari": metrics.adjusted_rand_index,
        "nmi": metrics.normalized_mutual_information,
        "purity": metrics.purity,
    }
    table: list[tuple] = []
    for name, measure in measures.items():
        low, high = bootstrap(totals, measure)
        value = measure(totals.sum(axis=0)[None])[0]
        table.append((run_id, unit, name, "", value, low, high, "bootstrap", len(totals)))
    return _score_frame(table)


def group_sums(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the sums of ``values`` (n, ...) over each group, ordered by group number."""
    codes, uniques = pd.factorize(group, sort=True)
    sums = np.zeros((len(uniques), *values.shape[1:]))
    np.add.at(sums, codes, values)
    return sums


def _score_frame(rows: list[tuple]) -> pd.DataFrame:
    """Rows as ``SCORE_COLUMNS``; the numbers may still be arrays without axes."""
    numbers = dict.fromkeys(("value", "ci_low", "ci_high"), np.float64)
    return pd.DataFrame(rows, columns=SCORE_COLUMNS).astype(numbers)


def _count_scores(scored: Scored, genres: list[str]) -> list[tuple]:
    """Rows of (metric, genre, value, low, high, method, n_units) that come from counts."""
    n = len(genres)
    one_hot = np.eye(n * n)[scored.y_true * n + scored.y_pred]
    totals = group_sums(scored.group, one_hot).reshape(-1, n, n)
    counts = totals.sum(axis=0)
    independent = len(totals) == len(scored.y_true)
    rows: list[tuple] = []
    for name, measure in COUNT_METRICS.items():
        value = np.atleast_1d(measure(counts))
        low, high, method = _count_interval(measure, totals, independent=independent)
        named = genres if name in BY_GENRE else [""]
        rows += [
            (name, genre, value[i], low[i], high[i], method, len(totals))
            for i, genre in enumerate(named)
        ]
    return rows


def _count_interval(
    measure: Measure, totals: np.ndarray, *, independent: bool
) -> tuple[np.ndarray, np.ndarray, str]:
    """Wilson's interval for a share of independent units, else the bootstrap over groups."""
    counts = totals.sum(axis=0)
    shares: dict[Measure, tuple[Any, Any]] = {  # (successes, trials)
        metrics.accuracy: ([np.trace(counts)], [counts.sum()]),
        metrics.precision: (np.diag(counts), counts.sum(axis=0)),
        metrics.recall: (np.diag(counts), counts.sum(axis=1)),
    }
    if independent and measure in shares:
        successes, trials = shares[measure]
        bounds = [wilson(k, int(n)) for k, n in zip(successes, trials, strict=True)]
        return np.array(bounds)[:, 0], np.array(bounds)[:, 1], "wilson"
    low, high = bootstrap(totals, measure)
    return np.atleast_1d(low), np.atleast_1d(high), "bootstrap"


def _probability_scores(scored: Scored, y_proba: np.ndarray) -> list[tuple]:
    """Rows of (metric, genre, value, low, high, method, n_units) that need probabilities."""
    per_sample = np.column_stack(
        [
            np.ones(len(scored.y_true)),
            metrics.sample_top2(scored.y_true, y_proba),
            metrics.sample_log_loss(scored.y_true, y_proba),
            # the bins of the whole sample are kept in every replicate
            metrics.calibration_gaps(scored.y_true, y_proba),
        ]
    )
    totals = group_sums(scored.group, per_sample)

    def means(sums: np.ndarray) -> np.ndarray:
        ece = np.abs(sums[:, 3:]).sum(axis=1)
        return np.column_stack([sums[:, 1], sums[:, 2], ece]) / sums[:, :1]

    value = means(totals.sum(axis=0)[None])[0]
    low, high = bootstrap(totals, means)
    return [
        (name, "", value[i], low[i], high[i], "bootstrap", len(totals))
        for i, name in enumerate(("top2", "log_loss", "ece"))
    ]
