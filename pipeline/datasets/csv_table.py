"""CSV files cell by cell: read, checked, and refused with the place that is wrong.

Row numbers in messages are those of a spreadsheet: the header is row 1. Knows no particular data
set and must not import TensorFlow, LightGBM or ``dashboard``.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np

from pipeline.datasets import DatasetError

AGAIN = "Restore the file from the archive."
_LFS_POINTER = "version https://git-lfs"
_LARGEST = float(np.finfo(np.float32).max)


def refuse_cell(path: Path, row: int, column: str, problem: str) -> NoReturn:
    """Raise ``DatasetError`` naming file, row and column.

    Raises
    ------
    DatasetError
        Always.
    """
    raise DatasetError(f"{path}, row {row}, column {column!r}: {problem}. {AGAIN}")


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
        raise DatasetError(f"{path} cannot be read ({error.strerror}). {AGAIN}") from error


def validate_is_table(path: Path, text: str) -> None:
    """Raise unless a file that begins with ``text`` may be a table.

    Raises
    ------
    DatasetError
        If it is empty, a Git-LFS pointer or an HTML page.
    """
    start = text.lstrip()[:200].lower()
    if not start:
        raise DatasetError(f"{path} is empty. {AGAIN}")
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


def parsed_rows(path: Path, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header of a CSV file and its filled rows, each with its number.

    Raises
    ------
    DatasetError
        If it is no CSV table, or has no rows.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} must be CSV text, got binary data. {AGAIN}") from error
    validate_is_table(path, text)
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1))
    except csv.Error as error:
        raise DatasetError(f"{path} is not valid CSV ({error}). {AGAIN}") from error
    # Blank lines keep their number, so that later rows are named as a spreadsheet shows them.
    filled = [(number, [cell.strip() for cell in row]) for number, row in rows if any(row)]
    if len(filled) < 2:
        raise DatasetError(f"{path} has a header and no rows. {AGAIN}")
    return filled[0][1], filled[1:]


def validate_columns(path: Path, header: list[str], expected: Sequence[str]) -> None:
    """Raise unless a header has just the columns expected, in any order.

    Raises
    ------
    DatasetError
        If it lacks, repeats or adds one.
    """
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
            f"Expected exactly {len(expected)} columns, {expected[0]} to {expected[-1]}. {AGAIN}"
        )


def validate_width(path: Path, header: list[str], body: list[tuple[int, list[str]]]) -> None:
    """Raise unless every row has as many cells as the header.

    Raises
    ------
    DatasetError
        If one is longer or shorter.
    """
    for number, row in body:
        if len(row) < len(header):
            refuse_cell(path, number, header[len(row)], f"no cell: the row ends after {len(row)}")
        if len(row) > len(header):
            problem = f"{row[len(header)]!r} is past the last of {len(header)} columns"
            refuse_cell(path, number, str(len(header) + 1), problem)


def numeric(
    path: Path, numbers: list[int], cells: dict[str, list[str]], columns: Sequence[str]
) -> np.ndarray:
    """Return columns as an array of shape (n_rows, n_columns), float32.

    Raises
    ------
    DatasetError
        If a cell is no finite number.
    """
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
