"""Local files -> GridFS, so that a connection lost at any moment damages nothing.

Chunks are written by upsert under keys that come from name and content: writing one again, after a
broken connection or beside another loader, writes the same bytes to the same place. A file counts
once its document in ``<bucket>.files`` is there, which is written after all of its chunks; the old
content of its name goes only after that. ``sources`` remembers which chunks may be left without a
file; a load clears those of loads that have not been heard of for an hour.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.store.address import StoreError
from pipeline.store.documents import Advance
from pipeline.store.files import BATCH_BYTES, BATCH_FILES, LocalFile, stored_files
from pipeline.store.mongo import Store

if TYPE_CHECKING:
    from pymongo import ReplaceOne

CHUNK_BYTES = 255 * 1024  # GridFS's own default
FORGOTTEN = timedelta(hours=1)  # a load that lives writes a batch within seconds


def put_files(
    store: Store, bucket: str, files: Sequence[LocalFile], *, advance: Advance
) -> list[LocalFile]:
    """Write the files that the bucket does not hold whole, and return these.

    Other contents of their names stay until ``keep_only``.

    Raises
    ------
    StoreError
        If a file changes while it is read.
    """
    _create_indexes(store, bucket)
    whole = _whole_files(store, bucket, files)
    missing = [file for file in files if file.identity not in whole]
    _clear_forgotten(store, bucket, keep={file.identity for file in missing})
    if not missing:
        return []
    unfinished = _Unfinished(store, bucket, [file.identity for file in missing])
    label = f"files to {bucket}"
    advance(0, len(missing), label)
    done = 0
    for batch, finished in _batches(missing):
        if batch:  # empty files have no chunks
            store.collection(f"{bucket}.chunks").bulk_write(batch, ordered=False)
        _write_file_documents(store, bucket, finished)
        unfinished.goes_on()
        done += len(finished)
        advance(done, len(missing), label)
    unfinished.end()
    return missing


def keep_only(store: Store, bucket: str, identities: Collection[Any]) -> int:
    """Delete every other file of a bucket and return how many there were."""
    old = [file.identity for file in stored_files(store, bucket) if file.identity not in identities]
    if old:
        unfinished = _Unfinished(store, bucket, old)
        for part in _parts(old):
            store.collection(f"{bucket}.files").delete_many({"_id": {"$in": part}})
            store.collection(f"{bucket}.chunks").delete_many({"files_id": {"$in": part}})
            unfinished.goes_on()
        unfinished.end()
    return len(old)


def _create_indexes(store: Store, bucket: str) -> None:
    """Create GridFS's own two indexes, and one that keeps a content from being there twice."""
    files = store.collection(f"{bucket}.files")
    files.create_index([("filename", 1), ("uploadDate", 1)])
    files.create_index(
        [("filename", 1), ("metadata.sha256", 1)],
        unique=True,
        partialFilterExpression={"metadata.sha256": {"$exists": True}},
    )
    store.collection(f"{bucket}.chunks").create_index([("files_id", 1), ("n", 1)], unique=True)


def _whole_files(store: Store, bucket: str, files: Sequence[LocalFile]) -> set[Any]:
    """Return the ids of the files that are in the bucket with all of their chunks."""
    there = {file.identity for file in stored_files(store, bucket)}
    expected = {
        file.identity: -(-file.length // CHUNK_BYTES) for file in files if file.identity in there
    }
    counts: Counter[Any] = Counter()
    for part in _parts(list(expected)):
        # answered from the index alone, without the chunks' data
        found = store.collection(f"{bucket}.chunks").find(
            {"files_id": {"$in": part}}, {"files_id": 1, "_id": 0}
        )
        counts.update(chunk["files_id"] for chunk in found)
    return {identity for identity, number in expected.items() if counts[identity] == number}


def _batches(files: Iterable[LocalFile]) -> Iterator[tuple[list["ReplaceOne"], list[LocalFile]]]:
    """Yield chunks to write, with the files that these complete."""
    operations: list[ReplaceOne] = []
    finished: list[LocalFile] = []
    size = 0
    for file in files:
        for operation, length in _chunks(file):
            operations.append(operation)
            size += length
            if size >= BATCH_BYTES:
                yield operations, finished
                operations, finished, size = [], [], 0
        finished.append(file)
        if len(finished) == BATCH_FILES:
            yield operations, finished
            operations, finished, size = [], [], 0
    if operations or finished:
        yield operations, finished


def _chunks(file: LocalFile) -> Iterator[tuple["ReplaceOne", int]]:
    """Yield the writes of a file's chunks, each with its number of bytes."""
    from pymongo import ReplaceOne

    state = hashlib.sha256()
    with file.path.open("rb") as content:
        for place, data in enumerate(iter(lambda: content.read(CHUNK_BYTES), b"")):
            state.update(data)
            key = {"files_id": file.identity, "n": place}
            yield ReplaceOne(key, {**key, "data": data}, upsert=True), len(data)
    if state.hexdigest() != file.sha256:
        raise StoreError(f"{file.path} changed while it was loaded. Run the load again.")


def _write_file_documents(store: Store, bucket: str, files: Sequence[LocalFile]) -> None:
    from pymongo import ReplaceOne

    if not files:
        return
    now = datetime.now(UTC)
    operations = [
        ReplaceOne(
            {"_id": file.identity},
            {
                "_id": file.identity,
                "filename": file.name,
                "length": file.length,
                "chunkSize": CHUNK_BYTES,
                "uploadDate": now,
                "metadata": {"sha256": file.sha256},
            },
            upsert=True,
        )
        for file in files
    ]
    store.collection(f"{bucket}.files").bulk_write(operations, ordered=False)


class _Unfinished:
    """A note of files whose chunks would be left over if this process ended now."""

    def __init__(self, store: Store, bucket: str, identities: Sequence[Any]) -> None:
        self._sources = store.sources
        self._here = {"_id": f"{bucket}.chunks {uuid.uuid4().hex}"}
        note = {"bucket": bucket, "unfinished": list(identities), "at": datetime.now(UTC)}
        self._sources.insert_one({**self._here, **note})

    def goes_on(self) -> None:
        """Say that this load lives."""
        self._sources.update_one(self._here, {"$set": {"at": datetime.now(UTC)}})

    def end(self) -> None:
        """Say that nothing is left over."""
        self._sources.delete_one(self._here)


def _clear_forgotten(store: Store, bucket: str, *, keep: Collection[Any]) -> None:
    """Delete chunks without a file that loads left which were broken off."""
    forgotten = {"bucket": bucket, "at": {"$lt": datetime.now(UTC) - FORGOTTEN}}
    notes = list(store.sources.find(forgotten))
    there = {file.identity for file in stored_files(store, bucket)} if notes else set()
    for note in notes:
        left = [own for own in note["unfinished"] if own not in there and own not in keep]
        for part in _parts(left):
            store.collection(f"{bucket}.chunks").delete_many({"files_id": {"$in": part}})
        store.sources.delete_one({"_id": note["_id"]})


def _parts(identities: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(identities), BATCH_FILES):
        yield list(identities[start : start + BATCH_FILES])
