"""How well probabilities rank: ROC and precision-recall, one genre against the rest, by track.

Curves of all thresholds are stored with few points, so that nothing visible is lost. Areas are
those of the full curves: ROC by trapezoids, precision-recall by steps (average precision).
"""

import numpy as np
import pandas as pd

from pipeline.analysis.tracks import Tested, tracks_of
from pipeline.artifacts import genres_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.intervals import percentile_interval, replicate_weights

MAX_POINTS = 60  # of a stored curve
N_REPLICATES = 500
GRID = np.linspace(0, 1, 501)  # where the curves of genres are averaged
METRICS = ("roc_auc", "average_precision")
# numbers held at once while replicates are summed: 16 MB
CHUNK = 2_000_000


def ranking_curves(run_id: str, predictions: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the analyses "roc" and "precision_recall" of one run.

    A genre that no test track has is left out. "macro" is the mean of the genres' curves at equal
    false positive rate or recall; "micro" takes every pair of track and genre as one question.

    Raises
    ------
    ValueError
        If the test tracks are all of one genre.
    """
    no_groups = pd.Series(0, index=predictions["track_id"].unique())
    tested = tracks_of(predictions, no_groups).tested
    tables: dict[str, list[pd.DataFrame]] = {"roc": [], "precision_recall": []}
    genres = genres_of(predictions)
    by_genre = [(genres[g], _curves(*_one_against_rest(tested, g))) for g in _present(tested)]
    roc_mean = np.mean([np.interp(GRID, *roc) for _, (roc, _) in by_genre], axis=0)
    roc_mean[0] = 0.0  # the curve starts in the corner, as every genre's does
    recall_mean = np.mean([_at_recall(*curve) for _, (_, curve) in by_genre], axis=0)
    macro = ("macro", ((GRID, roc_mean), (GRID, recall_mean)))
    positive = np.eye(len(genres), dtype=bool)[tested.y_true]
    micro = ("micro", _curves(tested.y_proba.ravel(), positive.ravel()))
    for genre, curves in (*by_genre, macro, micro):
        for kind, (x, y) in zip(tables, curves, strict=True):
            points = np.column_stack(thinned(x, y)).round(4)
            table = pd.DataFrame(points, columns=list(ANALYSES[kind].columns[2:]))
            table.insert(0, "id", run_id)
            table.insert(1, "genre", genre)
            tables[kind].append(table)
    roc, precision_recall = (pd.concat(parts, ignore_index=True) for parts in tables.values())
    return roc, precision_recall


def ranking_scores(
    run_id: str, predictions: pd.DataFrame, group_of_track: pd.Series
) -> pd.DataFrame:
    """Return the analysis "ranking_scores" of one run: areas by genre, and their mean (genre "").

    ``n_units`` counts the independent units that intervals resample.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.

    Raises
    ------
    ValueError
        If the test tracks are all of one genre.
    """
    tested = tracks_of(predictions, group_of_track).tested
    genres, present = genres_of(predictions), _present(tested)
    codes, groups = pd.factorize(tested.group, sort=True)
    drawn = replicate_weights(len(groups), n_replicates=N_REPLICATES)
    weights = np.vstack([np.ones(len(groups)), drawn])[:, codes]  # the first is the sample itself
    areas = np.stack([_areas(*_one_against_rest(tested, g), weights) for g in present], axis=-1)
    rows = []
    for metric, values in zip(METRICS, areas, strict=True):
        known = ~np.isnan(values)
        mean = np.where(known, values, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        values = np.column_stack([mean, values])
        low, high = percentile_interval(values[1:])
        for i, genre in enumerate(("", *(genres[g] for g in present))):
            rows.append((run_id, metric, genre, values[0, i], low[i], high[i], len(groups)))
    return pd.DataFrame(rows, columns=list(ANALYSES["ranking_scores"].columns))


def thinned(
    x: np.ndarray, y: np.ndarray, max_points: int = MAX_POINTS
) -> tuple[np.ndarray, np.ndarray]:
    """Return at most ``max_points`` points of a curve, ends included, that keep its shape.

    The point farthest from the thinned curve is added until it has enough points.

    References
    ----------
    Douglas & Peucker 1973, "Algorithms for the reduction of the number of points required to
    represent a digitized line or its caricature".
    """
    kept = {0, len(x) - 1}
    spans = [_farthest(x, y, 0, len(x) - 1)]
    while len(kept) < max_points and spans:
        worst = max(range(len(spans)), key=lambda i: spans[i][0])
        distance, start, middle, end = spans.pop(worst)
        if distance == 0:
            break
        kept.add(middle)
        spans += [_farthest(x, y, *part) for part in ((start, middle), (middle, end))]
    chosen = sorted(kept)
    return x[chosen], y[chosen]


def _farthest(x: np.ndarray, y: np.ndarray, start: int, end: int) -> tuple[float, int, int, int]:
    """Distance and place of the point between two others that lies farthest from their line."""
    if end - start < 2:
        return 0.0, start, start, end
    dx, dy = x[end] - x[start], y[end] - y[start]
    inner = slice(start + 1, end)
    distance = np.abs(dx * (y[inner] - y[start]) - dy * (x[inner] - x[start])) / np.hypot(dx, dy)
    middle = int(distance.argmax())
    return float(distance[middle]), start, start + 1 + middle, end


def _present(tested: Tested) -> list[int]:
    """Genres with positives and negatives among the test tracks: others have no curve."""
    found = np.unique(tested.y_true)
    if len(found) < 2:
        raise ValueError(
            f"ranking one genre against the rest needs test tracks of two genres; got {len(found)} "
            f"among {len(tested.y_true)} tracks. Test on more tracks."
        )
    return [int(genre) for genre in found]


def _one_against_rest(tested: Tested, genre: int) -> tuple[np.ndarray, np.ndarray]:
    return tested.y_proba[:, genre], tested.y_true == genre


def _ranked(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order of falling score, and the last place of each run of equal scores."""
    order = np.argsort(-score, kind="stable")
    return order, np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)


def _curves(
    score: np.ndarray, positive: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """ROC (false, true positive rate) and precision-recall (recall, precision), both rising in x.

    Precision-recall ends where everything is found. It starts level, with the precision of the
    first threshold: a start at 1 would draw a slope that no threshold reaches.
    """
    order, last = _ranked(score)
    true = np.append(0, np.cumsum(positive[order])[last])
    answered = np.append(0, last + 1)
    false = answered - true
    n_needed = int(np.searchsorted(true, true[-1])) + 1
    precision = true[1:n_needed] / answered[1:n_needed]
    precision = np.append(precision[0], precision)
    recall = true[:n_needed] / true[-1]
    return (false / false[-1], true / true[-1]), (recall, precision)


def _at_recall(recall: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Precision at the first threshold that reaches each recall of the grid, as the area counts."""
    return precision[np.searchsorted(recall, GRID - 1e-12)]


def _areas(score: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Area under ROC and average precision of weighted tracks, of shape (2, n_replicates).

    NaN where a replicate has no track, or nothing but tracks, of the genre.
    """
    order, last = _ranked(score)
    size = max(1, CHUNK // len(score))
    parts = [weights[i : i + size, order] for i in range(0, len(weights), size)]
    return np.concatenate([_chunk_areas(part, positive[order], last) for part in parts], axis=1)


def _chunk_areas(weights: np.ndarray, positive: np.ndarray, last: np.ndarray) -> np.ndarray:
    answered = np.cumsum(weights, axis=1)[:, last]
    true = np.cumsum(weights * positive, axis=1)[:, last]
    n_answered, n_true = answered[:, -1], true[:, -1]
    n_false = n_answered - n_true
    found = np.diff(true, axis=1, prepend=0)
    false = np.diff(answered - true, axis=1, prepend=0)
    under_roc = (false * (true - found / 2)).sum(axis=1)
    precision = np.divide(true, answered, out=np.zeros_like(true), where=answered > 0)
    steps = (found * precision).sum(axis=1)
    known = (n_true > 0) & (n_false > 0)
    areas = np.full((2, len(weights)), np.nan)
    np.divide(under_roc, n_true * n_false, out=areas[0], where=known)
    np.divide(steps, n_true, out=areas[1], where=known)
    return areas
