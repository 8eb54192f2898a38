"""Prediction sets hold the truth as often as they promise."""

import numpy as np
import pytest
from made_up_predictions import groups_of, made_up_predictions, one_group_each

from pipeline.analysis.conformal import conformal_sets, prediction_sets
from pipeline.analysis.tracks import cross_fit, tracks_of
from pipeline.artifacts.analysis import validate_analysis


@pytest.mark.parametrize("options", [{"n_folds": 10}, {"n_validated": 2000}, {}])
@pytest.mark.parametrize("target", [0.8, 0.9])
def test_coverage_is_close_to_the_target_on_exchangeable_tracks(options, target):
    run = made_up_predictions(2000, n_segments=1, **options)
    table = prediction_sets("x", run, one_group_each(run), target)
    validate_analysis(table, "prediction_sets")
    whole = table[table["genre"] == ""].iloc[0]
    assert whole["coverage"] == pytest.approx(target, abs=0.025)
    assert whole["ci_low"] < whole["coverage"] < whole["ci_high"]
    assert whole["n"] == 2000


def test_sets_equal_a_plain_loop():
    run = made_up_predictions(60, n_folds=3)
    tracks = tracks_of(run, one_group_each(run))
    sets, _ = conformal_sets(tracks, 0.9)
    for fit, tested in cross_fit(tracks).parts:
        known = sorted(1 - tracks.y_proba[i, tracks.y_true[i]] for i in fit)
        for track in tested:
            for genre in range(3):
                as_strange = sum(score >= 1 - tracks.y_proba[track, genre] for score in known)
                assert sets[track, genre] == ((as_strange + 1) / (len(known) + 1) >= 1 - 0.9)


def test_rows_by_genre_add_up():
    run = made_up_predictions(300, n_folds=3)
    table = prediction_sets("x", run, one_group_each(run)).set_index("genre")
    genres = table.drop("")
    assert genres["n"].sum() == table.loc["", "n"]
    for column in ("coverage", "mean_size"):
        whole = (genres[column] * genres["n"]).sum() / genres["n"].sum()
        assert table.loc["", column] == pytest.approx(whole)


def test_better_models_give_smaller_sets():
    sizes = []
    for skill in (0.0, 1.0, 3.0):
        run = made_up_predictions(600, n_folds=3, skill=skill)
        table = prediction_sets("x", run, one_group_each(run))
        sizes.append(table["mean_size"].iloc[0])
    assert sizes[0] > sizes[1] > sizes[2]
    assert sizes[0] == pytest.approx(0.9 * 3, abs=0.1)  # nothing known: nine tenths of all genres


def test_a_model_that_knows_nothing_names_every_genre():
    run = made_up_predictions(90).assign(proba_blues=1 / 3, proba_jazz=1 / 3, proba_rock=1 / 3)
    table = prediction_sets("x", run, one_group_each(run))
    assert (table["coverage"] == 1).all() and (table["mean_size"] == 3).all()


def test_repeatable_and_leaves_the_global_random_state_alone():
    run = made_up_predictions(90)
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - crepes draws from the global state
    first, second = (prediction_sets("x", run, one_group_each(run)) for _ in range(2))
    assert first.equals(second)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002 - the same global state


def test_artists_are_bootstrapped():
    run = made_up_predictions(90, n_folds=3)
    single = prediction_sets("x", run, one_group_each(run)).iloc[0]
    grouped = prediction_sets("x", run, groups_of(run, 5)).iloc[0]
    assert grouped["coverage"] == single["coverage"]
    assert (grouped["ci_low"], grouped["ci_high"]) != (single["ci_low"], single["ci_high"])


def test_a_genre_without_test_tracks_has_no_row():
    run = made_up_predictions(90, n_folds=3)
    run = run[run["y_true"] != "rock"]
    assert prediction_sets("x", run, one_group_each(run))["genre"].tolist() == ["", "blues", "jazz"]
