"""Files of ``results/``: written whole or not at all, read with a message that says what to do.

A file is written to a temporary name and renamed, so a reader sees the old file or the new one,
never half. Must not import scikit-learn, TensorFlow, LightGBM or anything from ``dashboard``.
"""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd


class ResultsError(Exception):
    """Results are missing, damaged or of another version; the message says what to run."""


def write_atomic(path: Path, write: Callable[[Path], Any]) -> None:
    """Call ``write(temporary)`` and rename the temporary file to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any, *, indent: int | None = 1) -> None:
    """Write ``content`` as JSON, indented unless it is large; NaN and infinity are refused."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(
        content, indent=indent, separators=separators, ensure_ascii=False, allow_nan=False
    )
    text += "\n"
    write_atomic(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def read_json(path: Path) -> Any:
    """Return the content of a JSON file under ``results/``.

    Raises
    ------
    ResultsError
        If the file is missing or is not complete JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(missing(path)) from None
    except (ValueError, OSError) as error:
        raise ResultsError(f"{path} is damaged ({error}). {remedy()}") from error


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as zstd Parquet, or as CSV if the name ends so.

    Parquet is kept small, because hundreds of short tables are committed: no statistics, no Arrow
    schema beside Parquet's own, and dictionaries for text and whole numbers only.
    """
    if path.suffix == ".csv":
        write_atomic(path, lambda temporary: table.to_csv(temporary, index=False))
    else:
        write_atomic(
            path,
            lambda temporary: table.to_parquet(
                temporary,
                index=False,
                compression="zstd",
                compression_level=19,
                write_statistics=False,
                store_schema=False,
                use_dictionary=[n for n, kind in table.dtypes.items() if kind.kind != "f"],
            ),
        )


def read_table(
    path: Path,
    columns: list[str],
    *,
    where: list[tuple[str, str, str]] | None = None,
    only: bool = False,
) -> pd.DataFrame:
    """Return a Parquet or CSV table, holding at least ``columns``.

    ``where`` keeps the rows of a Parquet table that meet all of its conditions, such as
    ``("id", "==", "gtzan.features_3s.dense.track_kfold")``; the others never take memory. With
    ``only`` no other columns of a Parquet table do, either.

    Raises
    ------
    ResultsError
        If the file is missing, unreadable or lacks a column.
    """
    try:
        is_text = path.suffix == ".csv"
        wanted = columns if only else None
        table = (
            pd.read_csv(path) if is_text else pd.read_parquet(path, columns=wanted, filters=where)
        )
    except FileNotFoundError:
        raise ResultsError(missing(path)) from None
    except (ValueError, OSError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise ResultsError(f"{path} is damaged ({error}). {remedy()}") from error
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise ResultsError(f"{path} lacks the columns {', '.join(absent)}. {remedy()}")
    return table


def finite_or_none(value: float | None) -> float | None:
    """Return the value as JSON can hold it: NaN and infinity become None."""
    return None if value is None or not math.isfinite(value) else float(value)


def missing(path: Path) -> str:
    """Return what to say of a file that is not there."""
    return f"{path} not found. {remedy()}"


def remedy() -> str:
    """Return how results come to be."""
    return (
        "Run `make results` (needs GTZAN), or `python -m pipeline demo` for a synthetic corpus, "
        "or restore the committed results/ folder."
    )
