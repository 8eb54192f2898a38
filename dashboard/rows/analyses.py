"""Tables under results/analysis -> the rows about one run, one model or one data set.

Filtered, turned round and renamed; no statistics. All of them count whole songs.
"""

import json
from typing import Any

import pandas as pd

from dashboard.state import Results

TRACK = "track"
NETWORKS = "fault_filtered"  # what networks are looked into after training for
PARAMETER_STEPS = "__"  # "classifier__max_depth" belongs to a step called classifier


def rows_of_run(results: Results, kind: str, run_id: str) -> pd.DataFrame:
    """Return one run's rows of a kind of analysis that has an ``id``."""
    return results.analysis_of_run(kind, run_id).reset_index(drop=True)


def rows_of_network(results: Results, kind: str, served_id: str) -> pd.DataFrame:
    """Return what a kind says of a model's network, looked into under one protocol only."""
    return rows_of_run(results, kind, f"{served_id}.{NETWORKS}")


def rows_of_model(results: Results, kind: str, run: pd.Series) -> pd.DataFrame:
    """Return the rows of one model on one representation, whatever the protocol."""
    table = results.analysis(kind)
    same = [table[name] == run[name] for name in ("dataset", "representation", "model")]
    return table[same[0] & same[1] & same[2]].reset_index(drop=True)


def rows_of_features(
    results: Results, kind: str, dataset: str, representation: str
) -> pd.DataFrame:
    """Return the rows about one representation of a data set."""
    table = results.analysis(kind)
    same = (table["dataset"] == dataset) & (table["representation"] == representation)
    return table[same].reset_index(drop=True)


def rows_of_dataset(results: Results, kind: str, dataset: str) -> pd.DataFrame:
    """Return the rows about one data set."""
    table = results.analysis(kind)
    return table[table["dataset"] == dataset].reset_index(drop=True)


def paired_with(results: Results, run: pd.Series) -> pd.DataFrame:
    """Return one row per run that was compared with this one on the same test tracks.

    Columns: ``id`` (of the other), ``own``, ``other`` (accuracies), ``n_units``, ``p_holm``,
    ``verdict``: "tied", "better" (this run) or "worse"; the closest by accuracy comes first.
    """
    table = results.analysis("paired_tests")
    sides = []
    for own, other in (("a", "b"), ("b", "a")):
        rows = table[(table[f"id_{own}"] == run["id"]) & (table["unit"] == TRACK)]
        verdicts = {"tied": "tied", f"better_{own}": "better", f"better_{other}": "worse"}
        sides.append(
            pd.DataFrame(
                {
                    "id": rows[f"id_{other}"],
                    "own": rows[f"accuracy_{own}"],
                    "other": rows[f"accuracy_{other}"],
                    "n_units": rows["n_units"],
                    "p_holm": rows["p_holm"],
                    "verdict": rows["verdict"].map(verdicts),
                }
            )
        )
    pairs = pd.concat([side for side in sides if len(side)] or sides[:1], ignore_index=True)
    pairs = pairs[pairs["id"].isin(results.metadata)]
    apart = (pairs["other"] - pairs["own"]).abs()
    return pairs.assign(apart=apart).sort_values(["apart", "id"]).drop(columns="apart")


def trials_of(results: Results, run: pd.Series) -> pd.DataFrame:
    """Return the trials of a model's search, best first, each setting in a column of its own.

    Columns: ``protocol, trial, rank``, the settings, ``score, score_sd, n_folds, fit_s``. A search
    inside the training part of the run's own protocol goes before one of another protocol.
    """
    rows = rows_of_model(results, "search_trials", run)
    if rows.empty:
        return rows
    own = rows[rows["protocol"] == run["protocol"]]
    rows = own if len(own) else rows[rows["protocol"] == rows["protocol"].iloc[-1]]
    rows = rows.sort_values("rank", kind="stable").reset_index(drop=True)
    settings = pd.DataFrame([json.loads(text) for text in rows["params"]])
    settings = settings.rename(columns=lambda name: name.rpartition(PARAMETER_STEPS)[2])
    before, after = ["protocol", "trial", "rank"], ["score", "score_sd", "n_folds", "fit_s"]
    return pd.concat([rows[before], _as_read(settings), rows[after]], axis=1)


def _as_read(settings: pd.DataFrame) -> pd.DataFrame:
    """Return settings as numbers where all are, else as text; "none" where one is not set."""
    return settings.apply(lambda column: column if _is_numeric(column) else column.map(_word))


def _is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not (
        pd.api.types.is_bool_dtype(column) or column.isna().any()
    )


def _word(value: Any) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
