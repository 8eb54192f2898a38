"""Not every mistake is as bad: how far genres are apart, and what a model's mistakes cost.

Calling rock metal is a smaller mistake than calling it classical. The distance of two genres is
that of their centres among the features, so it says what sounds alike to these features, not what
musicologists say; it knows nothing of any model.

References
----------
Craft, Wiggins & Crawford 2007, "How many beans make five? The consensus problem in music-genre
classification and a new evaluation method for single-genre categorisation systems" (the idea that
mistakes between like genres should cost less; there listeners say which are alike).
"""

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist, squareform

from pipeline.artifacts import genres_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import FeatureTable
from pipeline.intervals import bootstrap
from pipeline.scoring import group_sums, scored_rows


def genre_distances(table: FeatureTable) -> pd.DataFrame:
    """Return the analysis "genre_distances": every two genres that have tracks, both ways.

    Euclidean between the genres' mean standardised features, divided by the mean over all pairs:
    1 is the distance of an average pair.
    """
    X = table.X.astype(np.float64)
    spread = X.std(axis=0)
    standardised = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)
    genre = table.rows["genre"].to_numpy()
    genres = [name for name in table.genres if (genre == name).any()]
    columns = list(ANALYSES["genre_distances"].columns)
    if len(genres) < 2:
        return pd.DataFrame(columns=columns)
    centres = np.stack([standardised[genre == name].mean(axis=0) for name in genres])
    pairs = pdist(centres)
    distance = squareform(pairs / pairs.mean() if pairs.any() else pairs)
    first, second = np.nonzero(~np.eye(len(genres), dtype=bool))
    names = np.array(genres, dtype=object)
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "genre_a": names[first],
            "genre_b": names[second],
            "distance": distance[first, second],
        },
        columns=columns,
    )


def distance_score(
    run_id: str,
    predictions: pd.DataFrame,
    group_of_track: pd.Series,
    distances: pd.DataFrame,
) -> pd.DataFrame:
    """Return the analysis "distance_scores" of one run, by track.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them, of the same genres as ``distances``.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.
    distances : DataFrame
        What ``genre_distances`` returns.

    Returns
    -------
    DataFrame
        One row. ``value``: mean distance between true and answered genre over all songs, right
        answers counting 0; ``mistake_distance``: the same over wrong answers only, NaN without.

    Raises
    ------
    ValueError
        If a genre of the predictions has no distance.
    """
    known = sorted(set(distances["genre_a"]))
    unknown = sorted({*predictions["y_true"], *predictions["y_pred"]} - set(known))
    if unknown:
        raise ValueError(
            f"{run_id} speaks of {', '.join(unknown)}, of which no distance to other genres is "
            f"known; known are {', '.join(known)}. Compute distances on the genres of the run."
        )
    genres = genres_of(predictions) or known
    table = distances.pivot(index="genre_a", columns="genre_b", values="distance")
    cost_of = np.nan_to_num(table.reindex(index=genres, columns=genres).to_numpy(dtype=float))
    scored = scored_rows(predictions, "track", group_of_track, genres=genres)
    cost = cost_of[scored.y_true, scored.y_pred]
    wrong = scored.y_true != scored.y_pred
    totals = group_sums(scored.group, np.column_stack([np.ones(len(cost)), cost]))
    low, high = bootstrap(totals, lambda sums: sums[:, 1] / sums[:, 0])
    mistake = float(cost[wrong].mean()) if wrong.any() else float("nan")
    scores = (run_id, float(cost.mean()), float(low), float(high), mistake, len(cost))
    return pd.DataFrame([scores], columns=list(ANALYSES["distance_scores"].columns))
