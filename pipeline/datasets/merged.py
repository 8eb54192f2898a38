"""Genres that were renamed when a data set was ingested, as one study counted blues as jazz.

Must not import TensorFlow, LightGBM or ``dashboard``.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.datasets import DatasetError, FeatureTable
from pipeline.ingest import IngestError
from pipeline.ingest.record import read_merges


def merges_of(folder: Path) -> dict[str, str]:
    """Return the new name of each renamed genre of a data folder, {} where none was.

    Raises
    ------
    DatasetError
        If ``ingest.json`` is there and damaged.
    """
    try:
        return read_merges(folder)
    except IngestError as error:
        raise DatasetError(str(error)) from error


def with_merges(table: FeatureTable, merges: Mapping[str, str]) -> FeatureTable:
    """Return a table with renamed genres; the table itself where there are none."""
    if not merges:
        return table
    return replace(
        table,
        genres=tuple(sorted({merges.get(genre, genre) for genre in table.genres})),
        rows=table.rows.assign(genre=table.rows["genre"].replace(dict(merges))),
    )
