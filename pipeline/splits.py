"""Evaluation protocols: who is held out, which leaks that permits, and the check before a fit.

A protocol is one entry in ``PROTOCOLS``; it appears in training, in results and on every page.
Tracks are divided once per data set, so that every representation of it meets the same folds. A
leak is a group (a track, a set of duplicates, an artist) with members on both sides of a split.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold, train_test_split

from pipeline.datasets import Dataset, FeatureTable
from pipeline.datasets.duplicates import duplicate_tracks

LeakKind = Literal["track", "duplicate", "artist"]
LEAK_KINDS: tuple[LeakKind, ...] = ("track", "duplicate", "artist")
TEST_SHARE = 0.25  # of the rows, as in the published random splits
VALIDATION_SHARE = 0.1  # of the training part, where a model stops early


class LeakError(Exception):
    """A split lets through what its protocol does not permit."""


@dataclass(frozen=True)
class Fold:
    """Row numbers of one split; ``validation`` only where the protocol sets rows apart itself."""

    number: int
    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray | None = None


@dataclass(frozen=True)
class TrackGroups:
    """Per track (index: track_id) the group of each kind; alone in its group where unknown."""

    table: pd.DataFrame  # columns genre, track, duplicate, artist (integers but for genre)
    artist_names: Mapping[int, object]  # published artist group by our number


MakeFolds = Callable[[FeatureTable, Dataset, TrackGroups, int], list[Fold]]


@dataclass(frozen=True)
class Protocol:
    """One way to hold data out.

    Attributes
    ----------
    label, slug, title, explanation : str
        Short name on the page, the same in a URL, heading, one sentence.
    held_out : str
        What the test part has that training has not.
    permits : mapping of leak kind to None or set of artist names
        Leaks that this protocol is known to have: None for any number, else just these groups.
    independent_unit : "track" or "artist"
        What the intervals resample.
    supervised : bool
        False where nothing is held out because no label is used.
    """

    name: str
    label: str
    slug: str
    title: str
    explanation: str
    held_out: str
    independent_unit: Literal["track", "artist"]
    order: int
    make_folds: MakeFolds
    permits: Mapping[LeakKind, frozenset | None] = field(default_factory=dict)
    supervised: bool = True


def track_groups(dataset: Dataset) -> TrackGroups:
    """Return the groups of every track of a data set.

    Duplicates found in any representation count, also through a chain (A = B, B = C).
    """
    rows = pd.concat([table.rows for table in dataset.tables.values()])
    genre = rows.drop_duplicates("track_id").set_index("track_id")["genre"].sort_index()
    number = pd.Series(np.arange(len(genre)), index=genre.index)
    edges = []
    for table in dataset.tables.values():
        found = duplicate_tracks(table)
        for _, members in found[found >= 0].groupby(found):
            ids = number[members.index].to_numpy()
            edges += [(ids[0], other) for other in ids[1:]]
    first, second = np.array(edges, dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(len(genre), len(genre)))
    duplicate = connected_components(graph, directed=False)[1]
    names = pd.Series(index=genre.index, dtype=object)
    if dataset.artist_group is not None:
        names.update(dataset.artist_group.astype(object))
    known = names.notna()
    artist = number + len(names)  # unknown artists: groups of one
    codes, published = pd.factorize(names[known], sort=True)
    artist[known] = codes
    groups = pd.DataFrame(
        {"genre": genre, "track": number, "duplicate": duplicate, "artist": artist}
    )
    return TrackGroups(groups, dict(enumerate(published)))


def validate_no_leak(
    fold: Fold, table: FeatureTable, groups: TrackGroups, protocol: Protocol
) -> dict[LeakKind, int]:
    """Return how many test tracks share a group with training, for each leak permitted.

    Raises
    ------
    LeakError
        If a row is in two parts, or a group of a kind that the protocol does not permit is.
    """
    validation = fold.validation if fold.validation is not None else np.array([], dtype=int)
    parts = np.concatenate([fold.train, validation, fold.test])
    if len(np.unique(parts)) != len(parts):
        raise LeakError(f"{protocol.name}, fold {fold.number}: a row is in two parts")
    track_of_row = table.rows["track_id"].to_numpy()
    test = groups.table.loc[np.unique(track_of_row[fold.test])].reset_index()
    seen = groups.table.loc[np.unique(track_of_row[np.concatenate([fold.train, validation])])]
    counts: dict[LeakKind, int] = {}
    for kind in LEAK_KINDS:
        shared = _sharing(test, seen.reset_index(), kind)
        permitted = protocol.permits.get(kind, frozenset())
        if permitted is not None:
            names = shared[kind].map(groups.artist_names) if kind == "artist" else shared[kind]
            bad = shared[~names.isin(list(permitted))]
            if len(bad):
                raise LeakError(
                    f"{protocol.name}, fold {fold.number}: {len(bad)} test tracks share a {kind} "
                    f"with training, which this protocol does not permit, e.g. "
                    f"{', '.join(bad['track_id'].head(3))}"
                )
        counts[kind] = len(shared)
    return {kind: count for kind, count in counts.items() if count}


def _sharing(test: pd.DataFrame, seen: pd.DataFrame, kind: LeakKind) -> pd.DataFrame:
    """Rows of ``test`` (a row a track) whose group of this kind is among the tracks seen.

    A track is no duplicate of itself and not "another track by its artist".
    """
    pairs = test[["track_id", kind]].merge(seen[["track_id", kind]], on=kind)
    if kind != "track":
        pairs = pairs[pairs["track_id_x"] != pairs["track_id_y"]]
    return test[test["track_id"].isin(pairs["track_id_x"])]


def stopping_split(
    fold: Fold, table: FeatureTable, groups: TrackGroups, protocol: Protocol, *, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (rows to fit, rows that decide when to stop) for a model that stops early.

    The protocol's own validation part where it has one; else a tenth of the training part, held
    out in the protocol's own way: rows where it holds out rows, else whole tracks.
    """
    if fold.validation is not None:
        return fold.train, fold.validation
    by_row = groups.table.loc[table.rows["track_id"].iloc[fold.train]]
    if "track" in protocol.permits:
        fit, stop = train_test_split(
            fold.train,
            test_size=max(int(VALIDATION_SHARE * len(fold.train)), by_row["genre"].nunique()),
            stratify=by_row["genre"].to_numpy(),
            random_state=seed,
        )
        return np.sort(fit), np.sort(stop)
    splitter = GroupShuffleSplit(1, test_size=VALIDATION_SHARE, random_state=seed)
    fit, stop = next(splitter.split(fold.train, groups=by_row["duplicate"].to_numpy()))
    return fold.train[fit], fold.train[stop]


def _segment_random(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """Rows at random, stratified by genre."""
    train, test = train_test_split(
        np.arange(len(table.rows)),
        test_size=TEST_SHARE,
        stratify=table.rows["genre"],
        random_state=seed,
    )
    return [Fold(0, np.sort(train), np.sort(test))]


def _track_kfold(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """Ten stratified folds of whole tracks, duplicates together."""
    tracks = groups.table
    splitter = StratifiedGroupKFold(10, shuffle=True, random_state=seed)
    fold_of = pd.Series(-1, index=tracks.index)
    for number, (_, test) in enumerate(
        splitter.split(tracks, tracks["genre"], groups=tracks["duplicate"])
    ):
        fold_of.iloc[test] = number
    fold_of_row = fold_of.loc[table.rows["track_id"]].to_numpy()
    return [
        Fold(number, np.flatnonzero(fold_of_row != number), np.flatnonzero(fold_of_row == number))
        for number in range(splitter.get_n_splits())
    ]


def _fault_filtered(
    table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> list[Fold]:
    """The published list, or no fold where the file is not there."""
    if dataset.fault_filtered is None:
        return []
    split = dataset.fault_filtered.set_index("track_id")["split"]
    part = table.rows["track_id"].map(split)
    train, validation, test = (
        np.flatnonzero(part == name) for name in ("train", "validation", "test")
    )
    return [Fold(0, train, test, validation)]


def _in_sample(table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int) -> list[Fold]:
    """Everything, for models that see no label."""
    everything = np.arange(len(table.rows))
    return [Fold(0, everything, everything[:0])]


PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            name="segment_random",
            label="as published",
            slug="as-published",
            title="As published: random rows of the table",
            explanation="A random quarter of the table's rows is the test part. Three-second "
            "segments of one song stand on both sides, so a model can recognise songs instead of "
            "genres; in the 30-second table a row is a whole clip.",
            held_out="segments",
            permits={"track": None, "duplicate": None, "artist": None},
            independent_unit="track",
            order=0,
            make_folds=_segment_random,
        ),
        Protocol(
            name="track_kfold",
            label="new song",
            slug="new-song",
            title="New song: ten folds of whole tracks",
            explanation="Each track is predicted by a model that heard no segment of it and no "
            "duplicate of it. Other songs by the same artist may be in training.",
            held_out="songs",
            permits={"artist": None},
            independent_unit="track",
            order=1,
            make_folds=_track_kfold,
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
            order=3,
            make_folds=_fault_filtered,
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
            order=9,
            make_folds=_in_sample,
            supervised=False,
        ),
    )
}
