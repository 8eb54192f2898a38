"""Rows about one run, one model, one data set: filtered and turned round, never computed."""

from dataclasses import replace

import pandas as pd
import pytest
from shared_tiny import shared_tiny_results

from dashboard.rows import analyses
from dashboard.state import Results
from pipeline.artifacts.analysis import ANALYSES

RUN = "gtzan.features_3s.lightgbm.fault_filtered"


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def run_of(results: Results, run_id: str) -> pd.Series:
    return results.runs[results.runs["id"] == run_id].iloc[0]


def with_table(results: Results, kind: str, rows: list[tuple[object, ...]]) -> Results:
    """Return results whose analysis of one kind holds these rows."""
    table = pd.DataFrame(rows, columns=list(ANALYSES[kind].columns))
    return replace(results, _tables={("read_analysis", kind): table})


def test_rows_of_run_hold_only_that_run(results: Results) -> None:
    rows = analyses.rows_of_run(results, "calibration", RUN)
    assert set(rows["id"]) == {RUN}
    assert set(rows["stage"]) == {"before", "after"}


def test_rows_of_an_unknown_run_are_empty(results: Results) -> None:
    assert analyses.rows_of_run(results, "calibration", "no.such.run.here").empty


def test_paired_with_turns_rows_to_the_side_of_the_run(results: Results) -> None:
    pair = ("gtzan", "fault_filtered", "track")
    rest = (40, 20, 10, 5, 5, 0.7, 0.3, 0.3, float("nan"), float("nan"))
    one, other = "gtzan.features_3s.dense.fault_filtered", "gtzan.features_3s.dummy.fault_filtered"
    made = with_table(
        results,
        "paired_tests",
        [
            (*pair, RUN, one, rest[0], 0.8, 0.6, *rest[1:], "better_a"),
            (*pair, other, RUN, rest[0], 0.7, 0.8, *rest[1:], "tied"),
        ],
    )
    pairs = analyses.paired_with(made, run_of(results, RUN))
    assert pairs["id"].tolist() == [other, one]  # the closest first
    assert pairs["verdict"].tolist() == ["tied", "better"]
    assert pairs["own"].tolist() == [0.8, 0.8]
    assert pairs["other"].tolist() == [0.7, 0.6]
    turned = analyses.paired_with(made, run_of(results, one))
    assert turned["verdict"].tolist() == ["worse"]


def test_paired_with_nothing_is_empty(results: Results) -> None:
    made = with_table(results, "paired_tests", [])
    assert analyses.paired_with(made, run_of(results, RUN)).empty


def test_trials_spread_settings_over_columns_and_name_what_is_not_set(results: Results) -> None:
    ids = ("gtzan", "features_3s", "lightgbm", "fault_filtered")
    made = with_table(
        results,
        "search_trials",
        [
            (*ids, 0, 2, '{"model__depth": null, "model__rate": 0.1}', 0.4, 0.02, 3, 1.0),
            (*ids, 1, 1, '{"model__depth": 7, "model__rate": 0.3}', 0.5, 0.01, 3, 2.0),
        ],
    )
    trials = analyses.trials_of(made, run_of(results, RUN))
    assert trials["rank"].tolist() == [1, 2]
    assert trials["depth"].tolist() == ["7", "none"]
    assert trials["rate"].tolist() == [0.3, 0.1]
    assert list(trials.columns[-4:]) == ["score", "score_sd", "n_folds", "fit_s"]


def test_trials_of_another_protocol_stand_in(results: Results) -> None:
    run = run_of(results, "gtzan.features_3s.lightgbm.track_kfold")
    assert set(analyses.trials_of(results, run)["protocol"]) == {"fault_filtered"}


def test_trials_of_a_model_that_was_not_searched_are_empty(results: Results) -> None:
    run = run_of(results, "gtzan.features_3s.dummy.fault_filtered")
    assert analyses.trials_of(results, run).empty
