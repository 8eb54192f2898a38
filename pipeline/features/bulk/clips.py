"""Which clips features are computed of: named ones, or those of the data folder."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from pipeline.audio import AUDIO_SUFFIXES
from pipeline.config import DATA_VARIABLE, data_candidates
from pipeline.features.table import genre_label

TRACKS_FILE = "tracks.parquet"
CLIPS_FOLDER, PICTURES_FOLDER = "genres_original", "images_original"
PICTURE_SUFFIX = ".png"


class ClipsError(Exception):
    """There are no clips where some were expected; the message says what was looked for."""


@dataclass(frozen=True)
class Clip:
    """A file to compute features of.

    Attributes
    ----------
    path : Path
    track_id : str
    label : str
        Genre, or the folder's name.
    """

    path: Path
    track_id: str
    label: str


@dataclass(frozen=True)
class Collection:
    """Clips that belong together: their features come into one table.

    Attributes
    ----------
    name : str
        Of its folder; "" where clips were named one by one.
    folder : Path or None
        Where its features belong, unless told otherwise.
    clips, pictures : tuple of Clip
        Audio files, and pictures of the archive.
    excluded : tuple of (str, str)
        Path and reason of tracks that the data set itself leaves out.
    """

    name: str
    folder: Path | None
    clips: tuple[Clip, ...]
    pictures: tuple[Clip, ...] = ()
    excluded: tuple[tuple[str, str], ...] = field(default=())


def named_clips(paths: Sequence[Path]) -> Collection:
    """Return files, and the audio files and pictures in folders, in the order given.

    One folder is a collection, whose features go there. A file that is named stands there whether
    it exists or not: what is wrong with it becomes the reason that it has no features. What is
    named twice counts once.

    Raises
    ------
    ClipsError
        If a folder holds neither.
    """
    found: list[Collection] = []
    for path in paths:
        if path.is_dir():
            found.append(_folder_collection(path))
        elif path.suffix.lower() == PICTURE_SUFFIX:
            found.append(Collection("", None, (), (_picture(path),)))
        else:
            found.append(Collection("", None, (_clip(path),)))
    if len(paths) == 1 and paths[0].is_dir():
        return found[0]
    return Collection(
        "",
        None,
        _once(clip for own in found for clip in own.clips),
        _once(clip for own in found for clip in own.pictures),
        tuple(dict.fromkeys(row for own in found for row in own.excluded)),
    )


def data_collections(data: Path | None) -> list[Collection]:
    """Return what the data folder holds: each folder with ``tracks.parquet``, else GTZAN's clips.

    Parameters
    ----------
    data : Path or None
        Folder; None stands for ``GENRELENS_DATA``, else ``data/``.

    Raises
    ------
    ClipsError
        If there is neither.
    """
    candidates = data_candidates(data)
    root = candidates[0]
    tables = sorted({*root.glob(TRACKS_FILE), *root.glob(f"*/{TRACKS_FILE}")})
    if tables:
        return [_tracks_collection(table) for table in tables]
    for folder in candidates:
        if any((folder / name).is_dir() for name in (CLIPS_FOLDER, PICTURES_FOLDER)):
            return [_archive_collection(folder)]
    looked = ", ".join(str(folder) for folder in candidates)
    raise ClipsError(
        f"no clips: neither {TRACKS_FILE} nor {CLIPS_FOLDER}/ is in {looked}. Name clips or "
        f"folders, or the data folder with --data DIR or {DATA_VARIABLE}."
    )


def apart(clips: Sequence[Clip]) -> list[Clip]:
    """Put the genre before a name that several clips have: any folder may hold a "01.mp3".

    Raises
    ------
    ClipsError
        If that does not tell them apart.
    """
    count = Counter(clip.track_id for clip in clips)
    renamed = [
        clip
        if count[clip.track_id] == 1
        else replace(clip, track_id=f"{clip.label}.{clip.track_id}")
        for clip in clips
    ]
    seen: dict[str, Path] = {}
    for clip in renamed:
        if (other := seen.setdefault(clip.track_id, clip.path)) != clip.path:
            raise ClipsError(
                f"two clips would be called {clip.track_id!r}: {other} and {clip.path}. "
                "Name only one of them, or rename one."
            )
    return list(dict.fromkeys(renamed))


def _once(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """Leave out files that came before, by whatever way they were named."""
    first: dict[tuple[Path, str], Clip] = {}
    for clip in clips:
        first.setdefault((clip.path.resolve(), clip.track_id), clip)
    return tuple(first.values())


def _folder_collection(folder: Path) -> Collection:
    if (folder / TRACKS_FILE).is_file():
        return _tracks_collection(folder / TRACKS_FILE)
    if any((folder / name).is_dir() for name in (CLIPS_FOLDER, PICTURES_FOLDER)):
        return _archive_collection(folder)
    clips = tuple(_clip(path) for path in _files(folder, AUDIO_SUFFIXES))
    pictures = tuple(_picture(path) for path in _files(folder, (PICTURE_SUFFIX,)))
    if clips:
        pictures = tuple(picture for picture in pictures if _is_published(picture, clips))
    if not clips and not pictures:
        raise ClipsError(
            f"{folder} holds no audio file. Name another folder; audio files end in "
            f"{', '.join(AUDIO_SUFFIXES)}."
        )
    return Collection(folder.resolve().name, folder, clips, pictures)


def _is_published(picture: Clip, clips: Sequence[Clip]) -> bool:
    """Whether a picture beside sound is one of the archive's, and no cover of a song."""
    stem = picture.path.stem
    return picture.track_id != stem and all(clip.path.stem != stem for clip in clips)


def _archive_collection(folder: Path) -> Collection:
    """GTZAN as Kaggle's archive unpacks."""
    clips = tuple(_clip(path) for path in _files(folder / CLIPS_FOLDER, AUDIO_SUFFIXES))
    return Collection(folder.resolve().name, folder, clips, _pictures(folder))


def _tracks_collection(table: Path) -> Collection:
    """A data set that was taken in: its table names the files that are usable."""
    folder = table.parent
    wanted = ["track_id", "genre", "path", "excluded_reason"]
    try:
        tracks = pd.read_parquet(table, columns=wanted).fillna("")
    except (ValueError, OSError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise ClipsError(
            f"{table} cannot be read ({error}). Run `python -m pipeline ingest` again."
        ) from error
    clips, excluded = [], []
    for track_id, genre, path, reason in tracks[wanted].astype(str).itertuples(index=False):
        if reason:
            # a track that is known from a table alone has no file to speak of
            excluded += [(path, reason)] if path else []
        else:
            clips.append(Clip(folder / path, track_id, genre))
    return Collection(
        folder.resolve().name, folder, tuple(clips), _pictures(folder), tuple(excluded)
    )


def _pictures(folder: Path) -> tuple[Clip, ...]:
    return tuple(_picture(path) for path in _files(folder / PICTURES_FOLDER, (PICTURE_SUFFIX,)))


def _files(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    """All files of a kind in a folder and its folders, by name."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in suffixes and not path.name.startswith(".")
    )


def _clip(path: Path) -> Clip:
    return Clip(path, path.stem, genre_label(path))


def _picture(path: Path) -> Clip:
    """The archive calls the picture of blues.00000 blues00000.png."""
    genre, number = path.stem[:-5], path.stem[-5:]
    known = number.isdecimal() and genre.isalpha()
    return Clip(path, f"{genre}.{number}" if known else path.stem, path.resolve().parent.name)
