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

from pipeline.analysis.importance import model_importances, permuted_answers
from pipeline.artifacts import PROBABILITY_PREFIX, probability_columns
from pipeline.datasets import FeatureTable
from pipeline.features.families import family_of
from pipeline.models import MODELS
from pipeline.splits import Fold

N_REPEATS = 3  # permutations of each feature family


@dataclass(frozen=True)
class Unit:
    """One model on one fold of one table.

    Attributes
    ----------
    stop : ndarray or None
        Rows of the training part that decide when to stop, for a model that stops early.
    groups : ndarray or None
        Group of every row of the table, for a model that divides its training part again.
    importance : bool
        Permute feature families in the test part too.
    answers_only : bool
        Keep no probabilities: repetitions and variants are scored by their answers.
    """

    model: str
    table: FeatureTable
    fold: Fold
    seed: int
    stop: np.ndarray | None = None
    groups: np.ndarray | None = None
    importance: bool = False
    answers_only: bool = False


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
    permuted : DataFrame or None
        Answers with permuted features, as ``analysis.importance.permuted_answers`` gives them.
    importances : DataFrame or None
        What the fitted model itself says of its features.
    """

    predictions: pd.DataFrame
    history: pd.DataFrame | None
    train_s: float
    predict_s: float
    size_bytes: int | None
    permuted: pd.DataFrame | None = None
    importances: pd.DataFrame | None = None


def genre_numbers(table: FeatureTable) -> np.ndarray:
    """Return each row's genre as its number in ``table.genres``."""
    return pd.Categorical(table.rows["genre"], categories=table.genres).codes.astype(int)


def fit_fold(unit: Unit) -> FoldResult:
    """Fit one model on one fold and return its predictions of the other parts."""
    table, fold = unit.table, unit.fold
    started = time.perf_counter()
    estimator = fitted(unit)
    train_s = time.perf_counter() - started
    started = time.perf_counter()
    proba = estimator.predict_proba(table.X[fold.test])
    predict_s = time.perf_counter() - started
    parts = [_rows(table, fold, "test", fold.test, proba)]
    if fold.validation is not None and not unit.answers_only:
        validation = estimator.predict_proba(table.X[fold.validation])
        parts.append(_rows(table, fold, "validation", fold.validation, validation))
    predictions = pd.concat(parts, ignore_index=True)
    if unit.answers_only:
        predictions = predictions.drop(columns=probability_columns(predictions))
    history = getattr(estimator, "history_", None)
    return FoldResult(
        predictions=predictions,
        history=None if history is None else history.assign(fold=fold.number),
        train_s=train_s,
        predict_s=predict_s,
        size_bytes=None if hasattr(estimator, "network_") else len(pickle.dumps(estimator)),
        **(_importances(unit, estimator) if unit.importance else {}),
    )


def fitted(unit: Unit) -> Any:
    """Return the model, fitted on the training rows of a fold, and on nothing else."""
    specification = MODELS[unit.model]
    estimator = specification.build(unit.seed)
    X, y, train = unit.table.X, genre_numbers(unit.table), unit.fold.train
    if specification.stops_early:
        assert unit.stop is not None
        fit = np.setdiff1d(train, unit.stop)
        return estimator.fit(X[fit], y[fit], validation=(X[unit.stop], y[unit.stop]))
    if specification.grouped:
        assert unit.groups is not None
        return estimator.fit(X[train], y[train], groups=unit.groups[train])
    return estimator.fit(X[train], y[train])


def _importances(unit: Unit, estimator: Any) -> dict[str, pd.DataFrame | None]:
    table, fold = unit.table, unit.fold
    families: dict[str, list[int]] = {}
    for place, feature in enumerate(table.features):
        families.setdefault(family_of(feature), []).append(place)
    rows = table.rows.iloc[fold.test].assign(fold=fold.number)
    own = model_importances(estimator, list(table.features))
    return {
        "permuted": permuted_answers(
            estimator,
            table.X[fold.test],
            rows,
            families,
            list(table.genres),
            seed=unit.seed,
            n_repeats=N_REPEATS,
        ),
        "importances": None if own is None else own.assign(fold=fold.number),
    }


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
