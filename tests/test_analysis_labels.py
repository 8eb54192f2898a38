"""Confident learning: flipped labels are found, right ones are left alone."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.analysis.labels import (
    confident_joint,
    label_checks,
    label_issues,
    suspicious_labels,
)
from pipeline.artifacts.analysis import validate_analysis

GENRES = ("a", "b", "c")
RUN = "small.features_3s.forest.track_kfold"
COUNTS = ["n_listed", "n_listed_faulty", "n_other", "n_other_faulty"]
FLIPPED = (3, 40, 77)


def one_hot(genre, sharpness=0.9):
    """Probabilities that give one genre ``sharpness`` and the others equal parts of the rest."""
    p = np.full((len(genre), len(GENRES)), (1 - sharpness) / (len(GENRES) - 1))
    p[np.arange(len(genre)), genre] = sharpness
    return p


def flipped_labels(n: int = 30):
    """True and given genres of ``n`` tracks a genre; three tracks are called by the next genre."""
    true = np.repeat(np.arange(3), n)
    given = true.copy()
    given[list(FLIPPED)] = (given[list(FLIPPED)] + 1) % 3
    return true, given


def predictions_of(given, probabilities, *, n_segments: int = 2, part: str = "test"):
    """Stored predictions; the segments of a track differ, their mean is ``probabilities``."""
    frames = []
    for segment in range(n_segments):
        offset = 0.02 * (segment - (n_segments - 1) / 2) * np.array([1, 0, -1])
        p = probabilities + offset
        frame = pd.DataFrame({"track_id": [f"t{index:03d}" for index in range(len(given))]})
        frame = frame.assign(segment=segment, part=part, fold=0)
        frame["y_true"] = np.array(GENRES)[given]
        frame["y_pred"] = np.array(GENRES)[p.argmax(axis=1)]
        frame[[f"proba_{genre}" for genre in GENRES]] = p.astype(np.float16)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def noisy_probabilities(true, seed=0):
    """Probabilities of a good model: sharp, with noise."""
    logits = 3.0 * np.eye(3)[true] + 0.5 * np.random.default_rng(seed).normal(size=(len(true), 3))
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def listed(probabilities, given):
    """Suspicious labels of one run."""
    table = suspicious_labels("small", {RUN: predictions_of(given, probabilities)}, {RUN: "t"}, ())
    validate_analysis(table, "suspicious_labels")
    return table


def test_confident_joint_of_a_worked_example():
    given = np.array([0, 0, 0, 1, 1])
    p = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [0.2, 0.8]])
    # Thresholds are 0.6 and 0.7: the third is confidently 1, the fourth reaches neither.
    assert confident_joint(given, p).tolist() == [[2, 1], [0, 1]]


def test_genre_that_is_never_given_is_never_suggested():
    given = np.array([0, 0, 1, 1])
    p = np.array([[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.6, 0.3]])
    assert confident_joint(given, p)[:, 2].tolist() == [0, 0, 0]
    assert 2 not in label_issues(given, p)


def test_pruning_names_the_largest_margins_and_as_many_as_the_joint_says():
    given = np.zeros(10, dtype=int)
    p = np.tile([0.9, 0.1], (10, 1))
    p[4], p[7], p[8] = [0.3, 0.7], [0.2, 0.8], [0.48, 0.52]
    given = np.append(given, [1, 1])
    p = np.vstack([p, [[0.35, 0.65], [0.35, 0.65]]])
    # Only 4 and 7 reach the 0.65 of genre 1; 7 of the 9 counted samples of genre 0 are right.
    assert confident_joint(given, p).tolist() == [[7, 2], [0, 2]]
    assert np.flatnonzero(label_issues(given, p) >= 0).tolist() == [4, 7]


@pytest.mark.parametrize("sharpness", [1.0, 0.6])
def test_perfect_classifier_lists_nothing(sharpness):
    true = np.repeat(np.arange(3), 10)
    assert listed(one_hot(true, sharpness), true).empty


def test_uniform_probabilities_list_nothing():
    true = np.repeat(np.arange(3), 10)
    assert (label_issues(true, np.full((30, 3), 1 / 3)) == -1).all()


def test_flipped_labels_are_found_with_their_genre():
    true, given = flipped_labels()
    table = listed(noisy_probabilities(true), given)
    assert set(table["track_id"]) == {f"t{index:03d}" for index in FLIPPED}
    expected = {f"t{index:03d}": GENRES[true[index]] for index in FLIPPED}
    assert table.set_index("track_id")["suggested"].to_dict() == expected
    assert table["rank"].to_list() == [1, 2, 3]
    assert (np.diff(table["margin"]) <= 0).all()
    np.testing.assert_allclose(
        table["margin"], table["confidence_suggested"] - table["confidence_given"]
    )
    assert (table["n_families"] == 1).all() and (table["n_families_agree"] == 1).all()


def test_families_count_alike_and_are_counted_apart():
    true, given = flipped_labels()
    right, wrong = one_hot(true), one_hot(given, 0.34)
    models = ("forest", "trees", "bagged", "svm", "dense")
    runs = {f"small.features_3s.{model}.track_kfold": right for model in models}
    runs["small.features_3s.dense.track_kfold"] = wrong
    families = {run: run.split(".")[2] for run in runs} | dict.fromkeys(list(runs)[:3], "tree")
    predictions = {run: predictions_of(given, p) for run, p in runs.items()}
    table = suspicious_labels("small", predictions, families, {"t003"}).set_index("track_id")
    assert (table["n_families"] == 3).all()
    assert (table["n_families_agree"] == 2).all()
    expected = (2 * right[3, true[3]] + wrong[3, true[3]]) / 3
    assert table.at["t003", "confidence_suggested"] == pytest.approx(expected, abs=1e-3)
    assert table["duplicate"].to_dict() == {"t003": True, "t040": False, "t077": False}


def test_track_is_judged_by_the_families_that_predicted_it():
    true, given = flipped_labels()
    predictions = predictions_of(given, noisy_probabilities(true))
    other = "small.features_3s.svm.track_kfold"
    some = predictions[predictions["track_id"] != "t003"]
    table = suspicious_labels("small", {RUN: predictions, other: some}, {RUN: "t", other: "s"}, ())
    assert table.set_index("track_id")["n_families"].to_dict() == {"t003": 1, "t040": 2, "t077": 2}


def test_validation_rows_are_not_used():
    true, given = flipped_labels()
    held = predictions_of(given, one_hot(given), part="validation")
    both = pd.concat([predictions_of(given, noisy_probabilities(true)), held])
    alone = listed(noisy_probabilities(true), given)
    pd.testing.assert_frame_equal(suspicious_labels("small", {RUN: both}, {RUN: "t"}, ()), alone)


def test_no_runs_and_no_test_rows_list_nothing():
    validate_analysis(suspicious_labels("small", {}, {}, ()), "suspicious_labels")
    true = np.arange(3)
    held = predictions_of(true, one_hot(true), part="validation")
    assert suspicious_labels("small", {RUN: held}, {RUN: "t"}, ()).empty


@pytest.mark.parametrize(
    ("run", "change", "message"),
    [
        ("small.features_3s.forest.segment_random", {}, "heard no segment of the track"),
        ("small.features_3s.forest.lucky", {}, "lucky does not ensure that"),
        (RUN, {"proba_c": "proba_d"}, "runs must be of one data set"),
        (RUN, dict.fromkeys([f"proba_{g}" for g in GENRES], None), "stores no probabilities"),
    ],
)
def test_run_that_cannot_judge_labels_is_refused(run, change, message):
    true = np.repeat(np.arange(3), 4)
    good = predictions_of(true, one_hot(true))
    dropped = [name for name, new in change.items() if new is None]
    bad = good.drop(columns=dropped).rename(columns=change)
    other = "small.features_3s.svm.track_kfold"
    with pytest.raises(ValueError, match=message):
        suspicious_labels("small", {other: good, run: bad}, {other: "s", run: "t"}, ())


def test_run_without_family_or_with_another_label_is_refused():
    true = np.repeat(np.arange(3), 4)
    good = predictions_of(true, one_hot(true))
    with pytest.raises(ValueError, match="families must name one for each run"):
        suspicious_labels("small", {RUN: good}, {}, ())
    other = "small.features_3s.svm.track_kfold"
    bad = good.assign(y_true=good["y_true"].where(good["track_id"] != "t000", "c"))
    with pytest.raises(ValueError, match="they name two for t000"):
        suspicious_labels("small", {RUN: good, other: bad}, {RUN: "t", other: "s"}, ())
    unknown = good.assign(y_true="d")
    with pytest.raises(ValueError, match="no probability of d"):
        suspicious_labels("small", {RUN: unknown}, {RUN: "t"}, ())


def dataset_without(tracks):
    """The small data set with a fault-filtered list that leaves out ``tracks``."""
    dataset = small_dataset()
    split = dataset.fault_filtered
    return dataclasses.replace(dataset, fault_filtered=split[~split["track_id"].isin(tracks)])


def test_checks_count_what_the_list_leaves_out():
    faulty = [f"alpha.{number:05d}" for number in range(6)]
    suspicious = pd.DataFrame({"track_id": [*faulty[:4], "beta.00000"]})
    table = label_checks(dataset_without(faulty), suspicious)
    validate_analysis(table, "label_checks")
    row = table.iloc[0]
    assert row[COUNTS].to_list() == [5, 4, 85, 2]
    # Hypergeometric: 6 faulty of 90, 5 drawn; less likely tables are those with 4 or 5 of them.
    expected = (15 * 84 + 6) / 43_949_268
    assert row["p"] == pytest.approx(expected)


def test_checks_of_the_judged_tracks_only():
    dataset = dataset_without(["alpha.00000", "gamma.00000"])
    judged = [f"alpha.{number:05d}" for number in range(10)]
    row = label_checks(dataset, pd.DataFrame({"track_id": judged[:1]}), judged=judged).iloc[0]
    assert row[COUNTS].to_list() == [1, 1, 9, 0]
    with pytest.raises(ValueError, match=r"must be among the 1 judged ones; alpha\.00001 is not"):
        label_checks(dataset, pd.DataFrame({"track_id": judged[:2]}), judged=judged[:1])


def test_nothing_listed_has_p_one_and_no_list_no_row():
    dataset = small_dataset()
    nothing = pd.DataFrame({"track_id": []})
    full = label_checks(dataset, nothing)
    assert full["p"].to_list() == [1.0]
    empty = label_checks(dataclasses.replace(dataset, fault_filtered=None), nothing)
    validate_analysis(empty, "label_checks")
    assert empty.empty
    joined = pd.concat([full, empty])
    assert joined["n_listed"].dtype == "int64"
    assert joined["p"].dtype == "float64"
