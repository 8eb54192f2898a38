"""What a model listens to: permutation of feature families, coefficients, tree importances.

The hand-over for permutations is one frame for all folds, the concatenation of what
``permuted_answers`` returns for each: ``track_id, fold, family, repeat, correct``, a row for each
test track, family and repeat, where ``correct`` (0 or 1) is the track's vote with the features of
that family permuted. Rows of family "" (repeat 0) hold the vote with nothing permuted.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.features.families import family_of
from pipeline.intervals import bootstrap
from pipeline.scoring import group_sums

ANSWER_COLUMNS = ["track_id", "fold", "family", "repeat", "correct"]
COLUMNS = list(ANALYSES["importances"].columns)
UNPERMUTED = ""


def permuted_answers(
    estimator: Any,
    X_test: np.ndarray,
    rows: pd.DataFrame,
    families: dict[str, list[int]],
    genres: Sequence[str],
    seed: int,
    n_repeats: int,
) -> pd.DataFrame:
    """Return which test tracks one fitted estimator gets right when families are permuted.

    All features of a family move together, from row to row of the test part: the rows keep what
    belongs together inside the family and lose its link to the genre.

    Parameters
    ----------
    X_test : ndarray of shape (n_rows, n_features)
    rows : DataFrame
        ``track_id``, ``genre`` and ``fold`` of each row of ``X_test``.
    families : dict of str to list of int
        Column numbers of each family.
    genres : sequence of str
        In the order of the estimator's probabilities.

    Returns
    -------
    DataFrame with ``ANSWER_COLUMNS``
        (1 + n_families x n_repeats) rows for each track.
    """
    codes, track_ids = pd.factorize(rows["track_id"], sort=True)
    tracks = rows.groupby("track_id", sort=True)[["genre", "fold"]].first()
    y_true = pd.Categorical(tracks["genre"], categories=list(genres)).codes
    fold = tracks["fold"].to_numpy()

    def table(X: np.ndarray, family: str, repeat: int) -> pd.DataFrame:
        # rounded as stored predictions are, so that the unpermuted votes are the scored ones
        proba = np.asarray(estimator.predict_proba(X)).astype(np.float16).astype(float)
        correct = (group_sums(codes, proba).argmax(axis=1) == y_true).astype(np.int8)
        answers = {"track_id": track_ids, "fold": fold, "family": family, "repeat": repeat}
        return pd.DataFrame({**answers, "correct": correct})[ANSWER_COLUMNS]

    tables = [table(X_test, UNPERMUTED, 0)]
    for number, (family, columns) in enumerate(families.items()):
        for repeat in range(n_repeats):
            order = np.random.default_rng([seed, number, repeat]).permutation(len(X_test))
            X = X_test.copy()
            X[:, columns] = X_test[order][:, columns]
            tables.append(table(X, family, repeat))
    return pd.concat(tables, ignore_index=True)


def permutation_importance_rows(
    run_id: str, answers: pd.DataFrame, group_of_track: pd.Series
) -> pd.DataFrame:
    """Return the rows of kind "permutation" of the analysis "importances".

    ``value`` is the drop of track accuracy, mean over repeats; the interval resamples independent
    units, not repeats.

    Parameters
    ----------
    answers : DataFrame
        The hand-over described at the top of this file, of all folds.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.

    Raises
    ------
    ValueError
        If a track lacks its unpermuted answer, or one of the families.
    """
    by_track = answers.pivot_table(
        index="track_id", columns="family", values="correct", aggfunc="mean", sort=False
    )
    if UNPERMUTED not in by_track.columns or by_track.isna().any(axis=None):
        raise ValueError(
            f"every track needs an answer for every family and one for {UNPERMUTED!r}, nothing "
            f"permuted; got families {list(by_track.columns)} for {len(by_track)} tracks, with "
            "gaps. Concatenate whole frames of permuted_answers."
        )
    families = [family for family in by_track.columns if family != UNPERMUTED]
    drop = by_track[[UNPERMUTED]].to_numpy() - by_track[families].to_numpy()
    group = group_of_track.loc[by_track.index].to_numpy()
    totals = group_sums(group, np.column_stack([np.ones(len(drop)), drop]))
    low, high = bootstrap(totals, lambda sums: sums[:, 1:] / sums[:, :1])
    table = pd.DataFrame(
        {
            "id": run_id,
            "kind": "permutation",
            "family": families,
            "feature": "",
            "value": drop.mean(axis=0),
            "ci_low": low,
            "ci_high": high,
            "n_repeats": answers["repeat"].max() + 1,
        }
    )
    return table[COLUMNS]


def model_importance_rows(run_id: str, by_fold: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return "importances" of kind coefficient or impurity: means over the folds' models.

    Parameters
    ----------
    by_fold : sequence of DataFrame
        What ``model_importances`` returned for each fold.
    """
    keys = ["kind", "family", "feature"]
    mean = pd.concat(by_fold).groupby(keys, sort=False)["value"].mean().reset_index()
    return mean.assign(id=run_id, ci_low=np.nan, ci_high=np.nan, n_repeats=1)[COLUMNS]


def model_importances(estimator: Any, features: Sequence[str]) -> pd.DataFrame | None:
    """Return the weight that a fitted model gives to each feature, as shares of the whole.

    Returns
    -------
    DataFrame or None
        Columns ``feature, family, kind, value``. kind "coefficient": mean over genres of the
        absolute coefficients of a linear model behind a standardisation; "impurity": what splits
        on the feature gain in a tree, forest or boosting. None where a model has neither, or
        where it does not see the features themselves (behind PCA or a selection).
    """
    weights = _coefficients(estimator, len(features))
    kind = "coefficient"
    if weights is None:
        weights, kind = _split_gains(estimator, len(features)), "impurity"
    if weights is None:
        return None
    total = weights.sum()
    table = pd.DataFrame({"feature": list(features), "family": [family_of(f) for f in features]})
    return table.assign(kind=kind, value=weights / total if total > 0 else weights)


def _steps(estimator: Any) -> tuple[list[Any], Any]:
    """What precedes a model in its scikit-learn pipeline, and the model."""
    steps = [step for _, step in getattr(estimator, "steps", [("", estimator)])]
    return steps[:-1], steps[-1]


def _coefficients(estimator: Any, n_features: int) -> np.ndarray | None:
    from sklearn.preprocessing import StandardScaler

    before, model = _steps(estimator)
    coefficients = getattr(model, "coef_", None)
    standardised = before and all(isinstance(step, StandardScaler) for step in before)
    if coefficients is None or not standardised or np.shape(coefficients)[-1] != n_features:
        return None
    return np.abs(np.atleast_2d(coefficients)).mean(axis=0)


def _split_gains(estimator: Any, n_features: int) -> np.ndarray | None:
    from sklearn.preprocessing import StandardScaler

    before, model = _steps(estimator)
    if not all(isinstance(step, StandardScaler) for step in before):
        return None
    booster = getattr(model, "booster_", None)
    if booster is not None:  # its feature_importances_ count splits, whatever they gain
        return np.asarray(booster.feature_importance(importance_type="gain"), dtype=float)
    gains = getattr(model, "feature_importances_", None)
    if gains is not None:
        return np.asarray(gains, dtype=float)
    bagged = list(zip(getattr(model, "estimators_", []), _seen(model), strict=False))
    if not bagged or not all(hasattr(tree, "feature_importances_") for tree, _ in bagged):
        return None
    summed = np.zeros(n_features)
    for tree, seen in bagged:
        summed[seen] += tree.feature_importances_
    return summed


def _seen(model: Any) -> list[np.ndarray]:
    """Column numbers that each model of a bagging was given; none for other models."""
    return list(getattr(model, "estimators_features_", []))
