"""Feature tables in the layout of the Kaggle archive: read, checked cell by cell, never repaired.

Columns are ``filename``, ``length`` (samples), 57 features, ``label``; a file name is
``<genre>.<5 digits>.<segment>.wav`` for a 3-s segment and ``<genre>.<5 digits>.wav`` for a whole
clip. Row numbers in messages are those of a spreadsheet: the header is row 1. Knows no particular
data set (the genres are an argument) and must not import TensorFlow, LightGBM or ``dashboard``.
"""

import csv
import hashlib
import io
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from pipeline.datasets import DatasetError, FeatureTable
from pipeline.datasets.duplicates import duplicate_rows
from pipeline.features.summary import FEATURE_NAMES
from pipeline.features.table import TABLE_COLUMNS

SEGMENTED = "features_3s"
WHOLE_CLIPS = "features_30s"
TABLE_FILES = {SEGMENTED: "features_3_sec.csv", WHOLE_CLIPS: "features_30_sec.csv"}

_CLIP_NAME = re.compile(
    r"(?P<track>(?P<genre>[a-z_]+)\.\d{5})(?:\.(?P<segment>0|[1-9]\d*))?\.(?:wav|au|flac)"
)
_LFS_POINTER = "version https://git-lfs"
_LARGEST = float(np.finfo(np.float32).max)
_AGAIN = "Restore the file from the archive."


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
    header, body = _parsed_rows(path, content)
    _validate_columns(path, header, TABLE_COLUMNS)
    _validate_width(path, header, body)
    cells = {name: [row[position] for _, row in body] for position, name in enumerate(header)}
    numbers = [number for number, _ in body]
    samples = _samples(path, numbers, cells, genres=genres, whole=representation == WHOLE_CLIPS)
    _numeric(path, numbers, cells, ["length"])
    X = _numeric(path, numbers, cells, FEATURE_NAMES)
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
    header, body = _parsed_rows(path, file_bytes(path))
    _validate_columns(path, header, columns)
    _validate_width(path, header, body)
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


def refuse_cell(path: Path, row: int, column: str, problem: str) -> NoReturn:
    """Raise ``DatasetError`` naming file, row and column.

    Raises
    ------
    DatasetError
        Always.
    """
    raise DatasetError(f"{path}, row {row}, column {column!r}: {problem}. {_AGAIN}")


def file_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    DatasetError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}). {_AGAIN}") from error


def validate_is_table(path: Path, text: str) -> None:
    """Raise unless a file that begins with ``text`` may be a table.

    Raises
    ------
    DatasetError
        If it is empty, a Git-LFS pointer or an HTML page.
    """
    start = text.lstrip()[:200].lower()
    if not start:
        raise DatasetError(f"{path} is empty. {_AGAIN}")
    if start.startswith(_LFS_POINTER):
        raise DatasetError(
            f"{path} is a Git-LFS pointer, not the table itself. Run `git lfs pull` where it "
            "came from, or download the file."
        )
    if start.startswith(("<!doctype", "<html", "<?xml", "<head")):
        raise DatasetError(
            f"{path} is an HTML page, not a table (often a login or error page saved by a "
            "download). Download the file again, logged in."
        )


def _parsed_rows(path: Path, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split a file into header and numbered rows; refuse what is no CSV table."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} must be CSV text, got binary data. {_AGAIN}") from error
    validate_is_table(path, text)
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1))
    except csv.Error as error:
        raise DatasetError(f"{path} is not valid CSV ({error}). {_AGAIN}") from error
    # Blank lines keep their number, so that later rows are named as a spreadsheet shows them.
    filled = [(number, [cell.strip() for cell in row]) for number, row in rows if any(row)]
    if len(filled) < 2:
        raise DatasetError(f"{path} has a header and no rows. {_AGAIN}")
    return filled[0][1], filled[1:]


def _validate_columns(path: Path, header: list[str], expected: Sequence[str]) -> None:
    """Refuse a header that lacks, repeats or adds a column; the order is free."""
    missing = [name for name in expected if name not in header]
    extra = [
        f"{name!r} (column {position})"
        for position, name in enumerate(header, start=1)
        if name not in expected or name in header[: position - 1]
    ]
    problems = [f"missing column {', '.join(map(repr, missing))}"] if missing else []
    problems += [f"extra column {', '.join(extra)}"] if extra else []
    if problems:
        raise DatasetError(
            f"{path}, row 1: {'; '.join(problems)}. "
            f"Expected exactly {len(expected)} columns, {expected[0]} to {expected[-1]}. {_AGAIN}"
        )


def _validate_width(path: Path, header: list[str], body: list[tuple[int, list[str]]]) -> None:
    """Refuse a row with more or fewer cells than the header."""
    for number, row in body:
        if len(row) < len(header):
            refuse_cell(path, number, header[len(row)], f"no cell: the row ends after {len(row)}")
        if len(row) > len(header):
            problem = f"{row[len(header)]!r} is past the last of {len(header)} columns"
            refuse_cell(path, number, str(len(header) + 1), problem)


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


def _numeric(
    path: Path, numbers: list[int], cells: dict[str, list[str]], columns: Sequence[str]
) -> np.ndarray:
    """Convert columns to float32, refusing the first cell that is no finite number."""
    X = np.empty((len(numbers), len(columns)), dtype=np.float32)
    for position, column in enumerate(columns):
        for index, text in enumerate(cells[column]):
            value = _finite(text)
            if value is None:
                problem = f"expected a finite number, got {text!r}"
                refuse_cell(path, numbers[index], column, problem)
            X[index, position] = value
    return X


def _finite(text: str) -> float | None:
    """Parse a number that float32 can hold; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    # Python alone reads "1_000" as a number; the comparison is false for NaN too.
    return value if abs(value) <= _LARGEST and "_" not in text else None
