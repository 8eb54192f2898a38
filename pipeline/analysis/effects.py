"""What a change does to a score: a variant against the run without it, on common test units.

Variants keep answers but no probabilities, so a track's answer is here the one that most of its
rows give (of equally many the first by alphabet), for the variant and for the run it is compared
with. It can differ a little from the track scores, which average probabilities.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.intervals import bootstrap
from pipeline.scoring import group_sums, majority_answers


def variant_effect(
    base_id: str,
    base_predictions: pd.DataFrame,
    variant_id: str,
    variant: str,
    predictions: pd.DataFrame,
    group_of_track: pd.Series,
    units: Sequence[str] = ("track",),
    *,
    n_training_tracks: int,
    base_n_training_tracks: int,
) -> pd.DataFrame:
    """Return rows of the analysis "variant_effects", one for each unit.

    Each run is judged by its own true genres. The interval resamples independent units, with both
    runs' answers for them together. ``n_units`` counts the common test tracks or segments.

    Parameters
    ----------
    base_predictions, predictions : DataFrame
        Without and with the change: ``track_id, segment, part, y_true, y_pred`` suffice.
    variant : str
        Name of the change.
    group_of_track : Series
        By track_id, the number of the independent unit that intervals resample.
    units : sequence of "track" or "segment"

    Raises
    ------
    ValueError
        If the two runs have no test unit in common.
    """
    rows = []
    for unit in units:
        right = pd.concat(
            [_right(predictions, unit), _right(base_predictions, unit)],
            axis=1,
            join="inner",
            keys=["value", "base"],
        ).astype(float)
        if right.empty:
            raise ValueError(
                f"{variant_id} and {base_id} must share test {unit}s to be compared; they share "
                "none. Compare runs of one data set and protocol."
            )
        track_id = right.index.get_level_values("track_id")
        per_unit = np.column_stack([np.ones(len(right)), right["value"] - right["base"]])
        totals = group_sums(group_of_track.loc[track_id].to_numpy(), per_unit)
        low, high = bootstrap(totals, lambda sums: sums[:, 1] / sums[:, 0])
        value, base = right["value"].mean(), right["base"].mean()
        scores = (value, base, value - base, float(low), float(high), len(right))
        trained = (n_training_tracks, base_n_training_tracks)
        rows.append((variant_id, base_id, variant, unit, *scores, *trained))
    return pd.DataFrame(rows, columns=list(ANALYSES["variant_effects"].columns))


def _right(predictions: pd.DataFrame, unit: str) -> pd.Series:
    """Whether each test unit is answered right, by track_id or by (track_id, segment)."""
    tested = predictions[predictions["part"] == "test"]
    if unit == "segment":
        rows = tested.set_index(["track_id", "segment"])
        return rows["y_pred"] == rows["y_true"]
    answers = majority_answers(tested)
    return answers["y_pred"] == answers["y_true"]
