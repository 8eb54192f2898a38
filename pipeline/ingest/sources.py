"""A folder or an archive, seen alike: the names in it, and its files put into a staging folder.

Must not import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest import IngestError
from pipeline.ingest.archives import members
from pipeline.ingest.extraction import copy_files, extract
from pipeline.ingest.inspection import archive_sha256
from pipeline.ingest.layouts import SPLITS_FOLDER, Layout, recognised
from pipeline.ingest.limits import LIMITS, ArchiveLimits
from pipeline.ingest.record import Source, tally
from pipeline.ingest.staging import is_unpacked, mark_unpacked, remove
from pipeline.tasks import Advance


@dataclass(frozen=True)
class OpenedSource:
    """A source whose names were read and recognised.

    Attributes
    ----------
    path : Path
        Absolute.
    layout : Layout
    sizes : dict of str to int
        Size in bytes of each file by its name in the source.
    sha256 : str
        Of the archive; "" for a folder.
    """

    path: Path
    layout: Layout
    sizes: dict[str, int]
    sha256: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether files can be left where they are."""
        return not self.sha256

    @property
    def name(self) -> str:
        """What the record calls it."""
        return str(self.path) if self.is_folder else self.path.name


def opened_source(
    path: Path,
    *,
    advance: Advance,
    leave_out: Collection[Path] = (),
    limits: ArchiveLimits = LIMITS,
) -> OpenedSource:
    """Return what a source is; an archive is checked to its end, and nothing is written.

    Parameters
    ----------
    path : Path
    advance : callable
        Told the MiB of an archive that were read.
    leave_out : collection of Path
        Folders in a folder that are not part of it, such as the data folder.

    Raises
    ------
    IngestError
        If there is no such file or folder, it is none of the known kinds, or the archive is
        refused.
    """
    path = path.expanduser().absolute()
    if not path.exists():
        raise IngestError(
            f"{path} not found. Name a folder or an archive (zip, tar, tar.gz, tar.bz2), or let "
            "--download fetch one."
        )
    advance(0, 1, f"reading {path.name}")
    try:
        if path.is_dir():
            sizes = folder_sizes(path, leave_out=leave_out)
            return OpenedSource(path, recognised(sizes, source=str(path)), sizes)
        sizes = {member.name: member.size for member in members(path, limits=limits)}
    except OSError as error:
        raise IngestError(
            f"{error.filename or path} cannot be read ({error.strerror or error}). Correct its "
            "permissions, or copy it elsewhere."
        ) from error
    layout = recognised(sizes, source=path.name)
    return OpenedSource(path, layout, sizes, archive_sha256(path, advance=advance))


def folder_sizes(folder: Path, *, leave_out: Collection[Path] = ()) -> dict[str, int]:
    """Return the size of each file below a folder by its POSIX path, linked folders left out.

    Raises
    ------
    OSError
        If a folder in it cannot be read.
    IngestError
        If a name is not UTF-8.
    """
    sizes = {}
    for place, folders, names in os.walk(folder, onerror=_raise):
        inner = Path(place).relative_to(folder)
        folders[:] = [name for name in folders if Path(place, name) not in leave_out]
        for name in names:
            path = Path(place, name)
            if path.is_file():  # not a socket, not a link to nowhere
                sizes[_utf8((inner / name).as_posix(), folder)] = path.stat().st_size
    return sizes


def linked_folders(folder: Path, *, leave_out: Collection[Path] = ()) -> int:
    """Count the linked folders below a folder, which are not followed: they may lead anywhere."""
    found = 0
    for place, folders, _ in os.walk(folder):
        inner = [name for name in folders if Path(place, name) not in leave_out]
        folders[:] = [name for name in inner if not Path(place, name).is_symlink()]
        found += len(inner) - len(folders)
    return found


def _raise(error: OSError) -> None:
    raise error


def _utf8(name: str, folder: Path) -> str:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise IngestError(
            f"{folder} holds {name!r}, a name that is not UTF-8. Rename that file or folder."
        ) from error
    return name


def planned_parts(source: OpenedSource, target: Path, *, copy: bool) -> dict[str, tuple[int, int]]:
    """Return files and bytes of each file or folder that would be put into a data set's folder.

    Sound and images are a part each; a list in ``splits/`` is one of its own, because others are
    put beside it by other means.
    """
    planned: dict[str, tuple[int, int]] = {}
    for name, place in _wanted(source, target, copy=copy).items():
        part = place if place.startswith(f"{SPLITS_FOLDER}/") else place.partition("/")[0]
        count, size = planned.get(part, (0, 0))
        planned[part] = (count + 1, size + source.sizes[name])
    return planned


def put_into(
    staging: Path, source: OpenedSource, target: Path, *, copy: bool, advance: Advance
) -> Source:
    """Put the files of a source into the staging folder; return what the record says of it.

    Sound and images of a folder stay where they are unless ``copy``; its tables are copied,
    because the readers look for them in the data set's folder.
    """
    wanted = _wanted(source, target, copy=copy)
    parts = sorted(planned_parts(source, target, copy=copy))
    if source.is_folder:
        files = {source.path / name: place for name, place in wanted.items()}
        copy_files(files, staging, advance=advance, label=source.path.name)
    else:
        if not is_unpacked(staging, source.sha256, wanted):  # else a killed run had come this far
            for part in parts:
                remove(staging / part)
            extract(source.path, wanted, staging, sizes=source.sizes, advance=advance)
            mark_unpacked(staging, source.sha256, wanted)
    left = source.is_folder and not copy and bool(source.layout.sound)
    return Source(
        name=source.name,
        found=source.layout.title,
        sha256=source.sha256,
        sound=_seen_from(target, source.path) if left else "",
        parts={part: tally(staging / part) for part in parts},
    )


def _wanted(source: OpenedSource, target: Path, *, copy: bool) -> dict[str, str]:
    """Return the destination of each file to write, without those that lie there already."""
    wanted = source.layout.files if copy or not source.is_folder else source.layout.tables
    if not source.is_folder:
        return wanted
    return {
        name: place
        for name, place in wanted.items()
        if not ((target / place).exists() and (source.path / name).samefile(target / place))
    }


def _seen_from(target: Path, folder: Path) -> str:
    """Write a folder's path; relative if it is in the data set's, which may move."""
    if folder.is_relative_to(target):
        return folder.relative_to(target).as_posix()
    return folder.as_posix()
