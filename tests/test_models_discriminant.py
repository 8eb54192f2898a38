"""Discriminant analysis with balanced groups: known answers."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from pipeline.models.discriminant import BalancedDiscriminant

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(3), 100)
X = RNG.normal(size=(300, 4)) @ RNG.normal(size=(4, 4)) + 1.5 * Y[:, None]
ALONE = np.arange(300)


def test_without_shrinkage_and_groups_it_is_plain_discriminant_analysis():
    ours = BalancedDiscriminant(shrinkage=0, group_power=0.5).fit(X, Y, groups=ALONE)
    plain = LinearDiscriminantAnalysis(solver="lsqr").fit(X, Y)
    # theirs has priors too: equal here
    np.testing.assert_allclose(ours.predict_proba(X), plain.predict_proba(X), atol=1e-6)
    np.testing.assert_array_equal(ours.predict(X), plain.predict(X))


def test_full_shrinkage_ignores_correlations():
    ours = BalancedDiscriminant(shrinkage=1, group_power=0).fit(X, Y, groups=ALONE)
    means = np.array([X[k == Y].mean(axis=0) for k in range(3)])
    variance = ((X - means[Y]) ** 2).mean(axis=0)
    scores = -0.5 * ((X[:, None] - means[None]) ** 2 / variance).sum(axis=2)
    proba = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ours.predict_proba(X), proba, atol=1e-9)


@pytest.mark.parametrize(("group_power", "copies_matter"), [(1.0, False), (0.0, True)])
def test_copies_within_a_group_weigh_as_one_row_at_power_one(group_power, copies_matter):
    rows = np.concatenate([ALONE, np.repeat(150, 40)])  # one track, forty times more
    once = BalancedDiscriminant(shrinkage=0.3, group_power=group_power).fit(X, Y, groups=ALONE)
    often = BalancedDiscriminant(shrinkage=0.3, group_power=group_power)
    often.fit(X[rows], Y[rows], groups=ALONE[rows])
    same = np.allclose(often.predict_proba(X), once.predict_proba(X), atol=1e-9)
    assert same != copies_matter


def test_a_feature_without_spread_is_ignored():
    flat = np.hstack([X, np.full((300, 1), 7.0)])
    with_flat = BalancedDiscriminant(shrinkage=0.3, group_power=0.5).fit(flat, Y, groups=ALONE)
    without = BalancedDiscriminant(shrinkage=0.3, group_power=0.5).fit(X, Y, groups=ALONE)
    np.testing.assert_allclose(with_flat.predict_proba(flat), without.predict_proba(X), atol=1e-9)
