"""The check before every fit: no group on both sides but those that the protocol permits."""

import numpy as np
import pandas as pd

from pipeline.datasets import FeatureTable
from pipeline.splits.groups import TrackGroups
from pipeline.splits.protocol import LEAK_KINDS, Fold, LeakKind, Protocol


class LeakError(Exception):
    """A split lets through what its protocol does not permit."""


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
    group, size = np.unique(seen[kind], return_counts=True)
    others = pd.Series(size, index=group).reindex(test[kind], fill_value=0).to_numpy()
    if kind != "track":
        others = others - np.isin(test["track"], seen["track"])
    return test[others > 0]
