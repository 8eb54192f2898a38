"""Scores come from the stored predictions, in both units, with the right interval."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from pipeline.scoring import (
    cluster_score_table,
    majority_answers,
    score_table,
    scored_rows,
    units_of,
)


def predictions(rows: list[tuple[str, int, str, str, float]]) -> pd.DataFrame:
    """Rows of (track, segment, part, true genre, probability of genre "a")."""
    frame = pd.DataFrame(rows, columns=["track_id", "segment", "part", "y_true", "proba_a"])
    frame["proba_b"] = 1 - frame["proba_a"]
    frame["y_pred"] = np.where(frame["proba_a"] >= 0.5, "a", "b")
    return frame.astype({"proba_a": np.float16, "proba_b": np.float16}).assign(fold=0)


SEGMENTS = predictions(
    [
        ("one", 0, "test", "a", 0.9),
        ("one", 1, "test", "a", 0.4),
        ("two", 0, "test", "b", 0.6),
        ("two", 1, "test", "b", 0.3),
        ("two", 2, "validation", "b", 1.0),
    ]
)
GROUP = pd.Series({"one": 0, "two": 1})


def value(scores: pd.DataFrame, unit: str, metric: str, genre: str = "") -> pd.Series:
    found = scores.query("unit == @unit and metric == @metric and genre == @genre")
    assert len(found) == 1
    return found.iloc[0]


def test_track_probability_is_the_mean_of_its_test_segments():
    scored = scored_rows(SEGMENTS, "track", GROUP)
    np.testing.assert_allclose(scored.y_proba[:, 0], [0.65, 0.45], atol=1e-3)
    assert scored.y_pred.tolist() == [0, 1]


def test_segment_and_track_accuracy_by_hand():
    scores = score_table(SEGMENTS, run_id="x", group_of_track=GROUP)
    assert value(scores, "segment", "accuracy")["value"] == 0.5
    assert value(scores, "track", "accuracy")["value"] == 1.0
    assert value(scores, "segment", "recall", "a")["value"] == 0.5


def test_segments_are_bootstrapped_over_tracks_and_tracks_get_wilson():
    scores = score_table(SEGMENTS, run_id="x", group_of_track=GROUP)
    assert value(scores, "segment", "accuracy")[["ci_method", "n_units"]].tolist() == [
        "bootstrap",
        2,
    ]
    assert value(scores, "track", "accuracy")[["ci_method", "n_units"]].tolist() == ["wilson", 2]


def test_tracks_of_one_artist_are_bootstrapped_over_artists():
    scores = score_table(SEGMENTS, run_id="x", group_of_track=pd.Series({"one": 7, "two": 7}))
    assert value(scores, "track", "accuracy")[["ci_method", "n_units"]].tolist() == [
        "bootstrap",
        1,
    ]


def test_every_interval_holds_its_value_except_the_biased_calibration_error():
    rng = np.random.default_rng(0)
    rows = [
        (
            f"t{i}",
            k,
            "test",
            "ab"[i % 2],
            float(np.clip(rng.normal(0.6 - 0.2 * (i % 2), 0.3), 0, 1)),
        )
        for i in range(60)
        for k in range(3)
    ]
    group = pd.Series({f"t{i}": i for i in range(60)})
    scores = score_table(predictions(rows), run_id="x", group_of_track=group)
    exact = scores[scores["metric"] != "ece"]
    assert (exact["ci_low"] <= exact["value"]).all() and (exact["value"] <= exact["ci_high"]).all()
    assert scores[["value", "ci_low", "ci_high"]].notna().all(axis=None)


GENRES = ["a", "b"]
ANSWERS = SEGMENTS.drop(columns=["proba_a", "proba_b"])


def test_without_probabilities_a_track_gets_the_commonest_answer_of_its_rows():
    rows = pd.DataFrame(
        [
            ("one", 0, "b", "a"), ("one", 1, "b", "b"), ("one", 2, "b", "b"),
            ("two", 0, "b", "b"), ("two", 1, "b", "a"),
        ],
        columns=["track_id", "segment", "y_true", "y_pred"],
    )  # fmt: skip
    answers = majority_answers(rows)
    assert answers["y_pred"].to_dict() == {"one": "b", "two": "a"}  # a tie: by alphabet
    scored = scored_rows(rows.assign(part="test"), "track", GROUP, genres=GENRES)
    assert scored.y_pred.tolist() == [1, 0] and scored.y_true.tolist() == [1, 1]
    assert scored.y_proba is None


def test_without_probabilities_rows_score_as_with_them_and_only_by_their_answers():
    with_proba = score_table(SEGMENTS, run_id="x", group_of_track=GROUP)
    without = score_table(ANSWERS, run_id="x", group_of_track=GROUP, genres=GENRES)
    assert set(with_proba["metric"]) - set(without["metric"]) == {"top2", "log_loss", "ece"}
    same = with_proba[with_proba["metric"].isin(without["metric"])]
    segments = [
        table.query("unit == 'segment'").reset_index(drop=True) for table in (same, without)
    ]
    pd.testing.assert_frame_equal(*segments)


def test_validation_answers_are_not_counted():
    scored = scored_rows(ANSWERS, "segment", GROUP, genres=GENRES)
    assert len(scored.y_true) == 4
    assert len(scored_rows(ANSWERS, "segment", GROUP, part="validation", genres=GENRES).y_true) == 1


def test_whole_clips_have_tracks_only():
    assert units_of(SEGMENTS.assign(segment=-1)) == ["track"]
    assert units_of(SEGMENTS) == ["segment", "track"]


def test_cluster_scores_equal_scikit_learn_and_are_resampled_by_track():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        {
            "track_id": np.repeat([f"t{i}" for i in range(50)], 4),
            "segment": np.tile(range(4), 50),
            "genre": np.repeat(rng.choice(list("abc"), 50), 4),
        }
    )
    cluster = rng.integers(0, 3, 200)
    group = pd.Series({f"t{i}": i for i in range(50)})
    scores = cluster_score_table(rows, cluster, run_id="x", group_of_track=group)
    ari = value(scores, "segment", "ari")
    assert ari["value"] == pytest.approx(adjusted_rand_score(rows["genre"], cluster))
    assert ari["n_units"] == 50
