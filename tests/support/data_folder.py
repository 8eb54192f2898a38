"""A small data folder in the layout that users have: tables, splits, sound, pictures."""

from pathlib import Path

import numpy as np

from pipeline.features.summary import FEATURE_NAMES

GENRES = ("blues", "rock")
HEADER = ",".join(["filename", "length", *FEATURE_NAMES, "label"])


def write_data_folder(folder: Path, *, tracks: int = 3, seed: int = 0) -> Path:
    """Write two tables, two split lists, and random bytes as sound and pictures; return it."""
    rng = np.random.default_rng(seed)
    segments, clips = [HEADER], [HEADER]
    for genre in GENRES:
        for track in range(tracks):
            name = f"{genre}.{track:05d}"
            clips.append(_row(f"{name}.wav", genre, rng))
            segments += [_row(f"{name}.{k}.wav", genre, rng) for k in range(4)]
            _write(folder / "genres_original" / genre / f"{name}.wav", rng.bytes(300_000))
            picture = folder / "images_original" / genre / f"{genre}{track:05d}.png"
            _write(picture, rng.bytes(5_000))
    _write(folder / "features_3_sec.csv", ("\n".join(segments) + "\n").encode())
    _write(folder / "features_30_sec.csv", ("\n".join(clips) + "\n").encode())
    _write(folder / "splits" / "fault_filtered.csv", _list("track_id,split", tracks, "train"))
    _write(folder / "splits" / "artist_3fold.csv", _list("track_id,fold,artist_group", tracks, "1"))
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder that is not hidden."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _row(name: str, genre: str, rng: np.random.Generator) -> str:
    return ",".join([name, "66149", *map(repr, rng.normal(size=57).tolist()), genre])


def _list(header: str, tracks: int, value: str) -> bytes:
    rows = [
        ",".join([f"{genre}.{track:05d}", value, str(track)][: header.count(",") + 1])
        for genre in GENRES
        for track in range(tracks)
    ]
    return ("\n".join([header, *rows]) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
