"""The size control's sentence: subtracted rightly, and silent where it says nothing."""

import dataclasses

import pandas as pd
import pytest
from tiny_models import shared_results

from dashboard.components.card import CardContent
from dashboard.pages.compare_size import update_size
from dashboard.rows import selection
from dashboard.rows.size_control import remainder_sentence, size_effect
from dashboard.state import Results, State

FAULTS = "new-artist-faults-removed"
SONG, ARTIST = "gtzan.features_3s.lightgbm.track_kfold", "gtzan.features_3s.lightgbm.fault_filtered"


@pytest.fixture(scope="module")
def stored() -> Results:
    return State(shared_results()).current()


def with_effect(stored: Results, **change: object) -> Results:
    """Return the results with one effect of known size."""
    effect = {
        "id": f"{SONG}.size_control", "base_id": SONG, "variant": "size_control", "unit": "track",
        "value": 0.74, "base_value": 0.80, "difference": -0.06, "ci_low": -0.09, "ci_high": -0.03,
        "n_units": 100, "n_training_tracks": 45, "base_n_training_tracks": 90,
    }  # fmt: skip
    tables = {("read_analysis", "variant_effects"): pd.DataFrame([effect | change])}
    return dataclasses.replace(stored, _tables=tables)


def runs_with(stored: Results, song: float, artist: float) -> pd.DataFrame:
    """Return the two runs of one model with these scores."""
    runs = selection.stage_runs(stored, dataset="gtzan", unit="track")
    runs = runs[runs["id"].isin([SONG, ARTIST])].copy()
    runs["value"] = [song, artist]
    return runs


def test_fall_is_parted_into_size_and_the_rest(stored: Results) -> None:
    results, runs = with_effect(stored), runs_with(stored, 0.80, 0.58)
    effect = size_effect(results, runs, runs.iloc[1])
    assert effect is not None
    assert effect.fall == pytest.approx(0.22)
    assert (effect.by_size, effect.by_size_low, effect.by_size_high) == (0.06, 0.03, 0.09)
    said = remainder_sentence(results, runs, FAULTS)
    assert "fall of 22 points" in said
    assert "6 [3, 9] come with the smaller training set (45 instead of 90 tracks)" in said
    assert "16 are left for everything else" in said


def test_more_than_the_fall_leaves_nothing(stored: Results) -> None:
    said = remainder_sentence(with_effect(stored), runs_with(stored, 0.80, 0.78), FAULTS)
    assert "0 are left" in said


def test_no_loss_by_size_is_said(stored: Results) -> None:
    results = with_effect(stored, difference=0.01, ci_low=-0.02, ci_high=0.04)
    said = remainder_sentence(results, runs_with(stored, 0.80, 0.58), FAULTS)
    assert "nothing measurable comes with the smaller training set" in said
    assert "left" not in said


def test_control_of_another_size_says_nothing(stored: Results) -> None:
    results, runs = with_effect(stored, n_training_tracks=60), runs_with(stored, 0.80, 0.58)
    assert size_effect(results, runs, runs.iloc[1]) is None
    assert remainder_sentence(results, runs, FAULTS) == ""


def test_without_a_fall_or_a_control_nothing_is_said(stored: Results) -> None:
    assert remainder_sentence(with_effect(stored), runs_with(stored, 0.5, 0.6), FAULTS) == ""
    other = with_effect(stored, variant="dedup")
    assert remainder_sentence(other, runs_with(stored, 0.8, 0.6), FAULTS) == ""


def compared_size(stored: Results, **change: object) -> CardContent:
    """Return the card of Compare for one model with an effect of known size."""
    results, model = with_effect(stored, **change), SONG.removesuffix(".track_kfold")
    content = update_size(results, [model], FAULTS, "track", "light")
    assert content is not None
    return content


def test_card_of_compare_says_what_fewer_tracks_cost(stored: Results) -> None:
    content = compared_size(stored)
    assert "trained on 45 instead of 90 tracks" in content.sentence
    assert "6 [3, 9]." in content.sentence
    assert content.table["Lost"].tolist() == [0.06]
    assert content.table[["95 % low", "95 % high"]].to_numpy().tolist() == [[0.03, 0.09]]
    assert content.runs == (SONG, f"{SONG}.size_control")


def test_card_of_compare_parts_no_fall_that_the_control_does_not_speak_for(
    stored: Results,
) -> None:
    assert "of its fall" not in compared_size(stored, n_training_tracks=60).sentence


def test_models_without_a_control_have_no_such_card(stored: Results) -> None:
    results, model = with_effect(stored, variant="dedup"), SONG.removesuffix(".track_kfold")
    assert update_size(results, [model], FAULTS, "track", "dark") is None
