"""A store -> a local folder in the layout that the readers know; only what changed is fetched.

``.store.json`` in the folder says which of its files came from the store, with their hash, size and
time, so that unchanged ones are not read again, ones that went from the store go here too, and a
file that somebody else put there is never overwritten.
"""

import json
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.artifacts import write_atomic, write_json
from pipeline.store.address import StoreError
from pipeline.store.documents import Advance
from pipeline.store.files import StoredFile, get_files, local_file, path_below, stored_files
from pipeline.store.folder import BUCKET, silent
from pipeline.store.mongo import Store, named_errors, open_store
from pipeline.store.tables import TableSpec, stored_tables, table_content

MANIFEST = ".store.json"
SAVE_EVERY_S = 5.0
TABLE = "table"  # version of a file made of documents, which are read each time


def materialise(
    url: str, folder: Path, *, advance: Advance = silent, needs: Collection[str] = ()
) -> Path:
    """Make a local folder hold what a store holds, and return it.

    Parameters
    ----------
    url : str
    folder : Path
        Created where it is not there. Each file in it is old or new at every moment, never half.
    advance : callable
        Called as ``advance(done, total, label)``.
    needs : collection of str
        Collections of which at least one must be there, such as "feat_3" and "feat_30".

    Raises
    ------
    StoreError
        If the store cannot be read, holds none of what is needed, or is half loaded; or a file of
        somebody else is in the way.
    """
    folder = Path(folder)
    with open_store(url) as store, named_errors(store.address):
        tables = stored_tables(store)
        files = {file.name: file for file in stored_files(store, BUCKET)}
        _validate_there(store, tables, files, needs)
        copy = _Copy(folder)
        try:
            _fetch_tables(store, tables, copy, advance)
            _fetch_files(store, list(files.values()), copy, advance)
            copy.drop_others({spec.file for spec in tables} | set(files))
        finally:
            copy.save()
    return folder


def read_file(url: str, name: str) -> bytes:
    """Return the content of one sound or picture of a store.

    Raises
    ------
    StoreError
        If the store cannot be read or has no such file.
    """
    with open_store(url) as store, named_errors(store.address), TemporaryDirectory() as folder:
        found = stored_files(store, BUCKET, name=name)
        if not found:
            raise StoreError(
                f"{store.address.place}, holds no file {name!r}. Load the folder that has it, or "
                "correct the name: it is the path below that folder, as in genres_original/..."
            )
        target = Path(folder) / "content"
        list(get_files(store, BUCKET, found[-1:], lambda _file: target))
        return target.read_bytes()


class _Copy:
    """The local folder and what is known of its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, list[Any]] = _read_manifest(folder / MANIFEST)
        self._saved = time.monotonic()

    def path(self, name: str) -> Path:
        """Return where a file of the store goes; a name that leads elsewhere is refused."""
        path = path_below(self.folder, name)
        if path == self.folder / MANIFEST:
            raise StoreError(
                f"the store holds a file named {name!r}, where what was fetched is written down. "
                "Delete it there."
            )
        return path

    def holds(self, file: StoredFile) -> bool:
        """Return whether a file is here as it is in the store."""
        path = self.path(file.name)
        entry = self.entries.get(file.name)
        if entry is not None and entry == [file.version, *_stamp(path)]:
            return True
        if not path.exists():
            return False
        if file.sha256 and local_file(file.name, path).sha256 == file.sha256:
            self.note(file.name, file.version)
            return True
        self._validate_ours(file.name)
        return False

    def write_table(self, name: str, content: bytes) -> None:
        """Write a table unless it is here already."""
        path = self.path(name)
        if not path.is_file() or path.read_bytes() != content:
            if path.exists():
                self._validate_ours(name)
            write_atomic(path, lambda temporary: temporary.write_bytes(content))
        self.note(name, TABLE)

    def note(self, name: str, version: str) -> None:
        """Remember that a file is here."""
        self.entries[name] = [version, *_stamp(self.path(name))]
        if time.monotonic() - self._saved > SAVE_EVERY_S:
            self.save()

    def drop_others(self, names: Collection[str]) -> None:
        """Delete files that came from a store and are no longer in it."""
        for name in [name for name in self.entries if name not in names]:
            self.path(name).unlink(missing_ok=True)
            del self.entries[name]

    def save(self) -> None:
        """Write down what is here."""
        if self.entries:
            write_json(self.folder / MANIFEST, self.entries)
        self._saved = time.monotonic()

    def _validate_ours(self, name: str) -> None:
        if name not in self.entries:
            raise StoreError(
                f"{self.path(name)} is there, is not what the store holds, and did not come from "
                "it. Name an empty folder, or move that file away."
            )


def _fetch_tables(store: Store, tables: Sequence[TableSpec], copy: _Copy, advance: Advance) -> None:
    advance(0, len(tables), "tables")
    for done, spec in enumerate(tables, start=1):
        copy.write_table(spec.file, table_content(store, spec))
        advance(done, len(tables), f"tables: {spec.file}")


def _fetch_files(store: Store, files: Sequence[StoredFile], copy: _Copy, advance: Advance) -> None:
    missing = [file for file in files if not copy.holds(file)]
    advance(0, len(missing), "files from the store")
    fetched = get_files(store, BUCKET, missing, lambda file: copy.path(file.name))
    for done, file in enumerate(fetched, start=1):
        copy.note(file.name, file.version)
        advance(done, len(missing), "files from the store")


def _validate_there(
    store: Store, tables: Sequence[TableSpec], files: Collection[str], needs: Collection[str]
) -> None:
    there = {spec.collection for spec in tables}
    if (tables or files) and (not needs or there & set(needs)):
        return
    held = ", ".join(sorted(there)) or "no table"
    wanted = " or ".join(needs) or "tables or files"
    raise StoreError(
        f"{store.address.place}, holds {held} and {len(files)} files; expected {wanted}. Load a "
        f"folder with `python -m pipeline store load FOLDER {store.address}`, or correct the name "
        "of the database at the URL's end."
    )


def _read_manifest(path: Path) -> dict[str, list[Any]]:
    """Return what is known of a copy; nothing where there is none or it cannot be read."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _stamp(path: Path) -> tuple[int, int]:
    """Return size and modification time (ns); zeros where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
