"""ROC and precision-recall against scikit-learn; thinned curves keep their areas."""

import numpy as np
import pytest
from made_up_predictions import groups_of, made_up_predictions, one_group_each
from sklearn import metrics as reference

from pipeline.analysis.ranking import MAX_POINTS, ranking_curves, ranking_scores, thinned
from pipeline.analysis.tracks import tracks_of
from pipeline.artifacts.analysis import validate_analysis

RUN = made_up_predictions(600, n_validated=30)
GENRES = ["blues", "jazz", "rock"]
TESTED = tracks_of(RUN, one_group_each(RUN)).tested
POSITIVE = np.eye(3, dtype=bool)[TESTED.y_true]


def area(curve, *, kind: str) -> float:
    x, y = curve.iloc[:, 2].to_numpy(), curve.iloc[:, 3].to_numpy()
    return float(np.trapezoid(y, x)) if kind == "roc" else float((np.diff(x) * y[1:]).sum())


def scores_by_genre(run, group) -> dict:
    table = ranking_scores("x", run, group)
    validate_analysis(table, "ranking_scores")
    return {(row.metric, row.genre): row for row in table.itertuples()}


def test_areas_equal_scikit_learn():
    found = scores_by_genre(RUN, one_group_each(RUN))
    for g, genre in enumerate(GENRES):
        one = (POSITIVE[:, g], TESTED.y_proba[:, g])
        assert found["roc_auc", genre].value == pytest.approx(reference.roc_auc_score(*one))
        assert found["average_precision", genre].value == pytest.approx(
            reference.average_precision_score(*one)
        )
    assert found["roc_auc", ""].value == pytest.approx(
        reference.roc_auc_score(POSITIVE, TESTED.y_proba, average="macro")
    )
    assert found["roc_auc", ""].n_units == 600


def test_ties_equal_scikit_learn():
    run = RUN.copy()
    columns = [f"proba_{genre}" for genre in GENRES]
    run[columns] = run[columns].round(1).astype(np.float16)
    run = run.groupby("track_id").head(1)
    tested = tracks_of(run, one_group_each(run)).tested
    found = scores_by_genre(run, one_group_each(run))
    one = (tested.y_true == 0, tested.y_proba[:, 0])
    assert len(np.unique(one[1])) < 12
    assert found["roc_auc", "blues"].value == pytest.approx(reference.roc_auc_score(*one))
    assert found["average_precision", "blues"].value == pytest.approx(
        reference.average_precision_score(*one)
    )


def test_intervals_equal_a_slow_bootstrap_and_count_groups():
    found = scores_by_genre(RUN, one_group_each(RUN))["roc_auc", "jazz"]
    rng = np.random.default_rng(7)
    slow = []
    for _ in range(500):
        drawn = rng.integers(0, 600, 600)
        slow.append(reference.roc_auc_score(POSITIVE[drawn, 1], TESTED.y_proba[drawn, 1]))
    assert (found.ci_low, found.ci_high) == pytest.approx(
        np.quantile(slow, [0.025, 0.975]), abs=0.006
    )
    grouped = scores_by_genre(RUN, groups_of(RUN, 20))["roc_auc", "jazz"]
    assert grouped.n_units == 32 and grouped.value == found.value


def test_curves_are_short_rise_and_keep_the_areas():
    roc, precision_recall = ranking_curves("x", RUN)
    found = scores_by_genre(RUN, one_group_each(RUN))
    for kind, table, metric, tolerance in (
        ("roc", roc, "roc_auc", 0.003),
        ("precision_recall", precision_recall, "average_precision", 0.02),
    ):
        validate_analysis(table, kind)
        assert table["genre"].unique().tolist() == [*GENRES, "macro", "micro"]
        for genre, curve in table.groupby("genre"):
            assert len(curve) <= MAX_POINTS
            assert (np.diff(curve.iloc[:, 2]) >= 0).all()
            if genre != "micro":
                whole = found[metric, "" if genre == "macro" else genre].value
                assert area(curve, kind=kind) == pytest.approx(whole, abs=tolerance)


def test_points_of_a_short_curve_are_those_of_scikit_learn():
    run = made_up_predictions(18, n_segments=1, seed=3)
    tested = tracks_of(run, one_group_each(run)).tested
    roc, precision_recall = ranking_curves("x", run)
    one = (tested.y_true == 0, tested.y_proba[:, 0])
    false, true, _ = reference.roc_curve(*one)
    curve = roc[roc["genre"] == "blues"]
    points = set(curve.iloc[:, 2:].itertuples(index=False, name=None))
    assert points <= set(zip(false.round(4), true.round(4), strict=True))
    assert area(curve, kind="roc") == pytest.approx(reference.roc_auc_score(*one), abs=1e-3)
    precision, recall, _ = reference.precision_recall_curve(*one)
    known = {(round(r, 4), round(p, 4)) for r, p in zip(recall, precision, strict=True)}
    points = precision_recall[precision_recall["genre"] == "blues"].iloc[1:, 2:]
    assert {(round(r, 4), round(p, 4)) for r, p in points.to_numpy()} <= known


def test_micro_curve_is_every_pair_of_track_and_genre():
    roc, _ = ranking_curves("x", RUN)
    whole = reference.roc_auc_score(POSITIVE.ravel(), TESTED.y_proba.ravel())
    assert area(roc[roc["genre"] == "micro"], kind="roc") == pytest.approx(whole, abs=0.003)


def test_perfect_ranking():
    run = made_up_predictions(90, skill=60.0)
    found = scores_by_genre(run, one_group_each(run))
    assert {row.value for row in found.values()} == {1.0}
    assert {row.ci_low for row in found.values()} == {1.0}


def test_constant_probabilities_rank_as_chance():
    run = RUN.assign(proba_blues=0.25, proba_jazz=0.5, proba_rock=0.25)
    found = scores_by_genre(run, one_group_each(run))
    assert found["roc_auc", "blues"].value == 0.5
    assert found["average_precision", "blues"].value == pytest.approx(POSITIVE[:, 0].mean())
    _, precision_recall = ranking_curves("x", run)
    curve = precision_recall[precision_recall["genre"] == "blues"]
    np.testing.assert_allclose(curve["precision"], POSITIVE[:, 0].mean(), atol=1e-4)


def test_a_genre_that_no_test_track_has_is_left_out():
    run = RUN[RUN["y_true"] != "rock"]
    assert ("roc_auc", "rock") not in scores_by_genre(run, one_group_each(run))
    assert "rock" not in set(ranking_curves("x", run)[0]["genre"])


def test_one_genre_alone_cannot_be_ranked():
    run = RUN[RUN["y_true"] == "rock"]
    with pytest.raises(ValueError, match="test tracks of two genres"):
        ranking_curves("x", run)
    with pytest.raises(ValueError, match="test tracks of two genres"):
        ranking_scores("x", run, one_group_each(run))


def test_replicates_without_a_rare_genre_are_left_out():
    rare = RUN["y_true"].eq("rock") & (RUN["track_id"] > RUN["track_id"].sort_values().iloc[20])
    run = RUN[~rare]
    assert run[run["y_true"].eq("rock") & run["part"].eq("test")]["track_id"].nunique() <= 3
    found = scores_by_genre(run, one_group_each(run))["roc_auc", "rock"]
    assert 0 <= found.ci_low <= found.value <= found.ci_high <= 1


def test_thinning_keeps_ends_corners_and_straight_lines_short():
    x = np.linspace(0, 1, 101)
    y = np.minimum(1, 4 * x)
    points = thinned(x, y)
    np.testing.assert_allclose(points, [[0, 0.25, 1], [0, 1, 1]])
    wave_x, wave_y = thinned(x, np.sin(20 * x) / 4, 40)
    assert len(wave_x) == 40
    assert np.abs(np.interp(x, wave_x, wave_y) - np.sin(20 * x) / 4).max() < 0.02
