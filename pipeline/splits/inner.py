"""Splits inside a training part: when to stop, and which model to choose.

They hold out in the protocol's own way (rows, tracks, artists), so that what is chosen by them is
chosen for what the test part will ask. Test rows never appear here.
"""

import numpy as np
import pandas as pd
from sklearn.model_selection import (
    GroupShuffleSplit,
    StratifiedGroupKFold,
    train_test_split,
)

from pipeline.datasets import FeatureTable
from pipeline.splits.groups import TrackGroups
from pipeline.splits.protocol import Fold, Protocol

STOPPING_SHARE = 0.1  # of the training part, where a model stops early
INNER_FOLDS = 3  # folds by artist inside a training part


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
            test_size=max(int(STOPPING_SHARE * len(fold.train)), by_row["genre"].nunique()),
            stratify=by_row["genre"].to_numpy(),
            random_state=seed,
        )
        return np.sort(fit), np.sort(stop)
    splitter = GroupShuffleSplit(1, test_size=STOPPING_SHARE, random_state=seed)
    fit, stop = next(splitter.split(fold.train, groups=by_row["duplicate"].to_numpy()))
    return fold.train[fit], fold.train[stop]


def inner_folds(
    fold: Fold, table: FeatureTable, groups: TrackGroups, protocol: Protocol, *, seed: int
) -> list[Fold]:
    """Return splits of a fold's training part (``test`` is then a validation part).

    The protocol's own validation part where it has one. Else one random split of rows or tracks of
    the protocol's own size, a third of the tracks where copies are held out too, or three folds by
    artist. Tracks are divided, not rows, so that every representation meets the same folds.
    """
    if fold.validation is not None:
        return [Fold(fold.number, fold.train, fold.validation)]
    track_of_row = table.rows["track_id"].iloc[fold.train].to_numpy()
    if "track" in protocol.permits:
        fit, held = train_test_split(
            fold.train,
            test_size=protocol.test_share,
            stratify=groups.table["genre"].loc[track_of_row],
            random_state=seed,
        )
        return [Fold(fold.number, np.sort(fit), np.sort(held))]
    tracks = groups.table.loc[np.unique(track_of_row)]
    held_out = np.array(
        [np.isin(track_of_row, held) for held in _held_tracks(tracks, protocol, seed=seed)]
    )
    return [Fold(fold.number, fold.train[~held], fold.train[held]) for held in held_out]


def some_tracks(genre: pd.Series, n_tracks: int, *, seed: int) -> np.ndarray:
    """Return so many of the tracks (index of ``genre``), each genre by its share.

    With one seed, fewer tracks are among more tracks.
    """
    shuffled = genre.sample(frac=1, random_state=seed)
    by_genre = shuffled.groupby(shuffled.to_numpy())
    place = (by_genre.cumcount() + 0.5) / by_genre.transform("size")
    return shuffled.index[np.argsort(place.to_numpy(), kind="stable")[:n_tracks]].to_numpy()


def _held_tracks(tracks: pd.DataFrame, protocol: Protocol, *, seed: int) -> list[np.ndarray]:
    """Names of the tracks that each inner fold holds out."""
    names, genre, kind = tracks.index.to_numpy(), tracks["genre"], protocol.held_group
    if kind == "track":
        _, held = train_test_split(
            names, test_size=protocol.test_share, stratify=genre, random_state=seed
        )
        return [held]
    splitter = StratifiedGroupKFold(INNER_FOLDS, shuffle=True, random_state=seed)
    parts = [names[held] for _, held in splitter.split(names, genre, groups=tracks[kind])]
    return parts if kind == "artist" else parts[:1]
