"""What a run answers for whole tracks: ``predictions/<id>.parquet`` by track.

A track's probabilities are the mean over its rows in the test part, as the scores count them.
"""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from pipeline.artifacts import PROBABILITY_PREFIX, ResultsError, predictions_path, read_table

TEST = [("part", "==", "test")]


def read_track_answers(results: Path, run_id: str) -> pd.DataFrame:
    """Return one row per tested track, by ``track_id`` in order.

    Columns: ``genre`` (true), ``answer``, then the probability of each genre under its name
    (float32; absent where the run stores none, and the answer is then the commonest of its rows,
    ties alphabetically).

    Raises
    ------
    ResultsError
        If the run's predictions are missing or damaged.
    """
    path = predictions_path(results, run_id)
    probabilities = [name for name in _columns(path) if name.startswith(PROBABILITY_PREFIX)]
    wanted = ["track_id", "y_true", *(probabilities or ["y_pred"])]
    rows = read_table(path, wanted, where=TEST, only=True)
    by_track = rows.groupby("track_id", sort=True)
    genre = by_track["y_true"].first().rename("genre")
    if not probabilities:
        return pd.concat([genre, by_track["y_pred"].agg(_commonest).rename("answer")], axis=1)
    means = rows[probabilities].astype("float64").groupby(rows["track_id"], sort=True).mean()
    means = means.rename(columns=lambda name: name.removeprefix(PROBABILITY_PREFIX))
    answer = means.columns[means.to_numpy().argmax(axis=1)]
    table = pd.concat([genre, pd.Series(answer, index=means.index, name="answer")], axis=1)
    return pd.concat([table, means.astype("float32")], axis=1)


def _columns(path: Path) -> list[str]:
    """Return the names of a file's columns; a missing or damaged file is read_table's to report."""
    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError):
        read_table(path, ["track_id"])
        raise ResultsError(f"{path} cannot be read. Run `make results`.") from None


def _commonest(answers: pd.Series) -> str:
    counts = answers.value_counts()
    return min(counts.index[counts == counts.max()])
