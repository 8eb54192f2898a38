"""What an archive holds, read from its headers and refused by name before anything is written.

Zip and tar (plain, gzip, bzip2) look alike from here. Only the first bytes tell which it is:
names lie. Links, devices, names that lead elsewhere, names twice, too many or too large members:
one message says which member and why. Standard library only.
"""

import bz2
import errno
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, NamedTuple, cast

from pipeline.ingest.admission import Admission, ArchiveError, refuse
from pipeline.ingest.limits import LIMITS, ArchiveLimits

Packing = Literal["zip", "tar", "gzip", "bzip2"]

PACKINGS: tuple[tuple[bytes, Packing], ...] = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"),
)  # fmt: skip
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_END_OF_DIRECTORY_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 2**16
_ENCRYPTED = 0x1
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
# what the standard library raises on damaged archives
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, NotImplementedError,
    UnicodeDecodeError,  # a file's own header names it otherwise than the table of contents
)  # fmt: skip


class Member(NamedTuple):
    """A file in an archive: its name as in the archive, and its unpacked size in bytes."""

    name: str
    size: int


def packing(path: Path) -> Packing | None:
    """Return how a file is packed by its first bytes; None if it is no archive known here."""
    with path.open("rb") as file:
        head = file.read(_TAR_MAGIC_AT + len(_TAR_MAGIC))
    for start, kind in PACKINGS:
        if head.startswith(start):
            return kind
    return "tar" if head[_TAR_MAGIC_AT:] == _TAR_MAGIC else None


def members(path: Path, *, limits: ArchiveLimits = LIMITS) -> list[Member]:
    """Return the files in an archive, in its order, after every member was checked.

    Raises
    ------
    ArchiveError
        If the file is no archive, is damaged, or any member passes a limit or would be written
        elsewhere than its name says.
    """
    kind = packing(path)
    if kind is None:
        raise ArchiveError(
            f"{path} is neither a folder nor a zip, tar, tar.gz or tar.bz2 archive (by its "
            "first bytes). Name the archive as it was downloaded, or a folder with its content."
        )
    admission = Admission(path, limits)
    with reading(path):
        found = (
            _zip_members(path, admission) if kind == "zip" else _tar_members(path, kind, admission)
        )
        return list(found)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the libraries say of a damaged archive into one message."""
    try:
        yield
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    except OSError as error:
        # bz2 and gzip raise one without a number, zipfile looks before the start of the file
        if error.errno not in (None, errno.EINVAL):
            raise
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ArchiveError:
    return ArchiveError(f"{path.name} is damaged or cut off ({error}). Download or copy it again.")


@contextmanager
def opened_tar(path: Path, kind: Packing, *, limits: ArchiveLimits) -> Iterator[tarfile.TarFile]:
    """Open a tar whose headers cannot fill the memory."""
    with _decompressed(path, kind) as stream:
        bounded = _Bounded(stream, path, limits.header_bytes)
        # the stubs ask for more of a file than tarfile does: reading, seeking and telling will do
        with tarfile.open(fileobj=bounded, mode="r:") as archive:  # type: ignore[call-overload]
            yield archive


def _decompressed(path: Path, kind: Packing) -> IO[bytes]:
    if kind == "gzip":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return bz2.open(path, "rb") if kind == "bzip2" else path.open("rb")


def opened_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip; names without a declared encoding are read as UTF-8, never guessed."""
    try:
        return zipfile.ZipFile(path, metadata_encoding="utf-8")
    except UnicodeDecodeError as error:
        refuse(path, repr(bytes(error.object)), "has a name that is not UTF-8")


def _zip_members(path: Path, admission: Admission) -> Iterator[Member]:
    entries, directory_bytes = _announced(path)
    admission.count(announced=entries)
    if directory_bytes > admission.limits.directory_bytes:
        raise ArchiveError(
            f"{path.name} is refused, and nothing of it was written: its table of contents takes "
            f"{directory_bytes:,} bytes, at most {admission.limits.directory_bytes:,} are read."
        )
    with opened_zip(path) as archive:
        for info in archive.infolist():
            admission.count()
            is_folder = info.orig_filename.endswith("/")
            admission.name(info.orig_filename, folder=is_folder)
            if info.flag_bits & _ENCRYPTED:
                refuse(path, repr(info.filename), "is encrypted")
            if info.compress_type not in _ZIP_METHODS:
                refuse(path, repr(info.filename), f"is packed by method {info.compress_type}, "
                       "which is not read here")  # fmt: skip
            file_type = (info.external_attr >> 16) & 0o170000
            if file_type not in (0, 0o100000, 0o040000):
                refuse(path, repr(info.filename), "is a link or a device, no file")
            admission.size(info.filename, info.file_size)
            if not is_folder:
                yield Member(info.filename, info.file_size)


def _tar_members(path: Path, kind: Packing, admission: Admission) -> Iterator[Member]:
    with opened_tar(path, kind, limits=admission.limits) as archive:
        for info in archive:
            admission.count()
            admission.name(info.name, folder=info.isdir())
            if info.issym() or info.islnk():
                refuse(path, repr(info.name), f"is a link (to {info.linkname!r})")
            if not (info.isreg() or info.isdir()):
                refuse(path, repr(info.name), "is a device or another special file")
            if info.issparse():
                refuse(path, repr(info.name), "is a sparse file")
            admission.size(info.name, info.size)
            _validate_by_library(path, info)
            if info.isreg():
                yield Member(info.name, info.size)
        _validate_end(archive, admission.limits)


def _validate_end(archive: tarfile.TarFile, limits: ArchiveLimits) -> None:
    """Raise unless an archive ends as tar does: tarfile takes a damaged header for its end."""
    assert archive.fileobj is not None  # it is open
    archive.fileobj.seek(archive.offset)
    block = archive.fileobj.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE or any(block):
        raise tarfile.ReadError(f"a damaged header, or no end of archive, at {archive.offset:,}")
    archive.fileobj.read(limits.header_bytes)  # to the end, where gzip and bzip2 hold checksums


def _validate_by_library(path: Path, info: tarfile.TarInfo) -> None:
    """Hold a member against Python's own filter for data, a second pair of eyes."""
    try:
        tarfile.data_filter(info, "/nowhere")
    except tarfile.FilterError as error:
        refuse(path, repr(info.name), f"is refused by Python's own check ({error})")


def _announced(path: Path) -> tuple[int, int]:
    """Read number of entries and size of a zip's table of contents without reading the table."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        tail_at = max(0, size - _LONGEST_COMMENT - _END_OF_DIRECTORY.size - _LOCATOR_64.size)
        file.seek(tail_at)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END_OF_DIRECTORY.size:
            raise zipfile.BadZipFile("no end of the table of contents")
        *_, entries, directory_bytes, _, _ = _END_OF_DIRECTORY.unpack_from(tail, at)
        locator = tail[max(0, at - _LOCATOR_64.size) : at]
        if locator.startswith(b"PK\x06\x07"):
            file.seek(min(_LOCATOR_64.unpack(locator)[2], size))
            record = file.read(_END_OF_DIRECTORY_64.size)
            if len(record) == _END_OF_DIRECTORY_64.size and record.startswith(b"PK\x06\x06"):
                *_, entries, directory_bytes, _ = _END_OF_DIRECTORY_64.unpack(record)
    return entries, directory_bytes


class _Bounded:
    """A stream that refuses to hand out much at once: tarfile reads headers as long as they say."""

    def __init__(self, stream: IO[bytes], path: Path, header_bytes: int) -> None:
        self.stream, self.path, self.header_bytes = stream, path, header_bytes

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= self.header_bytes:
            raise ArchiveError(
                f"{self.path.name} is refused, and nothing of it was written: a header claims "
                f"{size:,} bytes, at most {self.header_bytes:,} are read."
            )
        return self.stream.read(size)

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        return self.stream.seek(position, whence)

    def tell(self) -> int:
        return self.stream.tell()
