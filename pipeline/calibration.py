"""Temperature scaling: one number that makes probabilities mean what they say.

A served model's window probabilities p become softmax(log p / T), averaged over the windows of a
clip. T is fitted on tracks that the model did not hear: the fault-filtered validation part where
there is one (new artists, as a visitor's clip is), else the folds over tracks. A pool has none: its
weights are fitted by likelihood to answers that its members did not learn from, which is what a
temperature is.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from pipeline import metrics
from pipeline.artifacts import genres_of, probability_columns
from pipeline.models import MODELS
from pipeline.plan import builder_module

BOUNDS = (0.1, 10.0)
POOLS = "pipeline.models.fused"
INNER_FOLDS = "inner folds"  # what a pool's weights are fitted on


def tempered(proba: np.ndarray, temperature: float | np.ndarray) -> np.ndarray:
    """Return softmax(log p / T) of probabilities of shape (n, n_genres); T may be (n, 1).

    References
    ----------
    Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    logit = np.log(np.maximum(proba, metrics.PROBABILITY_FLOOR)) / temperature
    power = np.exp(logit - logit.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def track_probabilities(
    predictions: pd.DataFrame, *, part: str, temperature: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return (genre numbers, mean tempered probabilities) of each track in one part."""
    rows = predictions[predictions["part"] == part]
    columns = probability_columns(predictions)
    number = {genre: index for index, genre in enumerate(genres_of(predictions))}
    proba = tempered(rows[columns].to_numpy(dtype=np.float64), temperature)
    by_track = pd.DataFrame(proba, columns=columns).groupby(rows["track_id"].to_numpy())
    true = rows.groupby("track_id")["y_true"].first().map(number)
    return true.to_numpy(dtype=int), by_track.mean().to_numpy()


def is_pool(model: str) -> bool:
    """Return whether a declared model weighs the answers of its members."""
    return model in MODELS and builder_module(MODELS[model]) == POOLS


def fitted_temperature(predictions: pd.DataFrame, *, part: str) -> float:
    """Return the temperature with the least log loss over the tracks of one part."""

    def loss(log_temperature: float) -> float:
        y_true, proba = track_probabilities(
            predictions, part=part, temperature=float(np.exp(log_temperature))
        )
        return float(metrics.sample_log_loss(y_true, proba).mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(BOUNDS)), method="bounded")
    return round(float(np.exp(found.x)), 4)
