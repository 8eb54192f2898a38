"""Intervals against published values and against what they promise."""

import numpy as np
import pytest

from pipeline import metrics
from pipeline.intervals import bootstrap, wilson


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
