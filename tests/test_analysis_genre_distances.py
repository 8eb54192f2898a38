"""Distances of genres and the cost of mistakes: known centres, perfect and worst answers."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.genre_distances import distance_score, genre_distances
from pipeline.artifacts.analysis import validate_analysis
from pipeline.datasets import FeatureTable

GENRES = ("a", "b", "c")


def table_of(X, genre) -> FeatureTable:
    """Wrap features as a table of three genres."""
    rows = pd.DataFrame({"track_id": [f"t{n}" for n in range(len(genre))], "genre": list(genre)})
    rows["segment"] = rows["duplicate_group"] = -1
    X = np.asarray(X, dtype=np.float32).reshape(len(genre), -1)
    names = tuple(f"f{k}" for k in range(X.shape[1]))
    return FeatureTable("small", "echonest", GENRES, names, rows, X, "")


LINE = genre_distances(table_of([0, 0, 1, 1, 3, 3], "aabbcc"))  # a 1 b 2 c: mean of pairs is 2


def predictions_of(true: str, answered: str, *, proba: bool = True) -> pd.DataFrame:
    """Return predictions of whole clips."""
    rows = pd.DataFrame({"track_id": [f"t{n}" for n in range(len(true))], "segment": -1,
                         "part": "test", "fold": 0, "y_true": list(true),
                         "y_pred": list(answered)})  # fmt: skip
    for genre in GENRES if proba else ():
        rows[f"proba_{genre}"] = (rows["y_pred"] == genre).astype(float)
    return rows


def group(n: int) -> pd.Series:
    return pd.Series(np.arange(n), index=[f"t{k}" for k in range(n)])


def test_distances_are_those_of_the_centres_and_their_mean_is_one():
    validate_analysis(LINE, "genre_distances")
    assert len(LINE) == 6
    table = LINE.pivot(index="genre_a", columns="genre_b", values="distance")
    assert table.loc["a", "b"] == pytest.approx(0.5) == pytest.approx(table.loc["b", "a"])
    assert table.loc["b", "c"] == pytest.approx(1.0)
    assert table.loc["a", "c"] == pytest.approx(1.5)
    assert LINE["distance"].mean() == pytest.approx(1)


def test_units_of_a_feature_do_not_count():
    X = np.random.default_rng(0).normal(size=(9, 2))
    plain, scaled = (genre_distances(table_of(x, "aaabbbccc")) for x in (X, X * [1, 1000]))
    np.testing.assert_allclose(plain["distance"], scaled["distance"], rtol=1e-4)


def test_genre_without_tracks_has_no_distance_and_one_genre_has_none_at_all():
    assert set(genre_distances(table_of([0, 1, 2], "aab"))["genre_a"]) == {"a", "b"}
    assert genre_distances(table_of([0, 1], "aa")).empty
    assert (genre_distances(table_of([1, 1], "ab"))["distance"] == 0).all()


def test_perfect_answers_cost_nothing_and_have_no_mistake_distance():
    score = distance_score("r", predictions_of("abc", "abc"), group(3), LINE)
    validate_analysis(score, "distance_scores")
    row = score.iloc[0]
    assert (row["value"], row["ci_low"], row["ci_high"], row["n_units"]) == (0, 0, 0, 3)
    assert np.isnan(row["mistake_distance"])


@pytest.mark.parametrize("proba", [True, False])
def test_costs_are_means_over_songs_and_over_mistakes(proba):
    score = distance_score("r", predictions_of("aaab", "abca", proba=proba), group(4), LINE)
    row = score.iloc[0]
    assert row["value"] == pytest.approx((0 + 0.5 + 1.5 + 0.5) / 4)
    assert row["mistake_distance"] == pytest.approx((0.5 + 1.5 + 0.5) / 3)
    assert row["ci_low"] < row["value"] < row["ci_high"]


def test_interval_resamples_groups_and_is_wider_for_few():
    true, answered = "a" * 40, "ab" * 20
    single = distance_score("r", predictions_of(true, answered), group(40), LINE).iloc[0]
    halves = group(40) % 2  # all right answers in one group, all wrong ones in the other
    paired = distance_score("r", predictions_of(true, answered), halves, LINE).iloc[0]
    assert single["value"] == paired["value"] == pytest.approx(0.25)
    assert paired["ci_high"] - paired["ci_low"] > single["ci_high"] - single["ci_low"]


def test_unknown_genre_is_named():
    with pytest.raises(ValueError, match="speaks of d, of which no distance"):
        distance_score("r", predictions_of("abd", "abc"), group(3), LINE)
