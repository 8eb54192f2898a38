"""Tables in MongoDB: ``feat_3``, ``feat_30``, ``splits`` and ``tracks``, a document for each row.

``sources`` holds a document for each table: the hash of its file, its header, how many rows, and
whether it is complete. While a table is written it is not, so nobody trains on half of one. A
collection becomes what its file says: rows that the file no longer has are deleted once the others
are written. ``feat_3`` and ``feat_30`` of a database that another program filled (documents with
Kaggle's columns, nothing in ``sources``) are read as they are.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.store.address import StoreError
from pipeline.store.documents import Advance, difference, write_difference
from pipeline.store.mongo import Store
from pipeline.store.rows import PLACE, Document, csv_of_rows, plain_csv, rows_of_csv
from pipeline.store.tracks import parquet_of_tracks, tracks_of_parquet

LIST = "_list"  # which of the lists under splits/ a document belongs to
TRACKS_FILE = "tracks.parquet"
COMPLETE, LOADING = "complete", "loading"


@dataclass(frozen=True)
class TableSpec:
    """Where a table's rows go.

    Attributes
    ----------
    file : str
        Path below the data folder; the ``_id`` of its document in ``sources``.
    collection : str
    keys : tuple of str
        What names a row; unique.
    scope : dict
        Fields that set its rows apart from others of the same collection.
    """

    file: str
    collection: str
    keys: tuple[str, ...]
    scope: dict[str, Any] = field(default_factory=dict)


FEATURE_TABLES = (
    TableSpec("features_3_sec.csv", "feat_3", ("filename",)),
    TableSpec("features_30_sec.csv", "feat_30", ("filename",)),
)
TRACKS = TableSpec(TRACKS_FILE, "tracks", ("track_id",))


def split_spec(name: str) -> TableSpec:
    """Return where the list ``splits/<name>`` goes."""
    return TableSpec(f"splits/{name}", "splits", (LIST, "track_id"), {LIST: name})


def load_table(
    store: Store,
    spec: TableSpec,
    path: Path,
    *,
    advance: Advance,
    names: dict[str, str] | None = None,
) -> int:
    """Make a collection say what a file says, and return its number of rows.

    Parameters
    ----------
    names : dict, optional
        For ``tracks``: the name in GridFS of each sound file, by its path in the table.

    Raises
    ------
    StoreError
        If the file cannot be read or two of its rows have the same key.
    """
    documents, facts = _read(spec, path, names or {})
    _validate_keys(path, documents, spec.keys)
    collection = store.collection(spec.collection)
    collection.create_index([(key, 1) for key in spec.keys], unique=True)
    found = difference(collection, documents, keys=spec.keys, scope=spec.scope)
    source = {"collection": spec.collection, "rows": len(documents), "state": COMPLETE, **facts}
    here = {"_id": spec.file}
    if found or store.sources.find_one(here) != here | source:
        store.sources.update_one(here, {"$set": {"state": LOADING}}, upsert=True)
        write_difference(collection, found, keys=spec.keys, advance=advance)
        store.sources.replace_one(here, source, upsert=True)
    return len(documents)


def stored_tables(store: Store) -> list[TableSpec]:
    """Return the tables that the database holds, whoever loaded them.

    Raises
    ------
    StoreError
        If one of them was not loaded to its end.
    """
    named = {source["_id"]: source for source in store.sources.find({"collection": {"$exists": 1}})}
    unfinished = [source["_id"] for source in store.sources.find({"state": LOADING})]
    if unfinished:
        raise StoreError(
            f"{store.address.place}: loading {', '.join(sorted(unfinished))} was broken off, or "
            "goes on just now. Wait for it, or run the same load again."
        )
    splits = [split_spec(name.removeprefix("splits/")) for name in sorted(named) if "/" in name]
    foreign = [
        spec
        for spec in FEATURE_TABLES
        if spec.file not in named and store.collection(spec.collection).find_one({}, {"_id": 1})
    ]
    known = [spec for spec in (*FEATURE_TABLES, TRACKS) if spec.file in named]
    return [*foreign, *known, *splits]


def drop_tables(store: Store, *, keep: Collection[str]) -> int:
    """Delete every other table and return how many there were."""
    others = [spec for spec in stored_tables(store) if spec.file not in keep]
    for spec in others:
        store.collection(spec.collection).delete_many(spec.scope)
        store.sources.delete_one({"_id": spec.file})
    return len(others)


def table_content(store: Store, spec: TableSpec) -> bytes:
    """Return the file that a table's documents stand for.

    Raises
    ------
    StoreError
        If the documents are not what was loaded.
    """
    source = store.sources.find_one({"_id": spec.file})
    collection = store.collection(spec.collection)
    if source is None:
        from pipeline.features.table import TABLE_COLUMNS

        return plain_csv(collection.find({}).sort("_id", 1), TABLE_COLUMNS)
    documents = list(collection.find(spec.scope, {"_id": 0}).sort(PLACE, 1))
    if spec is TRACKS:
        content = parquet_of_tracks(documents, schema=source["schema"])
        sha256 = _digest(documents)
    else:
        content = csv_of_rows(
            documents,
            header=source["header"],
            columns=source["columns"],
            newline=source["newline"],
        )
        sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != source["sha256"] or len(documents) != source["rows"]:
        raise StoreError(
            f"{store.address.place}: {spec.collection} is not what was loaded from {spec.file} "
            f"({len(documents)} rows, {source['rows']} loaded). Somebody changed it, or a load "
            "goes on just now. Load the folder again; to keep the change, export the collection "
            "and load that."
        )
    return content


def _read(
    spec: TableSpec, path: Path, names: dict[str, str]
) -> tuple[list[Document], dict[str, Any]]:
    """Read a file as documents, with what ``sources`` keeps of it."""
    if spec is TRACKS:
        documents, schema = tracks_of_parquet(path, names)
        return documents, {"schema": schema, "sha256": _digest(documents)}
    rows = rows_of_csv(path)
    facts = {
        "header": rows.header,
        "columns": list(rows.columns),
        "newline": rows.newline,
        "sha256": rows.sha256,
    }
    return [document | spec.scope for document in rows.documents], facts


def _digest(documents: Sequence[Document]) -> str:
    """Hash of the values, for a table whose file's bytes depend on the writer's version."""
    text = "\n".join(repr(sorted(document.items())) for document in documents)
    return hashlib.sha256(text.encode()).hexdigest()


def _validate_keys(path: Path, documents: Sequence[Document], keys: Sequence[str]) -> None:
    """Refuse rows without a key, and two with the same."""
    column, seen = keys[-1], dict[tuple[Any, ...], int]()
    for document in documents:
        key, row = tuple(document.get(name) for name in keys), document[PLACE] + 1
        if key[-1] in (None, ""):
            raise StoreError(
                f"{path}, data row {row}: {column!r} is empty; it names a row in the store. "
                "Restore the file."
            )
        if key in seen:
            raise StoreError(
                f"{path}, data row {row}: {key[-1]!r} stands in row {seen[key]} too; {column!r} "
                "must be different in each row. Correct the file."
            )
        seen[key] = row
