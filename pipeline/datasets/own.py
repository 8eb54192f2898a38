"""Any ingested data set: tracks of ``tracks.parquet``, features in Kaggle's two tables, sound.

Made for a user's own music, and for a variant of GTZAN under another name (nine genres, say).
Genres and artists are those of the tracks; a track that was excluded when it was heard is left
out, one known without sound is not. Spectrograms are computed from the sound when they are asked
for. Must not import TensorFlow, LightGBM or ``dashboard``.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from pipeline.config import data_candidates
from pipeline.datasets import Dataset, DatasetError, FeatureTable
from pipeline.datasets.duplicates import duplicate_rows
from pipeline.datasets.gtzan import SOURCE as GTZAN_SOURCE
from pipeline.datasets.gtzan import TRACKS as GTZAN_TRACKS
from pipeline.datasets.song import SONGS, with_songs
from pipeline.datasets.sound import SOUND, Heard, Listening, sound_tables
from pipeline.datasets.split_lists import read_artist_fold, read_fault_filtered
from pipeline.datasets.tables import SEGMENTED, TABLE_FILES, WHOLE_CLIPS, SampleOf, read_named_table
from pipeline.ingest import IngestError
from pipeline.ingest.names import validate_dataset_name
from pipeline.ingest.record import Record, read_record
from pipeline.ingest.tracks import NO_SOUND, read_tracks

FEWEST_TRACKS = 10  # of a genre, for ten folds of whole tracks
FEWEST_IN_ALL = 30  # up to 30 clusters are looked for among them
_TEST_SHARES = {"segment_random": 0.25, "clip_random": 0.2}  # as in pipeline.splits
_WINDOW = re.compile(r"0|[1-9]\d*")


def load(
    data: Path | None,
    name: str,
    *,
    spectrograms: bool | Collection[str] = False,
    listening: Listening | None = None,
) -> Dataset:
    """Return an ingested data set by its name.

    Parameters
    ----------
    data : Path or None
        The data folder; by default ``GENRELENS_DATA``, else ``data/``.
    name : str
        Name of the data set's folder in it.
    spectrograms : bool or collection of str
        Whether to make tables of the tracks' sound as well, or the names of those to make
        (``SOUND``). Then the tables of features may be missing.
    listening : Listening, optional
        What sound is read with; by default one process and the default cache.

    Raises
    ------
    DatasetError
        If it is no name of a data set, nothing was ingested under it, there is no table of
        features, a table names a track that is not there, no sound can be used, or fewer than two
        genres are left.
    """
    folder = data_candidates(data)[0] / name
    tracks, record = _ingested(folder, name)
    tables = _feature_tables(folder, tracks, name)
    heard = Heard()
    if spectrograms:
        heard = sound_tables(
            folder,
            tracks,
            dataset=name,
            listening=listening or Listening(),
            songs=tables.get(SONGS),
            wanted=SOUND if spectrograms is True else spectrograms,
        )
    if not tables and not heard.tables:
        raise DatasetError(
            f"{folder} has no features yet: {' or '.join(TABLE_FILES.values())} is needed beside "
            f"tracks.parquet. `python -m pipeline features summary --data {folder}` writes both."
        )
    known = set(tracks["track_id"]) | (GTZAN_TRACKS if record.family == "gtzan" else set())
    splits = folder / "splits"
    dataset = Dataset(
        name=name,
        title=_title(name, record),
        synthetic=False,
        source=_source(record),
        tables=tables | heard.tables,
        fault_filtered=read_fault_filtered(splits, tracks=known),
        artist_group=_artist_group(tracks),
        artist_fold=read_artist_fold(splits, tracks=known),
        left_out=heard.left_out,
    )
    return replace(dataset, blanks=_blanks(dataset, record))


def validate_comparable(dataset: Dataset) -> None:
    """Raise ``DatasetError`` unless there are enough tracks to compare models on."""
    for name, table in dataset.tables.items():
        n_tracks = table.rows["track_id"].nunique()
        if n_tracks < FEWEST_IN_ALL:
            raise DatasetError(
                f"{dataset.title}: models cannot be compared on fewer than {FEWEST_IN_ALL} tracks; "
                f"{name} has {n_tracks}. Ingest more music."
            )


def _ingested(folder: Path, name: str) -> tuple[pd.DataFrame, Record]:
    try:
        validate_dataset_name(name, "own")
        tracks, record = read_tracks(folder), read_record(folder)
    except IngestError as error:
        raise DatasetError(str(error)) from error
    if record is None:
        raise DatasetError(f"{folder}/ingest.json not found. Ingest the data set again.")
    if record.dataset != name:
        raise DatasetError(
            f"{folder} holds the data set {record.dataset!r} by its ingest.json, not {name!r}. "
            "Give the folder its name again, or ingest the source with --dataset NAME."
        )
    return tracks, record


def _feature_tables(folder: Path, tracks: pd.DataFrame, name: str) -> dict[str, FeatureTable]:
    """Read those of Kaggle's two tables that are there, and join them to songs."""
    found = {key: folder / file for key, file in TABLE_FILES.items() if (folder / file).is_file()}
    return with_songs(
        {key: _table(path, tracks, dataset=name, representation=key) for key, path in found.items()}
    )


def _table(path: Path, tracks: pd.DataFrame, *, dataset: str, representation: str) -> FeatureTable:
    whole = representation == WHOLE_CLIPS
    table = read_named_table(
        path,
        dataset=dataset,
        representation=representation,
        sample_of=_sample_of(tracks, whole=whole),
    )
    if len(table.genres) < 2:
        raise DatasetError(
            f"{path}: at least two genres are needed, got {', '.join(table.genres)}. Ingest more "
            "music, one folder for each genre."
        )
    return _middle_windows(table) if whole else table


def _sample_of(tracks: pd.DataFrame, *, whole: bool) -> SampleOf:
    """Return how to read file names: ``<track>.<window>.wav``, or ``<track>.wav``.

    A track is named by its id, or as its file is; where two genres have files of one name, the
    label tells them apart, because it is the name of the folder.
    """
    usable = tracks["excluded_reason"].isin(["", NO_SOUND])
    genre_of = dict(zip(tracks["track_id"], tracks["genre"].where(usable, ""), strict=True))
    by_name: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for track, path in zip(tracks["track_id"], map(PurePosixPath, tracks["path"]), strict=True):
        by_name[path.stem].append((path.parent.name, track))

    def track_of(name: str, label: str) -> str:
        if name in genre_of:
            return name
        named = by_name.get(name, [])
        fitting = [track for folder, track in named if len(named) == 1 or folder == label]
        if len(fitting) > 1 or (named and not fitting):
            raise ValueError(f"{name!r} is the name of {len(named)} tracks: name it by track_id")
        return fitting[0] if fitting else ""

    def sample_of(filename: str, label: str) -> tuple[str, int, str] | None:
        stem = filename.rpartition(".")[0]
        head, _, window = stem.rpartition(".")
        track, segment = (track_of(stem, label), -1) if whole else ("", -1)
        if not track and _WINDOW.fullmatch(window):
            track, segment = track_of(head, label), int(window)
        if not track:
            raise ValueError(f"{filename!r} is no window of a track in tracks.parquet")
        return (track, segment, genre_of[track]) if genre_of[track] else None

    return sample_of


def _middle_windows(table: FeatureTable) -> FeatureTable:
    """Keep one row a track: of a long one its middle 30 s, where FMA's clips are cut, too."""
    in_time = table.rows.sort_values(["track_id", "segment"]).groupby("track_id")
    places = np.sort([group.index[len(group) // 2] for _, group in in_time])
    rows = table.rows.iloc[places].assign(segment=-1).reset_index(drop=True)
    X = table.X[places]
    rows["duplicate_group"] = duplicate_rows(X, rows["segment"].to_numpy())
    return replace(table, rows=rows, X=X)


def _artist_group(tracks: pd.DataFrame) -> pd.Series | None:
    known = tracks[tracks["artist_group"].notna()].set_index("track_id")["artist_group"]
    return known.astype("int64") if len(known) else None


def _title(name: str, record: Record) -> str:
    merged = ", ".join(f"{old} as {new}" for old, new in record.merges.items())
    title = {"gtzan": "GTZAN", "fma": "FMA", "own": name.replace("_", " ").capitalize()}
    return f"{title[record.family]} ({merged})" if merged else title[record.family]


def _source(record: Record) -> str:
    """Say where it comes from, without the paths of the user's machine."""
    sources = {
        "gtzan": GTZAN_SOURCE,
        "fma": "Free Music Archive (Defferrard, Benzi, Vandergheynst & Bresson 2017), own features",
        "own": "the user's own music by genre",
    }
    return sources[record.family]


def _blanks(dataset: Dataset, record: Record) -> dict[str, str]:
    """Say why a protocol has no runs: a list that is not there, or too few tracks."""
    blanks = {}
    if dataset.artist_fold is None:
        blanks["artist_3fold"] = (
            "there is no list of folds by artist (splits/artist_3fold.csv with "
            "track_id,fold,artist_group)"
        )
    if dataset.fault_filtered is None:
        blanks["fault_filtered"] = (
            "there is no list of tracks without faults (splits/fault_filtered.csv with "
            "track_id,split)"
        )
    blanks["official"] = "this data set names no split of its own"
    return blanks | _too_few(dataset)


def _too_few(dataset: Dataset) -> dict[str, str]:
    """Say which random protocols cannot be stratified with so few tracks."""
    rows = pd.concat([table.rows for table in dataset.tables.values()])
    tracks = rows.drop_duplicates("track_id")["genre"].value_counts()
    smallest, genre = int(tracks.min()), tracks.index[-1]
    blanks = {}
    if smallest < FEWEST_TRACKS:
        blanks["track_kfold"] = (
            f"ten folds need {FEWEST_TRACKS} tracks of each genre; {genre} has {smallest}"
        )
    segments = dataset.tables.get(SEGMENTED)
    counts = {"clip_random": tracks}
    if segments is not None:
        counts["segment_random"] = segments.rows["genre"].value_counts()
    for protocol, count in counts.items():
        held = int(np.ceil(_TEST_SHARES[protocol] * count.sum()))
        if count.min() < 2 or held < len(count):
            blanks[protocol] = (
                f"a random part of every genre needs more of each; {count.index[-1]} has "
                f"{int(count.min())}"
            )
    return blanks
