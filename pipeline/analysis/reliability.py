"""Do probabilities mean what they say? Before and after temperature scaling, by track.

A row's probabilities p become softmax(log p / T) and are then averaged over a track, as they are
where a model is served. T is fitted on other tracks than those it is judged on.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from pipeline import metrics
from pipeline.analysis.tracks import Tested, Tracks, cross_fit, tracks_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.calibration import BOUNDS, INNER_FOLDS, tempered
from pipeline.intervals import bootstrap, share_intervals
from pipeline.scoring import group_sums

N_BINS = metrics.ECE_BINS
METRICS = ("brier", "log_loss", "ece")
# log loss is smooth in log T: a spline through these finds its minimum to three digits
LOG_TEMPERATURES = np.linspace(np.log(BOUNDS[0]), np.log(BOUNDS[1]), 25)
FINE = np.linspace(LOG_TEMPERATURES[0], LOG_TEMPERATURES[-1], 4001)
FLAT = 1e-6  # nats; where no temperature gains more, the probabilities are left as they are


def calibration(
    run_id: str, predictions: pd.DataFrame, group_of_track: pd.Series, *, scaled: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the analyses "calibration" and "calibration_scores" of one run.

    Where there are several parts (folds), ``temperature`` is the geometric mean over them.
    ``n_units`` counts the independent units that intervals resample.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.
    scaled : bool
        False for a model that needs no temperature; it is 1 then.
    """
    tracks = tracks_of(predictions, group_of_track)
    after, temperature, fitted_on = _scaled(tracks) if scaled else (tracks.tested, 1.0, INNER_FOLDS)
    stages = (("before", tracks.tested, 1.0, ""), ("after", after, temperature, fitted_on))
    bins, scores = [], []
    for stage, tested, used, source in stages:
        bins.append(_reliability(tested).assign(stage=stage))
        scores.append(_scores(tested).assign(stage=stage, temperature=used, fitted_on=source))
    named = [pd.concat(tables, ignore_index=True).assign(id=run_id) for tables in (bins, scores)]
    return (
        named[0][list(ANALYSES["calibration"].columns)],
        named[1][list(ANALYSES["calibration_scores"].columns)],
    )


def fitted_temperatures(tracks: Tracks, parts: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return, by part, the temperature with the least log loss over the tracks to fit on.

    The same as ``calibration.fitted_temperature``, for many sets of tracks at the cost of one.
    """
    losses = np.array(
        [
            metrics.sample_log_loss(
                tracks.y_true, tracks.averaged(tempered(tracks.row_proba, float(np.exp(log_t))))
            )
            for log_t in LOG_TEMPERATURES
        ]
    )
    means = np.column_stack([losses[:, fit].mean(axis=1) for fit, _ in parts])
    curves = CubicSpline(LOG_TEMPERATURES, means)
    fine = curves(FINE)
    best = np.exp(FINE[fine.argmin(axis=0)])
    return np.where(curves(0.0) - fine.min(axis=0) < FLAT, 1.0, best)


def _scaled(tracks: Tracks) -> tuple[Tested, float, str]:
    """Tested tracks with tempered probabilities, geometric mean temperature, fitted on what."""
    plan = cross_fit(tracks)
    temperatures = fitted_temperatures(tracks, plan.parts)
    by_track = np.ones(len(tracks.y_true))
    for (_, tested), temperature in zip(plan.parts, temperatures, strict=True):
        by_track[tested] = temperature
    by_row = np.repeat(by_track, tracks.n_rows)[:, None]
    after = replace(tracks, y_proba=tracks.averaged(tempered(tracks.row_proba, by_row))).tested
    return after, float(np.exp(np.log(temperatures).mean())), plan.fitted_on


def _reliability(tested: Tested) -> pd.DataFrame:
    """Confidence and accuracy of ten bins of equal size."""
    confidence = tested.confidence
    member = metrics.bin_shares(confidence, N_BINS)
    n = np.rint(member.sum(axis=0)).astype(int)
    accuracy, low, high = share_intervals(tested.group, member, tested.right)
    table = pd.DataFrame(
        {
            "bin": np.arange(N_BINS),
            "confidence": (member * confidence[:, None]).sum(axis=0) / np.maximum(n, 1),
            "accuracy": accuracy,
            "ci_low": low,
            "ci_high": high,
            "n": n,
        }
    )
    return table[table["n"] > 0]


def _scores(tested: Tested) -> pd.DataFrame:
    """Brier score, log loss and calibration error; bins stay as they are in every replicate."""
    y_true, y_proba = tested.y_true, tested.y_proba
    per_track = np.column_stack(
        [
            np.ones(len(y_true)),
            metrics.sample_brier(y_true, y_proba),
            metrics.sample_log_loss(y_true, y_proba),
            metrics.calibration_gaps(y_true, y_proba, N_BINS),
        ]
    )
    totals = group_sums(tested.group, per_track)

    def means(sums: np.ndarray) -> np.ndarray:
        ece = np.abs(sums[:, 3:]).sum(axis=1)
        return np.column_stack([sums[:, 1], sums[:, 2], ece]) / sums[:, :1]

    low, high = bootstrap(totals, means)
    value = means(totals.sum(axis=0)[None])[0]
    table = pd.DataFrame({"metric": METRICS, "value": value, "ci_low": low, "ci_high": high})
    return table.assign(n_units=len(totals))
