"""``tracks.parquet`` as documents, and back with the same types.

Paths of sound become names in GridFS, so that they hold wherever the store is read. pyarrow is
imported inside functions.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.store.address import StoreError
from pipeline.store.rows import PLACE, Document

PATH = "path"


def sound_paths(path: Path) -> list[str]:
    """Return the sound that a table of tracks names, as it names it.

    Raises
    ------
    StoreError
        If the file is no table of tracks.
    """
    return [str(row[PATH]) for row in _table(path).select([PATH]).to_pylist() if row[PATH]]


def tracks_of_parquet(path: Path, names: Mapping[str, str]) -> tuple[list[Document], bytes]:
    """Return the rows as documents, and the table's column types as Arrow serialises them.

    Parameters
    ----------
    path : Path
    names : mapping of str to str
        Name in the store of each sound file, by its path in the table.

    Raises
    ------
    StoreError
        If the file is no table of tracks.
    """
    table = _table(path)
    documents = []
    for place, row in enumerate(table.to_pylist()):
        row = {name: _plain(value) for name, value in row.items()}
        documents.append({**row, PATH: names.get(row[PATH], row[PATH]), PLACE: place})
    return documents, table.schema.serialize().to_pybytes()


def parquet_of_tracks(documents: Sequence[Document], *, schema: bytes) -> bytes:
    """Return the documents as a Parquet file with the types that ``schema`` names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(list(documents), schema=pa.ipc.read_schema(pa.py_buffer(schema)))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _table(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise StoreError(f"{path} is no Parquet table ({error}). Run `ingest` again.") from error
    absent = {"track_id", PATH} - set(table.column_names)
    if absent:
        raise StoreError(f"{path} lacks {', '.join(sorted(absent))}. Run `ingest` again.")
    return table


def _plain(value: Any) -> Any:
    """Return NaN as nothing: it is not equal to itself, so it would be written anew each time."""
    return None if isinstance(value, float) and math.isnan(value) else value
