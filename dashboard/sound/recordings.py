"""Where the sound and the picture of a track lie in the data folder, if they are there.

A file is named by the data set's layout and a track's id, never by a client's path, and must lie
inside the data folder after links are followed.
"""

import re
from collections.abc import Iterable, Iterator
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
    ingested = [path for _, path in _ingested(dataset, track_id)]
    return _first([*ingested, *archived])


def heard(dataset: str) -> tuple[str, ...]:
    """Return the ids of the tracks for which ``sound_of`` finds a file, in order."""
    root = data_candidates()[0]
    table = root / dataset / TRACKS
    places = [path for path in (table, *_sound_folders(dataset)) if path.exists()]
    return _heard(dataset, root, tuple((path, path.stat().st_mtime_ns) for path in places))


@lru_cache(maxsize=8)
def _heard(dataset: str, _root: Path, _changed: tuple[tuple[Path, int], ...]) -> tuple[str, ...]:
    """List again only after a folder or the table of tracks changed."""
    archived = [
        (path.stem, path)
        for folder in _sound_folders(dataset)
        for path in folder.iterdir()
        if path.suffix in KINDS and path.with_name(path.stem) in _stems(dataset, path.stem)
    ]
    found = {
        track_id
        for track_id, path in (*_ingested(dataset), *archived)
        if SAFE_ID.fullmatch(track_id) and _first([path]) is not None
    }
    return tuple(sorted(found))


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


def _sound_folders(dataset: str) -> Iterator[Path]:
    """Return the folders of the archives' layouts that hold sound, where they are there."""
    root = data_candidates()[0]
    archives = {
        "gtzan": [folder / GTZAN_SOUND for folder in data_candidates()],
        "fma": [root / "fma" / name for name in FMA_SOUND],
    }
    for archive in archives.get(dataset, []):
        yield from sorted(path for path in archive.glob("*") if path.is_dir())


def _ingested(dataset: str, track_id: str | None = None) -> list[tuple[str, Path]]:
    """Return where ``tracks.parquet`` says that sound lies: of one track, or of every track."""
    folder = data_candidates()[0] / dataset
    table = folder / TRACKS
    try:
        named = _named(table, table.stat().st_mtime_ns, track_id)
    except (OSError, ValueError):  # not ingested, or no table of tracks
        return []
    found = [(name, folder / path) for name, path in named]
    return [(name, path) for name, path in found if path.suffix.lower() in KINDS]


@lru_cache(maxsize=REMEMBERED)
def _named(table: Path, _changed_ns: int, track_id: str | None) -> tuple[tuple[str, str], ...]:
    """Return id and path as a table of tracks gives them; a player asks for one many times."""
    one = None if track_id is None else [("track_id", "==", track_id)]
    rows = pd.read_parquet(table, columns=["track_id", "path"], filters=one)
    named = zip(rows["track_id"].astype(str), rows["path"], strict=True)
    return tuple((name, str(path)) for name, path in named if path)


def _first(paths: Iterable[Path]) -> Path | None:
    """Return the first that is a file inside the data folder."""
    root = data_candidates()[0].resolve()
    for path in paths:
        found = path.resolve()
        if found.is_file() and found.is_relative_to(root):
            return found
    return None
