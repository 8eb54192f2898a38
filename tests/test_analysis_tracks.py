"""Tracks agree with the scores' own averages; nothing is fitted on what it is judged on."""

import numpy as np
import pandas as pd
import pytest
from made_up_predictions import groups_of, made_up_predictions, one_group_each

from pipeline.analysis.tracks import cross_fit, tracks_of
from pipeline.scoring import scored_rows

FOLDS = made_up_predictions(60, n_folds=5)
VALIDATED = made_up_predictions(60, n_validated=30)
ONE_FOLD = made_up_predictions(60)


@pytest.mark.parametrize("run", [FOLDS, VALIDATED, ONE_FOLD])
def test_tested_tracks_are_those_that_are_scored(run):
    group = one_group_each(run)
    tested, scored = tracks_of(run, group).tested, scored_rows(run, "track", group)
    np.testing.assert_array_equal(tested.y_true, scored.y_true)
    np.testing.assert_array_equal(tested.y_proba, scored.y_proba)
    np.testing.assert_array_equal(tested.group, scored.group)
    np.testing.assert_array_equal(tested.right, scored.y_pred == scored.y_true)


def test_validation_tracks_stand_behind_the_tested_ones():
    tracks = tracks_of(VALIDATED, one_group_each(VALIDATED))
    assert (tracks.n_tested, len(tracks.y_true)) == (60, 90)
    assert tracks.n_rows.sum() == len(tracks.row_proba) == 270
    scored = scored_rows(VALIDATED, "track", one_group_each(VALIDATED), part="validation")
    np.testing.assert_array_equal(tracks.y_proba[60:], scored.y_proba)


def test_a_track_that_two_folds_validate_on_stands_there_twice():
    validated = VALIDATED[VALIDATED["part"] == "validation"]
    twice = pd.concat([VALIDATED, validated.assign(fold=1)], ignore_index=True)
    tracks = tracks_of(twice, one_group_each(twice))
    assert len(tracks.y_true) == 60 + 2 * 30


@pytest.mark.parametrize(
    ("run", "fitted_on"),
    [
        (FOLDS, "tracks of the other folds"),
        (VALIDATED, "validation tracks"),
        (ONE_FOLD, "other test tracks, in 5 sets"),
    ],
)
def test_every_tested_track_is_judged_once_and_never_fitted_on(run, fitted_on):
    tracks = tracks_of(run, groups_of(run, 3))
    plan = cross_fit(tracks)
    assert plan.fitted_on == fitted_on
    judged = np.concatenate([tested for _, tested in plan.parts])
    assert sorted(judged) == list(range(60))
    for fit, tested in plan.parts:
        assert len(fit) and not set(fit) & set(tested)


def test_folds_are_fitted_on_other_folds():
    tracks = tracks_of(FOLDS, one_group_each(FOLDS))
    for fit, tested in cross_fit(tracks).parts:
        assert not set(tracks.fold[fit]) & set(tracks.fold[tested])


def test_each_fold_uses_its_own_validation_tracks():
    fold = (VALIDATED["track_id"].str[-1].astype(int) % 2).to_numpy()
    tracks = tracks_of(VALIDATED.assign(fold=fold), one_group_each(VALIDATED))
    plan = cross_fit(tracks)
    assert len(plan.parts) == 2
    for fit, tested in plan.parts:
        assert (fit >= tracks.n_tested).all()
        assert set(tracks.fold[fit]) == set(tracks.fold[tested])


def test_sets_of_one_fold_keep_artists_together_and_are_repeatable():
    tracks = tracks_of(ONE_FOLD, groups_of(ONE_FOLD, 4))
    first, second = cross_fit(tracks), cross_fit(tracks)
    for (fit, tested), (_, again) in zip(first.parts, second.parts, strict=True):
        assert not set(tracks.group[fit]) & set(tracks.group[tested])
        np.testing.assert_array_equal(tested, again)


def test_one_independent_unit_cannot_be_divided():
    tracks = tracks_of(ONE_FOLD, groups_of(ONE_FOLD, 100))
    with pytest.raises(ValueError, match="at least two independent units"):
        cross_fit(tracks)


def test_answers_without_probabilities_are_refused():
    answers = ONE_FOLD.drop(columns=["proba_blues", "proba_jazz", "proba_rock"])
    with pytest.raises(ValueError, match="proba_<genre>"):
        tracks_of(answers, one_group_each(answers))
