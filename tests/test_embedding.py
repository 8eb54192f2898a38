"""The map: right projection, neighbours of other tracks only."""

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline import embedding
from pipeline.embedding import distance_to_other_track, principal_components


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(embedding, "N_COMPONENTS", 4)
    return small_dataset().tables["features_3s"]


def test_projection_reproduces_the_coordinates(table):
    coordinates, projection = principal_components(table)
    standardised = (table.X - np.array(projection["mean"])) / np.array(projection["scale"])
    again = standardised @ np.array(projection["components"]).T
    names = [f"pc{i}" for i in range(1, 5)]
    np.testing.assert_allclose(again, coordinates[names], atol=1e-4)
    assert projection["features"] == list(table.features)


def test_components_are_ordered_by_the_variance_they_explain(table):
    coordinates, projection = principal_components(table)
    ratio = projection["explained_variance_ratio"]
    assert sorted(ratio, reverse=True) == ratio
    assert coordinates["pc1"].var() > coordinates["pc2"].var()


def test_distance_ignores_rows_of_the_same_track():
    points = np.array([[0.0], [0.1], [1.0], [5.0]])
    tracks = np.array(["a", "a", "b", "c"])
    assert distance_to_other_track(points, tracks).tolist() == pytest.approx([1.0, 0.9, 0.9, 4.0])


def test_quantiles_are_of_neighbour_distances(table):
    _, projection = principal_components(table)
    assert 0 < projection["nearest_p50"] < projection["nearest_p99"]
