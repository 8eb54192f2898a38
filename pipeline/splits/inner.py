"""Splits inside a training part: when to stop, and which model to choose.

They hold out in the protocol's own way (rows, tracks, artists), so that what is chosen by them is
chosen for what the test part will ask. Test rows never appear here.
"""

import numpy as np
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
    the protocol's own size, or three folds by artist where artists are held out.
    """
    if fold.validation is not None:
        return [Fold(fold.number, fold.train, fold.validation)]
    by_row = groups.table.loc[table.rows["track_id"].iloc[fold.train]]
    genre = by_row["genre"].to_numpy()
    if "track" in protocol.permits:
        fit, held = train_test_split(
            fold.train, test_size=protocol.test_share, stratify=genre, random_state=seed
        )
        return [Fold(fold.number, np.sort(fit), np.sort(held))]
    kind = protocol.held_group
    splitter = StratifiedGroupKFold(INNER_FOLDS, shuffle=True, random_state=seed)
    parts = list(splitter.split(fold.train, genre, groups=by_row[kind].to_numpy()))
    if kind != "artist":
        parts = parts[:1]
    return [Fold(fold.number, fold.train[fit], fold.train[held]) for fit, held in parts]
