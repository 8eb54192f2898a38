"""May a member of an archive be unpacked? Its name, its size, and the archive as a whole.

Nothing is read or written here. Standard library only.
"""

import re
import unicodedata
from pathlib import Path
from typing import NoReturn

from pipeline.ingest import IngestError
from pipeline.ingest.limits import ArchiveLimits

_DRIVE = re.compile(r"[A-Za-z]:/")  # Windows


class ArchiveError(IngestError):
    """An archive is damaged, of another kind, or holds what is never unpacked."""


def refuse(path: Path, member: str, why: str) -> NoReturn:
    """Raise ``ArchiveError`` for one member.

    Raises
    ------
    ArchiveError
        Always.
    """
    raise ArchiveError(
        f"{path.name} is refused, and nothing of it was written: {member} {why}. Get the archive "
        "from its source again, or unpack it yourself and name the folder."
    )


class Admission:
    """Counts what passes, and refuses the first member that may not.

    Parameters
    ----------
    path : Path
        The archive, whose size bounds what may come out of it.
    limits : ArchiveLimits
    """

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self.path, self.limits = path, limits
        self.packed_bytes = path.stat().st_size
        self.entries, self.total = 0, 0
        self.files: dict[str, str] = {}
        self.folders: dict[str, str] = {}

    def count(self, announced: int | None = None) -> None:
        """Refuse an archive with too many members, before they are kept."""
        self.entries = self.entries + 1 if announced is None else self.entries
        number = self.entries if announced is None else announced
        if number > self.limits.entries:
            self._whole(
                f"it has {'at least ' if announced is None else ''}{number:,} entries, at most "
                f"{self.limits.entries:,} are unpacked"
            )

    def name(self, name: str, *, folder: bool) -> None:
        """Refuse a name that leads out, cannot be written, or was there before."""
        shown = repr(name if len(name) <= 120 else f"{name[:100]}... ({len(name)} characters)")
        problem = _name_problem(name, self.limits)
        if problem:
            refuse(self.path, shown, problem)
        parts = [part for part in name.split("/") if part not in ("", ".")]
        # one key for names that a file system without upper case or accents takes for one
        keys = [unicodedata.normalize("NFC", part).casefold() for part in parts]
        above = ["/".join(keys[:depth]) for depth in range(1, len(keys))]
        whole = "/".join(keys)
        if not folder and whole in self.files:
            refuse(self.path, shown, f"is there twice (also as {self.files[whole]!r})")
        blocking = [key for key in (*above, *([whole] if folder else [])) if key in self.files]
        if blocking or (not folder and whole in self.folders):
            refuse(self.path, shown, "is both a file and a folder")
        self.folders.update((key, name) for key in (*above, *([whole] if folder else [])))
        if not folder:
            self.files[whole] = name

    def size(self, name: str, size: int) -> None:
        """Refuse sizes that no music has."""
        self.total += size
        if size > self.limits.member_bytes:
            refuse(self.path, repr(name), f"has {size:,} bytes, at most "
                   f"{self.limits.member_bytes:,} are unpacked")  # fmt: skip
        if self.total > self.limits.total_bytes:
            self._whole(f"it holds more than {self.limits.total_bytes:,} bytes")
        bound = max(self.limits.ratio * self.packed_bytes, self.limits.ratio_from_bytes)
        if self.total > bound:
            refuse(
                self.path,
                repr(name),
                f"brings it to {self.total:,} bytes, more than {self.limits.ratio} times the size "
                f"of the archive ({self.packed_bytes:,}): a decompression bomb",
            )

    def _whole(self, why: str) -> NoReturn:
        raise ArchiveError(f"{self.path.name} is refused, and nothing of it was written: {why}.")


def _name_problem(name: str, limits: ArchiveLimits) -> str:
    """Say why a name may not be written, "" if it may."""
    try:
        encoded = name.encode("utf-8")
    except UnicodeEncodeError:  # tarfile keeps bytes that are no text as lone surrogates
        return "has a name that is not UTF-8"
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name):
        return "has an absolute path"
    if ".." in parts:
        return "leads out of its folder ('..')"
    if "\\" in name:
        return "has a backslash in its name"
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        return "has a control character in its name"
    if any(len(part.encode("utf-8")) > limits.name_bytes for part in parts):
        return f"has a name of over {limits.name_bytes} bytes"
    if len(encoded) > limits.path_bytes:
        return f"has a path of over {limits.path_bytes:,} bytes"
    return f"lies over {limits.depth} folders deep" if len(parts) > limits.depth else ""
