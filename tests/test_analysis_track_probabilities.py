"""Averages over segments, models and families, each in its turn."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.track_probabilities import family_probabilities

FIRST, SECOND, THIRD = (f"small.features_3s.{model}.track_kfold" for model in "abc")


def predictions_of(rows) -> pd.DataFrame:
    """Stored predictions of genre "x" from ``(track_id, part, probability of x)``."""
    table = pd.DataFrame(rows, columns=["track_id", "part", "proba_x"])
    table["proba_y"] = 1 - table["proba_x"]
    return table.assign(segment=range(len(table)), fold=0, y_true="x", y_pred="x")


def test_segments_then_models_then_families_are_averaged():
    runs = {
        FIRST: predictions_of([("t1", "test", 0.2), ("t1", "test", 0.4), ("t2", "test", 1.0)]),
        SECOND: predictions_of([("t1", "test", 0.5), ("t2", "test", 1.0)]),
        THIRD: predictions_of([("t1", "test", 0.0)]),
    }
    mean = family_probabilities(runs, {FIRST: "tree", SECOND: "tree", THIRD: "linear"})
    assert mean.genres == ["x", "y"]
    assert mean.tracks.tolist() == ["t1", "t2"]
    assert mean.genre.tolist() == ["x", "x"]
    np.testing.assert_allclose(mean.by_family["tree"], [[0.4, 0.6], [1.0, 0.0]])
    np.testing.assert_allclose(mean.by_family["linear"], [[0.0, 1.0], [np.nan, np.nan]])
    np.testing.assert_allclose(mean.average, [[0.2, 0.8], [1.0, 0.0]])


def test_probabilities_still_sum_to_one_and_validation_rows_are_left_out():
    rng = np.random.default_rng(0)
    rows = [(f"t{n % 7}", "test", p) for n, p in enumerate(rng.random(40))]
    tested = predictions_of(rows)
    both = predictions_of([*rows, ("t9", "validation", 0.5), ("t1", "validation", 0.9)])
    mean = family_probabilities({FIRST: both}, {FIRST: "tree"})
    np.testing.assert_allclose(mean.average.sum(axis=1), 1.0)
    alone = family_probabilities({FIRST: tested}, {FIRST: "tree"})
    np.testing.assert_array_equal(mean.average, alone.average)
    assert "t9" not in mean.tracks


def test_model_that_heard_other_segments_of_a_track_is_refused():
    leaky = "small.features_3s.a.segment_random"
    with pytest.raises(ValueError, match="heard no segment of the track; segment_random does not"):
        family_probabilities({leaky: predictions_of([("t1", "test", 0.5)])}, {leaky: "tree"})
