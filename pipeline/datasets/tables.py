"""Feature tables in the layout of the Kaggle archive: read, checked cell by cell, never repaired.

Columns are ``filename``, ``length`` (samples), 57 features, ``label``; a file name is
``<genre>.<5 digits>.<segment>.wav`` for a 3-s segment and ``<genre>.<5 digits>.wav`` for a whole
clip, or anything that the caller can read (``read_named_table``). Knows no particular data set (the
genres are an argument) and must not import TensorFlow, LightGBM or ``dashboard``.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.datasets import DatasetError, FeatureTable
from pipeline.datasets.csv_table import (
    AGAIN,
    file_bytes,
    numeric,
    parsed_rows,
    refuse_cell,
    validate_columns,
    validate_width,
)
from pipeline.datasets.duplicates import duplicate_rows
from pipeline.features.summary import FEATURE_NAMES
from pipeline.features.table import TABLE_COLUMNS

SampleOf = Callable[[str, str], tuple[str, int, str] | None]

SEGMENTED = "features_3s"
WHOLE_CLIPS = "features_30s"
TABLE_FILES = {SEGMENTED: "features_3_sec.csv", WHOLE_CLIPS: "features_30_sec.csv"}

_CLIP_NAME = re.compile(
    r"(?P<track>(?P<genre>[a-z_]+)\.\d{5})(?:\.(?P<segment>0|[1-9]\d*))?\.(?:wav|au|flac)"
)


def read_feature_table(
    path: Path, *, dataset: str, representation: str, genres: tuple[str, ...]
) -> FeatureTable:
    """Return one feature table, in the order of the file, with its duplicate rows flagged.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``TABLE_COLUMNS``, in any order.
    dataset, representation : str
        Ids; ``representation`` "features_30s" expects whole clips, any other one segments.
    genres : tuple of str
        Labels that may occur.

    Raises
    ------
    DatasetError
        If the file is empty, no CSV, or any column, name, label or number is not as expected.
    """
    content = file_bytes(path)
    header, body = _checked_rows(path, content)
    cells = _columns(header, body)
    numbers = [number for number, _ in body]
    samples = _samples(path, numbers, cells, genres=genres, whole=representation == WHOLE_CLIPS)
    X = _features(path, numbers, cells)
    samples["duplicate_group"] = duplicate_rows(X, samples["segment"].to_numpy())
    return FeatureTable(
        dataset=dataset,
        representation=representation,
        genres=genres,
        features=FEATURE_NAMES,
        rows=samples,
        X=X,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def read_named_table(
    path: Path, *, dataset: str, representation: str, sample_of: SampleOf
) -> FeatureTable:
    """Return a table whose file names are arbitrary, in the order of the file.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``TABLE_COLUMNS``, in any order.
    dataset, representation : str
        Ids.
    sample_of : callable
        Gives track, segment and genre of a file name and label, None for a row to leave out;
        raises ``ValueError`` for a name that it does not know.

    Raises
    ------
    DatasetError
        If the file is empty, no CSV, any column, name or number is not as expected, or no row is
        left.
    """
    content = file_bytes(path)
    header, body = _checked_rows(path, content)
    name, label = header.index("filename"), header.index("label")
    kept: dict[tuple[str, int], tuple[int, list[str], str]] = {}
    for number, row in body:
        try:
            sample = sample_of(row[name], row[label])
        except ValueError as error:
            refuse_cell(path, number, "filename", str(error))
        if sample is None:
            continue
        track, segment, genre = sample
        if (track, segment) in kept:
            there = kept[track, segment][0]
            refuse_cell(path, number, "filename", f"{row[name]!r} stands in row {there} too")
        kept[track, segment] = (number, row, genre)
    if not kept:
        raise DatasetError(f"{path}: no row is of a track that can be used. {AGAIN}")
    numbers = [number for number, _, _ in kept.values()]
    X = _features(path, numbers, _columns(header, [(n, row) for n, row, _ in kept.values()]))
    samples = pd.DataFrame(list(kept), columns=["track_id", "segment"])
    samples["genre"] = [genre for _, _, genre in kept.values()]
    samples["duplicate_group"] = duplicate_rows(X, samples["segment"].to_numpy())
    return FeatureTable(
        dataset=dataset,
        representation=representation,
        genres=tuple(sorted(set(samples["genre"]))),
        features=FEATURE_NAMES,
        rows=samples,
        X=X,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def read_split_table(
    path: Path, *, columns: Sequence[str], tracks: Collection[str]
) -> pd.DataFrame:
    """Return a CSV file about tracks as text, one row per track.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        Exactly the columns expected, ``track_id`` first.
    tracks : collection of str
        Every track that may be named.

    Raises
    ------
    DatasetError
        If the file is empty, no CSV, has other columns, or a track is unknown or named twice.
    """
    header, body = parsed_rows(path, file_bytes(path))
    validate_columns(path, header, columns)
    validate_width(path, header, body)
    known, seen = set(tracks), dict[str, int]()
    position = header.index("track_id")
    for number, row in body:
        track = row[position]
        if track not in known:
            refuse_cell(path, number, "track_id", f"{track!r} is not a track of this data set")
        if track in seen:
            refuse_cell(path, number, "track_id", f"{track!r} stands in row {seen[track]} too")
        seen[track] = number
    table = pd.DataFrame([row for _, row in body], columns=header, dtype=str)
    table.index = pd.Index([number for number, _ in body], name="row")
    return table[list(columns)]


def _checked_rows(path: Path, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split a feature table into header and numbered rows of equal width."""
    header, body = parsed_rows(path, content)
    validate_columns(path, header, TABLE_COLUMNS)
    validate_width(path, header, body)
    return header, body


def _columns(header: list[str], body: list[tuple[int, list[str]]]) -> dict[str, list[str]]:
    return {name: [row[position] for _, row in body] for position, name in enumerate(header)}


def _features(path: Path, numbers: list[int], cells: dict[str, list[str]]) -> np.ndarray:
    numeric(path, numbers, cells, ["length"])
    return numeric(path, numbers, cells, FEATURE_NAMES)


def _samples(
    path: Path,
    numbers: list[int],
    cells: dict[str, list[str]],
    *,
    genres: tuple[str, ...],
    whole: bool,
) -> pd.DataFrame:
    """Read ``track_id, segment, genre`` off the file names and hold them against the labels."""
    seen: dict[tuple[str, int], int] = {}
    kind = "a whole clip such as 'blues.00001.wav'" if whole else "a segment ('blues.00001.3.wav')"
    for number, name, label in zip(numbers, cells["filename"], cells["label"], strict=True):
        match = _CLIP_NAME.fullmatch(name)
        if match is None or (match["segment"] is None) != whole:
            refuse_cell(path, number, "filename", f"expected the name of {kind}, got {name!r}")
        for column, genre in (("label", label), ("filename", match["genre"])):
            if genre not in genres:
                problem = f"unknown genre {genre!r}; known are {', '.join(genres)}"
                refuse_cell(path, number, column, problem)
        if label != match["genre"]:
            refuse_cell(path, number, "label", f"{label!r} contradicts the file name {name!r}")
        sample = (match["track"], -1 if whole else int(match["segment"]))
        if sample in seen:
            refuse_cell(path, number, "filename", f"{name!r} stands in row {seen[sample]} too")
        seen[sample] = number
    samples = pd.DataFrame(list(seen), columns=["track_id", "segment"])
    samples["genre"] = cells["label"]
    return samples
