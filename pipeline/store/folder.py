"""A data folder -> a store: which files go where, and the load itself.

Below the folder of the tables (the given one, or ``gtzan/`` or ``Data/`` in it): the two feature
tables, ``splits/*.csv`` and ``tracks.parquet`` become documents; ``genres_original/``,
``images_original/`` and the sound that ``tracks.parquet`` names become files in GridFS, and so do
the tables of FMA's metadata, as ``fma/<name>``. Files of the store that the folder does not have
stay, because sound and pictures may come from different folders, until ``prune`` is asked for.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.config import data_candidates
from pipeline.store.address import StoreError, redacted
from pipeline.store.documents import Advance
from pipeline.store.files import LocalFile, get_files, local_file, stored_files
from pipeline.store.mongo import Store, named_errors, open_store
from pipeline.store.tables import (
    FEATURE_TABLES,
    TRACKS,
    TableSpec,
    drop_tables,
    load_table,
    split_spec,
)
from pipeline.store.tracks import sound_paths
from pipeline.store.uploads import keep_only, put_files

BUCKET = "fs"  # GridFS's default, where the published project kept sound and pictures
TREES = ("genres_original", "images_original")
SPLITS = "splits"
SOUND = "sound"  # where sound goes that lay outside the folder
FMA_FOLDERS = ("fma", "fma_metadata")
FMA_FILES = ("tracks.csv", "genres.csv", "features.csv", "echonest.csv")
INGEST_RECORD = "ingest.json"  # beside tracks.parquet: how they were read
KAGGLE = "gtzan"  # data set of feature tables without that record
MEGABYTE = 1e6


@dataclass(frozen=True)
class Loaded:
    """What a load found and did.

    Attributes
    ----------
    rows : dict of str to int
        Documents by collection.
    files, sent : int
        Files of the folder, and how many of them were new or changed.
    sent_bytes : int
    deleted : int
        Old contents of files and, with ``prune``, files and tables that the folder does not have.
    kept : int
        Files of the store that the folder does not have.
    """

    rows: dict[str, int]
    files: int
    sent: int
    sent_bytes: int
    deleted: int
    kept: int

    def __str__(self) -> str:
        tables = [f"{name} {count} rows" for name, count in self.rows.items()]
        megabytes = f"{self.sent_bytes / MEGABYTE:.1f} MB"
        files = f"{self.files} files ({self.sent} new or changed, {megabytes})"
        gone = f"{self.deleted} old ones deleted" if self.deleted else ""
        kept = f"{self.kept} of the store kept that the folder does not have" if self.kept else ""
        return ", ".join(filter(None, [*tables, files, gone, kept]))


@dataclass
class Contents:
    """What a folder holds for a store: tables, and files by their name there."""

    tables: list[tuple[TableSpec, Path]] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    sound: dict[str, str] = field(default_factory=dict)  # name by path in tracks.parquet

    @property
    def record(self) -> list[Path]:
        """The file that says how the data set was read, if there is one."""
        return [path for name, path in self.files.items() if name == INGEST_RECORD]


def silent(_done: int, _total: int, _label: str) -> None:
    """Show no progress."""


def load_folder(
    folder: Path, url: str, *, advance: Advance = silent, prune: bool = False
) -> Loaded:
    """Put a data folder into a store; twice changes nothing, and a broken load can be run again.

    Parameters
    ----------
    folder : Path
    url : str
        "mongodb://host/database".
    advance : callable
        Called as ``advance(done, total, label)`` within each stage.
    prune : bool
        Delete files and tables of the store that the folder does not have.

    Raises
    ------
    StoreError
        If the folder holds nothing to load, a file is not as it must be, the store holds another
        data set (unless ``prune``), or the store fails; what was written by then stays.
    """
    contents = folder_contents(Path(folder))
    with open_store(url) as store, named_errors(store.address):
        if not prune:
            _validate_same_dataset(store, contents)
        record = [local_file(INGEST_RECORD, path) for path in contents.record]
        first = put_files(store, BUCKET, record, advance=silent)  # says whose the rest is
        rows: dict[str, int] = {}
        for spec, path in contents.tables:
            count = load_table(store, spec, path, advance=advance, names=contents.sound)
            rows[spec.collection] = rows.get(spec.collection, 0) + count
        files = _hashed(contents.files, advance)
        sent = [*first, *put_files(store, BUCKET, files, advance=advance)]
        deleted, kept = _tidy(store, files, prune=prune)
        if prune:
            deleted += drop_tables(store, keep=[spec.file for spec, _ in contents.tables])
    return Loaded(rows, len(files), len(sent), sum(file.length for file in sent), deleted, kept)


def folder_contents(folder: Path) -> Contents:
    """Return what a data folder holds for a store.

    Raises
    ------
    StoreError
        If there is nothing of it.
    """
    candidates = data_candidates(folder)
    base = next(filter(_holds_data, candidates), folder)
    contents = Contents()
    for spec in FEATURE_TABLES:
        if (base / spec.file).is_file():
            contents.tables.append((spec, base / spec.file))
    for path in _files_below(base / SPLITS):
        name = path.relative_to(base / SPLITS).as_posix()
        if "/" not in name and _names_tracks(path):
            contents.tables.append((split_spec(name), path))
        else:
            contents.files[f"{SPLITS}/{name}"] = path
    for tree in TREES:
        for path in _files_below(base / tree):
            contents.files[path.relative_to(base).as_posix()] = path
    if (base / TRACKS.file).is_file():
        contents.tables.append((TRACKS, base / TRACKS.file))
        if (base / INGEST_RECORD).is_file():
            contents.files[INGEST_RECORD] = base / INGEST_RECORD
        _add_sound(contents, base)
    for path in _fma_files(folder):
        contents.files[f"{FMA_FOLDERS[0]}/{path.name}"] = path
    if not contents.tables and not contents.files:
        raise StoreError(_nothing_to_load(candidates))
    return contents


def _validate_same_dataset(store: Store, contents: Contents) -> None:
    """Refuse a folder whose data set is not the one in the store, where both are known."""
    tables = {spec.collection for spec, _ in contents.tables}
    here = _dataset(contents.record, tables)
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / INGEST_RECORD
        found = stored_files(store, BUCKET, name=INGEST_RECORD)[-1:]
        try:
            list(get_files(store, BUCKET, found, lambda _file: path))
        except StoreError:
            return  # a load that was broken off; this one may mend it
        collections = [spec.collection for spec in FEATURE_TABLES]
        filled = {name for name in collections if store.collection(name).find_one({}, {"_id": 1})}
        there = _dataset([path] if found else [], filled)
    if here and there and here != there:
        raise StoreError(
            f"{store.address.place}, holds the data set {there!r}, and the folder holds {here!r}: "
            "one database holds one data set. Name another database at the URL's end, or replace "
            "what is there: python -m pipeline store load FOLDER URL --prune"
        )


def _dataset(record: Iterable[Path], collections: Iterable[str]) -> str:
    """Return the name of a data set, "" if nothing says it."""
    for path in record:
        try:
            return str(json.loads(path.read_text(encoding="utf-8"))["dataset"])
        except (ValueError, KeyError, TypeError):
            return ""
    features = {spec.collection for spec in FEATURE_TABLES}
    return KAGGLE if features & set(collections) else ""


def _holds_data(folder: Path) -> bool:
    names = [*(spec.file for spec in FEATURE_TABLES), TRACKS.file, *TREES, SPLITS]
    return any((folder / name).exists() for name in names)


def _files_below(folder: Path) -> list[Path]:
    """Return the files below a folder, without hidden ones, in the order of their names."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _names_tracks(path: Path) -> bool:
    """Return whether a list is a table about tracks, which is kept as documents."""
    with path.open("rb") as content:
        header = content.readline().removeprefix(b"\xef\xbb\xbf").strip()
    return path.suffix == ".csv" and b"track_id" in header.split(b",")


def _add_sound(contents: Contents, base: Path) -> None:
    """Add the sound that ``tracks.parquet`` names, wherever it lies."""
    for named in sound_paths(base / TRACKS.file):
        path = base / named  # an absolute path stays itself
        if not path.is_file():
            continue  # excluded tracks may have none
        if path.is_relative_to(base) and ".." not in Path(named).parts:
            name = path.relative_to(base).as_posix()
        else:
            name = f"{SOUND}/{path.parent.name}/{path.name}"
            if contents.files.get(name, path) != path:
                name = f"{SOUND}/{'/'.join(path.parts[1:])}"
        contents.files[name] = path
        contents.sound[named] = name


def _fma_files(folder: Path) -> list[Path]:
    places = [folder, *(folder / name for name in FMA_FOLDERS)]
    place = next((place for place in places if (place / "echonest.csv").is_file()), None)
    place = place or next((place for place in places if (place / "genres.csv").is_file()), folder)
    return [place / name for name in FMA_FILES if (place / name).is_file()]


def _hashed(files: dict[str, Path], advance: Advance) -> list[LocalFile]:
    hashed = []
    advance(0, len(files), "hashing files")
    for done, (name, path) in enumerate(files.items(), start=1):
        hashed.append(local_file(name, path))
        advance(done, len(files), "hashing files")
    return hashed


def _tidy(store: Store, files: Iterable[LocalFile], *, prune: bool) -> tuple[int, int]:
    """Delete old contents of the names just loaded; count what is not in the folder."""
    wanted = {file.name: file.identity for file in files}
    there = stored_files(store, BUCKET)
    others = {file.name for file in there if file.name not in wanted}
    keep = set(wanted.values())
    if not prune:
        keep |= {file.identity for file in there if file.name in others}
    removed = keep_only(store, BUCKET, keep)
    return removed, 0 if prune else len(others)


def _nothing_to_load(candidates: Iterable[Path]) -> str:
    looked = redacted(", ".join(map(str, candidates)))
    expected = ", ".join([*(spec.file for spec in FEATURE_TABLES), TRACKS.file, *TREES, SPLITS])
    return (
        f"nothing to load in any of {looked}: expected one of {expected}, or FMA's metadata. "
        "Name the folder that holds them; data/README.md says what goes where."
    )
