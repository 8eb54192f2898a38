"""Percentiles, scales and the order of features: known places, ties, constants."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import percentileofscore
from small_dataset import small_dataset

from pipeline.analysis.track_features import (
    SCALE,
    feature_order,
    feature_scales,
    track_features,
    track_table,
)
from pipeline.artifacts.analysis import validate_analysis
from pipeline.datasets import FeatureTable

NAMES = ("tempo", "mfcc1_mean", "rms_var", "rolloff_mean")


def table_of(X, genre, features=NAMES) -> FeatureTable:
    """Wrap features as a table of genres a and b."""
    rows = pd.DataFrame({"track_id": [f"t{n}" for n in range(len(genre))], "genre": list(genre)})
    rows["segment"] = rows["duplicate_group"] = -1
    X = np.asarray(X, dtype=np.float32).reshape(len(genre), -1)
    return FeatureTable("small", "echonest", ("a", "b"), features[: X.shape[1]], rows, X, "")


def test_places_of_known_numbers_among_all_and_in_the_genre():
    table = track_features(table_of([1, 2, 3, 4, 10], "aabab"))
    validate_analysis(table, "track_features")
    assert table["track_id"].to_list() == ["t0", "t1", "t2", "t3", "t4"]
    np.testing.assert_allclose(table["percentile"], [0.1, 0.3, 0.5, 0.7, 0.9])
    np.testing.assert_allclose(
        table["genre_percentile"], [1 / 6, 1 / 2, 1 / 4, 5 / 6, 3 / 4], atol=1e-4
    )


def test_ties_count_half_as_in_scipy():
    X = np.random.default_rng(0).integers(0, 4, size=40)
    table = track_features(table_of(X, "ab" * 20))
    expected = [percentileofscore(X, value, kind="mean") / 100 for value in X]
    np.testing.assert_allclose(table["percentile"], expected, atol=1e-4)


def test_constant_feature_puts_every_track_in_the_middle():
    table = track_features(table_of([[1, 5], [2, 5], [3, 5]], "aab"))
    constant = table[table["feature"] == "mfcc1_mean"]
    assert set(constant["percentile"]) == {0.5} == set(constant["genre_percentile"])


def test_scales_give_back_the_values_and_their_family():
    table = feature_scales(table_of(np.arange(101), "a" * 101))
    validate_analysis(table, "feature_scales")
    np.testing.assert_allclose(table["value"], 100 * np.array(SCALE))
    np.testing.assert_allclose(table["percentile"], SCALE)
    assert set(table["family"]) == {"rhythm"}


def test_features_that_say_the_same_are_neighbours():
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 200))
    X = np.column_stack([first, second, -first + 0.01 * rng.normal(size=200), second * 3])
    order = feature_order(table_of(X, "a" * 200))
    validate_analysis(order, "feature_order")
    assert order["place"].to_list() == [0, 1, 2, 3]
    near = [set(order["feature"][:2]), set(order["feature"][2:])]
    assert {"tempo", "rms_var"} in near and {"mfcc1_mean", "rolloff_mean"} in near


@pytest.mark.parametrize("n_features", [1, 2, 3])
def test_order_of_few_and_of_constant_features_names_each_once(n_features):
    X = np.zeros((5, n_features))
    order = feature_order(table_of(X, "a" * 5))
    assert sorted(order["feature"]) == sorted(NAMES[:n_features])


def test_table_of_tracks_is_of_whole_clips_and_named_features():
    dataset = small_dataset()
    table = track_table(dataset)
    assert table is not None and (table.rows["segment"] < 0).all()
    assert table.described
    segments = {k: t for k, t in dataset.tables.items() if (t.rows["segment"] >= 0).any()}
    assert segments
    dataset.tables.clear()
    dataset.tables.update(segments)
    assert track_table(dataset) is None
