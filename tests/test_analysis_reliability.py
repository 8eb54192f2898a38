"""Calibration before and after: known answers, scikit-learn, and what temperature may not do."""

import numpy as np
import pytest
from made_up_predictions import made_up_predictions, one_group_each
from sklearn import metrics as reference

from pipeline import metrics
from pipeline.analysis.reliability import calibration, fitted_temperatures
from pipeline.analysis.tracks import cross_fit, tracks_of
from pipeline.artifacts.analysis import validate_analysis
from pipeline.calibration import fitted_temperature, tempered
from pipeline.scoring import score_table

COLUMNS = ["proba_blues", "proba_jazz", "proba_rock"]
RUN = made_up_predictions(1000, n_folds=10)


def sharpened(run, temperature: float):
    """The run with probabilities spoiled by a temperature."""
    proba = tempered(run[COLUMNS].to_numpy(dtype=float), temperature)
    return run.assign(**dict(zip(COLUMNS, proba.T, strict=True)))


def value(scores, stage: str, metric: str) -> float:
    found = scores[(scores["stage"] == stage) & (scores["metric"] == metric)]
    assert len(found) == 1
    return float(found["value"].iloc[0])


def test_tables_are_as_declared_and_bins_hold_equal_numbers():
    bins, scores = calibration("x", RUN, one_group_each(RUN))
    validate_analysis(bins, "calibration")
    validate_analysis(scores, "calibration_scores")
    assert bins["n"].tolist() == [100] * 20
    assert (bins["ci_low"] <= bins["accuracy"]).all()
    assert (bins["accuracy"] <= bins["ci_high"]).all()
    for _, stage in bins.groupby("stage"):
        assert (np.diff(stage["confidence"]) > 0).all()


def test_scores_before_equal_the_scores_of_the_run_and_scikit_learn():
    group = one_group_each(RUN)
    _, scores = calibration("x", RUN, group)
    own = score_table(RUN, run_id="x", group_of_track=group).query("unit == 'track'")
    own = own.set_index("metric")
    before = scores[scores["stage"] == "before"].set_index("metric")
    for metric in ("ece", "log_loss"):
        for column in ("value", "ci_low", "ci_high"):
            assert before.loc[metric, column] == pytest.approx(own.loc[metric, column])
    tested = tracks_of(RUN, group).tested
    proba = tested.y_proba / tested.y_proba.sum(axis=1, keepdims=True)  # float16 sums to 1 roughly
    assert value(scores, "before", "brier") == pytest.approx(
        reference.brier_score_loss(tested.y_true, proba, scale_by_half=False), abs=1e-4
    )


def test_error_is_the_mean_gap_of_the_bins():
    bins, scores = calibration("x", RUN, one_group_each(RUN))
    for stage, table in bins.groupby("stage"):
        gap = np.abs(table["confidence"] - table["accuracy"])
        assert value(scores, stage, "ece") == pytest.approx((gap * table["n"]).sum() / 1000)


@pytest.mark.parametrize("n_validated", [0, 500])
def test_temperature_mends_spoiled_probabilities(n_validated):
    run = sharpened(made_up_predictions(800, n_segments=1, n_validated=n_validated), 0.3)
    _, scores = calibration("x", run, one_group_each(run))
    assert value(scores, "after", "ece") < value(scores, "before", "ece") / 3
    for metric in ("brier", "log_loss"):
        assert value(scores, "after", metric) < value(scores, "before", metric)
    after = scores[scores["stage"] == "after"]
    assert (after["temperature"] > 2).all() and (after["fitted_on"] != "").all()
    assert (scores[scores["stage"] == "before"]["temperature"] == 1).all()


def test_temperatures_equal_the_slow_fit():
    run = sharpened(made_up_predictions(200, n_validated=300), 0.5)
    tracks = tracks_of(run, one_group_each(run))
    fast = fitted_temperatures(tracks, cross_fit(tracks).parts)
    assert fast == pytest.approx([fitted_temperature(run, part="validation")], rel=0.01)


def test_test_labels_do_not_reach_their_own_temperature():
    """Poison one fold: its own temperature stays, those of the others change."""
    run = made_up_predictions(300, n_folds=3)
    shifted = {"blues": "jazz", "jazz": "rock", "rock": "blues"}
    poisoned = run.assign(y_true=run["y_true"].where(run["fold"] != 0, run["y_true"].map(shifted)))
    found = []
    for table in (run, poisoned):
        tracks = tracks_of(table, one_group_each(table))
        found.append(fitted_temperatures(tracks, cross_fit(tracks).parts))
    assert found[0][0] == found[1][0]
    assert (np.abs(found[0][1:] - found[1][1:]) > 0.01).all()


def test_constant_probabilities_stay_and_are_not_blamed_for_the_order_of_genres():
    run = RUN.sort_values("y_true").assign(proba_blues=1 / 3, proba_jazz=1 / 3, proba_rock=1 / 3)
    bins, scores = calibration("x", run, one_group_each(run))
    blues = float(np.mean(tracks_of(run, one_group_each(run)).tested.y_true == 0))
    np.testing.assert_allclose(bins["accuracy"], blues)
    assert value(scores, "before", "ece") == pytest.approx(abs(1 / 3 - blues), abs=1e-9)
    assert (scores["temperature"] == 1).all()


def test_perfect_model():
    run = made_up_predictions(100, skill=200.0)
    bins, scores = calibration("x", run, one_group_each(run))
    assert (bins["accuracy"] == 1).all()
    for metric in ("ece", "brier", "log_loss"):
        assert value(scores, "before", metric) == pytest.approx(0, abs=1e-4)


def test_artists_widen_the_intervals_and_are_counted():
    run = made_up_predictions(300, seed=4)
    artists = one_group_each(run)
    tested = tracks_of(run, artists).tested
    easy_first = np.argsort(-tested.y_proba[np.arange(300), tested.y_true])
    artists.iloc[easy_first] = np.arange(300) // 10  # tracks of an artist are equally easy
    _, single = calibration("x", run, one_group_each(run))
    _, grouped = calibration("x", run, artists)
    assert set(single["n_units"]) == {300} and set(grouped["n_units"]) == {30}
    assert value(single, "before", "brier") == pytest.approx(value(grouped, "before", "brier"))
    width = [(table["ci_high"] - table["ci_low"]).iloc[0] for table in (single, grouped)]
    assert width[1] > 2 * width[0]


def test_fewer_tracks_than_bins():
    run = made_up_predictions(7)
    bins, _ = calibration("x", run, one_group_each(run))
    assert bins["n"].tolist() == [1] * 14
    assert bins["accuracy"].isin([0, 1]).all()


def test_brier_known_answers():
    proba = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    np.testing.assert_allclose(metrics.sample_brier(np.array([0, 0, 1]), proba), [0, 2, 0.5])
