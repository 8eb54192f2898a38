"""A collection made equal to a list of documents: only what differs is written.

Documents are found again by unique keys, so that a load that was broken off can be run again: it
writes what is missing. Documents that the list no longer has are deleted last, within ``scope``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.store.rows import Document

if TYPE_CHECKING:
    from pymongo.collection import Collection

Advance = Callable[[int, int, str], None]

BATCH = 1_000  # documents in one message to the server


@dataclass(frozen=True)
class Difference:
    """What must be written to make a collection equal to a list."""

    changed: list[Document]
    vanished: list[Any]  # values of _id

    def __bool__(self) -> bool:
        return bool(self.changed or self.vanished)


def difference(
    collection: "Collection[Document]",
    documents: Sequence[Document],
    *,
    keys: Sequence[str],
    scope: Mapping[str, Any],
) -> Difference:
    """Return the documents that are not in the collection as they should be, and those too many.

    Parameters
    ----------
    keys : sequence of str
        Fields that together name a document.
    scope : mapping
        Values that all of these documents share; others in the collection are none of this list's.
    """
    vanished, there = [], {}
    wanted = {_key(document, keys) for document in documents}
    for document in collection.find(dict(scope)):
        identity = document.pop("_id")
        key = _key(document, keys)
        if key not in wanted or key in there:
            vanished.append(identity)
        else:
            there[key] = document
    changed = [document for document in documents if _differs(there, document, keys)]
    return Difference(changed, vanished)


def write_difference(
    collection: "Collection[Document]",
    found: Difference,
    *,
    keys: Sequence[str],
    advance: Advance,
) -> None:
    """Write what is new or changed in batches, then delete what vanished."""
    from pymongo import ReplaceOne

    label, total = collection.name, len(found.changed)
    advance(0, total, label)
    for start in range(0, total, BATCH):
        batch = found.changed[start : start + BATCH]
        collection.bulk_write(
            [
                ReplaceOne({key: document[key] for key in keys}, document, upsert=True)
                for document in batch
            ],
            ordered=False,
        )
        advance(start + len(batch), total, label)
    for start in range(0, len(found.vanished), BATCH):
        collection.delete_many({"_id": {"$in": found.vanished[start : start + BATCH]}})


def _key(document: Document, keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(document.get(key) for key in keys)


def _differs(there: Mapping[Any, Document], document: Document, keys: Sequence[str]) -> bool:
    """Compare types too: 1 and 1.0 are written differently."""
    other = there.get(_key(document, keys))
    return (
        other is None
        or other != document
        or any(type(other[name]) is not type(value) for name, value in document.items())
    )
