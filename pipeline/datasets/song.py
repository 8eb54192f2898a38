"""Whole songs: the table of 3-s segments and that of whole clips, joined to a row per track.

Must not import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import hashlib

import numpy as np

from pipeline.datasets import DatasetError, FeatureTable
from pipeline.datasets.tables import SEGMENTED, WHOLE_CLIPS
from pipeline.features.song import SONG_FEATURE_NAMES, song_features
from pipeline.features.summary import FEATURE_NAMES

SONGS = "features_song"


def with_songs(tables: dict[str, FeatureTable]) -> dict[str, FeatureTable]:
    """Return the tables and, where segments and whole clips are among them, that of songs."""
    if not {SEGMENTED, WHOLE_CLIPS} <= tables.keys():
        return tables
    return {**tables, SONGS: song_table(tables[SEGMENTED], tables[WHOLE_CLIPS])}


def song_table(segments: FeatureTable, clips: FeatureTable) -> FeatureTable:
    """Return a row for each track that is in both tables, in the order of the clips.

    Copies are the clips' copies: whether a segment is missing from one of them does not matter.

    Parameters
    ----------
    segments, clips : FeatureTable
        The 57 statistics of 3-s segments and of whole clips of one data set.

    Raises
    ------
    DatasetError
        If a table has other features, or no track is in both.
    """
    for table in (segments, clips):
        if table.features != FEATURE_NAMES:
            raise DatasetError(
                f"songs need the {len(FEATURE_NAMES)} statistics {FEATURE_NAMES[0]} to "
                f"{FEATURE_NAMES[-1]} in that order; {table.representation} has "
                f"{len(table.features)} features. Read it with read_feature_table."
            )
    segments_of = segments.rows.groupby("track_id").indices
    in_both = clips.rows["track_id"].isin(list(segments_of)).to_numpy()
    rows = clips.rows[in_both].reset_index(drop=True)
    if rows.empty:
        raise DatasetError(
            f"no track is in both {segments.representation} and {clips.representation}. Restore "
            "both files from one archive."
        )
    X = np.array(
        [
            song_features(segments.X[segments_of[track]], clip)
            for track, clip in zip(rows["track_id"], clips.X[in_both], strict=True)
        ]
    )
    return FeatureTable(
        dataset=clips.dataset,
        representation=SONGS,
        genres=clips.genres,
        features=SONG_FEATURE_NAMES,
        rows=rows,
        X=X,
        sha256=hashlib.sha256(f"{segments.sha256} {clips.sha256}".encode()).hexdigest(),
    )
