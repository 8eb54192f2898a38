"""An area of the map in an address: what is understood, and what lies in it."""

import numpy as np
import pandas as pd
import pytest

from dashboard.rows.near import Area, parse_area, tracks_in

SQUARE = "gtzan.features_3s:0,0;2,0;2,2;0,2"


def test_area_is_read_with_its_map_and_corners() -> None:
    area = parse_area("gtzan.features_3s:-1.25,0.5;2,0.5;0.4,3.1")
    assert area == Area("gtzan", "features_3s", ((-1.25, 0.5), (2.0, 0.5), (0.4, 3.1)))


@pytest.mark.parametrize(
    "text",
    [
        "", "gtzan", "gtzan:0,0;1,0;1,1", "gtzan.features_3s:0,0;1,1", "gtzan.features_3s:",
        "gtzan.features_3s:0,0;1,0;1", "gtzan.features_3s:0,0;1,0;1,nan",
        "gtzan.features_3s:0,0;1,0;1,1e999", "gtzan.features_3s:0,0;1,0;1,1;",
        "gtzan.features_3s:" + ";".join(["0,0"] * 13),
    ],
)  # fmt: skip
def test_what_is_no_area_is_none(text: str) -> None:
    assert parse_area(text) is None


def test_square_holds_its_inside_only() -> None:
    area = parse_area(SQUARE)
    assert area is not None
    x, y = np.array([1.0, 3.0, 1.0, -0.1, 1.99]), np.array([1.0, 1.0, 2.5, 1.0, 0.01])
    assert area.contains(x, y).tolist() == [True, False, False, False, True]


def test_polygon_agrees_with_an_independent_computation() -> None:
    from matplotlib.path import Path

    rng = np.random.default_rng(3)
    corners = tuple((float(x), float(y)) for x, y in rng.normal(size=(9, 2)))  # crosses itself
    points = rng.normal(size=(500, 2))
    inside = Area("gtzan", "features_3s", corners).contains(points[:, 0], points[:, 1])
    closed = Path([*corners, corners[0]], closed=True)
    # matplotlib fills by the even-odd rule as well
    expected = closed.contains_points(points)
    assert inside.tolist() == expected.tolist()
    assert 0 < inside.sum() < len(points)


def test_song_counts_once_with_its_first_segment() -> None:
    embedding = pd.DataFrame(
        [("a", 1, 1.0, 1.0), ("a", 0, 9.0, 9.0), ("b", 0, 1.0, 1.0), ("b", 1, 9.0, 9.0)],
        columns=["track_id", "segment", "pc1", "pc2"],
    )
    area = parse_area(SQUARE)
    assert area is not None
    assert tracks_in(area, embedding) == ["b"]
