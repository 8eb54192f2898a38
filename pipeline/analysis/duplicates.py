"""Groups of tracks that are the same music, and whether their genres contradict each other."""

from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import Dataset
from pipeline.datasets.duplicates import agreeing_shares, duplicate_tracks
from pipeline.splits import TrackGroups


def duplicates(dataset: Dataset, groups: TrackGroups) -> pd.DataFrame:
    """Return every track that has a copy, by group.

    Parameters
    ----------
    dataset : Dataset
    groups : TrackGroups
        Of this data set; a group may join copies that different representations show.

    Returns
    -------
    DataFrame
        Columns of the analysis "duplicates". Groups count from 0 by their first track.
        ``found_in`` names the representations, joined by ", ", in which the track has a copy;
        ``share`` compares it with the first other track of its group, segment by segment where
        the data set has segments, else clip with clip.
    """
    copied = groups.table[groups.table.duplicated("duplicate", keep=False)].sort_index()
    first_other = _first_other(copied["duplicate"])
    shares = _segment_shares(dataset)
    found = _found_in(dataset)
    pairs = [_pair(track, first_other[track]) for track in copied.index]
    table = pd.DataFrame(
        {
            "dataset": dataset.name,
            "group": pd.factorize(copied["duplicate"])[0],
            "track_id": copied.index.to_numpy(),
            "genre": copied["genre"].to_numpy(),
            "conflicting": (
                copied.groupby("duplicate")["genre"].transform("nunique") > 1
            ).to_numpy(),
            "found_in": [", ".join(found.get(track, [])) for track in copied.index],
            "share": np.array([shares.get(pair, 0.0) for pair in pairs], dtype=float),
        }
    )
    table = table.sort_values(["group", "track_id"], ignore_index=True)
    return table[list(ANALYSES["duplicates"].columns)]


def _pair(track: str, other: str) -> tuple[str, str]:
    """Name two tracks in alphabetical order, as shares do."""
    return (track, other) if track < other else (other, track)


def _first_other(duplicate: pd.Series) -> dict[str, str]:
    """Name, for each track, the first other one of its group."""
    first_other: dict[str, str] = {}
    for _, members in duplicate.groupby(duplicate):
        for first, second in combinations(members.index, 2):
            first_other.setdefault(first, second)
            first_other.setdefault(second, first)
    return first_other


def _segment_shares(dataset: Dataset) -> dict[tuple[str, str], float]:
    """Compare tracks in the tables of segments, where there are any, else in all."""
    tables = list(dataset.tables.values())
    segmented = [table for table in tables if (table.rows["segment"] >= 0).any()]
    shares: dict[tuple[str, str], float] = {}
    for table in segmented or tables:
        for pair, share in agreeing_shares(table).items():
            shares[pair] = max(share, shares.get(pair, 0.0))
    return shares


def _found_in(dataset: Dataset) -> dict[str, list[str]]:
    """List, for each track, the representations that show a copy of it."""
    found: dict[str, list[str]] = {}
    for representation, table in dataset.tables.items():
        group = duplicate_tracks(table)
        for track in group.index[group >= 0]:
            found.setdefault(track, []).append(representation)
    return found
