"""The protocols: adding one means adding its folds and its entry here."""

from functools import cache

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from pipeline.datasets import Dataset, FeatureTable
from pipeline.splits.groups import TrackGroups
from pipeline.splits.protocol import Fold, Protocol

SEGMENT_TEST_SHARE = 0.25  # the published 3-s studies
CLIP_TEST_SHARE = 0.2  # the published studies of whole clips and of images
N_TRACK_FOLDS = 10
N_NETWORK_FOLDS = 5  # where columns have no names: most of those models are networks


def _segment_random(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """Segments at random, stratified by genre; no fold where a row is a whole clip."""
    if (table.rows["segment"] < 0).all():
        return []
    train, test = train_test_split(
        np.arange(len(table.rows)),
        test_size=SEGMENT_TEST_SHARE,
        stratify=table.rows["genre"],
        random_state=seed,
    )
    return [Fold(0, np.sort(train), np.sort(test))]


def _clip_random(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """Whole clips at random, stratified by genre, copies of a clip wherever they fall."""
    tracks = groups.table
    _, held = train_test_split(
        tracks.index.to_numpy(),
        test_size=CLIP_TEST_SHARE,
        stratify=tracks["genre"],
        random_state=seed,
    )
    tested = table.rows["track_id"].isin(held).to_numpy()
    return [Fold(0, np.flatnonzero(~tested), np.flatnonzero(tested))]


def _track_kfold(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """Ten stratified folds of whole tracks, five without named columns; duplicates together."""
    tracks = groups.table
    n_folds = N_TRACK_FOLDS if table.described else N_NETWORK_FOLDS
    numbers = _track_folds(tuple(tracks["genre"]), tuple(tracks["duplicate"]), n_folds, seed)
    return _by_fold(table, pd.Series(numbers, index=tracks.index))


@cache
def _track_folds(
    genres: tuple[str, ...], groups: tuple[int, ...], n_folds: int, seed: int
) -> tuple[int, ...]:
    """Return each track's fold; kept, since all tables of a data set ask for the same ones."""
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    numbers = np.full(len(genres), -1)
    for number, (_, test) in enumerate(splitter.split(genres, genres, groups=groups)):
        numbers[test] = number
    return tuple(numbers.tolist())


def _artist_3fold(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """The published folds; a track without one is left out."""
    return [] if dataset.artist_fold is None else _by_fold(table, dataset.artist_fold)


def _fault_filtered(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """The published list, or no fold where the file is not there."""
    if dataset.fault_filtered is None:
        return []
    return _by_part(table, dataset.fault_filtered.set_index("track_id")["split"])


def _official(table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int) -> list[Fold]:
    """The data set's own parts, where it has them."""
    return [] if dataset.official is None else _by_part(table, dataset.official)


def _in_sample(table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int) -> list[Fold]:
    """Everything, for models that see no label."""
    everything = np.arange(len(table.rows))
    return [Fold(0, everything, everything[:0])]


def _by_fold(table: FeatureTable, fold_of_track: pd.Series) -> list[Fold]:
    """One fold for each number: its tracks are tested, all other numbered ones are trained on."""
    fold = table.rows["track_id"].map(fold_of_track).to_numpy(dtype=float)
    numbered = ~np.isnan(fold)
    return [
        Fold(
            int(number),
            np.flatnonzero(numbered & (fold != number)),
            np.flatnonzero(fold == number),
        )
        for number in np.unique(fold[numbered])
    ]


def _by_part(table: FeatureTable, part_of_track: pd.Series) -> list[Fold]:
    """One fold of the parts train, validation (may be absent) and test."""
    part = table.rows["track_id"].map(part_of_track)
    train, validation, test = (
        np.flatnonzero(part == name) for name in ("train", "validation", "test")
    )
    return [Fold(0, train, test, validation if len(validation) else None)]


PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            name="segment_random",
            label="as published",
            slug="as-published",
            title="As published: random 3-second segments",
            explanation="A random quarter of all three-second segments is the test part. Segments "
            "of one song stand on both sides, so a model can recognise songs instead of genres.",
            held_out="segments",
            permits={"track": None, "duplicate": None, "artist": None},
            independent_unit="track",
            held_group="track",
            needs="a row is a whole clip here: there are no segments to divide",
            test_share=SEGMENT_TEST_SHARE,
            order=0,
            make_folds=_segment_random,
        ),
        Protocol(
            name="clip_random",
            label="new clip",
            slug="new-clip",
            title="As published: random whole clips",
            explanation="A random fifth of the clips is the test part, as in the published studies "
            "of whole clips. A clip has no segment in training, but a copy of it may be there.",
            held_out="clips",
            permits={"duplicate": None, "artist": None},
            independent_unit="track",
            held_group="track",
            needs="",
            test_share=CLIP_TEST_SHARE,
            order=1,
            make_folds=_clip_random,
        ),
        Protocol(
            name="track_kfold",
            label="new song",
            slug="new-song",
            title="New song: ten folds of whole tracks",
            explanation="Each track is predicted by a model that heard no segment of it and no "
            "duplicate of it. Other songs by the same artist may be in training. Models of "
            "pictures and sequences have five folds instead of ten.",
            held_out="songs",
            permits={"artist": None},
            independent_unit="track",
            held_group="duplicate",
            needs="",
            order=2,
            make_folds=_track_kfold,
        ),
        Protocol(
            name="artist_3fold",
            label="new artist",
            slug="new-artist",
            title="New artist: three folds of whole artists",
            explanation="The published three folds in which no artist is on both sides. Tracks of "
            "unknown artist are left out, and a model trains on two thirds of the rest.",
            held_out="artists",
            permits={},
            independent_unit="artist",
            held_group="artist",
            needs="there is no list of folds by artist (splits/artist_3fold.csv)",
            order=3,
            make_folds=_artist_3fold,
        ),
        Protocol(
            name="fault_filtered",
            label="new artist, faults removed",
            slug="new-artist-faults-removed",
            title="New artist, faults removed",
            explanation="The published fault-filtered list: repeated, mislabelled and distorted "
            "clips are left out and artists stay on one side. It trains on fewer tracks than "
            "the other protocols, which may explain part of its lower scores.",
            held_out="artists",
            permits={"artist": frozenset({138})},  # in the published list, left as it is
            independent_unit="artist",
            held_group="artist",
            needs="there is no fault-filtered list (splits/fault_filtered.csv)",
            order=4,
            make_folds=_fault_filtered,
        ),
        Protocol(
            name="official",
            label="official split",
            slug="official-split",
            title="The data set's own split",
            explanation="Training and test parts are those that the data set itself names, with "
            "whatever they share.",
            held_out="as the data set says",
            permits={"duplicate": None, "artist": None},
            independent_unit="track",
            held_group="track",
            needs="the data set names no split of its own",
            order=5,
            make_folds=_official,
        ),
        Protocol(
            name="in_sample",
            label="whole table, nothing held out",
            slug="whole-table",
            title="Whole table, nothing held out",
            explanation="Clusters are found without labels, so nothing is held out; the labels "
            "only describe the clusters afterwards.",
            held_out="nothing",
            permits={"track": None, "duplicate": None, "artist": None},
            independent_unit="track",
            held_group="track",
            needs="",
            order=9,
            make_folds=_in_sample,
            supervised=False,
        ),
    )
}
