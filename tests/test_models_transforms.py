"""Logarithms where they help, and coordinates in which one song's segments are near."""

import numpy as np
import pytest

from pipeline.models.transforms import LogSkewed, WithinGroupWhitening

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(size=500)


def test_a_lognormal_feature_gets_its_logarithm_and_a_normal_one_stays():
    X = np.column_stack([np.exp(NORMAL), NORMAL, 100 + NORMAL])
    logged = LogSkewed().fit(X)
    assert logged.logged_[:2].tolist() == [True, False]
    np.testing.assert_allclose(logged.transform(X)[:, 0], NORMAL)
    np.testing.assert_array_equal(logged.transform(X)[:, 1], NORMAL)


@pytest.mark.parametrize(("n_zero", "logged"), [(5, True), (6, False)])
def test_one_value_in_a_hundred_may_be_zero(n_zero, logged):
    x = np.exp(NORMAL)
    x[:n_zero] = 0
    assert LogSkewed().fit(x[:, None]).logged_[0] == logged


def test_later_values_below_the_smallest_count_as_that():
    fitted = LogSkewed().fit(np.exp(NORMAL)[:, None])
    got = fitted.transform([[0.0], [-1.0], [1e-30]])
    np.testing.assert_allclose(got, np.full((3, 1), NORMAL.min()))


@pytest.mark.parametrize("value", [0.0, 7.0, -7.0])
def test_a_constant_feature_stays(value):
    X = np.full((10, 1), value, dtype=np.float32)
    np.testing.assert_array_equal(LogSkewed().fit_transform(X), X)


def test_rows_of_a_group_spread_equally_after_whitening():
    groups = np.repeat(np.arange(200), 5)
    centres = RNG.normal(size=(200, 3))[groups]
    mixing = np.array([[3, 0, 0], [2, 1, 0], [0, 1, 1]])
    X = centres + RNG.normal(size=(1000, 3)) @ mixing
    Z = WithinGroupWhitening().fit(X, groups=groups).transform(X)
    apart = Z.reshape(200, 5, 3) - Z.reshape(200, 5, 3).mean(axis=1, keepdims=True)
    covariance = np.einsum("gij,gik->jk", apart, apart) / 800
    np.testing.assert_allclose(covariance, np.eye(3), atol=1e-9)


def test_groups_of_one_row_leave_distances_as_they_are():
    X = RNG.normal(size=(30, 4))
    Z = WithinGroupWhitening().fit(X, groups=np.arange(30)).transform(X)
    np.testing.assert_allclose(np.linalg.norm(Z[0] - Z[1]), np.linalg.norm(X[0] - X[1]))


def test_a_direction_without_spread_does_not_become_infinite():
    groups = np.repeat(np.arange(20), 5)
    X = RNG.normal(size=(100, 3))
    X[:, 2] = groups  # the same in all rows of a group
    assert np.isfinite(WithinGroupWhitening().fit(X, groups=groups).transform(X)).all()
