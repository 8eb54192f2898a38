"""Duplicate rows and tracks: found within the tolerance, no others."""

import numpy as np
import pandas as pd

from pipeline.datasets import FeatureTable
from pipeline.datasets.duplicates import agreeing_shares, duplicate_rows, duplicate_tracks


def table_of(samples, X):
    """Wrap ``(track_id, segment)`` pairs and features as a table with its duplicates flagged."""
    rows = pd.DataFrame(samples, columns=["track_id", "segment"])
    rows["genre"] = rows["track_id"].str.split(".").str[0]
    rows["duplicate_group"] = duplicate_rows(X, rows["segment"].to_numpy())
    return FeatureTable("small", "features_3s", ("a", "b"), ("f",), rows, X, "")


def tracks_with(shared, *, segments=8):
    """Two tracks of random segments, the first ``shared`` of which agree."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, segments, 5)).astype(np.float32)
    X[1, :shared] = X[0, :shared]
    samples = [(track, segment) for track in ("a.1", "b.1") for segment in range(segments)]
    return table_of(samples, X.reshape(-1, 5))


def test_rows_within_the_tolerance_share_a_group_numbered_by_first_row():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 57)) * np.logspace(-3, 3, 57)
    scale = X.std(axis=0)
    X[7] = X[150] + 5e-3 * scale
    X[3] = X[90] - 5e-3 * scale
    X[91] = X[20]
    X[91, 4] += 2e-2 * scale[4]  # one column outside the tolerance is enough
    groups = duplicate_rows(X.astype(np.float32), np.full(200, -1))
    assert {3: groups[3], 90: groups[90], 7: groups[7], 150: groups[150]} == {
        3: 0, 90: 0, 7: 1, 150: 1,
    }  # fmt: skip
    assert (groups >= 0).sum() == 4


def test_agreement_is_the_same_as_by_brute_force():
    rng = np.random.default_rng(1)
    X = np.round(rng.normal(size=(300, 3)), 1)
    segments = rng.integers(0, 3, size=300)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    near = np.abs(Z[:, None] - Z[None]).max(axis=-1) <= 0.2
    near &= segments[:, None] == segments[None]
    lonely = near.sum(axis=1) == 1
    groups = duplicate_rows(X, segments, tolerance_sd=0.2)
    np.testing.assert_array_equal(groups == -1, lonely)
    first, second = np.nonzero(near & ~lonely[:, None])
    np.testing.assert_array_equal(groups[first], groups[second])


def test_equal_rows_of_different_segments_are_no_duplicates():
    groups = duplicate_rows(np.array([[1.0], [1.0], [5.0]]), np.array([0, 1, 0]))
    assert groups.tolist() == [-1, -1, -1]


def test_constant_column_does_not_hide_duplicates():
    X = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 9.0]])
    assert duplicate_rows(X, np.zeros(3)).tolist() == [0, 0, -1]


def test_empty_table_has_no_groups():
    assert duplicate_rows(np.empty((0, 57)), np.empty(0)).tolist() == []


def test_tracks_sharing_more_than_a_quarter_of_their_segments_are_copies():
    assert duplicate_tracks(tracks_with(3)).to_dict() == {"a.1": 0, "b.1": 0}


def test_tracks_sharing_a_quarter_or_less_are_not():
    assert duplicate_tracks(tracks_with(2)).to_dict() == {"a.1": -1, "b.1": -1}


def test_only_segments_that_both_tracks_have_count():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(10, 5))
    X[9] = X[8]
    samples = [("a.1", segment) for segment in range(9)] + [("b.1", 8)]
    assert duplicate_tracks(table_of(samples, X)).to_dict() == {"a.1": 0, "b.1": 0}


def test_copies_of_copies_are_one_group():
    X = np.array([[1.0], [1.0], [1.0], [7.0], [9.0], [9.0]])
    samples = [(track, -1) for track in ("a.1", "b.9", "a.3", "a.4", "b.5", "b.6")]
    assert duplicate_tracks(table_of(samples, X)).to_list() == [0, 0, 0, -1, 1, 1]


def test_agreeing_shares_are_of_segments_in_common():
    assert agreeing_shares(tracks_with(2)) == {("a.1", "b.1"): 0.25}
    assert agreeing_shares(tracks_with(0)) == {}
