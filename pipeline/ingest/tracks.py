"""``tracks.parquet``: one row for each track of a data set, and whether it can be used.

Must not import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import re
from pathlib import Path

import pandas as pd

from pipeline.artifacts import ResultsError, read_table, write_table
from pipeline.ingest import IngestError

TRACKS_FILE = "tracks.parquet"
TRACK_COLUMNS: tuple[str, ...] = (
    "track_id", "genre", "genres", "artist_group", "path", "duration_s", "sr", "sha256",
    "excluded_reason",
)  # fmt: skip
GENRE_SEPARATOR = "|"  # between all genres of a track
NO_SOUND = "no sound file"  # known from a table or list only
_DTYPES = {"artist_group": "Int64", "duration_s": "float64", "sr": "Int64"}
_COUNTED = re.compile(r"same audio as|[^:]+")


def read_tracks(folder: Path) -> pd.DataFrame:
    """Return the tracks of an ingested data set, in order of ``track_id``.

    Parameters
    ----------
    folder : Path
        The data set's own folder, e.g. ``data/gtzan``.

    Returns
    -------
    DataFrame
        ``track_id``; ``genre``; ``genres`` (all of them, joined by "|"); ``artist_group`` (Int64,
        NA where unknown); ``path`` of the sound (POSIX, relative to ``folder`` or absolute, ""
        without sound); ``duration_s`` (NaN) and ``sr`` in Hz (NA) where it could be decoded;
        ``sha256`` of the file; ``excluded_reason``, "" where the track can be used.

    Raises
    ------
    IngestError
        If there is no such file, or it is damaged.
    """
    path = folder / TRACKS_FILE
    if not path.is_file():
        raise IngestError(
            f"{path} not found. Run `python -m pipeline ingest SOURCE`, which writes it."
        )
    try:
        table = read_table(path, list(TRACK_COLUMNS))
    except ResultsError as error:
        raise IngestError(
            f"{path} is damaged ({error}). Run `python -m pipeline ingest SOURCE` again."
        ) from error
    return table[list(TRACK_COLUMNS)].astype(_DTYPES)


def write_tracks(folder: Path, table: pd.DataFrame) -> None:
    """Write ``tracks.parquet``, whole or not at all; equal tables give equal bytes.

    Raises
    ------
    ValueError
        If columns are missing or a ``track_id`` comes twice.
    """
    missing = [name for name in TRACK_COLUMNS if name not in table.columns]
    if missing:
        raise ValueError(f"a table of tracks needs {', '.join(TRACK_COLUMNS)}; got no {missing}")
    again = table["track_id"][table["track_id"].duplicated()]
    if len(again):
        raise ValueError(f"track_id must be unique, got {again.iloc[0]!r} twice")
    ordered = table.sort_values("track_id", kind="stable", ignore_index=True)
    write_table(folder / TRACKS_FILE, ordered[list(TRACK_COLUMNS)].astype(_DTYPES))


def sound_path(folder: Path, recorded: str) -> Path:
    """Return where the sound of a track lies: ``path`` of its row, seen from the folder."""
    return folder / recorded  # an absolute path replaces the folder


def reason_kind(reason: str) -> str:
    """Return the short form of a reason, to count by: "corrupt" of "corrupt: no samples"."""
    match = _COUNTED.match(reason)
    return match[0].strip() if match else ""
