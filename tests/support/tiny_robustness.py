"""Answers to altered clips of a tiny results folder, made up and scored by the pipeline's code."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.analysis.altered_clips import CONDITIONS
from pipeline.analysis.robustness_scores import robustness_scores
from pipeline.artifacts import PROBABILITY_PREFIX
from pipeline.artifacts.analysis import write_analysis

PROTOCOL = "track_kfold"


def write_tiny_robustness(folder: Path, dataset: str, rng: np.random.Generator) -> None:
    """Write the analysis for every model of songs of one data set: stronger levels, more noise."""
    tables = []
    for path in sorted((folder / "predictions").glob(f"{dataset}.*.{PROTOCOL}.parquet")):
        predictions = artifacts.read_predictions(folder, path.stem)
        genre = predictions.drop_duplicates("track_id").set_index("track_id")["y_true"]
        groups = pd.DataFrame({"genre": genre, "artist": np.arange(len(genre)) // 2})
        genres = list(artifacts.genres_of(predictions))
        windows = made_up_windows(genre, genres, rng)
        tables.append(robustness_scores(path.stem, windows, groups, 1.0))
    write_analysis(folder, "robustness", pd.concat(tables, ignore_index=True))


def made_up_windows(genre: pd.Series, genres: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Return two windows a clip and condition, whose probabilities lean to the true genre."""
    truth = np.array([[name == other for other in genres] for name in genre], dtype=float)
    own = rng.normal(scale=0.5, size=truth.shape)
    parts = []
    for place, (alteration, level) in enumerate(CONDITIONS):
        for _ in range(2):
            logit = 2 * truth + own + rng.normal(scale=0.05 * place, size=truth.shape)
            proba = np.exp(logit) / np.exp(logit).sum(axis=1, keepdims=True)
            columns = [f"{PROBABILITY_PREFIX}{name}" for name in genres]
            table = pd.DataFrame(proba, columns=columns)
            table.insert(0, "track_id", genre.index)
            parts.append(table.assign(alteration=alteration, level=level))
    return pd.concat(parts, ignore_index=True)
