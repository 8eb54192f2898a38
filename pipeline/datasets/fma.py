"""FMA, the Free Music Archive: 13,129 tracks with Echonest's eight audio features, and sound.

Read are ``echonest.csv``, ``tracks.csv`` and ``genres.csv`` of ``fma_metadata.zip``, the official
layout. A track counts where its genres have one root, ``(track, genre_top)``; the genres are those
roots, with the archive's names and as unbalanced as they are. ``track_id`` is the archive's number
with six digits, as in the names of its audio files. Where sound was ingested (``fma_small.zip``),
spectrograms are computed from it when they are asked for; other tracks than Echonest's have it, and
``tracks.parquet`` says which. The tables are CC BY 4.0. Must not import TensorFlow, LightGBM or
``dashboard``.

References
----------
Defferrard, Benzi, Vandergheynst & Bresson, 2017, "FMA: A Dataset For Music Analysis", ISMIR.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config import DATA_VARIABLE, data_candidates
from pipeline.datasets import Dataset, DatasetError, FeatureTable
from pipeline.datasets.csv_table import file_bytes, refuse_cell
from pipeline.datasets.duplicates import duplicate_rows
from pipeline.datasets.layered_csv import LayeredFile, read_layered
from pipeline.datasets.merged import merges_of, with_merges
from pipeline.datasets.sound import SOUND, Heard, Listening, sound_tables
from pipeline.datasets.split_lists import PARTS
from pipeline.ingest import IngestError
from pipeline.ingest.tracks import TRACKS_FILE, read_tracks

FEATURES = (
    "acousticness", "danceability", "energy", "instrumentalness",
    "liveness", "speechiness", "tempo", "valence",
)  # fmt: skip
REPRESENTATION = "echonest"
FILES = ("echonest.csv", "tracks.csv", "genres.csv")
FOLDERS = ("fma", "fma_metadata")
ARCHIVE = "https://os.unil.cloud.switch.ch/fma/fma_metadata.zip"
SOURCE = (
    "Free Music Archive, metadata and Echonest audio features (Defferrard, Benzi, Vandergheynst & "
    "Bresson 2017), tables of fma_metadata.zip"
)

_GENRE, _PART, _ARTIST = ("track", "genre_top"), ("set", "split"), ("artist", "id")
_OUR_PART = {"training": "train", "validation": "validation", "test": "test"}
_LARGEST = float(np.finfo(np.float32).max)
_RESTORE = "Restore the file from fma_metadata.zip."


def load(
    data: Path | None = None,
    *,
    spectrograms: bool | Collection[str] = False,
    listening: Listening | None = None,
) -> Dataset:
    """Return FMA's Echonest features of the tracks that have one root genre.

    Parameters
    ----------
    data : Path, optional
        Folder with the tables, or one that holds it as ``fma/`` or ``fma_metadata/``; by default
        ``GENRELENS_DATA``, else ``data/``.
    spectrograms : bool or collection of str
        Whether to make tables of the tracks' sound as well, or the names of those to make
        (``SOUND``). Without sound there are none.
    listening : Listening, optional
        What sound is read with; by default one process and the default cache.

    Raises
    ------
    DatasetError
        If a table is not found (the message says where to get it) or is not as expected, or there
        is sound and none of it can be used.
    """
    files = echonest_file, tracks_file, genres_file = _files(data)
    echonest = read_layered(
        echonest_file, required=[("echonest", "audio_features", name) for name in FEATURES]
    )
    tracks = read_layered(tracks_file, required=[_GENRE], optional=[_PART, _ARTIST])
    genres = read_layered(genres_file, required=[("parent",), ("title",)])
    echonest["track_id"] = _track_ids(echonest_file.path, echonest["track_id"])
    tracks["track_id"] = _track_ids(tracks_file.path, tracks["track_id"])
    X = _numbers(echonest_file.path, echonest)
    about = _about_the_same(echonest_file.path, echonest, tracks_file.path, tracks)
    genre = _root_genres(tracks_file.path, about, roots=genres.query("parent == '0'")["title"])
    labelled = (genre != "").to_numpy()
    about, genre = about[labelled], genre[labelled]
    folder = echonest_file.path.parent
    echonest_table = with_merges(_table(genre, X[labelled], files), merges_of(folder))
    heard = Heard()
    if spectrograms:
        wanted = SOUND if spectrograms is True else spectrograms
        heard = _heard(folder, wanted, listening or Listening())
        about = _with_others(about, tracks, heard)
    official = _official(tracks_file.path, about)
    return Dataset(
        name="fma",
        title="FMA",
        synthetic=False,
        source=SOURCE,
        tables={REPRESENTATION: echonest_table} | heard.tables,
        fault_filtered=None,
        artist_group=_artist_group(tracks_file.path, about),
        official=official,
        blanks=_blanks(official),
        left_out=heard.left_out,
    )


def is_there(data: Path | None = None) -> bool:
    """Return whether any of FMA's files is where ``load`` looks, so that it is worth a try."""
    root = data_candidates(data)[0]
    folders = [root, *(root / name for name in FOLDERS)]
    return any((folder / name).is_file() for folder in folders for name in FILES)


def _files(data: Path | None) -> tuple[LayeredFile, LayeredFile, LayeredFile]:
    """Find the three files in one folder."""
    root = data_candidates(data)[0]
    candidates = [root, *(root / name for name in FOLDERS)]
    folder = next(
        (folder for folder in candidates if any((folder / name).is_file() for name in FILES)), None
    )
    missing = [name for name in FILES if folder and not (folder / name).is_file()]
    if folder is None or missing:
        raise DatasetError(_how_to_get_it([folder] if folder else candidates, missing or FILES))
    echonest, tracks, genres = (folder / name for name in FILES)
    return (
        LayeredFile(echonest, 3, "track_id", _RESTORE),
        LayeredFile(tracks, 2, "track_id", _RESTORE),
        LayeredFile(genres, 1, "genre_id", _RESTORE),
    )


def _heard(folder: Path, wanted: Collection[str], listening: Listening) -> Heard:
    """Make tables of the sound that was ingested into the folder of the tables, if any was."""
    if not (folder / TRACKS_FILE).is_file():
        return Heard()
    try:
        tracks = read_tracks(folder)
    except IngestError as error:
        raise DatasetError(str(error)) from error
    return sound_tables(folder, tracks, dataset="fma", listening=listening, wanted=wanted)


def _with_others(about: pd.DataFrame, tracks: pd.DataFrame, heard: Heard) -> pd.DataFrame:
    """Add what ``tracks.csv`` says of the tracks that have sound and no Echonest features."""
    heard_ids = {track for table in heard.tables.values() for track in table.rows["track_id"]}
    others = heard_ids - set(about["track_id"])
    return pd.concat([about, tracks[tracks["track_id"].isin(others)]])


def _track_ids(path: Path, cells: pd.Series) -> pd.Series:
    """Write track numbers with six digits; refuse what is none, and one that comes twice."""
    wrong = cells[~cells.str.fullmatch(r"[0-9]{1,6}")]
    if len(wrong):
        problem = f"expected a whole number of at most six digits, got {wrong.iloc[0]!r}"
        refuse_cell(path, wrong.index[0], "track_id", problem)
    padded = cells.str.zfill(6)
    again = padded[padded.duplicated()]
    if len(again):
        first = padded.index[padded == again.iloc[0]][0]
        refuse_cell(path, again.index[0], "track_id", f"{again.iloc[0]} stands in row {first} too")
    return padded


def _numbers(path: Path, echonest: pd.DataFrame) -> np.ndarray:
    """Convert the features to float32, refusing the first cell that is no finite number."""
    X = np.empty((len(echonest), len(FEATURES)), dtype=np.float32)
    for position, name in enumerate(FEATURES):
        column = f"echonest/audio_features/{name}"
        values = pd.to_numeric(echonest[column], errors="coerce").to_numpy(dtype=float)
        wrong = np.flatnonzero(~(np.abs(values) <= _LARGEST))  # the comparison is false for NaN too
        if len(wrong):
            problem = f"expected a finite number, got {echonest[column].iloc[wrong[0]]!r}"
            refuse_cell(path, echonest.index[wrong[0]], column, problem)
        X[:, position] = values
    return X


def _about_the_same(
    echonest_path: Path, echonest: pd.DataFrame, tracks_path: Path, tracks: pd.DataFrame
) -> pd.DataFrame:
    """Take what ``tracks.csv`` says of the tracks with features, in their order, by row number."""
    position = pd.Index(tracks["track_id"]).get_indexer(echonest["track_id"])
    if (position < 0).any():
        absent = echonest[position < 0]["track_id"]
        problem = f"{absent.iloc[0]} is not among the {len(tracks)} tracks of {tracks_path.name}"
        refuse_cell(echonest_path, absent.index[0], "track_id", problem)
    return tracks.iloc[position]


def _root_genres(path: Path, about: pd.DataFrame, *, roots: pd.Series) -> pd.Series:
    """Return the root genre of each track ("" without one), by ``track_id``."""
    cells = about["/".join(_GENRE)]
    unknown = cells[(cells != "") & ~cells.isin(roots)]
    if len(unknown):
        problem = f"unknown genre {unknown.iloc[0]!r}; the roots in genres.csv are "
        problem += ", ".join(sorted(roots))
        refuse_cell(path, unknown.index[0], "/".join(_GENRE), problem)
    if (cells == "").all():
        raise DatasetError(f"{path}: no track has a {'/'.join(_GENRE)}. {_RESTORE}")
    return cells.set_axis(pd.Index(about["track_id"], name="track_id"))


def _official(path: Path, about: pd.DataFrame) -> pd.Series | None:
    """Return the archive's own part by ``track_id``, None where the column is empty."""
    column = "/".join(_PART)
    if column not in about or (about[column] == "").all():
        return None
    wrong = about[column][~about[column].isin(_OUR_PART)]
    if len(wrong):
        problem = f"expected one of {', '.join(_OUR_PART)}, got {wrong.iloc[0]!r}"
        refuse_cell(path, wrong.index[0], column, problem)
    parts = about.set_index("track_id")[column].map(_OUR_PART).rename("part")
    absent = [part for part in PARTS if part not in set(parts)]
    if absent:
        raise DatasetError(
            f"{path}, column {column!r}: no track is in {', '.join(absent)}. {_RESTORE}"
        )
    return parts


def _artist_group(path: Path, about: pd.DataFrame) -> pd.Series | None:
    """Return the number of the artist by ``track_id`` where it is known, None if nowhere."""
    column = "/".join(_ARTIST)
    if column not in about or (about[column] == "").all():
        return None
    known = about[about[column] != ""]
    wrong = known[column][~known[column].str.fullmatch(r"[0-9]{1,9}")]
    if len(wrong):
        refuse_cell(path, wrong.index[0], column, f"expected a whole number, got {wrong.iloc[0]!r}")
    return known.set_index("track_id")[column].astype("int64").rename("artist_group")


def _table(genre: pd.Series, X: np.ndarray, files: tuple[LayeredFile, ...]) -> FeatureTable:
    """Join genres and features to the one table of this data set."""
    whole = np.full(len(genre), -1)
    rows = pd.DataFrame(
        {
            "track_id": genre.index.to_numpy(),
            "segment": whole,
            "genre": genre.to_numpy(),
            "duplicate_group": duplicate_rows(X, whole),
        }
    )
    digests = (hashlib.sha256(file_bytes(file.path)).hexdigest() for file in files)
    return FeatureTable(
        dataset="fma",
        representation=REPRESENTATION,
        genres=tuple(sorted(set(genre))),
        features=FEATURES,
        rows=rows,
        X=X,
        sha256=hashlib.sha256("".join(digests).encode()).hexdigest(),  # of all three files
    )


def _blanks(official: pd.Series | None) -> dict[str, str]:
    """Say why a protocol has no runs here; whole tracks are divided in one way only."""
    used = "each track is tested as a new song" if official is None else "FMA's own split is used"
    blanks = {
        "segment_random": "FMA's Echonest table has one row a track: there are no segments",
        "clip_random": f"whole tracks are divided once: {used}, and a random fifth would ask "
        "the same of fewer tracks",
        "artist_3fold": "the published folds by artist are those of GTZAN",
        "fault_filtered": "the published fault-filtered list is that of GTZAN",
    }
    if official is None:
        blanks["official"] = (
            "tracks.csv holds no split (column set/split is empty); the file in fma_metadata.zip "
            "has one"
        )
    else:
        blanks["track_kfold"] = "FMA names its own split, which is used instead"
    return blanks


def _how_to_get_it(candidates: list[Path], missing: list[str] | tuple[str, ...]) -> str:
    """Say what was looked for, and where to get it."""
    looked = "\n".join(f"  {folder}" for folder in candidates)
    return f"""FMA needs {", ".join(FILES)}; missing: {", ".join(missing)}, looked for in
{looked}
Download the metadata (342 MiB) from
  {ARCHIVE}
and unpack it there (it makes fma_metadata/), or name its folder with --data DIR or {DATA_VARIABLE}.
`python -m pipeline demo` needs no data."""
