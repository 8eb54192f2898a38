"""Files out of an archive or a folder into a folder of ours, counted while they are written.

Headers were checked before (``archives.members``); they may lie, so each file is held against its
announced size again. Destinations are chosen by the caller, never by the archive. Must not import
scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import errno
import os
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.ingest import IngestError
from pipeline.ingest.admission import ArchiveError
from pipeline.ingest.archives import opened_tar, opened_zip, packing, reading
from pipeline.ingest.limits import LIMITS, ArchiveLimits
from pipeline.tasks import Advance

_CHUNK_BYTES = 2**18
_SPARE_BYTES = 64 * 2**20  # for tables and reports, and so as not to fill a disk to the last block
FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def extract(
    archive: Path,
    wanted: Mapping[str, str],
    folder: Path,
    *,
    sizes: Mapping[str, int],
    advance: Advance,
    limits: ArchiveLimits = LIMITS,
) -> None:
    """Write members of a checked archive below a folder.

    Parameters
    ----------
    archive : Path
    wanted : mapping of str to str
        Destination below ``folder`` (POSIX) by member name.
    folder : Path
        Empty, and thrown away by the caller if this fails.
    sizes : mapping of str to int
        Announced size in bytes by member name.
    advance : callable
        Told the number of files.

    Raises
    ------
    ArchiveError
        If the archive is damaged, or a member is larger than it says.
    IngestError
        If the disk is full, or would be.
    """
    validate_space(folder, sum(sizes[name] for name in wanted), what=archive.name)
    total = len(wanted)
    advance(0, total, f"unpacking {archive.name}")
    written: set[str] = set()
    with reading(archive), full_disk_is_named(folder):
        for name, stream in _streams(archive, wanted, limits):
            target = folder / PurePosixPath(wanted[name])
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                _copy(stream, file, archive=archive, name=name, announced=sizes[name])
            written.add(name)
            advance(len(written), total, f"unpacking {archive.name}")
    if missing := wanted.keys() - written:
        raise ArchiveError(
            f"{archive.name} changed while it was read: {min(missing)!r} is no longer in it. "
            "Run the command again when it is complete."
        )


def copy_files(files: Mapping[Path, str], folder: Path, *, advance: Advance, label: str) -> None:
    """Copy files of the user below a folder; see ``extract`` for the errors.

    Parameters
    ----------
    files : mapping of Path to str
        Destination below ``folder`` (POSIX) by source.
    """
    _validate_apart(files)
    validate_space(folder, sum(path.stat().st_size for path in files), what=label)
    advance(0, len(files), f"copying {label}")
    with full_disk_is_named(folder):
        for count, (source, destination) in enumerate(files.items(), start=1):
            target = folder / PurePosixPath(destination)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            advance(count, len(files), f"copying {label}")


def _validate_apart(files: Mapping[Path, str]) -> None:
    """Raise if two files go to one place, also where upper and lower case are the same."""
    first: dict[str, Path] = {}
    for source, destination in files.items():
        other = first.setdefault(unicodedata.normalize("NFC", destination).casefold(), source)
        if other != source:
            raise IngestError(
                f"{other} and {source} would both become {destination}. Rename one of them, or "
                "run the command without --copy. Nothing was written."
            )


def validate_space(folder: Path, needed_bytes: int, *, what: str) -> None:
    """Raise unless a folder's disk has room.

    Raises
    ------
    IngestError
        If there is too little.
    """
    free = shutil.disk_usage(folder).free
    if needed_bytes + _SPARE_BYTES > free:
        raise IngestError(
            f"{what} needs {_gigabytes(needed_bytes + _SPARE_BYTES)} in {folder}, and "
            f"{_gigabytes(free)} are free there. Make room, or name another disk with --data DIR. "
            "Nothing was written."
        )


@contextmanager
def full_disk_is_named(folder: Path) -> Iterator[None]:
    """Turn a full disk, quota or file size limit into a message.

    Raises
    ------
    IngestError
        If there was no more room.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        raise IngestError(
            f"the disk of {folder} is full ({os.strerror(error.errno)}). What was half-written is "
            "removed, and what was there before is as it was. Make room, or name another disk with "
            "--data DIR, and run the command again."
        ) from error


def _streams(
    archive: Path, wanted: Mapping[str, str], limits: ArchiveLimits
) -> Iterator[tuple[str, IO[bytes]]]:
    kind = packing(archive)
    if kind == "zip":
        with opened_zip(archive) as packed:
            for info in packed.infolist():
                if info.filename in wanted:
                    with packed.open(info) as stream:
                        yield info.filename, stream
    elif kind is not None:
        with opened_tar(archive, kind, limits=limits) as packed_tar:
            for member in packed_tar:
                if member.name in wanted and member.isreg():
                    stream_or_none = packed_tar.extractfile(member)
                    assert stream_or_none is not None  # it is a regular file
                    yield member.name, stream_or_none


def _copy(stream: IO[bytes], file: IO[bytes], *, archive: Path, name: str, announced: int) -> None:
    """Copy one member; refuse one that is longer or shorter than its header says."""
    count = 0
    while chunk := stream.read(_CHUNK_BYTES):
        count += len(chunk)
        if count > announced:
            break
        file.write(chunk)
    if count != announced:
        raise ArchiveError(
            f"{archive.name} is refused: the header of {name!r} says {announced:,} bytes, and "
            f"{'more' if count > announced else f'{count:,}'} came out. Nothing of it was kept. "
            "Get the archive from its source again."
        )


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.1f} MB"
