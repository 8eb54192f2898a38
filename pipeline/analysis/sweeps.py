"""One setting at a time, on validation tracks: tree depth, neighbours, number of training tracks.

Measured inside the training part of each protocol's first fold, so that looking at the curves
never looks at a test part. What looks best under a random split need not be best for new artists.
"""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from pipeline.artifacts import PROBABILITY_PREFIX
from pipeline.cache import digest, source_digest, versions
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import genre_numbers
from pipeline.intervals import share_intervals
from pipeline.models import MODELS
from pipeline.plan import KEYED, builder_module, table_digest
from pipeline.scoring import scored_rows
from pipeline.splits import PROTOCOLS, Fold, TrackGroups, inner_folds, some_tracks
from pipeline.tasks import Task

Sweep = Literal["tree_depth", "n_neighbours", "n_tracks"]
SWEPT_PROTOCOLS = ("segment_random", "track_kfold", "fault_filtered")
SWEPT: dict[Sweep, tuple[int, ...]] = {
    "tree_depth": tuple(range(1, 41)),
    "n_neighbours": tuple(range(1, 51)),
    "n_tracks": (50, 100, 150, 200, 300, 400, 500, 600, 700, 800),
}
SWEPT_TABLES: dict[Sweep, tuple[str, ...]] = {
    "tree_depth": ("features_3s", "features_30s"),
    "n_neighbours": ("features_3s", "features_30s"),
    "n_tracks": ("features_3s", "features_song"),
}
# a registry entry that the page shows the curve with
SWEPT_MODELS: dict[Sweep, tuple[str, ...]] = {
    "tree_depth": ("decision_tree",),
    "n_neighbours": ("knn_1",),
    "n_tracks": ("random_forest_default", "lda_shrinkage", "svm_rbf", "lightgbm_small"),
}


def sweep_tasks(dataset: Dataset, groups: TrackGroups, *, seed: int) -> list[Task]:
    """Return the work: one point of one curve each, giving a row of the analysis."""
    return list(_tasks(dataset, groups, seed))


def sweep_point(
    *,
    model: str,
    sweep: Sweep,
    protocol: str,
    table: FeatureTable,
    fold: Fold,
    value: int,
    group_of_track: pd.Series,
    seed: int,
) -> dict[str, Any]:
    """Return one row of the analysis "sweeps"; ``fold.test`` holds validation rows."""
    y = genre_numbers(table)
    train = fold.train if sweep != "n_tracks" else _some_tracks(table, fold, value, seed)
    estimator = _estimator(model, sweep, value, seed).fit(table.X[train], y[train])
    training = float((estimator.predict(table.X[train]) == y[train]).mean())
    frame = table.rows.iloc[fold.test][["track_id", "segment"]].reset_index(drop=True)
    genres = np.array(table.genres)
    proba = estimator.predict_proba(table.X[fold.test])
    predictions = frame.assign(
        part="test", y_true=genres[y[fold.test]], y_pred=genres[proba.argmax(axis=1)]
    )
    columns = [f"{PROBABILITY_PREFIX}{genre}" for genre in genres]
    predictions = pd.concat([predictions, pd.DataFrame(proba, columns=columns)], axis=1)
    unit = "segment" if protocol == "segment_random" else "track"
    scored = scored_rows(predictions, unit, group_of_track)
    right = scored.y_true == scored.y_pred
    accuracy, low, high = share_intervals(scored.group, np.ones((len(right), 1)), right)
    return {
        "dataset": table.dataset,
        "representation": table.representation,
        "model": model,
        "title": MODELS[model].title,
        "sweep": sweep,
        "protocol": protocol,
        "unit": unit,
        "value": value,
        "accuracy": accuracy[0],
        "ci_low": low[0],
        "ci_high": high[0],
        "training_accuracy": training,
        "n_units": len(right),
    }


def _tasks(dataset: Dataset, groups: TrackGroups, seed: int) -> Iterator[Task]:
    modules = {builder_module(MODELS[name]) for names in SWEPT_MODELS.values() for name in names}
    source = source_digest(("pipeline.analysis.sweeps", *sorted(modules)), KEYED)
    for representation, table in dataset.tables.items():
        key = table_digest(table)
        for name in SWEPT_PROTOCOLS:
            protocol = PROTOCOLS[name]
            folds = protocol.make_folds(table, dataset, groups, seed)
            if not folds or name in dataset.blanks:
                continue
            fold = inner_folds(folds[0], table, groups, protocol, seed=seed)[0]
            n_tracks = table.rows["track_id"].iloc[fold.train].nunique()
            for sweep, values in SWEPT.items():
                if representation not in SWEPT_TABLES[sweep]:
                    continue
                standing = (
                    model
                    for model in SWEPT_MODELS[sweep]
                    if representation in MODELS[model].representations
                )
                for model in standing:
                    for value in values:
                        if sweep == "n_tracks" and value > n_tracks:
                            continue
                        arguments = {
                            "model": model,
                            "sweep": sweep,
                            "protocol": name,
                            "table": table,
                            "fold": fold,
                            "value": value,
                            "group_of_track": groups.table[protocol.independent_unit],
                            "seed": seed,
                        }
                        yield Task(
                            f"{sweep} {value} {representation} {name}",
                            digest(
                                [model, sweep, name, value, seed, key, source, versions()],
                                [MODELS[model].params, fold.train, fold.test],
                            ),
                            sweep_point,
                            arguments,
                        )


def _estimator(model: str, sweep: Sweep, value: int, seed: int) -> Any:
    if sweep == "tree_depth":
        return DecisionTreeClassifier(max_depth=value, random_state=seed)
    if sweep == "n_neighbours":
        return make_pipeline(StandardScaler(), KNeighborsClassifier(value))
    return MODELS[model].build(seed)


def _some_tracks(table: FeatureTable, fold: Fold, n_tracks: int, seed: int) -> np.ndarray:
    """Return the training rows of so many tracks, by genre."""
    tracks = table.rows["track_id"].iloc[fold.train]
    genre = table.rows["genre"].iloc[fold.train].groupby(tracks.to_numpy()).first()
    kept = some_tracks(genre, n_tracks, seed=seed)
    return fold.train[tracks.isin(kept).to_numpy()]
