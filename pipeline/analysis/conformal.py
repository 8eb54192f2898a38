"""Prediction sets: instead of one genre as many as it takes to hold the true one nine times in ten.

Non-conformity is one minus the probability of a genre ("hinge"): of all scores it gives the
smallest sets on average. A set may be empty, where no genre is as probable as calibration asks.
P-values are not smoothed, so nothing is drawn at random and coverage errs to the safe side.
"""

import warnings

import numpy as np
import pandas as pd

from pipeline.analysis.tracks import Tracks, cross_fit, tracks_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.intervals import share_intervals

TARGET = 0.9


def prediction_sets(
    run_id: str, predictions: pd.DataFrame, group_of_track: pd.Series, target: float = TARGET
) -> pd.DataFrame:
    """Return the analysis "prediction_sets" of one run: over all genres, then by true genre.

    Calibration is over all genres together: the target holds for all tracks, not in each genre.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.
    target : float
        Share of tracks whose set shall hold the true genre.

    References
    ----------
    Papadopoulos et al. 2002, "Inductive Confidence Machines for Regression"; Bostrom 2022,
    "crepes: a Python Package for Generating Conformal Regressors and Predictive Systems".
    """
    tracks = tracks_of(predictions, group_of_track)
    sets, calibrated_on = conformal_sets(tracks, target)
    y_true, group = tracks.tested.y_true, tracks.tested.group
    member = np.column_stack([np.ones(len(y_true)), np.eye(len(tracks.genres))[y_true]])
    n = member.sum(axis=0).astype(int)
    covered = sets[np.arange(len(y_true)), y_true]
    coverage, low, high = share_intervals(group, member, covered)
    table = pd.DataFrame(
        {
            "id": run_id,
            "genre": ["", *tracks.genres],
            "target": target,
            "coverage": coverage,
            "ci_low": low,
            "ci_high": high,
            "mean_size": sets.sum(axis=1) @ member / np.maximum(n, 1),
            "n": n,
            "calibrated_on": calibrated_on,
        }
    )
    return table.loc[table["n"] > 0, list(ANALYSES["prediction_sets"].columns)]


def conformal_sets(tracks: Tracks, target: float) -> tuple[np.ndarray, str]:
    """Return which genres are in the set of each tested track, and what calibrated them.

    Returns
    -------
    tuple of (ndarray of shape (n_tested, n_genres), bool) and str
    """
    plan = cross_fit(tracks)
    alphas = 1 - tracks.y_proba
    of_true = alphas[np.arange(len(tracks.y_true)), tracks.y_true]
    sets = np.zeros((tracks.n_tested, len(tracks.genres)), dtype=bool)
    for fit, tested in plan.parts:
        sets[tested] = _sets(of_true[fit], alphas[tested], target)
    return sets, plan.fitted_on


def _sets(calibration_scores: np.ndarray, scores: np.ndarray, target: float) -> np.ndarray:
    with warnings.catch_warnings():  # its import would show every UserWarning of the process
        from crepes import ConformalClassifier
    classifier = ConformalClassifier().fit(calibration_scores)
    return classifier.predict_set(scores, confidence=target, smoothing=False).astype(bool)
