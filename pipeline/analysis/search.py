"""Randomised search inside a training part, every trial kept.

Trials are scored by accuracy over folds that keep artists together, within the training part of
the fault-filtered list (or of the first fold over tracks, where there is no list).
"""

import json
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import RandomizedSearchCV, StratifiedGroupKFold

from pipeline.cache import digest, source_digest, versions
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import genre_numbers
from pipeline.models import MODELS, ModelSpec
from pipeline.plan import KEYED, builder_module, table_digest
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.tasks import Task

N_TRIALS = 30
N_FOLDS = 3
SEARCHED_PROTOCOLS = ("fault_filtered", "track_kfold")  # the first that the data set has
SEARCHED_TABLES = ("features_30s",)  # ten times as long on the others


def search_tasks(dataset: Dataset, groups: TrackGroups, *, seed: int) -> list[Task]:
    """Return the work: one search of one model on one table each."""
    tasks = []
    for representation in SEARCHED_TABLES:
        table = dataset.tables.get(representation)
        if table is None:
            continue
        for name in SEARCHED_PROTOCOLS:
            folds = PROTOCOLS[name].make_folds(table, dataset, groups, seed)
            if folds and name not in dataset.blanks:
                break
        for model in MODELS.values():
            if model.search is None or representation not in model.representations:
                continue
            train = folds[0].train
            artist = groups.table["artist"].loc[table.rows["track_id"]].to_numpy()
            arguments = {
                "model": model.name,
                "table": table,
                "train": train,
                "artist": artist,
                "protocol": name,
                "seed": seed,
            }
            key = _key(model, table, train, artist, seed)
            tasks.append(Task(f"{model.name} {representation}", key, trials, arguments))
    return tasks


def trials(
    *,
    model: str,
    table: FeatureTable,
    train: np.ndarray,
    artist: np.ndarray,
    protocol: str,
    seed: int,
) -> pd.DataFrame:
    """Return every trial of one search, best first, as rows of the analysis "search_trials"."""
    specification = MODELS[model]
    assert specification.search is not None
    splitter = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
    search = RandomizedSearchCV(
        specification.build(seed),
        specification.search,
        n_iter=N_TRIALS,
        scoring="accuracy",
        cv=splitter,
        random_state=seed,
        refit=False,
        error_score="raise",
    )
    search.fit(table.X[train], genre_numbers(table)[train], groups=artist[train])
    found = pd.DataFrame(search.cv_results_)
    parameters = [
        json.dumps({name: _plain(value) for name, value in given.items()}, sort_keys=True)
        for given in found["params"]
    ]
    frame = pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "model": model,
            "protocol": protocol,
            "trial": np.arange(len(found)),
            "rank": found["rank_test_score"].astype(int),
            "params": parameters,
            "score": found["mean_test_score"],
            "score_sd": found["std_test_score"],
            "n_folds": N_FOLDS,
            "fit_s": found["mean_fit_time"],
        }
    )
    return frame.sort_values(["rank", "trial"], ignore_index=True)


def _key(
    model: ModelSpec, table: FeatureTable, train: np.ndarray, artist: np.ndarray, seed: int
) -> str:
    source = source_digest(("pipeline.analysis.search", builder_module(model)), KEYED)
    return digest(
        [model.name, model.params, N_TRIALS, N_FOLDS, seed, table_digest(table), versions()],
        [train, artist, source],
    )


def _plain(value: Any) -> Any:
    """Return a drawn value as JSON holds it."""
    value = value.item() if isinstance(value, np.generic) else value
    return round(value, 6) if isinstance(value, float) else value
