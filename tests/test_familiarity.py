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
    known_track,
    read_training_map,
)


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


@pytest.mark.parametrize(
    ("nearest", "expected"),
    [
        ([0.0, 0.0, 3.0], ["in_training_data"]),
        ([0.0, 1.0, 1.0], []),
        ([3.0, 3.0, 1.0], ["unlike_training_data"]),
        ([3.0, 1.0, 1.0], []),
        ([2.0], []),
    ],
)
def test_flags_follow_the_windows(nearest: list[float], expected: list[str]) -> None:
    place = Whereabouts((), np.array(nearest), ("pop.1",) * len(nearest))
    flags = familiarity_flags(place, known=known_track(place), usual_distance=2.0)
    assert [flag.code for flag in flags] == expected


def test_flag_names_the_most_frequent_track() -> None:
    place = Whereabouts((), np.zeros(3), ("pop.1", "pop.2", "pop.2"))
    assert known_track(place) == "pop.2"
    assert "(pop.2)" in familiarity_flags(place, known="pop.2", usual_distance=2.0)[0].message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"components": [[1.0, 2.0]]}, "must have the shape"),
        ({"nearest_p99": None}, "lacks 'nearest_p99'"),
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
