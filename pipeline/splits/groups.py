"""What must not be torn apart: the tracks, their duplicates and their artists, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.datasets import Dataset
from pipeline.datasets.duplicates import duplicate_tracks


@dataclass(frozen=True)
class TrackGroups:
    """Per track (index: track_id) the group of each kind; alone in its group where unknown."""

    table: pd.DataFrame  # columns genre, track, duplicate, artist (integers but for genre)
    artist_names: Mapping[int, object]  # published artist group by our number


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
