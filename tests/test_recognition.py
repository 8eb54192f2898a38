"""Copies of training clips are recognised, in pieces and altered, too; other clips are not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.audio import decode
from pipeline.audio.alterations import altered
from pipeline.config import ANALYSIS
from pipeline.familiarity import TrainingMap, Whereabouts, read_training_map
from pipeline.flags import Flag
from pipeline.predict import MAPS
from pipeline.recognition import Placed, training_data_flags
from pipeline.served import feature_columns
from pipeline.served_rows import Heard, WindowLength

SR = ANALYSIS.sr
TYPICAL = 2.0  # so that windows of 3 s are alike within 1.2, those of 30 s within 0.6


def placed(nearest: Sequence[float], tracks: Sequence[str] | str = "pop.1") -> Placed:
    names = (tracks,) * len(nearest) if isinstance(tracks, str) else tuple(tracks)
    return Placed(Whereabouts((), np.array(nearest), names), TYPICAL)


@pytest.mark.parametrize(
    ("nearest", "expected"),
    [
        ([0.0, 0.0, 3.0], "in_training_data"),
        ([0.0, 1.5, 1.5], "partly_in_training_data"),
        ([1.1, 0.9, 1.1], "probably_in_training_data"),
        ([1.1, 0.9, 1.3], ""),
        ([1.1, 0.9, 1.1, 1.3], "probably_in_training_data"),
        ([0.5, 0.5], ""),  # two windows are too few to tell
        ([1.3, 1.3, 1.3], ""),
    ],
)
def test_windows_of_3_s_tell_how_sure_it_is(nearest: list[float], expected: str) -> None:
    flags = training_data_flags({3: placed(nearest)})
    assert [flag.code for flag in flags] == [expected] * bool(expected)
    assert all(flag.spoils == "scores" and flag.reason for flag in flags)


def test_alike_windows_must_be_of_one_track() -> None:
    tracks = ["pop.1", "pop.2", "pop.3", "pop.4"]
    assert training_data_flags({3: placed([1.0] * 4, tracks)}) == []
    assert training_data_flags({3: placed([1.0] * 4, [*tracks[:1] * 3, "pop.4"])}) != []


@pytest.mark.parametrize(
    ("distance", "is_whole", "count"), [(0.5, True, 1), (0.7, True, 0), (0.5, False, 0)]
)
def test_one_window_of_30_s_is_enough_in_a_clip_that_is_long_enough(
    distance: float, is_whole: bool, count: int
) -> None:
    both: dict[WindowLength, Placed] = {3: placed([2.0] * 20), 30: placed([distance, 4.0])}
    assert len(training_data_flags(both, is_whole=is_whole)) == count


def test_message_names_the_tracks_the_most_frequent_first() -> None:
    several = placed([0.0] * 6, ["a.1", "b.2", "b.2", "c.3", "d.4", "e.5"])
    (flag,) = training_data_flags({3: several})
    assert "(b.2, a.1, c.3 and 2 more)" in flag.message
    (flag,) = training_data_flags({3: placed([0.0, 2.0, 2.0], ["a.1", "b.2", "b.2"])})
    assert flag.message.startswith(
        "1 of 3 windows is in our training data (a.1): the models learnt it"
    )


@pytest.fixture(scope="module")
def maps(repository: Path) -> dict[WindowLength, TrainingMap]:
    results = repository / "results"
    return {length: read_training_map(results, "gtzan", name) for length, name in MAPS.items()}


def flags_of(y: np.ndarray, maps: dict[WindowLength, TrainingMap]) -> list[Flag]:
    heard = Heard(y, sr=SR, lengths=(3, 30), parts=frozenset())
    for _ in heard.compute():
        pass
    found: dict[WindowLength, Placed] = {}
    for length, training in maps.items():
        columns = feature_columns(training.features, "the map")
        place = training.whereabouts(heard.statistics[length][:, columns])
        found[length] = Placed(place, training.typical_distance)
    return training_data_flags(found)


@pytest.mark.parametrize(
    ("track", "later_s"), [("blues.00000", 0.1), ("jazz.00000", 1.0), ("rock.00000", 1.5)]
)
def test_altered_clips_of_gtzan_are_recognised(
    track: str, later_s: float, data_root: Path, maps: dict[WindowLength, TrainingMap]
) -> None:
    y = decode(next(data_root.rglob(f"{track}.*")), sr=SR).y
    for copy in (altered(y, sr=SR, alteration="mp3", level=192), y[round(later_s * SR) :]):
        (flag,) = flags_of(copy, maps)
        assert flag.code in ("in_training_data", "probably_in_training_data")
        assert track in flag.message


def test_clips_one_after_the_other_are_in_the_training_data(
    data_root: Path, maps: dict[WindowLength, TrainingMap]
) -> None:
    names = ("blues.00000", "jazz.00000")
    clips = [decode(next(data_root.rglob(f"{name}.*")), sr=SR).y for name in names]
    (flag,) = flags_of(np.concatenate(clips), maps)
    assert flag.code == "in_training_data"
    assert names[0] in flag.message


def test_of_different_tracks_at_most_1_in_500_is_taken_for_a_copy(
    data_root: Path, maps: dict[WindowLength, TrainingMap]
) -> None:
    """The docstring's number: each track of the fault-filtered list against all others of it."""
    listed = pd.read_csv(next(data_root.rglob("fault_filtered.csv")))["track_id"]
    places = {length: _against_others(training, set(listed)) for length, training in maps.items()}
    wrong = [
        track
        for track in listed
        if training_data_flags(
            {
                length: Placed(own[track], maps[length].typical_distance)
                for length, own in places.items()
            }
        )
    ]
    assert len(listed) > 900
    assert len(wrong) <= 1


def _against_others(training: TrainingMap, listed: set[str]) -> dict[str, Whereabouts]:
    """Return where each listed track lies among the other ones."""
    kept = np.isin(training.track_id, list(listed))
    points, names = training.coordinates[kept], training.track_id[kept]
    squares = np.square(points).sum(axis=1)
    tracks, number = np.unique(names, return_inverse=True)
    found = {}
    for own_number, track in enumerate(tracks):
        own = number == own_number
        squared = squares[own][:, None] + squares[None] - 2 * points[own] @ points.T
        squared[:, own] = np.inf
        at = squared.argmin(axis=1)
        nearest = np.sqrt(np.maximum(squared.min(axis=1), 0))
        found[str(track)] = Whereabouts((), nearest, tuple(names[at]))
    return found
