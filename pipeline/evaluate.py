"""Fit a model over the folds of a protocol -> predictions.

The unit of work is one model on one fold: a plain function of its arguments, so that it gives the
same bytes in this process, in another one, or on another day.
"""

import pickle
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import PROBABILITY_PREFIX
from pipeline.datasets import FeatureTable
from pipeline.models import MODELS
from pipeline.splits import PROTOCOLS, Fold, TrackGroups, stopping_split


@dataclass(frozen=True)
class FoldResult:
    """What one model gave on one fold.

    Attributes
    ----------
    predictions : DataFrame
        Rows as ``artifacts.read_predictions`` describes them.
    history : DataFrame or None
        Per epoch, for networks.
    train_s, predict_s : float
        Wall seconds; prediction of the test part.
    size_bytes : int or None
        Of the fitted estimator as a Python pickle; None for a network (its size is its ONNX file).
    """

    predictions: pd.DataFrame
    history: pd.DataFrame | None
    train_s: float
    predict_s: float
    size_bytes: int | None


def genre_numbers(table: FeatureTable) -> np.ndarray:
    """Return each row's genre as its number in ``table.genres``."""
    return pd.Categorical(table.rows["genre"], categories=table.genres).codes.astype(int)


def fit_fold(
    model: str, protocol: str, table: FeatureTable, groups: TrackGroups, fold: Fold, *, seed: int
) -> FoldResult:
    """Fit one model on one fold and return its predictions of the other parts."""
    y = genre_numbers(table)
    started = time.perf_counter()
    estimator = fitted(model, protocol, table, groups, fold, y=y, seed=seed)
    train_s = time.perf_counter() - started
    started = time.perf_counter()
    proba = estimator.predict_proba(table.X[fold.test])
    predict_s = time.perf_counter() - started
    parts = [_rows(table, fold, "test", fold.test, proba)]
    if fold.validation is not None:
        validation = estimator.predict_proba(table.X[fold.validation])
        parts.append(_rows(table, fold, "validation", fold.validation, validation))
    history = getattr(estimator, "history_", None)
    if history is not None:
        history = history.assign(fold=fold.number)
    size = None if MODELS[model].technique == "deep" else len(pickle.dumps(estimator))
    return FoldResult(pd.concat(parts), history, train_s, predict_s, size)


def fitted(
    model: str,
    protocol: str,
    table: FeatureTable,
    groups: TrackGroups,
    fold: Fold,
    *,
    y: np.ndarray,
    seed: int,
) -> Any:
    """Return the model fitted on the training rows of a fold, and on nothing else."""
    specification = MODELS[model]
    estimator = specification.build(seed)
    if not specification.stops_early:
        return estimator.fit(table.X[fold.train], y[fold.train])
    fit, stop = stopping_split(fold, table, groups, PROTOCOLS[protocol], seed=seed)
    return estimator.fit(table.X[fit], y[fit], validation=(table.X[stop], y[stop]))


def _rows(
    table: FeatureTable, fold: Fold, part: str, rows: np.ndarray, proba: np.ndarray
) -> pd.DataFrame:
    genres = np.array(table.genres)
    frame = table.rows.iloc[rows][["track_id", "segment"]].reset_index(drop=True)
    frame["part"] = part
    frame["fold"] = np.int16(fold.number)
    frame["y_true"] = table.rows["genre"].iloc[rows].to_numpy()
    # the rounded numbers are what is stored, so they decide
    proba = proba.astype(np.float16)
    frame["y_pred"] = genres[proba.argmax(axis=1)]
    columns = [f"{PROBABILITY_PREFIX}{genre}" for genre in genres]
    return pd.concat([frame, pd.DataFrame(proba, columns=columns)], axis=1)
