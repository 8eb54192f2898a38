"""Intervals against published values and against what they promise."""

import numpy as np
import pytest

from pipeline import metrics
from pipeline.intervals import bootstrap, percentile_interval, share_intervals, wilson


def test_wilson_known_answer():
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: 81/263
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_wilson_without_units_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)


def test_bootstrap_of_independent_units_agrees_with_wilson():
    right = np.random.default_rng(0).random(1000) < 0.7
    low, high = bootstrap(np.column_stack([right, ~right]), lambda s: s[:, 0] / s.sum(axis=1))
    assert (low, high) == pytest.approx(wilson(right.sum(), 1000), abs=0.004)


def test_bootstrap_over_tracks_is_wider_than_over_their_equal_segments():
    right = np.random.default_rng(0).random(100) < 0.7
    per_track = np.column_stack([right, ~right]) * 10  # ten segments that agree

    def share(sums):
        return sums[:, 0] / sums.sum(axis=1)

    by_track = np.subtract(*bootstrap(per_track, share)[::-1])
    by_segment = np.subtract(*bootstrap(np.repeat(per_track / 10, 10, axis=0), share)[::-1])
    assert by_track > 2.5 * by_segment


def test_bootstrap_is_repeatable_and_handles_matrices():
    counts = np.random.default_rng(1).integers(0, 3, (40, 3, 3))
    first, second = (bootstrap(counts, metrics.recall) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    low, high = first
    assert ((low <= metrics.recall(counts.sum(axis=0))) & (high <= 1)).all()


def test_bootstrap_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        right = rng.random(150) < 0.6
        low, high = bootstrap(
            np.column_stack([right, ~right]),
            lambda sums: sums[:, 0] / sums.sum(axis=1),
            n_replicates=400,
        )
        hits += low <= 0.6 <= high
    assert 180 <= hits <= 198


def test_replicates_without_a_value_are_left_out():
    values = np.array([[np.nan, 1.0, np.nan], [0.2, 1.0, np.nan], [0.4, 1.0, np.nan]])
    low, high = percentile_interval(values)
    np.testing.assert_allclose(low, [0.205, 1.0, np.nan])
    np.testing.assert_allclose(high, [0.395, 1.0, np.nan])


def test_shares_of_independent_units_get_wilson():
    member = np.column_stack([np.ones(50), np.arange(50) < 10, np.zeros(50)])
    right = np.arange(50) % 2 == 0
    value, low, high = share_intervals(np.arange(50), member, right)
    np.testing.assert_allclose(value, [0.5, 0.5, np.nan])
    np.testing.assert_allclose(low, [wilson(25, 50)[0], wilson(5, 10)[0], 0.0])
    np.testing.assert_allclose(high, [wilson(25, 50)[1], wilson(5, 10)[1], 1.0])


def test_shares_of_grouped_units_are_bootstrapped_and_never_collapse():
    rng = np.random.default_rng(0)
    group, right = np.repeat(np.arange(30), 4), rng.random(120) < 0.6
    member = np.column_stack([np.ones(120), right, ~right, np.zeros(120)])
    value, low, high = share_intervals(group, member, right)
    totals = np.column_stack([np.bincount(group, right), np.bincount(group)])
    expected = bootstrap(totals, lambda sums: sums[:, 0] / sums[:, 1])
    np.testing.assert_allclose((low[0], high[0]), expected)
    n_right, n_wrong = (len(np.unique(group[which])) for which in (right, ~right))
    assert (value[1], low[1], high[1]) == pytest.approx((1, *wilson(n_right, n_right)))
    assert (value[2], low[2], high[2]) == pytest.approx((0, *wilson(0, n_wrong)))
    assert (low[3], high[3]) == (0, 1)
