"""Answers to altered clips -> how many stay, and how many are right, with intervals.

Intervals resample artists: clips of one artist answer alike.
"""

import numpy as np
import pandas as pd

from pipeline.analysis.altered_clips import CONDITIONS, UNALTERED
from pipeline.artifacts import genres_of, probability_columns
from pipeline.artifacts.analysis import ANALYSES
from pipeline.calibration import tempered
from pipeline.intervals import bootstrap, share_intervals, wilson


def robustness_scores(
    run_id: str, windows: pd.DataFrame, groups: pd.DataFrame, temperature: float
) -> pd.DataFrame:
    """Return rows of the analysis "robustness", one for each alteration and level.

    Parameters
    ----------
    windows : DataFrame
        ``track_id, alteration, level`` and probabilities, a row a window.
    groups : DataFrame
        By track: ``genre`` and ``artist``.
    temperature : float
        Of the served model; a clip's answer averages tempered windows.
    """
    answers = answers_of_clips(windows, temperature)
    own = groups.loc[answers.index]
    base = answers[UNALTERED, 0.0].to_numpy()
    truth, artist = own["genre"].to_numpy(), own["artist"].to_numpy()
    rows = []
    for condition in CONDITIONS:
        own_answers = answers[condition].to_numpy()
        scores = scores_of(own_answers, base=base, truth=truth, group=artist)
        rows.append((run_id, *condition, "track", *scores))
    return pd.DataFrame(rows, columns=list(ANALYSES["robustness"].columns))


def answers_of_clips(windows: pd.DataFrame, temperature: float) -> pd.DataFrame:
    """Return the genre that each clip (row) gets under each condition (column)."""
    genres, keys = genres_of(windows), ["track_id", "alteration", "level"]
    proba = windows[probability_columns(windows)].to_numpy(dtype=np.float64)
    table = pd.DataFrame(tempered(proba, temperature), columns=genres)
    mean = pd.concat([windows[keys], table], axis=1).groupby(keys)[genres].mean()
    return mean.idxmax(axis=1).unstack(["alteration", "level"])


def scores_of(
    answers: np.ndarray, *, base: np.ndarray, truth: np.ndarray, group: np.ndarray
) -> tuple[float, ...]:
    """Return share of unchanged answers, accuracy, its difference, each with interval; counts.

    Parameters
    ----------
    answers, base, truth : ndarray of shape (n_clips,)
        Genres after the alteration, before it, and as the data set says.
    group : ndarray of shape (n_clips,)
        The independent unit of each clip.
    """
    n_clips, everybody = len(answers), np.ones((len(answers), 1))
    unchanged = _with_interval(group, everybody, answers == base)
    accuracy = _with_interval(group, everybody, answers == truth)
    gained = (answers == truth).astype(float) - (base == truth).astype(float)
    codes, groups = pd.factorize(group, sort=True)
    totals = np.zeros((len(groups), 2))
    np.add.at(totals, codes, np.column_stack([gained, np.ones(n_clips)]))
    low, high = map(float, bootstrap(totals, lambda sums: sums[:, 0] / sums[:, 1]))
    if not gained.any():  # no replicate differs: what may still be there is told by their number
        high = wilson(0, len(groups))[1]
        low = -high
    difference = (float(gained.mean()), low, high)
    return (*unchanged, *accuracy, *difference, n_clips, len(groups))


def _with_interval(
    group: np.ndarray, everybody: np.ndarray, success: np.ndarray
) -> tuple[float, float, float]:
    value, low, high = share_intervals(group, everybody, success.astype(float))
    return float(value[0]), float(low[0]), float(high[0])
