"""Pairs of runs: counts against plain loops, who is compared with whom, what the words say."""

import numpy as np
import pandas as pd
import pytest
from made_up_predictions import made_up_predictions, one_group_each

from pipeline.analysis.paired import paired_tests
from pipeline.artifacts.analysis import validate_analysis
from pipeline.compare import corrected_resampled_t, holm, mcnemar_exact
from pipeline.scoring import scored_rows

SAME_TRACKS = made_up_predictions(200, n_folds=5)
PROBABILITIES = ["proba_blues", "proba_jazz", "proba_rock"]


def rival(skill: float, *, seed: int) -> pd.DataFrame:
    """Another model's probabilities for the rows of SAME_TRACKS."""
    rng = np.random.default_rng(seed)
    true = (SAME_TRACKS["y_true"].to_numpy()[:, None] == ["blues", "jazz", "rock"]) * skill
    power = np.exp(true + rng.normal(size=true.shape))
    table = SAME_TRACKS.copy()
    table[PROBABILITIES] = power / power.sum(axis=1, keepdims=True)
    return table


RUNS = {"weak": SAME_TRACKS, "strong": rival(3.0, seed=1), "strong_too": rival(3.0, seed=2)}


def right(run: str) -> np.ndarray:
    scored = scored_rows(RUNS[run], "track", one_group_each(SAME_TRACKS))
    return scored.y_pred == scored.y_true


def compared(protocol: str, runs: dict[str, pd.DataFrame], **shares: float) -> pd.DataFrame:
    """Return the tests of some runs, a quarter as many test tracks as training ones unless said."""
    return paired_tests("gtzan", protocol, runs, dict.fromkeys(runs, 0.25) | shares)


def test_columns_and_ranges_are_those_declared():
    validate_analysis(compared("track_kfold", RUNS), "paired_tests")


def test_counts_equal_a_plain_loop():
    table = compared("track_kfold", RUNS)
    assert len(table) == 3
    for row in table.itertuples():
        pairs = list(zip(right(row.id_a), right(row.id_b), strict=True))
        assert row.both_right == pairs.count((True, True))
        assert row.only_a == pairs.count((True, False))
        assert row.only_b == pairs.count((False, True))
        assert row.neither == pairs.count((False, False))
        assert row.n_units == 200
        assert row.accuracy_a == pytest.approx(right(row.id_a).mean())
        assert row.p_mcnemar == pytest.approx(float(mcnemar_exact(row.only_a, row.only_b)))
    np.testing.assert_allclose(table["p_holm"], holm(table["p_mcnemar"]))


def test_agreement_is_the_share_of_equal_answers():
    group = one_group_each(SAME_TRACKS)
    answers = [scored_rows(RUNS[run], "track", group).y_pred for run in ("weak", "strong")]
    table = compared("track_kfold", RUNS)
    assert table["agreement"].iloc[0] == pytest.approx((answers[0] == answers[1]).mean())


def test_t_test_is_over_the_accuracies_of_the_folds():
    fold = SAME_TRACKS.groupby("track_id")["fold"].first().to_numpy()
    by_fold = [
        np.mean([right("weak")[fold == f], right("strong")[fold == f]], axis=1) for f in range(5)
    ]
    expected = corrected_resampled_t(-np.diff(by_fold)[:, 0], 0.25)
    row = compared("track_kfold", RUNS).iloc[0]
    assert (row["id_a"], row["id_b"]) == ("weak", "strong")
    assert row["p_t"] == pytest.approx(float(expected))
    assert row["p_t_holm"] >= row["p_t"]


def test_words_say_better_only_where_the_corrected_test_does():
    table = compared("track_kfold", RUNS).set_index(["id_a", "id_b"])
    assert table.loc[("weak", "strong"), "verdict"] == "better_b"
    assert table.loc[("strong", "strong_too"), "verdict"] == "tied"
    turned = dict(reversed(RUNS.items()))
    table = compared("track_kfold", turned).set_index(["id_a", "id_b"])
    assert table.loc[("strong", "weak"), "verdict"] == "better_a"


def test_identical_predictions_are_tied_with_p_one():
    row = compared("x", {"a": SAME_TRACKS, "b": SAME_TRACKS}).iloc[0]
    assert row[["p_mcnemar", "p_holm", "p_t", "agreement"]].tolist() == [1, 1, 1, 1]
    assert row["verdict"] == "tied"


def test_other_test_tracks_or_other_truth_are_not_compared():
    tracks = SAME_TRACKS["track_id"].unique()
    half = SAME_TRACKS[SAME_TRACKS["track_id"].isin(tracks[::2])]
    other_truth = SAME_TRACKS.assign(y_true=SAME_TRACKS["y_true"].replace("blues", "jazz"))
    table = compared("x", RUNS | {"half": half, "relabelled": other_truth})
    assert set(table["id_a"]) | set(table["id_b"]) == set(RUNS)
    assert compared("x", {"a": SAME_TRACKS, "b": half}).empty


def test_one_track_missing_leaves_the_common_ones():
    lacking = RUNS["weak"][RUNS["weak"]["track_id"] != RUNS["weak"]["track_id"].iloc[0]]
    row = compared("x", {"strong": RUNS["strong"], "weak": lacking}).iloc[0]
    common = RUNS["strong"][RUNS["strong"]["track_id"].isin(lacking["track_id"])]
    expected = compared("x", {"strong": common, "weak": lacking}).iloc[0]
    pd.testing.assert_series_equal(row, expected)
    assert row["n_units"] == RUNS["strong"]["track_id"].nunique() - 1


def test_validation_rows_do_not_count():
    extra = SAME_TRACKS.assign(part="validation", track_id="v" + SAME_TRACKS["track_id"])
    table = compared("x", {"a": SAME_TRACKS, "b": pd.concat([extra, RUNS["strong"]])})
    assert table["n_units"].tolist() == [200]


def test_t_test_is_missing_with_one_fold_or_with_other_folds():
    one_fold = {name: run.assign(fold=0) for name, run in RUNS.items()}
    assert compared("x", one_fold)[["p_t", "p_t_holm"]].isna().all(axis=None)
    mixed = RUNS | {"strong": RUNS["strong"].assign(fold=lambda run: run["fold"] // 2)}
    table = compared("x", mixed).set_index(["id_a", "id_b"])
    assert table["p_t"].isna().tolist() == [True, False, True]


def test_each_pair_is_corrected_by_the_share_of_its_own_folds():
    runs = {"a": RUNS["strong"], "b": RUNS["weak"]}
    fewer = {
        name: frame.assign(fold=frame["fold"] // 2)
        for name, frame in {"c": RUNS["strong"], "d": RUNS["weak"]}.items()
    }
    share = {"a": 1 / 9, "b": 1 / 9}
    both = compared("track_kfold", runs | fewer, **share).set_index(["id_a", "id_b"])["p_t"]
    assert both["a", "b"] == compared("track_kfold", runs, **share)["p_t"].iloc[0]
    assert both["c", "d"] == compared("track_kfold", fewer)["p_t"].iloc[0]
    assert both["c", "d"] != compared("track_kfold", fewer, c=1 / 9, d=1 / 9)["p_t"].iloc[0]
    assert np.isnan(both["a", "c"])  # other folds
