"""Each track among the others, nearest tracks and distances of genres, of made-up features.

Computed by the pipeline's own functions from features drawn here, for whole clips.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.analysis.genre_distances import distance_score, genre_distances
from pipeline.analysis.nearest import nearest_tracks
from pipeline.analysis.track_features import feature_order, feature_scales, track_features
from pipeline.artifacts.analysis import write_analysis
from pipeline.datasets import FeatureTable


def write_tiny_track_analyses(
    folder: Path, features: dict[str, tuple[str, ...]], rng: np.random.Generator
) -> None:
    """Write everything that is known of single tracks.

    Parameters
    ----------
    features : dict of str to tuple of str
        Names of the features, by representation whose rows are whole clips.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    for path in sorted((folder / "predictions").glob("*.dummy.track_kfold.parquet")):
        dataset, representation = path.stem.split(".")[:2]
        if representation not in features:
            continue
        table = _table(folder, path.stem, features[representation], rng)
        for function in (
            feature_order, feature_scales, track_features, nearest_tracks, genre_distances
        ):  # fmt: skip
            parts.setdefault(function.__name__, []).append(function(table))
        parts.setdefault("distance_scores", []).extend(
            _scores(folder, dataset, parts["genre_distances"][-1])
        )
    for kind, tables in parts.items():
        write_analysis(folder, kind, pd.concat(tables, ignore_index=True))


def _table(
    folder: Path, run_id: str, names: tuple[str, ...], rng: np.random.Generator
) -> FeatureTable:
    dataset, representation = run_id.split(".")[:2]
    predictions = artifacts.read_predictions(folder, run_id)
    genres = tuple(artifacts.genres_of(predictions))
    rows = predictions.rename(columns={"y_true": "genre"})[["track_id", "segment", "genre"]]
    rows = rows.reset_index(drop=True).assign(duplicate_group=-1)
    place = rows["genre"].map(genres.index).to_numpy()
    X = rng.normal(size=(len(rows), len(names))) + 0.3 * place[:, None]
    return FeatureTable(
        dataset, representation, genres, names, rows, X.astype(np.float32), "made up"
    )


def _scores(folder: Path, dataset: str, distances: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the cost of the mistakes of every plain run of a data set."""
    scores = []
    for path in sorted((folder / "predictions").glob(f"{dataset}.*.parquet")):
        if path.stem.count(".") > 3:
            continue  # a variant
        predictions = artifacts.read_predictions(folder, path.stem)
        tracks = predictions["track_id"].unique()
        group = pd.Series(np.arange(len(tracks)), index=tracks)
        scores.append(distance_score(path.stem, predictions, group, distances))
    return scores
