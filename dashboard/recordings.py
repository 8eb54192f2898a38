"""Where the sound and the picture of a track lie in the data folder, if they are there.

A file is named by the data set's layout and a track's id, never by a client's path, and must lie
inside the data folder after links are followed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from pipeline.config import DATA_VARIABLE, data_candidates

SAFE_ID = re.compile(r"\w[\w-]*(\.[\w-]+)*")  # no separators, no "..", nothing hidden
KINDS = {
    ".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
}  # fmt: skip
GTZAN_SOUND, FMA_SOUND = "genres_original", ("fma_small", "fma_medium", "fma_large", "fma_full")
PICTURES = "images_original"
TRACKS = "tracks.parquet"
REMEMBERED = 64  # tracks


def sound_of(dataset: str, track_id: str) -> Path | None:
    """Return the file that holds a track's sound, or None."""
    if not SAFE_ID.fullmatch(track_id):
        return None
    archived = [
        stem.with_name(stem.name + suffix) for stem in _stems(dataset, track_id) for suffix in KINDS
    ]
    return _first([*_ingested(dataset, track_id), *archived])


def picture_of(dataset: str, track_id: str) -> Path | None:
    """Return the archive's mel spectrogram of a track, or None."""
    if dataset != "gtzan" or not SAFE_ID.fullmatch(track_id):
        return None
    genre, _, number = track_id.partition(".")
    name = f"{genre}{number}.png"
    return _first(folder / PICTURES / genre / name for folder in data_candidates())


def advice(dataset: str) -> str:
    """Return how to get the sound of a data set."""
    downloads = {"gtzan": "gtzan", "fma": "fma-small"}
    got = f" `python -m pipeline ingest --download {downloads[dataset]}` fetches it." if (
        dataset in downloads
    ) else ""  # fmt: skip
    return f"Sound is heard where the data folder ({DATA_VARIABLE}, else data/) has it.{got}"


def _stems(dataset: str, track_id: str) -> list[Path]:
    """Return where the archives' layouts put a track, without the suffix."""
    if dataset == "gtzan":
        genre = track_id.partition(".")[0]
        return [folder / GTZAN_SOUND / genre / track_id for folder in data_candidates()]
    if dataset == "fma":
        root = data_candidates()[0]
        return [root / "fma" / name / track_id[:3] / track_id for name in FMA_SOUND]
    return []


def _ingested(dataset: str, track_id: str) -> list[Path]:
    """Return where ``tracks.parquet`` of an ingested data set says that a track's sound lies."""
    folder = data_candidates()[0] / dataset
    table = folder / TRACKS
    try:
        named = _named(table, table.stat().st_mtime_ns, track_id)
    except (OSError, ValueError):  # not ingested, or no table of tracks
        return []
    found = [folder / name for name in named]
    return [path for path in found if path.suffix.lower() in KINDS]


@lru_cache(maxsize=REMEMBERED)
def _named(table: Path, _changed_ns: int, track_id: str) -> tuple[str, ...]:
    """Return the paths that a table of tracks gives; a player asks for one many times."""
    rows = pd.read_parquet(table, columns=["path"], filters=[("track_id", "==", track_id)])
    return tuple(str(path) for path in rows["path"] if path)


def _first(paths: Iterable[Path]) -> Path | None:
    """Return the first that is a file inside the data folder."""
    root = data_candidates()[0].resolve()
    for path in paths:
        found = path.resolve()
        if found.is_file() and found.is_relative_to(root):
            return found
    return None
