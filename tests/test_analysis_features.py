"""Distributions and correlations of features: known numbers, absent genres, constants."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.features import feature_correlations, feature_distributions
from pipeline.artifacts.analysis import validate_analysis
from pipeline.datasets import FeatureTable


def table_of(X, genre, features=("tempo", "mfcc1_mean", "rms_var")) -> FeatureTable:
    """Wrap features as a table of genres a, b and c."""
    rows = pd.DataFrame({"track_id": [f"t{n}" for n in range(len(genre))], "genre": genre})
    rows["segment"] = rows["duplicate_group"] = -1
    X = np.asarray(X, dtype=np.float32).reshape(len(genre), -1)
    return FeatureTable("small", "echonest", ("a", "b", "c"), features[: X.shape[1]], rows, X, "")


def test_quantiles_of_known_numbers():
    X = np.concatenate([np.arange(101), np.full(4, 7.0)])
    table = feature_distributions(table_of(X, ["b"] * 101 + ["a"] * 4, ("tempo",)))
    validate_analysis(table, "feature_distributions")
    assert table["genre"].to_list() == ["a", "b"]
    assert table["n"].to_list() == [4, 101]
    assert set(table["family"]) == {"rhythm"}
    last = table.iloc[1]
    assert last[["p5", "p25", "p50", "p75", "p95", "mean"]].to_list() == [5, 25, 50, 75, 95, 50]
    assert last["sd"] == pytest.approx(np.sqrt((101**2 - 1) / 12))
    assert table.iloc[0][["p5", "p95", "mean", "sd"]].to_list() == [7, 7, 7, 0]


def test_genre_without_rows_and_empty_table_have_no_rows():
    X = np.arange(6.0).reshape(2, 3)
    table = feature_distributions(table_of(X, ["a", "c"]))
    assert len(table) == 2 * 3
    assert "b" not in set(table["genre"])
    empty = dataclasses.replace(table_of(X, ["a", "c"]), X=X[:0], rows=table_of(X, "ac").rows[:0])
    validate_analysis(feature_distributions(empty), "feature_distributions")
    assert feature_distributions(empty).empty
    assert feature_correlations(empty)["correlation"].isna().all()


def test_correlations_are_those_of_numpy_once_a_pair():
    X = np.random.default_rng(0).normal(size=(50, 3)) + np.array([1e3, 0, 0])
    X[:, 2] -= X[:, 1]
    table = feature_correlations(table_of(X, ["a"] * 50))
    validate_analysis(table, "feature_correlations")
    assert list(zip(table["feature_a"], table["feature_b"], strict=True)) == [
        ("tempo", "mfcc1_mean"), ("tempo", "rms_var"), ("mfcc1_mean", "rms_var"),
    ]  # fmt: skip
    expected = np.corrcoef(X.astype(np.float32).astype(float).T)[[0, 0, 1], [1, 2, 2]]
    np.testing.assert_allclose(table["correlation"], expected, atol=1e-9)


def test_constant_feature_has_no_correlation_and_a_copy_has_one():
    X = np.array([[0.1, 1, 2], [0.1, 2, 4], [0.1, 5, 10]])
    correlation = feature_correlations(table_of(X, ["a"] * 3))["correlation"].to_numpy()
    assert np.isnan(correlation[:2]).all()
    assert correlation[2] == pytest.approx(1.0)
