"""Tables under ``results/analysis/``: every number of a page that is not a score of one run.

A kind is one entry in ``ANALYSES`` (pipeline/artifacts/analysis_kinds.py) and one file,
``analysis/<kind>.parquet``. Must not import scikit-learn, TensorFlow, LightGBM or anything from
``dashboard``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.artifacts import ResultsError, read_table, write_table
from pipeline.artifacts.analysis_kinds import ANALYSES, AnalysisKind

__all__ = [
    "ANALYSES",
    "AnalysisKind",
    "analysis_path",
    "has_analysis",
    "read_analysis",
    "validate_analysis",
    "write_analysis",
]


def analysis_path(results: Path, kind: str) -> Path:
    """Return where a kind of analysis is stored."""
    return results / "analysis" / f"{ANALYSES[kind].name}.parquet"


def has_analysis(results: Path, kind: str) -> bool:
    """Return whether a kind was computed: sweeps and seeds come with `make results-full` only."""
    return analysis_path(results, kind).is_file()


def read_analysis(results: Path, kind: str, *, run_id: str | None = None) -> pd.DataFrame:
    """Return one kind of analysis, or what it says of one run.

    Raises
    ------
    ResultsError
        If the file is missing, unreadable, lacks a column or holds an impossible number.
    """
    where = None if run_id is None else [("id", "==", run_id)]
    path, columns = analysis_path(results, kind), list(ANALYSES[kind].columns)
    table = read_table(path, columns, where=where)
    validate_analysis(table, kind)
    return table


def write_analysis(results: Path, kind: str, table: pd.DataFrame) -> None:
    """Write one kind of analysis, after checking it; numbers as float32, names as they are."""
    validate_analysis(table, kind)
    floats = table.select_dtypes("float64").columns
    rounded = [name for name in floats if name != "p" and not name.startswith("p_")]
    write_table(analysis_path(results, kind), table.astype(dict.fromkeys(rounded, np.float32)))


def validate_analysis(table: pd.DataFrame, kind: str) -> None:
    """Raise ``ResultsError`` unless a table is what its kind declares.

    Raises
    ------
    ResultsError
        If columns differ, or a share lies outside 0..1.
    """
    declared = ANALYSES[kind]
    if list(table.columns) != list(declared.columns):
        raise ResultsError(
            f"analysis {kind!r} must have the columns {', '.join(declared.columns)}; got "
            f"{', '.join(map(str, table.columns))}. Run `make results`."
        )
    for name in declared.shares:
        values = table[name].to_numpy(dtype=float)
        outside = ~np.isnan(values) & ((values < -1e-6) | (values > 1 + 1e-6))
        if outside.any():
            raise ResultsError(
                f"analysis {kind!r}, column {name!r}: {values[outside][0]} is no share between 0 "
                "and 1. Run `make results`."
            )
