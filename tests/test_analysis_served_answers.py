"""Sets of 90 % and disagreements of models that may be served, against plain loops."""

import numpy as np
import pandas as pd
import pytest
from made_up_predictions import groups_of, made_up_predictions, one_group_each

from pipeline.analysis import served_answers
from pipeline.analysis.conformal import prediction_sets
from pipeline.analysis.served_answers import conformal_threshold, disagreements, set_threshold
from pipeline.artifacts.analysis import validate_analysis, write_analysis
from pipeline.calibration import fitted_temperature, track_probabilities
from pipeline.why.pairs import disagreement, read_pairs
from pipeline.why.sets import read_set_rules

RUN = "d.features_3s.lightgbm.fault_filtered"


def test_the_threshold_is_the_value_that_nine_tenths_reach():
    assert conformal_threshold(np.arange(1, 10) / 10, 0.9) == pytest.approx(0.1)
    assert conformal_threshold(np.arange(1, 20) / 20, 0.9) == pytest.approx(2 / 20)


def test_too_few_tracks_promise_nothing_but_every_genre():
    assert conformal_threshold(np.array([0.9, 0.8]), 0.9) == 0
    assert conformal_threshold(np.array([]), 0.9) == 0


def test_coverage_is_that_of_the_test_tracks_with_the_calibrated_probabilities():
    run = made_up_predictions(400, n_validated=300)
    group = one_group_each(run)
    table = set_threshold(RUN, run, group)
    validate_analysis(table, "set_thresholds")
    row = table.iloc[0]
    temperature = fitted_temperature(run, part="validation")
    assert row["temperature"] == temperature
    y_true, proba = track_probabilities(run, part="test", temperature=temperature)
    sets = proba >= row["threshold"]
    assert row["coverage"] == pytest.approx(sets[np.arange(len(y_true)), y_true].mean())
    assert row["mean_size"] == pytest.approx(sets.sum(axis=1).mean())
    assert row["coverage"] == pytest.approx(0.9, abs=0.05)
    assert row["ci_low"] < row["coverage"] < row["ci_high"] and row["n"] == 400


def test_untempered_sets_are_those_of_the_analysis_of_every_run(monkeypatch: pytest.MonkeyPatch):
    """The conformal predictor of another library gives the same coverage and size."""
    monkeypatch.setattr(served_answers, "_temperature", lambda *_: 1.0)
    for options in ({"n_validated": 200}, {"n_folds": 4}, {}):
        run = made_up_predictions(200, **options)
        group = groups_of(run, 2)
        ours = set_threshold(RUN, run, group).iloc[0]
        theirs = prediction_sets(RUN, run, group).iloc[0]
        for column in ("coverage", "ci_low", "ci_high", "mean_size", "n", "calibrated_on"):
            assert ours[column] == pytest.approx(theirs[column]), (options, column)


def three_runs(n: int = 120) -> dict[str, pd.DataFrame]:
    """Return runs on the same tracks, whose mistakes are their own."""
    runs = {}
    for seed, name in enumerate("abc"):
        run = made_up_predictions(n)
        columns = [name for name in run.columns if name.startswith("proba_")]
        own = np.random.default_rng(seed).dirichlet(np.ones(len(columns)), size=len(run))
        run[columns] = (run[columns].to_numpy(dtype=float) + own) / 2
        runs[f"d.features_3s.{name}.fault_filtered"] = run
    return runs


def test_disagreements_equal_a_plain_loop():
    runs = three_runs()
    first, second, third = runs
    group = groups_of(runs[first], 3)
    table = disagreements("d", "fault_filtered", runs, [first], group)
    validate_analysis(table, "disagreements")
    assert list(zip(table["id_a"], table["id_b"], strict=True)) == [(first, second), (first, third)]
    row = table.iloc[0]
    answers = {}
    for name in (first, second):
        y_true, proba = track_probabilities(runs[name], part="test")
        answers[name] = proba.argmax(axis=1), y_true
    (a, y_true), (b, _) = answers[first], answers[second]
    differ = a != b
    assert row["n_units"] == len(a) and row["n_disagree"] == differ.sum()
    assert row["disagree"] == pytest.approx(differ.mean())
    assert row["right_a"] == pytest.approx((a == y_true)[differ].mean())
    assert row["right_b"] == pytest.approx((b == y_true)[differ].mean())
    for name, low, high in (
        ("disagree", "ci_low", "ci_high"),
        ("right_a", "right_a_low", "right_a_high"),
        ("right_b", "right_b_low", "right_b_high"),
    ):
        assert row[low] < row[name] < row[high]


def test_models_of_other_tracks_are_not_compared():
    runs = three_runs()
    first, second, _ = runs
    runs[second] = made_up_predictions(90)
    group = one_group_each(runs[first])
    table = disagreements("d", "fault_filtered", runs, [first], group)
    assert second not in set(table["id_b"])


def test_a_clip_on_which_models_disagree_is_told_what_is_known_of_them(tmp_path):
    runs = three_runs()
    group = one_group_each(runs[next(iter(runs))])
    table = disagreements("d", "fault_filtered", runs, list(runs), group)
    write_analysis(tmp_path, "disagreements", table)
    served = [name.rpartition(".")[0] for name in runs]
    pairs = read_pairs(tmp_path, dict.fromkeys(served, "fault_filtered"))
    said = disagreement([(served[1], "rock"), (served[0], "jazz"), (served[2], "jazz")], pairs)
    assert [(one["a"], one["b"]) for one in said] == [
        (served[1], served[0]),
        (served[1], served[2]),
    ]
    known, row = said[0]["known"], table.iloc[0]
    # the clip's models come in the other order than the table's
    assert known["right_a"]["value"] == pytest.approx(row["right_b"], abs=1e-4)
    assert known["right_b"]["value"] == pytest.approx(row["right_a"], abs=1e-4)
    assert known["share"]["ci_high"] == pytest.approx(row["ci_high"], abs=1e-4)
    assert disagreement([(served[0], "jazz"), (served[2], "jazz")], pairs) == []


def test_without_tables_there_is_nothing_known(tmp_path):
    assert read_pairs(tmp_path, {"d.r.a": "fault_filtered"}) == {}
    assert read_set_rules(tmp_path) == {}
    (said,) = disagreement([("d.r.a", "jazz"), ("d.r.b", "rock")], {})
    assert said["known"] is None


def test_the_set_of_a_clip_holds_what_reaches_the_threshold_the_likeliest_first(tmp_path):
    run = made_up_predictions(100, n_validated=100)
    table = set_threshold(RUN, run, one_group_each(run)).assign(threshold=0.25)
    write_analysis(tmp_path, "set_thresholds", table)
    rule = read_set_rules(tmp_path)[RUN.rpartition(".")[0]]
    found = rule.of(["blues", "jazz", "rock"], np.array([0.3, 0.1, 0.6]))
    assert found["genres"] == ["rock", "blues"]
    assert found["target"] == 0.9 and found["id"] == RUN
    assert found["coverage"]["value"] == pytest.approx(table["coverage"].iloc[0], abs=1e-4)
