"""Tables of pictures and spectrograms, kept as files: read again in no time, and in memory once.

Reading a thousand pictures takes some 15 s on two cores, and the arrays take a gigabyte; every
process that works on them maps the same file. What is kept is found by the content of the files
that it was made from and by the code that made it.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.artifacts import write_atomic
from pipeline.cache import digest, source_digest
from pipeline.datasets import FeatureTable
from pipeline.datasets.csv_table import file_bytes

Tables = dict[str, FeatureTable]
READERS = ("pipeline.datasets.spectrograms",)


def kept_tables(
    folder: Path | None, sources: list[Path], facts: list, make: Callable[[], Tables]
) -> Tables:
    """Return what ``make`` returns, from files where it was made before.

    Parameters
    ----------
    folder : Path or None
        Where tables are kept; None for nowhere.
    sources : list of Path
        Files that the tables are made from.
    facts : list
        What else they depend on; see ``cache.digest``.
    make : callable
        Makes the tables.
    """
    if folder is None or not sources:
        return make()
    content = [[path.name, digest(file_bytes(path))] for path in sources]
    place = folder / digest(content, facts, source_digest(READERS))
    index = place / "tables.json"
    if not index.is_file():
        _write(place, make())
    listed = json.loads(index.read_text(encoding="utf-8"))
    return {name: _read(place, name, entry) for name, entry in listed.items()}


def _write(place: Path, tables: Tables) -> None:
    """Write arrays and rows, and last the list of them, without which nothing is there."""
    listed = {}
    for name, table in tables.items():
        write_atomic(place / f"{name}.npy", partial(_save, X=table.X))
        write_atomic(place / f"{name}.parquet", table.rows.to_parquet)
        listed[name] = {
            "dataset": table.dataset,
            "representation": table.representation,
            "genres": table.genres,
            "features": table.features,
            "sha256": table.sha256,
        }
    text = json.dumps(listed)
    write_atomic(place / "tables.json", lambda path: path.write_text(text, encoding="utf-8"))


def _save(path: Path, *, X: np.ndarray) -> None:
    with path.open("wb") as file:
        np.save(file, X)


def _read(place: Path, name: str, entry: dict) -> FeatureTable:
    table = FeatureTable(
        rows=pd.read_parquet(place / f"{name}.parquet"),
        X=np.load(place / f"{name}.npy", mmap_mode="r"),
        **entry,
    )
    return replace(table, genres=tuple(table.genres), features=tuple(table.features))
