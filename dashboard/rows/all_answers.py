"""What every model that was tested under a protocol answers to one track. No statistics."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.kept import kept
from dashboard.rows import selection
from dashboard.rows.comparison import classifiers, unique_names
from dashboard.rows.track_answers import read_track_answers
from dashboard.state import Results

NONE = -1  # in place of a genre's number, where a model was not tested on a track


@dataclass(frozen=True)
class Tested:
    """The answers of every model under a protocol, small enough to be kept.

    Attributes
    ----------
    tracks : Index
    genres : Index
        What the numbers in ``answers`` stand for.
    answers : ndarray of int8, shape (n_tracks, n_models)
    true : ndarray of float32, shape (n_tracks, n_models)
        Probability of the true genre; NaN where none is stored.
    """

    tracks: pd.Index
    genres: pd.Index
    answers: np.ndarray
    true: np.ndarray


def all_answers(results: Results, dataset: str, protocol: str, track_id: str) -> pd.DataFrame:
    """Return a row a model that was tested on a track, the most accurate first.

    Columns: ``name``, ``answer``, ``probability`` (of the true genre; NaN where none is stored),
    ``value, ci_low, ci_high`` (accuracy of whole songs under this protocol).
    """
    models = tested_models(results, dataset, protocol)
    tested = _tested(results, tuple(models["id"]))
    if track_id not in tested.tracks:
        return models.iloc[:0].assign(answer="", probability=np.nan)
    place = tested.tracks.get_loc(track_id)
    codes = tested.answers[place]
    rows = models.assign(answer=tested.genres.take(codes), probability=tested.true[place])
    return rows[codes != NONE].reset_index(drop=True)


@kept()
def tested_models(results: Results, dataset: str, protocol: str) -> pd.DataFrame:
    """Return ``id, name, value, ci_low, ci_high`` of each model, the most accurate first."""
    runs = selection.scored_runs(results, unit="track")
    runs = runs[(runs["dataset"] == dataset) & (runs["protocol"] == protocol)]
    runs = runs[runs["served_id"].isin(classifiers(results)["served_id"])]
    runs = runs.sort_values(["value", "name"], ascending=[False, True], kind="stable")
    runs = runs.assign(name=unique_names(results, list(runs["served_id"])))
    return runs[["id", "name", *selection.SCORE]].reset_index(drop=True)


@kept(4)
def _tested(results: Results, runs: tuple[str, ...]) -> Tested:
    """Return the answers of runs; read once, for the whole of a protocol takes half a second."""
    read = [read_track_answers(results.folder, run) for run in runs]
    tracks = pd.Index(sorted({name for table in read for name in table.index}))
    genres = pd.Index(sorted({name for table in read for name in table["answer"].unique()}))
    answers = np.full((len(tracks), len(runs)), NONE, dtype=np.int8)
    true = np.full((len(tracks), len(runs)), np.nan, dtype=np.float32)
    for model, table in enumerate(read):
        rows = tracks.get_indexer(table.index)
        answers[rows, model] = genres.get_indexer(pd.Index(table["answer"]))
        true[rows, model] = _of_true_genre(table)
    return Tested(tracks, genres, answers, true)


def _of_true_genre(answers: pd.DataFrame) -> np.ndarray:
    """Return the probability that each track's true genre got; NaN where it is not stored."""
    stored = answers.drop(columns=["genre", "answer"])
    columns = stored.columns.get_indexer(pd.Index(answers["genre"]))
    if stored.empty:
        return np.full(len(answers), np.nan, dtype=np.float32)
    values = stored.to_numpy(np.float32)[np.arange(len(answers)), columns]
    return np.where(columns >= 0, values, np.float32(np.nan))
