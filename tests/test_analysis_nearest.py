"""The nearest tracks: against all distances, copies first, fewer tracks than asked for."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from pipeline.analysis.nearest import N_NEAREST, nearest_tracks
from pipeline.artifacts.analysis import validate_analysis
from pipeline.datasets import FeatureTable
from pipeline.embedding import principal_components


def table_of(X) -> FeatureTable:
    """Wrap features as a table of one genre."""
    rows = pd.DataFrame({"track_id": [f"t{n:02}" for n in range(len(X))], "genre": "a"})
    rows["segment"] = rows["duplicate_group"] = -1
    names = tuple(f"f{k}" for k in range(X.shape[1]))
    return FeatureTable("small", "echonest", ("a",), names, rows, X.astype(np.float32), "")


def test_neighbours_are_those_of_all_distances_in_order():
    table = table_of(np.random.default_rng(0).normal(size=(30, 4)))
    found = nearest_tracks(table)
    validate_analysis(found, "nearest_tracks")
    coordinates = principal_components(table)[0].filter(like="pc").to_numpy()
    distances = cdist(coordinates, coordinates)
    np.fill_diagonal(distances, np.inf)
    for k in (0, 7, 29):
        own = found[found["track_id"] == f"t{k:02}"]
        expected = distances[k].argsort()[:N_NEAREST]
        assert own["neighbour"].to_list() == [f"t{n:02}" for n in expected]
        assert own["rank"].to_list() == [1, 2, 3, 4, 5]
        np.testing.assert_allclose(own["distance"], distances[k][expected], atol=1e-5)


def test_copy_is_the_nearest_and_no_track_is_its_own_neighbour():
    X = np.random.default_rng(1).normal(size=(12, 3))
    X[5] = X[2]
    found = nearest_tracks(table_of(X))
    assert not (found["track_id"] == found["neighbour"]).any()
    for own, other in (("t05", "t02"), ("t02", "t05")):
        first = found[(found["track_id"] == own) & (found["rank"] == 1)].iloc[0]
        assert first["neighbour"] == other
        assert first["distance"] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("n_tracks", [1, 2, 4])
def test_fewer_tracks_have_fewer_neighbours(n_tracks):
    found = nearest_tracks(table_of(np.random.default_rng(2).normal(size=(n_tracks, 3))))
    assert len(found) == n_tracks * (n_tracks - 1)
