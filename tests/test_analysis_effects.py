"""Effects are differences on common tracks, with both runs' answers resampled together."""

import numpy as np
import pandas as pd
import pytest
from made_up_predictions import groups_of, made_up_predictions, one_group_each

from pipeline.analysis.effects import variant_effect
from pipeline.artifacts.analysis import validate_analysis

BASE = made_up_predictions(200)
ANSWERS = ["track_id", "segment", "part", "fold", "y_true", "y_pred"]
TRAINED = {"n_training_tracks": 443, "base_n_training_tracks": 900}


def effect(variant: pd.DataFrame, base: pd.DataFrame = BASE, **options) -> pd.Series:
    group = options.pop("group", one_group_each(pd.concat([base, variant])))
    table = variant_effect(
        "base", base, "base.v", "v", variant[ANSWERS], group, **options, **TRAINED
    )
    validate_analysis(table, "variant_effects")
    return table.iloc[0]


def rows(answers: list[tuple[str, int, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(answers, columns=["track_id", "segment", "y_true", "y_pred"])
    return table.assign(part="test", fold=0)


def test_the_same_answers_have_no_effect():
    row = effect(BASE)
    assert row[["difference", "ci_low", "ci_high"]].tolist() == [0, 0, 0]
    assert row["n_units"] == 200 and row["value"] == row["base_value"]
    assert row[["n_training_tracks", "base_n_training_tracks"]].tolist() == [443, 900]


def test_majority_decides_and_ties_go_to_the_first_by_alphabet():
    base = rows(
        [
            ("one", 0, "rock", "rock"), ("one", 1, "rock", "rock"), ("one", 2, "rock", "blues"),
            ("two", 0, "jazz", "rock"), ("two", 1, "jazz", "jazz"),
            ("three", 0, "rock", "rock"), ("three", 1, "rock", "jazz"),
        ]
    )  # fmt: skip
    row = effect(base.assign(y_pred=base["y_true"]), base)
    assert row["base_value"] == pytest.approx(2 / 3)  # three's tie is called jazz
    assert row["value"] == 1.0 and row["difference"] == pytest.approx(1 / 3)


def test_only_common_test_tracks_count():
    tracks = sorted(BASE["track_id"].unique())
    fewer = BASE[BASE["track_id"].isin(tracks[50:])]
    moved = fewer.assign(
        part=np.where(fewer["track_id"].isin(tracks[50:80]), "validation", fewer["part"])
    )
    assert effect(fewer)["n_units"] == 150
    assert effect(moved)["n_units"] == 120


def test_paired_interval_is_narrower_than_two_separate_ones_and_finds_the_difference():
    first = BASE.groupby("track_id").ngroup() < 20
    worse = BASE.assign(y_pred=BASE["y_pred"].where(~first, "none"))
    row = effect(worse)
    right = (BASE.groupby("track_id")["y_pred"].agg(lambda y: y.mode()[0])
             == BASE.groupby("track_id")["y_true"].first())  # fmt: skip
    assert row["difference"] == pytest.approx(-right.iloc[:20].sum() / 200)
    assert row["ci_high"] < 0
    assert row["ci_high"] - row["ci_low"] < 2 * 1.96 * np.sqrt(0.25 / 200)


def test_interval_resamples_groups():
    wrong = BASE.groupby("track_id").ngroup() < 40  # whole groups of twenty change together
    worse = BASE.assign(y_pred=BASE["y_pred"].where(~wrong, "none"))
    single, grouped = effect(worse), effect(worse, group=groups_of(BASE, 20))
    assert single["difference"] == grouped["difference"]
    assert grouped["ci_high"] - grouped["ci_low"] > 2 * (single["ci_high"] - single["ci_low"])


def test_segments_are_compared_one_by_one():
    row = effect(BASE[BASE["segment"] > 0], units=["segment"])
    assert row["unit"] == "segment" and row["n_units"] == 400 and row["difference"] == 0


def test_each_run_is_judged_by_its_own_genres():
    merged = {"blues": "jazz"}
    nine = BASE.assign(y_true=BASE["y_true"].replace(merged), y_pred=BASE["y_pred"].replace(merged))
    assert effect(nine)["difference"] > 0


def test_runs_without_common_tracks_are_refused():
    other = BASE.assign(track_id="x" + BASE["track_id"])
    with pytest.raises(ValueError, match="share none"):
        effect(other)
