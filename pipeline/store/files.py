"""Files in GridFS: sound, pictures and results, named by their relative path.

They lie there as GridFS lays them out, so that every MongoDB tool reads them. The ``_id`` of a file
is made of its name and its content's SHA-256. Of two files with one name the newest counts.
"""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pipeline.store.address import StoreError
from pipeline.store.mongo import Store
from pipeline.store.rows import Document

if TYPE_CHECKING:
    from bson import ObjectId

BATCH_BYTES = 8 * 2**20  # in memory at once, each way
BATCH_FILES = 500


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine and its name in the store."""

    name: str
    path: Path
    sha256: str
    length: int

    @property
    def identity(self) -> "ObjectId":
        """The ``_id`` that a file of this name and content has in the store."""
        from bson import ObjectId

        return ObjectId(hashlib.sha256(f"{self.name}\0{self.sha256}".encode()).digest()[:12])


@dataclass(frozen=True)
class StoredFile:
    """A file in GridFS; ``sha256`` is "" where another program wrote it."""

    identity: Any
    name: str
    length: int
    sha256: str

    @property
    def version(self) -> str:
        """Text that changes with the content."""
        return self.sha256 or f"id:{self.identity}"


def local_file(name: str, path: Path) -> LocalFile:
    """Return a file with the hash of its content."""
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return LocalFile(name, path, sha256, content.tell())


def path_below(folder: Path, name: str) -> Path:
    """Return where a file of the store goes below a folder.

    Raises
    ------
    StoreError
        If its name leads out of the folder, or names the folder itself.
    """
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or ".." in parts or "\\" in name or "\0" in name
    if outside or not parts:
        raise StoreError(
            f"the store holds a file named {name!r}, which is no relative path. Delete it "
            "there, or load the folder into a database of its own."
        )
    return folder.joinpath(*parts)


def stored_files(store: Store, bucket: str, *, name: str | None = None) -> list[StoredFile]:
    """Return the files of a bucket, or of one name, oldest first: the last of a name counts."""
    wanted = {} if name is None else {"filename": name}
    found = store.collection(f"{bucket}.files").find(wanted).sort([("uploadDate", 1), ("_id", 1)])
    return [_stored(document) for document in found]


def get_files(
    store: Store, bucket: str, wanted: Sequence[StoredFile], target: Callable[[StoredFile], Path]
) -> Iterator[StoredFile]:
    """Write files to where ``target`` says, each whole or not at all, and yield them when done.

    Raises
    ------
    StoreError
        If a file is not whole in the store, or went away meanwhile.
    """
    for batch in _batches(wanted):
        by_id = {file.identity: file for file in batch}
        chunks = (
            store.collection(f"{bucket}.chunks")
            .find({"files_id": {"$in": list(by_id)}})
            .sort([("files_id", 1), ("n", 1)])
        )
        empty = [file for file in batch if file.length == 0]
        for file in empty:
            _write(store, file, [], target(file))
        written = {file.identity for file in empty}
        for identity, own in itertools.groupby(chunks, key=lambda chunk: chunk["files_id"]):
            if identity not in written:
                _write(store, by_id[identity], own, target(by_id[identity]))
                written.add(identity)
        for file in batch:
            if file.identity not in written:
                raise StoreError(_not_whole(store, file, 0))
        yield from batch


def _batches(files: Sequence[StoredFile]) -> Iterator[list[StoredFile]]:
    """Yield files in groups that are asked for at once."""
    batch: list[StoredFile] = []
    for file in files:
        full = sum(other.length for other in batch) + file.length > BATCH_BYTES
        if batch and (full or len(batch) == BATCH_FILES):
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch


def _write(store: Store, file: StoredFile, chunks: Iterable[Document], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    state, length = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as out:
            for place, chunk in enumerate(chunks):
                if chunk["n"] != place:
                    raise StoreError(_not_whole(store, file, length))
                out.write(chunk["data"])
                state.update(chunk["data"])
                length += len(chunk["data"])
        if length != file.length or file.sha256 not in ("", state.hexdigest()):
            raise StoreError(_not_whole(store, file, length))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _not_whole(store: Store, file: StoredFile, length: int) -> str:
    return (
        f"{store.address.place}: {file.name} is not whole or was replaced just now ({length} of "
        f"{file.length} bytes read). Run this again; if it stays so, load the folder again, which "
        "writes what is missing."
    )


def _stored(document: Document) -> StoredFile:
    return StoredFile(
        identity=document["_id"],
        name=str(document.get("filename")),
        length=int(document["length"]),
        sha256=str((document.get("metadata") or {}).get("sha256", "")),
    )
