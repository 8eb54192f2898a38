"""Fetch a file over HTTP(S): resumed where it stopped, checked before it gets its name.

What has arrived lies in ``<name>.part``; a line in ``<name>.part.json`` says of which version, so
that pieces of two are never joined (``If-Range``). Must not import scikit-learn, TensorFlow,
LightGBM or ``dashboard``.
"""

import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.ingest import IngestError
from pipeline.ingest.catalogue import BASE_VARIABLE, Download, addresses_of
from pipeline.ingest.extraction import FULL_DISK, full_disk_is_named, validate_space
from pipeline.signatures import file_kind
from pipeline.tasks import Advance

_CHUNK_BYTES = 2**18
_MIB = 2**20
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class DownloadError(IngestError):
    """A file could not be fetched, or is not what it should be."""


class _Interrupted(Exception):
    """The connection failed in a way that may pass."""


class _Unusable(Exception):
    """An address will not give the file."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server.

    Attributes
    ----------
    timeout_s : float
        For a connection, and for each piece.
    attempts : int
        Failures in a row without a new byte.
    pause_s : float
        After the first failure; doubled after each further one.
    """

    timeout_s: float = 30.0
    attempts: int = 6
    pause_s: float = 1.0


PATIENCE = Patience()


def fetch(
    download: Download,
    folder: Path,
    *,
    advance: Advance,
    patience: Patience = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Return the path of a file in a folder, fetched if it is not there yet.

    Parameters
    ----------
    download : Download
    folder : Path
    advance : callable
        Told the MiB that have arrived.
    patience : Patience
    sleep : callable
        Waits some seconds.

    Raises
    ------
    DownloadError
        If no address gives the file; a file with a wrong checksum is removed.
    IngestError
        If the disk is full, or would be.
    """
    target = folder / Path(download.file).name
    if target.is_file() and _has_checksum(target, download):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    problems = []
    for address in addresses_of(download):
        transfer = _Transfer(address, target, advance, patience)
        try:
            with full_disk_is_named(folder):
                _transferred(transfer, download, sleep)
            return target
        except _Unusable as problem:
            problems.append(f"  {address}: {problem}")
    listed = "\n".join(problems)
    raise DownloadError(
        f"{target.name} could not be fetched:\n{listed}\nTry again later, or fetch it otherwise "
        f"and run `python -m pipeline ingest FILE`. {BASE_VARIABLE} can name a mirror."
    )


def _transferred(transfer: "_Transfer", download: Download, sleep: Callable[[float], None]) -> None:
    """Fetch to the end, check, and give the file its name."""
    resumed = transfer.resumable > 0
    failures = 0
    while True:
        before = transfer.arrived
        try:
            transfer.receive()
            break
        except _Interrupted as problem:
            failures = 1 if transfer.arrived > before else failures + 1
            if failures >= transfer.patience.attempts:
                raise _Unusable(
                    f"{problem}, {failures} times without a new byte; what has arrived is kept in "
                    f"{transfer.part.name} for the next try"
                ) from problem
            sleep(transfer.patience.pause_s * 2 ** (failures - 1))
    if download.checksum and not _has_checksum(transfer.part, download):
        got = _checksum(transfer.part, download.algorithm)
        transfer.discard()
        if resumed:  # its first half may be of another version: once more from the start
            _transferred(transfer, download, sleep)
            return
        raise _Unusable(
            f"its {download.algorithm} is {got}, expected {download.checksum}; the file was removed"
        )
    transfer.part.replace(transfer.target)
    transfer.discard()


class _Transfer:
    """One file from one address, in as many pieces as it takes."""

    def __init__(self, address: str, target: Path, advance: Advance, patience: Patience) -> None:
        self.address, self.target, self.advance = address, target, advance
        self.patience, self.shown = patience, 0
        self.part = target.with_name(f"{target.name}.part")
        self.note = target.with_name(f"{target.name}.part.json")

    @property
    def arrived(self) -> int:
        """Bytes that lie on the disk."""
        return self.part.stat().st_size if self.part.exists() else 0

    @property
    def resumable(self) -> int:
        """Bytes that lie on the disk and are known to be of this address."""
        return self.arrived if self._validator() else 0

    def discard(self) -> None:
        """Forget what has arrived."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def receive(self) -> None:
        """Go on where the file ends, to its end."""
        start = self.resumable  # else nothing says that the rest would be of the same version
        headers = {"User-Agent": "GenreLens", "Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": self._validator()}
        try:
            with urllib.request.urlopen(  # the addresses are constants, or the user's own
                urllib.request.Request(self.address, headers=headers),
                timeout=self.patience.timeout_s,
            ) as answer:
                self._append(answer, start)
        except urllib.error.HTTPError as error:
            self._judge(error)
        except (http.client.HTTPException, OSError) as error:  # also of ssl, and "no route"
            if isinstance(error, OSError) and (error.filename or error.errno in FULL_DISK):
                raise  # it is of the disk, not of the connection
            reason = getattr(error, "reason", error)
            raise _Interrupted(str(reason) or type(error).__name__) from error

    def _append(self, answer: Any, start: int) -> None:
        total = _announced_bytes(answer)
        if answer.status == 206:
            match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if match is None or int(match[1]) != start:
                self.discard()
                raise _Interrupted("the server sent another piece than the one asked for")
            total = int(match[2]) if match[2] != "*" else start + (total or 0)
        else:  # it does not resume, or has another version now
            start = 0
        if total:
            needed = max(0, total - self.arrived)
            validate_space(self.target.parent, needed, what=self.target.name)
        chunk = answer.read1(_CHUNK_BYTES)  # what is here, lest a stall lose it
        if not start and file_kind(chunk[:4096]) == "an HTML page":
            raise _Unusable(
                "the server sent an HTML page (a login, an error or a notice) instead of the file"
            )
        if not (chunk or start or total):
            raise _Unusable("the server sent an empty file")
        count = self._write(answer, chunk, start, total) if chunk else start
        if total and count < total:
            raise _Interrupted(f"the connection ended after {count:,} of {total:,} bytes")

    def _write(self, answer: Any, chunk: bytes, start: int, total: int | None) -> int:
        """Write what comes after the first good piece; only now what was there may go."""
        if not start:
            self.discard()
        self._keep_validator(answer)
        count = start
        self._show(count, total, begin=True)
        with self.part.open("ab") as file:
            while chunk:
                file.write(chunk)
                count += len(chunk)
                self._show(count, total)
                chunk = answer.read1(_CHUNK_BYTES)
        return count

    def _judge(self, error: urllib.error.HTTPError) -> None:
        """Decide whether an error of the server may pass."""
        with error:
            if error.code == 416:  # what we have is longer than the file is now
                self.discard()
                raise _Interrupted("the file has changed on the server") from error
            if error.code in _WORTH_ANOTHER_TRY:
                raise _Interrupted(f"the server answered {error.code} {error.reason}") from error
            raise _Unusable(f"the server answered {error.code} {error.reason}") from error

    def _validator(self) -> str:
        """Read what names the version of the part that is here."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
            return str(note["validator"]) if note["address"] == self.address else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _keep_validator(self, answer: Any) -> None:
        etag = answer.headers.get("ETag", "")
        strong = etag if etag and not etag.startswith("W/") else ""
        validator = strong or answer.headers.get("Last-Modified", "")
        content = {"address": self.address, "validator": validator}
        self.note.write_text(json.dumps(content), encoding="utf-8")

    def _show(self, count: int, total: int | None, *, begin: bool = False) -> None:
        label, whole = f"fetching {self.target.name} (MiB)", -(-(total or count) // _MIB)
        if begin:
            self.advance(0, whole, label)
            self.shown = 0
        if count // _MIB != self.shown:  # a stage has one line for its start
            self.shown = count // _MIB
            self.advance(self.shown, whole, label)


def _announced_bytes(answer: Any) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _has_checksum(path: Path, download: Download) -> bool:
    if not download.checksum:
        return False
    return _checksum(path, download.algorithm) == download.checksum


def _checksum(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()
