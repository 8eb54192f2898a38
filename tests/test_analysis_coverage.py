"""Accuracy of the confident answers, against a plain loop and at its edges."""

import numpy as np
import pytest
from made_up_predictions import groups_of, made_up_predictions, one_group_each

from pipeline.analysis.coverage import accuracy_by_coverage
from pipeline.analysis.tracks import tracks_of
from pipeline.artifacts.analysis import validate_analysis
from pipeline.intervals import wilson
from pipeline.scoring import score_table

RUN = made_up_predictions(187, n_segments=4)


def test_levels_equal_a_plain_loop():
    table = accuracy_by_coverage("x", RUN, one_group_each(RUN))
    validate_analysis(table, "coverage")
    np.testing.assert_allclose(table["coverage"], np.arange(20, 0, -1) / 20)
    tested = tracks_of(RUN, one_group_each(RUN)).tested
    assert len(np.unique(tested.confidence)) > 180
    for row in table.itertuples():
        n = int(np.ceil(round(row.coverage * 187, 6)))
        best = sorted(zip(-tested.confidence, tested.right, strict=True))[:n]
        ties = [right for confidence, right in best if confidence == best[-1][0]]
        assert row.n == n
        assert row.threshold == -best[-1][0]
        if len(ties) == 1:
            assert row.accuracy == pytest.approx(np.mean([right for _, right in best]))
            assert (row.ci_low, row.ci_high) == pytest.approx(wilson(row.accuracy * n, n))


@pytest.mark.parametrize("size", [1, 5])
def test_full_coverage_is_the_score_of_the_run(size):
    group = groups_of(RUN, size)
    scores = score_table(RUN, run_id="x", group_of_track=group)
    score = scores.query("unit == 'track' and metric == 'accuracy'").iloc[0]
    row = accuracy_by_coverage("x", RUN, group).iloc[0]
    for mine, its in (("accuracy", "value"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
        assert row[mine] == pytest.approx(score[its])


def test_tied_tracks_count_by_chance_not_by_order():
    run = RUN.sort_values("y_true").assign(proba_blues=0.5, proba_jazz=0.25, proba_rock=0.25)
    table = accuracy_by_coverage("x", run, one_group_each(run))
    blues = np.mean(tracks_of(run, one_group_each(run)).tested.y_true == 0)
    np.testing.assert_allclose(table["accuracy"], blues)
    assert (table["threshold"] == 0.5).all()


def test_confident_answers_of_an_honest_model_are_better():
    run = made_up_predictions(2000, n_segments=1)
    table = accuracy_by_coverage("x", run, one_group_each(run)).set_index("coverage")
    assert table.loc[0.1, "accuracy"] > table.loc[0.5, "accuracy"] > table.loc[1.0, "accuracy"]
    assert (np.diff(table["threshold"]) >= 0).all()


def test_intervals_do_not_collapse_where_every_answer_of_some_artists_is_right():
    run = made_up_predictions(200, skill=200.0)
    table = accuracy_by_coverage("x", run, groups_of(run, 4))
    assert (table["accuracy"] == 1).all() and (table["ci_high"] == 1).all()
    assert table["ci_low"].iloc[0] == pytest.approx(wilson(50, 50)[0])
    assert (table["ci_low"] < 1).all()


def test_one_track():
    run = made_up_predictions(1)
    table = accuracy_by_coverage("x", run, one_group_each(run))
    assert (table["n"] == 1).all() and table["accuracy"].nunique() == 1
