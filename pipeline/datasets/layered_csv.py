"""CSV files whose columns are named by several header rows, as pandas writes them.

Only the columns asked for are kept, because the Free Music Archive's hold hundreds of megabytes.
Row numbers in messages are those of a spreadsheet: the first header row is row 1. Knows no
particular data set and must not import TensorFlow, LightGBM or ``dashboard``.
"""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.datasets import DatasetError
from pipeline.datasets.csv_table import file_bytes, validate_is_table

Column = tuple[str, ...]  # its name in each header row

_HEAD_BYTES = 2**18  # more than the header rows of any such file


@dataclass(frozen=True)
class LayeredFile:
    """Where such a file is and what its header looks like.

    Attributes
    ----------
    path : Path
    header_rows : int
        Rows that name the columns.
    index : str
        Name of the first column. With more than one header row it stands in a row of its own, as
        pandas writes it.
    restore : str
        What to do when the file is not as expected; ends every message.
    """

    path: Path
    header_rows: int
    index: str
    restore: str

    @property
    def rows_before_data(self) -> int:
        """Number of rows above the first row of data."""
        return self.header_rows + (self.header_rows > 1)


def read_layered(
    file: LayeredFile, *, required: Collection[Column], optional: Collection[Column] = ()
) -> pd.DataFrame:
    """Return some columns of a file as stripped text, indexed by row number.

    Columns are the index column by its name and the others by their header, joined by "/"; those
    of ``optional`` only where the file has them.

    Raises
    ------
    DatasetError
        If the file is missing, no CSV, lacks or repeats a column, or has a row that is too long.
    """
    content = file_bytes(file.path)
    columns = _columns(file, content)
    wanted = [*required, *(column for column in optional if column in columns)]
    _validate_columns(file, columns, wanted)
    position = {"/".join(column): columns.index(column) for column in wanted}
    position = {file.index: 0, **position}
    table = _cells(file, content, width=len(columns), positions=sorted(set(position.values())))
    text = pd.DataFrame({name: table[number] for name, number in position.items()})
    text = text.apply(lambda column: column.str.strip())
    text = text[(text != "").any(axis=1)]
    if text.empty:
        raise DatasetError(f"{file.path} has a header and no rows. {file.restore}")
    return text.rename_axis(index="row")


def _columns(file: LayeredFile, content: bytes) -> list[Column]:
    """Read the header rows; the first column is named by the index."""
    head = content[:_HEAD_BYTES].decode("utf-8-sig", errors="replace")
    if "\0" in head:
        raise DatasetError(f"{file.path} must be CSV text, got binary data. {file.restore}")
    validate_is_table(file.path, head)
    reader = csv.reader(io.StringIO(head, newline=""))
    rows = [row for row, _ in zip(reader, range(file.rows_before_data), strict=False)]
    if len(rows) < file.rows_before_data or rows[-1][:1] != [file.index]:
        raise DatasetError(
            f"{file.path}, row {file.rows_before_data}: expected {file.index!r} in the first "
            f"cell, under {file.rows_before_data - 1} other header rows; got "
            f"{''.join(rows[-1][:1]) if rows else ''!r}. {file.restore}"
        )
    named = rows[: file.header_rows]
    if len({len(row) for row in named}) > 1:
        raise DatasetError(
            f"{file.path}: the {file.header_rows} header rows must be of one length, got "
            f"{', '.join(str(len(row)) for row in named)} cells. {file.restore}"
        )
    return [tuple(cell.strip() for cell in column) for column in zip(*named, strict=True)]


def _validate_columns(file: LayeredFile, columns: list[Column], wanted: list[Column]) -> None:
    """Refuse a header that lacks or repeats a column that is read."""
    missing = ["/".join(column) for column in wanted if column not in columns]
    repeated = ["/".join(column) for column in wanted if columns.count(column) > 1]
    problems = [f"missing column {', '.join(map(repr, missing))}"] if missing else []
    problems += [f"repeated column {', '.join(map(repr, repeated))}"] if repeated else []
    if problems:
        place = "row 1" if file.header_rows == 1 else f"rows 1 to {file.header_rows}"
        raise DatasetError(f"{file.path}, {place}: {'; '.join(problems)}. {file.restore}")


def _cells(file: LayeredFile, content: bytes, *, width: int, positions: list[int]) -> pd.DataFrame:
    """Read the cells of some columns; the index is the row number of a spreadsheet."""
    # pandas drops what is past the last column. A first line of our own, one cell wider than the
    # header, makes it show; and with it the first line of the file is row 1.
    widened = b"," * width + b"\n" + content.removeprefix(b"\xef\xbb\xbf")
    try:
        table = pd.read_csv(
            io.BytesIO(widened),
            header=None,
            names=list(range(width + 1)),
            usecols=[*positions, width],
            dtype=str,
            index_col=False,
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{file.path} must be CSV text, got binary data. {file.restore}"
        ) from error
    except pd.errors.ParserError as error:
        raise DatasetError(f"{file.path} is not valid CSV ({error}). {file.restore}") from error
    table = table.iloc[file.rows_before_data + 1 :]
    too_long = table.index[table[width] != ""]
    if len(too_long):
        raise DatasetError(
            f"{file.path}, row {too_long[0]}, column '{width + 1}': "
            f"{table.at[too_long[0], width]!r} is past the last of {width} columns. {file.restore}"
        )
    return table
