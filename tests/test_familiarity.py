"""Where a clip lies among the training data."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tiny_models import shared_results

from pipeline.artifacts import ResultsError, embedding_path
from pipeline.familiarity import (
    BLOCK_WINDOWS,
    TrainingMap,
    Whereabouts,
    familiarity_flags,
    read_training_map,
)
from pipeline.flags import Flag


def plain_map(points: np.ndarray) -> TrainingMap:
    """Return a map whose features are its coordinates, two rows a track."""
    n = points.shape[1]
    return TrainingMap(
        features=tuple("abcdefgh"[:n]),
        mean=np.zeros(n),
        scale=np.ones(n),
        components=np.eye(n),
        coordinates=points.astype(np.float32),
        track_id=np.array([f"pop.{row // 2}" for row in range(len(points))], dtype=object),
        genre=np.array(["pop"] * len(points), dtype=object),
        typical_distance=1.5,
        usual_distance=2.0,
    )


def test_distances_equal_plain_euclidean_ones() -> None:
    rng = np.random.default_rng(0)
    points, clip = rng.normal(size=(40, 4)), rng.normal(size=(BLOCK_WINDOWS * 2 + 5, 4))
    place = plain_map(points).whereabouts(clip)
    expected = np.linalg.norm(clip[:, None] - points[None], axis=2)
    np.testing.assert_allclose(place.nearest, expected.min(axis=1), rtol=1e-5)
    by_track = expected.min(axis=0).reshape(-1, 2).min(axis=1)
    assert [track.track_id for track in place.closest] == [
        f"pop.{number}" for number in np.argsort(by_track)[:3]
    ]
    assert place.closest[0].distance == pytest.approx(by_track.min(), rel=1e-5)


def test_each_track_is_listed_once() -> None:
    place = plain_map(np.array([[0, 0], [0.1, 0], [5, 0], [6, 0]])).whereabouts(np.zeros((1, 2)))
    assert [track.track_id for track in place.closest] == ["pop.0", "pop.1"]


def flags_at(*nearest: float) -> list[Flag]:
    training = plain_map(np.array([[0, 0], [0.1, 0], [3, 4], [3, 4]]))
    place = Whereabouts((), np.array(nearest), ("pop.1",) * len(nearest))
    return familiarity_flags(place, training)


@pytest.mark.parametrize(
    ("nearest", "is_unlike"),
    [([3.0, 3.0, 1.0], True), ([3.0, 1.0, 1.0], False), ([2.0], False)],
)
def test_flag_follows_the_middle_of_the_windows(nearest: list[float], is_unlike: bool) -> None:
    flags = flags_at(*nearest)
    assert [flag.code for flag in flags] == ["unlike_training_data"] * is_unlike
    assert all(flag.spoils == "scores" for flag in flags)


@pytest.mark.parametrize(
    ("distance", "spoils", "advice"),
    [(3.9, "scores", "Trust the answer less."), (4.1, "answer", "Do not rely on the answer.")],
)
def test_a_clip_that_is_far_away_has_no_answer(distance: float, spoils: str, advice: str) -> None:
    (flag,) = flags_at(distance)
    assert flag.spoils == spoils
    assert flag.message.endswith(advice)


def test_how_far_is_a_number_only_where_it_says_something() -> None:
    assert "the closest track is 3.0 away" in flags_at(3.0)[0].message
    (flag,) = flags_at(405735964672.0)
    assert "farther from every track than any two of our tracks are from each other" in flag.message
    assert "405" not in flag.message


def test_no_two_rows_are_farther_apart_than_the_widest_distance() -> None:
    points = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    widest = np.linalg.norm(points[:, None] - points[None], axis=2).max()
    assert widest <= plain_map(points).widest_distance <= 2 * widest


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"components": [[1.0, 2.0]]}, "must have the shape"),
        ({"nearest_p99": None}, "lacks 'nearest_p99'"),
        ({"nearest_p50": None}, "lacks 'nearest_p50'"),
    ],
)
def test_projection_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    results = shutil.copytree(shared_results(), tmp_path / "results")
    path = embedding_path(results, "gtzan", "features_3s").with_suffix(".json")
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: v for key, v in content.items() if v is not None}))
    with pytest.raises(ResultsError, match=message):
        read_training_map(results, "gtzan", "features_3s")
