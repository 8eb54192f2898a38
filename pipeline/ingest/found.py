"""The tracks that a data set names: by its sound, its tables and lists, with genre and artist.

Nothing is decoded here. Must not import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipeline.datasets import DatasetError
from pipeline.datasets.gtzan import GENRES as GTZAN_GENRES
from pipeline.datasets.layered_csv import LayeredFile, read_layered
from pipeline.ingest import Family, IngestError
from pipeline.ingest.layouts import GTZAN_TABLES, IMAGE_FOLDER, SPLITS_FOLDER
from pipeline.ingest.names import own_track_id
from pipeline.ingest.tracks import GENRE_SEPARATOR

ARTIST_LIST = f"{SPLITS_FOLDER}/artist_3fold.csv"
NO_GENRE = "no genre"
_GTZAN_IMAGE = re.compile(r"(?P<genre>[a-z]+)(?P<number>\d{5})")
_GTZAN_ID = re.compile(r"(?P<genre>[a-z]+)\.\d{5}")
_TOP, _ALL, _ARTIST = ("track", "genre_top"), ("track", "genres_all"), ("artist", "id")
_RESTORE = "Ingest fma_metadata.zip again."


class SoundFile(NamedTuple):
    """A file of sound.

    Attributes
    ----------
    path : Path
        Where it can be read now.
    recorded : str
        What ``tracks.parquet`` says of its place.
    name : str
        POSIX path below the folder where names have a meaning: "blues/blues.00000.au".
    """

    path: Path
    recorded: str
    name: str


@dataclass(frozen=True)
class FoundTrack:
    """A track before its sound was heard.

    Attributes
    ----------
    track_id, genre : str
    genres : tuple of str
        All genres, the main one among them.
    artist_group : int or None
    sound : SoundFile or None
        None where only a table names the track.
    reason : str
        Why it cannot be used whatever it sounds like, "" if it can.
    """

    track_id: str
    genre: str
    genres: tuple[str, ...]
    artist_group: int | None = None
    sound: SoundFile | None = None
    reason: str = ""


FindFile = Callable[[str], Path | None]  # a table by its place in the data set's folder


def found_tracks(
    family: Family, sound: Sequence[SoundFile], find: FindFile, *, merges: Mapping[str, str]
) -> list[FoundTrack]:
    """Return the tracks of a data set, in order of ``track_id``.

    Parameters
    ----------
    family : "gtzan", "fma" or "own"
    sound : sequence of SoundFile
    find : callable
        Gives the path of a table that came along, None where there is none.
    merges : mapping of str to str
        New name by genre.

    Raises
    ------
    IngestError
        If a table is not as expected, FMA's sound comes without its metadata, or a genre to merge
        does not exist.
    """
    by_family = {"gtzan": _gtzan_tracks, "fma": _fma_tracks, "own": _own_tracks}
    try:
        tracks = by_family[family](sound, find)
    except DatasetError as error:
        raise IngestError(str(error)) from error
    return sorted(_merged(tracks, merges), key=lambda track: track.track_id)


def validate_merges(merges: Mapping[str, str]) -> None:
    """Raise if a genre would be renamed twice or to itself.

    Raises
    ------
    IngestError
        If so.
    """
    for old, new in merges.items():
        if new in merges or old == new:
            raise IngestError(
                f"--merge {old}={new}: {new!r} is itself "
                f"{'the same genre' if old == new else f'renamed, to {merges[new]!r}'}. "
                "Name the last genre of the chain each time."
            )


def _merged(tracks: Sequence[FoundTrack], merges: Mapping[str, str]) -> list[FoundTrack]:
    known = {track.genre for track in tracks} - {""}
    for old in merges:
        if old not in known:
            raise IngestError(
                f"--merge {old}={merges[old]}: there is no genre {old!r}; there are "
                f"{', '.join(sorted(known))}. Merges of an earlier run stay until others are given."
            )
    return [
        replace(
            track,
            genre=merges.get(track.genre, track.genre),
            genres=tuple(dict.fromkeys(merges.get(genre, genre) for genre in track.genres)),
        )
        for track in tracks
    ]


def _gtzan_tracks(sound: Sequence[SoundFile], find: FindFile) -> list[FoundTrack]:
    """Name GTZAN's tracks as Kaggle's tables do; what only a table knows has no sound."""
    artists = _artist_groups(find)
    named = {
        track_id: FoundTrack(track_id, genre, (genre,), artists.get(track_id))
        for track_id, genre in _table_tracks(find)
    }
    for file in sound:
        genre = PurePosixPath(file.name).parent.name
        track_id = _unused(PurePosixPath(file.name).stem, file, named)
        named[track_id] = FoundTrack(track_id, genre, (genre,), artists.get(track_id), file)
    return list(named.values())


def _table_tracks(find: FindFile) -> Iterable[tuple[str, str]]:
    """Yield track and genre of the names in feature tables, and of the images."""
    for table in GTZAN_TABLES:
        path = find(table)
        if path is None:
            continue
        for first in _first_cells(path):
            match = _GTZAN_ID.match(first)
            if match and match["genre"] in GTZAN_GENRES:
                yield match[0], match["genre"]
    images = find(IMAGE_FOLDER)
    for path in sorted(images.glob("*/*.png")) if images else ():
        match = _GTZAN_IMAGE.fullmatch(path.stem)
        if match and match["genre"] in GTZAN_GENRES:
            yield f"{match['genre']}.{match['number']}", match["genre"]


def _first_cells(path: Path) -> Iterable[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            yield from (row[0] for row in csv.reader(file) if row)
        except csv.Error as error:
            raise IngestError(
                f"{path.name} is no table of comma-separated values ({error}). Get it from its "
                "source again, or leave it out."
            ) from error


def _artist_groups(find: FindFile) -> dict[str, int]:
    """Read the artist of each track where the list of folds by artist is there."""
    path = find(ARTIST_LIST)
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return {row["track_id"]: int(row["artist_group"]) for row in rows}
    except (KeyError, ValueError, TypeError, csv.Error) as error:  # also what is not UTF-8
        raise IngestError(
            f"{path} must have the columns track_id,fold,artist_group with whole numbers; got "
            f"{error!r}. Get it with `python -m pipeline ingest --download splits`."
        ) from error


def _fma_tracks(sound: Sequence[SoundFile], find: FindFile) -> list[FoundTrack]:
    """Join FMA's sound to its metadata by number."""
    named = _fma_metadata(find)
    if named is None:
        raise IngestError(
            "FMA's sound has numbers for names: its genres are in fma_metadata.zip. Put that "
            "archive (or the folder that it makes) beside this one, or ingest it first "
            "(`python -m pipeline ingest --download fma-metadata`)."
        )
    for file in sound:
        track_id = PurePosixPath(file.name).stem
        known = named.get(track_id)
        if known is None:
            reason = f"{NO_GENRE}: the metadata do not know this number"
            known = FoundTrack(track_id, "", (), reason=reason)
        named[track_id] = replace(known, sound=known.sound or file)
    return list(named.values())


def _fma_metadata(find: FindFile) -> dict[str, FoundTrack] | None:
    """Read genres and artists of every track by its six digits; None without the tables."""
    tracks_path, genres_path = find("tracks.csv"), find("genres.csv")
    if tracks_path is None or genres_path is None:
        return None
    genres = read_layered(LayeredFile(genres_path, 1, "genre_id", _RESTORE), required=[("title",)])
    title_of = dict(zip(genres["genre_id"], genres["title"], strict=True))
    tracks = read_layered(
        LayeredFile(tracks_path, 2, "track_id", _RESTORE),
        required=[_TOP],
        optional=[_ALL, _ARTIST],
    )
    named = {}
    columns = ["track_id", *("/".join(column) for column in (_TOP, _ALL, _ARTIST))]
    for number, top, every, artist in tracks.reindex(columns=columns, fill_value="").to_numpy():
        others = (title_of.get(genre, "") for genre in re.findall(r"\d+", every))
        several = "its genres have no root in common" if every.strip("[]") else "none is stated"
        track_id = number.zfill(6)
        named[track_id] = FoundTrack(
            track_id,
            top,
            tuple(dict.fromkeys(filter(None, (top, *others)))),
            int(artist) if artist.isdecimal() else None,
            reason="" if top else f"{NO_GENRE}: {several}",
        )
    return named


def _own_tracks(sound: Sequence[SoundFile], find: FindFile) -> list[FoundTrack]:
    """Give the user's own tracks their ids; the genre is the first folder."""
    artists = _artist_groups(find)
    named: dict[str, FoundTrack] = {}
    for file in sound:
        genre = unicodedata.normalize("NFC", file.name.partition("/")[0]).strip()
        genre = genre.replace(GENRE_SEPARATOR, "/")
        track_id = _unused(own_track_id(file.name), file, named)
        named[track_id] = FoundTrack(track_id, genre, (genre,), artists.get(track_id), file)
    return list(named.values())


def _unused(track_id: str, file: SoundFile, named: Mapping[str, FoundTrack]) -> str:
    """Tell two files of one name ("x.wav", "x.au") apart by their ending, else by a number."""
    ending = f"{track_id}_{PurePosixPath(file.name).suffix.lower().lstrip('.')}"
    for candidate in chain((track_id, ending), (f"{ending}_{n}" for n in count(2))):
        there = named.get(candidate)
        if there is None or there.sound is None:
            return candidate
    raise AssertionError("there is always a further number")
