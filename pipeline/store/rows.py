"""A CSV table as documents that people can query, and back to the very same bytes.

A document holds a row's cells by column, numbers as numbers, and its place as ``_row``. Where the
text of a row is not what its values would be written as (quotes, "1.50", another line end), it is
kept as ``_text``; so the file can always be written again, and its hash tells whether the
documents still are what was loaded. Knows nothing of MongoDB.
"""

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.store.address import StoreError

PLACE, TEXT = "_row", "_text"
TEXT_COLUMNS = frozenset({"filename", "label", "track_id", "genre", "split"})

_LARGEST_INT = 2**63  # what BSON can hold
_BOM = "\ufeff"

Document = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """A table as documents.

    Attributes
    ----------
    documents : list of dict
        In the order of the file.
    header : str
        The text up to the first row, line end included.
    columns : tuple of str
    newline : str
    sha256 : str
        Of the file.
    """

    documents: list[Document]
    header: str
    columns: tuple[str, ...]
    newline: str
    sha256: str


def rows_of_csv(path: Path) -> Rows:
    """Return the rows of a CSV file as documents.

    Raises
    ------
    StoreError
        If it is no CSV text, has no rows, or a column or cell cannot be a field of a document.
    """
    content = path.read_bytes()
    header, *chunks = _chunks(path, content)
    columns = _columns(path, header[1])
    newline = "\r\n" if header[0].endswith("\r\n") else "\n"
    documents = []
    for place, (text, cells) in enumerate(chunks):
        if len(cells) != len(columns):
            raise StoreError(
                f"{path}, data row {place + 1}: {len(cells)} cells under {len(columns)} columns. "
                "Restore the file."
            )
        document = _document(cells, columns) | {PLACE: place}
        if _text_of(document, columns, newline) != text:
            document[TEXT] = text
        documents.append(document)
    return Rows(documents, header[0], columns, newline, hashlib.sha256(content).hexdigest())


def csv_of_rows(
    documents: Iterable[Mapping[str, Any]], *, header: str, columns: Sequence[str], newline: str
) -> bytes:
    """Return the file that documents, in the order of ``_row``, were made from."""
    parts = [header]
    for document in documents:
        built = _text_of(document, columns, newline)
        kept = document.get(TEXT)
        parts.append(kept if kept is not None and _still_says(kept, document, columns) else built)
    return "".join(parts).encode("utf-8")


def plain_csv(documents: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Return documents that another program has written, as CSV with these columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name, "")) for name in columns] for row in documents)
    return text.getvalue().encode("utf-8")


def _chunks(path: Path, content: bytes) -> list[tuple[str, list[str]]]:
    """Split a file into records: the text of each, blank lines around it included, and its cells.

    The texts in their order are the file.
    """
    try:
        text = content.decode("utf-8")
        lines = list(io.StringIO(text, newline=""))
        reader = csv.reader(lines, strict=True)
        records, start = [], 0
        for cells in reader:
            if any(cells):
                records.append(("".join(lines[start : reader.line_num]), cells))
                start = reader.line_num
    except (UnicodeDecodeError, csv.Error) as error:
        raise StoreError(f"{path} must be a CSV table ({error}). Restore the file.") from error
    if len(records) < 2:
        raise StoreError(f"{path} has no rows under a header. Restore the file.")
    last, cells = records[-1]
    return [*records[:-1], (last + "".join(lines[start:]), cells)]


def _columns(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(cell.removeprefix(_BOM).strip() for cell in cells)
    wrong = [
        name
        for place, name in enumerate(columns)
        if not name or name in columns[:place] or name[0] in "_$" or "." in name or "\0" in name
    ]
    if wrong:
        raise StoreError(
            f"{path}: column {wrong[0]!r} cannot be a field: names must be different, not empty, "
            "without dots, and must not begin with _ or $. Restore or correct the file."
        )
    return columns


def _document(cells: Sequence[str], columns: Sequence[str]) -> Document:
    return {name: _value(cell, name) for name, cell in zip(columns, cells, strict=True)}


def _value(cell: str, column: str) -> str | int | float:
    """Return a cell as a number where it is one, else as text."""
    text = cell.strip()
    if column in TEXT_COLUMNS or "_" in text or not text.isascii():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if text.removeprefix("-").isdigit() and abs(int(text)) < _LARGEST_INT and text != "-0":
        return int(text)
    return number if math.isfinite(number) else text


def _text_of(document: Mapping[str, Any], columns: Sequence[str], newline: str) -> str:
    return ",".join(_cell(document.get(name, "")) for name in columns) + newline


def _cell(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _still_says(text: str, document: Mapping[str, Any], columns: Sequence[str]) -> bool:
    """Return whether a kept text is that of the values beside it, which somebody may have changed.

    Blank lines around the record do not count.
    """
    cells = next((cells for cells in csv.reader(io.StringIO(text, newline="")) if any(cells)), [])
    return len(cells) == len(columns) and all(
        _value(cell, name) == document.get(name) for name, cell in zip(columns, cells, strict=True)
    )
