"""Every two models of a protocol on the same test tracks: agreement, McNemar, corrected t.

A test says "better" only after Holm's correction over all pairs of the protocol. McNemar's test
takes tracks as independent; where artists are held out together, tracks of one artist are not
quite, and its p-values are somewhat too small.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts import genres_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.compare import SIGNIFICANCE, corrected_resampled_t, holm, mcnemar_exact
from pipeline.scoring import scored_rows

UNIT = "track"


@dataclass(frozen=True)
class _Answers:
    """What one model said of each test track, in order of ``track_id``."""

    track_id: tuple[str, ...]
    y_true: tuple[str, ...]
    fold: np.ndarray
    y_pred: np.ndarray


def paired_tests(
    dataset: str, protocol: str, predictions: Mapping[str, pd.DataFrame], training_share: float
) -> pd.DataFrame:
    """Return the analysis "paired_tests" of one data set and protocol.

    Two runs are compared if they were tested on the same tracks with the same true genres; other
    pairs are left out. The t-test needs equal folds as well and is NaN otherwise.

    Parameters
    ----------
    predictions : mapping of run id to DataFrame
        As ``artifacts.read_predictions`` returns them.
    training_share : float
        Test tracks per training track of a fold (n_test / n_train).
    """
    comparable: dict[tuple, dict[str, _Answers]] = {}
    for run_id, frame in predictions.items():
        answers = _track_answers(frame)
        comparable.setdefault((answers.track_id, answers.y_true), {})[run_id] = answers
    columns = list(ANALYSES["paired_tests"].columns)
    tables = [_pairs(runs, training_share) for runs in comparable.values() if len(runs) > 1]
    if not tables:
        return pd.DataFrame(columns=columns)
    table = pd.concat(tables, ignore_index=True)
    table = table.assign(dataset=dataset, protocol=protocol, unit=UNIT)
    table["p_holm"] = holm(table["p_mcnemar"].to_numpy())
    table["p_t_holm"] = holm(table["p_t"].to_numpy())
    better = np.where(table["only_a"] > table["only_b"], "better_a", "better_b")
    table["verdict"] = np.where(table["p_holm"] < SIGNIFICANCE, better, "tied")
    return table[columns]


def _track_answers(predictions: pd.DataFrame) -> _Answers:
    tested = predictions[predictions["part"] == "test"]
    first = tested.groupby("track_id", sort=True)[["y_true", "fold"]].first()
    scored = scored_rows(predictions, UNIT, pd.Series(0, index=first.index))
    return _Answers(
        tuple(first.index),
        tuple(first["y_true"]),
        first["fold"].to_numpy(),
        np.array(genres_of(predictions))[scored.y_pred],
    )


def _pairs(runs: dict[str, _Answers], training_share: float) -> pd.DataFrame:
    """Counts and uncorrected p-values of every two of the runs, which share their test tracks."""
    ids, answers = np.array(list(runs), dtype=object), list(runs.values())
    y_true = np.array(answers[0].y_true)
    y_pred = np.array([each.y_pred for each in answers])
    right = (y_pred == y_true).astype(float)
    n_units = len(y_true)
    a, b = np.triu_indices(len(ids), k=1)
    both = (right @ right.T)[a, b]
    n_right = right.sum(axis=1)
    same = sum(hit @ hit.T for hit in ((y_pred == g).astype(float) for g in np.unique(y_pred)))
    only_a, only_b = n_right[a] - both, n_right[b] - both
    table = pd.DataFrame({"id_a": ids[a], "id_b": ids[b], "n_units": n_units})
    table["accuracy_a"], table["accuracy_b"] = n_right[a] / n_units, n_right[b] / n_units
    counts = {"both_right": both, "only_a": only_a, "only_b": only_b}
    for name, count in (counts | {"neither": n_units - both - only_a - only_b}).items():
        table[name] = count.astype(int)
    table["agreement"] = np.asarray(same)[a, b] / n_units
    table["p_mcnemar"] = mcnemar_exact(table["only_a"].to_numpy(), table["only_b"].to_numpy())
    table["p_t"] = _fold_tests(right, [each.fold for each in answers], a, b, training_share)
    return table


def _fold_tests(
    right: np.ndarray,
    folds: list[np.ndarray],
    a: np.ndarray,
    b: np.ndarray,
    training_share: float,
) -> np.ndarray:
    """P-values of the corrected t-test of each pair whose folds are the same tracks."""
    p = np.full(len(a), np.nan)
    layouts, layout = np.unique(np.array(folds), axis=0, return_inverse=True)
    layout = layout.ravel()
    for number, fold in enumerate(layouts):
        in_fold = (fold[:, None] == np.unique(fold)).astype(float)
        accuracy = right @ in_fold / in_fold.sum(axis=0)
        pairs = (layout[a] == number) & (layout[b] == number)
        differences = accuracy[a[pairs]] - accuracy[b[pairs]]
        p[pairs] = corrected_resampled_t(differences, training_share)
    return p
