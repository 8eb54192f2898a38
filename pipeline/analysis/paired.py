"""Every two models of a protocol on the same test tracks: agreement, McNemar, corrected t.

A test says "better" only after Holm's correction over all pairs of the protocol. McNemar's test
takes tracks as independent; where artists are held out together, tracks of one artist are not
quite, and its p-values are somewhat too small. Where one data set has a track that another lacks
(a damaged clip), two models are compared on the tracks that both were tested on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts import genres_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.compare import SIGNIFICANCE, corrected_resampled_t, holm, mcnemar_exact
from pipeline.scoring import scored_rows

UNIT = "track"


SHARED = 0.9  # of the test tracks of each of two models; with fewer in common they are no pair


@dataclass(frozen=True)
class _Answers:
    """What every model said of each test track, a column a track; -1 where it was not asked."""

    ids: np.ndarray
    y_true: np.ndarray  # (n_models, n_tracks), genre numbers
    y_pred: np.ndarray
    fold: np.ndarray


def paired_tests(
    dataset: str,
    protocol: str,
    predictions: Mapping[str, pd.DataFrame],
    training_shares: Mapping[str, float],
) -> pd.DataFrame:
    """Return the analysis "paired_tests" of one data set and protocol.

    Two runs are compared on the test tracks that both have, if these are nearly all of either's
    and have the same true genres; other pairs are left out. The t-test needs equal folds as well
    and is NaN otherwise.

    Parameters
    ----------
    predictions : mapping of run id to DataFrame
        As ``artifacts.read_predictions`` returns them.
    training_shares : mapping of run id to float
        Test tracks per training track of a fold (n_test / n_train): with five folds another one
        than with ten.
    """
    columns = list(ANALYSES["paired_tests"].columns)
    shares = np.array([training_shares[run_id] for run_id in predictions])
    table = _pairs(_answers(predictions), shares) if len(predictions) > 1 else None
    if table is None or table.empty:
        return pd.DataFrame(columns=columns)
    table = table.assign(dataset=dataset, protocol=protocol, unit=UNIT)
    table["p_holm"] = holm(table["p_mcnemar"].to_numpy())
    table["p_t_holm"] = holm(table["p_t"].to_numpy())
    better = np.where(table["only_a"] > table["only_b"], "better_a", "better_b")
    table["verdict"] = np.where(table["p_holm"] < SIGNIFICANCE, better, "tied")
    return table[columns]


def _answers(predictions: Mapping[str, pd.DataFrame]) -> _Answers:
    by_run = {run_id: _track_answers(frame) for run_id, frame in predictions.items()}
    genres = sorted({genre for frame in by_run.values() for genre in frame["y_true"]})
    genres += sorted({genre for frame in by_run.values() for genre in frame["y_pred"]} - {*genres})
    number = {genre: place for place, genre in enumerate(genres)}
    tracks = pd.Index(sorted({track for frame in by_run.values() for track in frame.index}))

    def matrix(column: str, convert: Callable[[pd.Series], pd.Series]) -> np.ndarray:
        rows = [convert(frame[column]).reindex(tracks) for frame in by_run.values()]
        return np.array([row.fillna(-1).to_numpy(dtype=int) for row in rows])

    return _Answers(
        np.array(list(by_run), dtype=object),
        matrix("y_true", lambda names: names.map(number)),
        matrix("y_pred", lambda names: names.map(number)),
        matrix("fold", lambda numbers: numbers),
    )


def _track_answers(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return y_true, y_pred and fold by track_id."""
    tested = predictions[predictions["part"] == "test"]
    first = tested.groupby("track_id", sort=True)[["y_true", "fold"]].first()
    scored = scored_rows(predictions, UNIT, pd.Series(0, index=first.index))
    return first.assign(y_pred=np.array(genres_of(predictions))[scored.y_pred])


def _pairs(answers: _Answers, training_shares: np.ndarray) -> pd.DataFrame:
    """Counts and uncorrected p-values of every two runs that are comparable."""
    asked = answers.y_true >= 0
    right = asked & (answers.y_true == answers.y_pred)
    a, b = np.triu_indices(len(answers.ids), k=1)
    n_common = _common(asked, asked)[a, b]
    same_truth = _equal(answers.y_true, asked)[a, b]
    n_tested = asked.sum(axis=1)
    enough = n_common >= SHARED * np.maximum(n_tested[a], n_tested[b])
    kept = (n_common > 0) & enough & (same_truth == n_common)
    a, b, n_units = a[kept], b[kept], n_common[kept]
    both = _common(right, right)[a, b]
    right_where_asked = _common(right, asked)  # of the row's model, on the column's tracks
    right_a, right_b = right_where_asked[a, b], right_where_asked[b, a]
    same = _equal(answers.y_pred, asked)[a, b]
    table = pd.DataFrame({"id_a": answers.ids[a], "id_b": answers.ids[b], "n_units": n_units})
    table["accuracy_a"], table["accuracy_b"] = right_a / n_units, right_b / n_units
    counts = {"both_right": both, "only_a": right_a - both, "only_b": right_b - both}
    for name, count in (counts | {"neither": n_units - right_a - right_b + both}).items():
        table[name] = count.astype(int)
    table["agreement"] = same / n_units
    table["p_mcnemar"] = mcnemar_exact(table["only_a"].to_numpy(), table["only_b"].to_numpy())
    table["p_t"] = _fold_tests(answers, right, a, b, training_shares)
    return table


def _common(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return how many tracks are marked in both, for each two models."""
    return first.astype(float) @ second.astype(float).T


def _equal(values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return on how many tracks each two models have equal values, of those they were asked."""
    equal = np.zeros((len(values), len(values)))
    for value in np.unique(values[asked]):
        hit = asked & (values == value)
        equal += _common(hit, hit)
    return equal


def _fold_tests(
    answers: _Answers, right: np.ndarray, a: np.ndarray, b: np.ndarray, training_shares: np.ndarray
) -> np.ndarray:
    """P-values of the corrected t-test of each pair whose folds agree on all common tracks."""
    p = np.full(len(a), np.nan)
    layouts, layout = np.unique(answers.fold, axis=0, return_inverse=True)
    layout = layout.ravel()
    for first in range(len(layouts)):
        for second in range(len(layouts)):
            pairs = (layout[a] == first) & (layout[b] == second)
            common = (layouts[first] >= 0) & (layouts[second] >= 0)
            if not pairs.any() or (layouts[first] != layouts[second])[common].any():
                continue
            numbers = layouts[first][common]
            in_fold = (numbers[:, None] == np.unique(numbers)).astype(float)
            accuracy = right[:, common].astype(float) @ in_fold / in_fold.sum(axis=0)
            differences = accuracy[a[pairs]] - accuracy[b[pairs]]
            share = float(training_shares[a[pairs][0]])  # equal folds, so that of all of them
            p[pairs] = corrected_resampled_t(differences, share)
    return p
