"""What a source is, told by the names in it: GTZAN, FMA, or music in folders by genre.

Only names are looked at, so an archive is recognised before it is unpacked. A source may lie
deeper, under folders of any name (``Data/``, ``genres/``, ``fma_metadata/``). Must not import
scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pipeline.audio import AUDIO_SUFFIXES
from pipeline.datasets.gtzan import GENRES as GTZAN_GENRES
from pipeline.ingest import Family, IngestError
from pipeline.ingest.names import own_track_id

GTZAN_TABLES = ("features_3_sec.csv", "features_30_sec.csv")
SPLIT_LISTS = ("fault_filtered.csv", "artist_3fold.csv")
FMA_TABLES = ("tracks.csv", "genres.csv", "features.csv", "echonest.csv")
SOUND_FOLDER, IMAGE_FOLDER, SPLITS_FOLDER = "genres_original", "images_original", "splits"

_GTZAN_CLIP = re.compile(r"(?P<genre>[a-z]+)\.(?P<number>\d{5})\.\w+")
_GTZAN_IMAGE = re.compile(r"(?P<genre>[a-z]+)(?P<number>\d{5})\.png")
_FMA_CLIP = re.compile(r"(?P<folder>\d{3})/(?P<track>\d{6})\.\w+")
_FMA_SIZE = re.compile(r"fma_(small|medium|large|full)")
_JUNK_FOLDERS = frozenset({"__MACOSX", "@eaDir", "$RECYCLE.BIN", ".git"})

KINDS = """\
  GTZAN from Kaggle     features_3_sec.csv, features_30_sec.csv, genres_original/<genre>/*.wav,
                        images_original/<genre>/*.png, under Data/ or not
  GTZAN, original tar   genres/<genre>/<genre>.000NN.au
  FMA, metadata         tracks.csv with genres.csv, also features.csv and echonest.csv
  FMA, sound            NNN/NNNNNN.mp3 (fma_small.zip and its larger sisters)
  your own music        <genre>/<file>, in any format that can be decoded"""


@dataclass(frozen=True)
class Layout:
    """What a source holds, and where each file belongs in the data set's folder.

    Attributes
    ----------
    family : "gtzan", "fma" or "own"
    title : str
        What was recognised, for the user.
    sound, images, tables : dict of str to str
        Destination (POSIX, below the data set's folder) by name in the source.
    root : str
        Folder of the source ("" or ending in "/") below which the sound's names have a meaning.
    stray : tuple of str
        Sound outside the folders of genres, which is left out.
    """

    family: Family
    title: str
    root: str = ""
    sound: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    stray: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Destination of every file that is used."""
        return {**self.tables, **self.sound, **self.images}


def recognised(names: Iterable[str], *, source: str) -> Layout:
    """Return what the names in a source say that it is.

    Parameters
    ----------
    names : iterable of str
        POSIX paths of the files in it, relative to it.
    source : str
        What to call it in a message.

    Raises
    ------
    IngestError
        If it is none of the known kinds, or two of them at once.
    """
    used = sorted(name for name in names if not _is_junk(name))
    found = [layout for layout in (_gtzan(used), _fma(used)) if layout is not None]
    if len(found) > 1:
        raise IngestError(
            f"{source} holds {found[0].title} and {found[1].title}. Ingest them one at a time: "
            "name the folder of one of them."
        )
    layout = found[0] if found else _own(used)
    if layout is None:
        raise IngestError(_not_recognised(used, source))
    return layout


def is_audio(name: str) -> bool:
    """Return whether a file name has the ending of sound; whether it is sound shows later."""
    return PurePosixPath(name).suffix.lower() in AUDIO_SUFFIXES


def _gtzan(names: list[str]) -> Layout | None:
    """Recognise GTZAN by its tables, its clips or its images."""
    tables = [name for name in names if PurePosixPath(name).name in GTZAN_TABLES]
    audio = [name for name in names if is_audio(name)]
    clips = [name for name in audio if _in_genre_folder(name, _GTZAN_CLIP)]
    # A folder of other music may hold some clips of GTZAN: none of the others may be lost.
    if len(clips) < (len(audio) / 2 if tables else len(audio)):
        return None
    images = [name for name in names if _in_genre_folder(name, _GTZAN_IMAGE)]
    if not (tables or clips or images):
        return None
    roots = {_above(name, 1) for name in tables} | {
        _above(name, 2).removesuffix(f"{inner}/")
        for inner, found in ((SOUND_FOLDER, clips), (IMAGE_FOLDER, images))
        for name in found
    }
    root = min(roots, key=len)
    inside = {name for name in names if name.startswith(root)}
    splits = {f"{root}{SPLITS_FOLDER}/{name}" for name in SPLIT_LISTS} & inside
    kaggle = bool(tables or images)
    return Layout(
        family="gtzan",
        title="GTZAN, layout of Kaggle's archive" if kaggle else "GTZAN, its clips by genre",
        root=root,
        tables={
            **_first_of_each({name: PurePosixPath(name).name for name in tables}),
            **{name: f"{SPLITS_FOLDER}/{PurePosixPath(name).name}" for name in sorted(splits)},
        },
        sound=_first_of_each({name: f"{SOUND_FOLDER}/{_last_two(name)}" for name in clips}),
        images=_first_of_each({name: f"{IMAGE_FOLDER}/{_last_two(name)}" for name in images}),
    )


def _fma(names: list[str]) -> Layout | None:
    """Recognise FMA by its tables, its numbered clips, or both."""
    tables = _fma_tables(names)
    audio = [name for name in names if is_audio(name)]
    clips = [name for name in audio if _is_fma_clip(name)]
    if not tables and (not clips or len(clips) < len(audio)):
        return None
    roots = {_above(name, 2) for name in clips}
    what = [word for word, there in (("metadata", tables), ("sound", clips)) if there]
    return Layout(
        family="fma",
        title=f"FMA, {' and '.join(what)}",
        root=roots.pop() if len(roots) == 1 else "",
        tables=tables,
        sound=_first_of_each({name: f"{_fma_folder(name)}/{_last_two(name)}" for name in clips}),
    )


def _fma_folder(name: str) -> str:
    """Name the folder of a clip as its archive does (fma_small), else fma_audio."""
    size = PurePosixPath(_above(name, 2)).name
    return size if _FMA_SIZE.fullmatch(size) else "fma_audio"


def _fma_tables(names: Collection[str]) -> dict[str, str]:
    """Find the folder with tracks.csv and genres.csv (or echonest.csv), and its tables."""
    there = set(names)
    for name in names:
        folder = _above(name, 1)
        if PurePosixPath(name).name == "tracks.csv" and f"{folder}genres.csv" in there:
            return {
                f"{folder}{table}": table for table in FMA_TABLES if f"{folder}{table}" in there
            }
    return {}


def _own(names: list[str]) -> Layout | None:
    """Recognise ``<genre>/<file>``, under folders that hold nothing else."""
    audio = [name for name in names if is_audio(name)]
    if not audio:
        return None
    root = _common_root(audio)
    inside = [name for name in audio if name.startswith(root) and "/" in name.removeprefix(root)]
    if not inside:
        return None
    tables = {
        f"{_without_sound_folder(root)}{table}": table for table in GTZAN_TABLES
    }  # an ingested data set of the user's own comes with its tables
    sound = {}
    for name in inside:
        genre = name.removeprefix(root).partition("/")[0]
        track_id = own_track_id(name.removeprefix(root))
        sound[name] = f"{SOUND_FOLDER}/{genre}/{track_id}{PurePosixPath(name).suffix.lower()}"
    return Layout(
        family="own",
        title="music by genre, one folder each",
        root=root,
        tables={name: table for name, table in tables.items() if name in names},
        sound=sound,
        stray=tuple(sorted(set(audio) - set(inside))),
    )


def _common_root(audio: list[str]) -> str:
    """Return the folders above the genres: those that all sound shares, but never its own.

    A few files may lie beside the genres' folders: "music/theme.wav" does not make all one genre.
    """
    root = ""
    while True:
        inside = [name.removeprefix(root).split("/") for name in audio if name.startswith(root)]
        tops = {parts[0] for parts in inside if len(parts) > 1}
        deep = [parts for parts in inside if len(parts) > 2]
        n_beside = sum(len(parts) == 2 for parts in inside)
        genres = {parts[1] for parts in deep}
        if len(tops) != 1 or not deep or (n_beside and (n_beside >= len(deep) or len(genres) < 2)):
            return root
        root += f"{tops.pop()}/"


def _without_sound_folder(root: str) -> str:
    return root.removesuffix(f"{SOUND_FOLDER}/")


def _first_of_each(destinations: dict[str, str]) -> dict[str, str]:
    """Leave out a file where another one already goes, as with a copy inside the source."""
    first: dict[str, str] = {}
    for name, destination in destinations.items():
        first.setdefault(destination, name)
    return {name: destination for destination, name in first.items()}


def _in_genre_folder(name: str, pattern: re.Pattern[str]) -> bool:
    """Tell ``blues/blues.00000.wav`` and the like."""
    path = PurePosixPath(name)
    match = pattern.fullmatch(path.name)
    if match is None:
        return False
    return match["genre"] in GTZAN_GENRES and path.parent.name == match["genre"]


def _is_fma_clip(name: str) -> bool:
    match = _FMA_CLIP.fullmatch(_last_two(name))
    return match is not None and match["track"].startswith(match["folder"])


def _above(name: str, levels: int) -> str:
    """Return the folder some levels above a file, "" or ending in "/"."""
    parts = name.split("/")[:-levels]
    return "/".join([*parts, ""]) if parts else ""


def _last_two(name: str) -> str:
    return "/".join(name.split("/")[-2:])


def _is_junk(name: str) -> bool:
    """Tell what systems leave behind: hidden files, resource forks, thumbnails."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") for part in parts) or bool(_JUNK_FOLDERS & set(parts))


def _not_recognised(names: list[str], source: str) -> str:
    shown = "".join(f"\n  {name}" for name in names[:5])
    audio = [name for name in names if is_audio(name)]
    hint = ""
    if audio:
        hint = f"\n{len(audio)} files of sound lie at its top: put each into a folder of its genre."
    return (
        f"{source} is none of the kinds of data known here:\n{KINDS}\n"
        f"It has {len(names)} files{', such as' + shown if shown else ''}.{hint}"
    )
