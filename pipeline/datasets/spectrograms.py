"""GTZAN's spectrograms as tables: the archive's pictures, and the first 3 s at full resolution.

Read are ``images_original/<genre>/<genre>00000.png`` and ``mel_3s/mel_3s.npz``; a folder without
one of them lacks its tables. Rows are whole clips (segment -1) except ``mfcc_pieces``, which has
three pieces a track. Rows with the same picture, or the same first 3 s, are copies.

    images_kaggle     (288, 432)  grey, 0..1
    hog_9, hog_12     (13824,), (7776,)  its oriented gradients in cells of 9 and 12 pixels
    mel_clip          (333, 128)  levels on the picture's colour scale, -80..0 dB
    image_statistics  named statistics of mel_clip
    mel_3s            (130, 128)  levels of the first 3 s, standardised over the clip
    mfcc_sequence     (130, 20)   its cepstral coefficients
    mfcc_pieces       (41, 20)    the same in pieces of 0.95 s
    fused             mel_clip, image_statistics and features_song in one row (``FUSED``)

Must not import TensorFlow, LightGBM or ``dashboard``.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

from pipeline.datasets import DatasetError, FeatureTable
from pipeline.datasets.csv_table import AGAIN
from pipeline.datasets.spectrogram_files import (
    MEL_3S,
    OF_MEL_3S,
    OF_PICTURE,
    PICTURES,
    Part,
    read_mel_3s,
    read_pictures,
)
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES

FUSED_TABLE = "fused"
SPECTROGRAMS = (*OF_PICTURE, *OF_MEL_3S, FUSED_TABLE)


def spectrogram_sources(folder: Path) -> list[Path]:
    """Return the files that the tables of a data folder are made from, those that are there."""
    return sorted([*(folder / PICTURES).glob("*/[!.]*.png"), *folder.glob(MEL_3S)])


def spectrogram_tables(
    folder: Path,
    *,
    dataset: str,
    genres: tuple[str, ...],
    tracks: Collection[str],
    songs: FeatureTable | None = None,
    wanted: Collection[str] = SPECTROGRAMS,
) -> dict[str, FeatureTable]:
    """Return the tables of a data folder that are wanted and whose files are there.

    Parameters
    ----------
    folder : Path
        Holds ``images_original/`` and ``mel_3s/``, or one of them, or neither.
    dataset : str
        Id.
    genres : tuple of str
        Labels that may occur; a track's is the first part of its id.
    tracks : collection of str
        Every track that may be named.
    songs : FeatureTable, optional
        ``features_song``; without it there is no ``fused``.
    wanted : collection of str
        Names out of ``SPECTROGRAMS``. All take some 15 s on two cores, and 1.2 GB.

    Raises
    ------
    DatasetError
        If a picture is damaged or of another size or in other colours, an array has another shape
        or is not finite, or a file names a track that is unknown or named twice.
    ValueError
        If a name is not in ``SPECTROGRAMS``.
    """
    unknown = sorted(set(wanted) - set(SPECTROGRAMS))
    if unknown:
        raise ValueError(f"spectrograms are {', '.join(SPECTROGRAMS)}; not {', '.join(unknown)}")
    parts = {"mel_clip", "image_statistics"} if FUSED_TABLE in wanted and songs else set[str]()
    of_pictures = [name for name in OF_PICTURE if name in parts.union(wanted)]
    found: dict[str, Part] = {}
    if of_pictures:
        found |= read_pictures(folder / PICTURES, tracks, of_pictures)
    if set(wanted) & set(OF_MEL_3S):
        found |= read_mel_3s(folder / MEL_3S, tracks, wanted)
    tables = {
        name: FeatureTable(
            dataset=dataset,
            representation=name,
            genres=genres,
            features=IMAGE_STATISTIC_NAMES if name == "image_statistics" else (),
            rows=part.rows(),
            X=part.X,
            sha256=part.sha256,
        )
        for name, part in found.items()
    }
    if parts and parts <= tables.keys() and songs:
        tables[FUSED_TABLE] = fused_table(tables["mel_clip"], tables["image_statistics"], songs)
    return {name: table for name, table in tables.items() if name in wanted}


def fused_table(clips: FeatureTable, statistics: FeatureTable, songs: FeatureTable) -> FeatureTable:
    """Return a row for each track that is in all three tables, in the order of the clips.

    Parameters
    ----------
    clips, statistics : FeatureTable
        ``mel_clip`` and ``image_statistics``, of the same pictures in the same order.
    songs : FeatureTable
        ``features_song``.

    Raises
    ------
    DatasetError
        If no track is in all of them.
    """
    song_of = {track: row for row, track in enumerate(songs.rows["track_id"])}
    here = clips.rows["track_id"].isin(list(song_of)).to_numpy()
    rows = clips.rows[here].reset_index(drop=True)
    if rows.empty:
        raise DatasetError(f"no track of {songs.representation} has a picture. {AGAIN}")
    order = [song_of[track] for track in rows["track_id"]]
    joined = FUSED.join(clips.X[here], statistics.X[here], songs.X[order])
    hashes = f"{clips.sha256} {statistics.sha256} {songs.sha256}"
    return FeatureTable(
        dataset=clips.dataset,
        representation=FUSED_TABLE,
        genres=clips.genres,
        features=(),
        rows=rows,
        X=joined,
        sha256=hashlib.sha256(hashes.encode()).hexdigest(),
    )
