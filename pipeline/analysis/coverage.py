"""How good is a model that may say "I do not know"? Accuracy of its most confident answers."""

import numpy as np
import pandas as pd

from pipeline.analysis.tracks import tracks_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.intervals import share_intervals

N_LEVELS = 20  # shares of the tracks that are answered: 1.0, 0.95, ..., 0.05


def accuracy_by_coverage(
    run_id: str, predictions: pd.DataFrame, group_of_track: pd.Series
) -> pd.DataFrame:
    """Return the analysis "coverage" of one run, by track.

    ``threshold`` is the least confidence that is still answered. Where tracks tie for the last
    places, each counts by its chance of being among them.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.

    References
    ----------
    El-Yaniv & Wiener 2010, "On the Foundations of Noise-free Selective Classification".
    """
    tested = tracks_of(predictions, group_of_track).tested
    confidence = tested.confidence
    level = np.arange(N_LEVELS, 0, -1)
    n_answered = -(-len(confidence) * level // N_LEVELS)  # rounded up
    _, place, size = np.unique(-confidence, return_inverse=True, return_counts=True)
    before = (np.cumsum(size) - size)[place]  # tracks that are more confident
    chance = (n_answered - before[:, None]) / size[place][:, None]
    accuracy, low, high = share_intervals(tested.group, np.clip(chance, 0, 1), tested.right)
    table = pd.DataFrame(
        {
            "id": run_id,
            "coverage": level / N_LEVELS,
            "threshold": np.sort(confidence)[::-1][n_answered - 1],
            "accuracy": accuracy,
            "ci_low": low,
            "ci_high": high,
            "n": n_answered,
        }
    )
    return table[list(ANALYSES["coverage"].columns)]
