"""Run every planned unit of work -> predictions, histories, timings; and the clusters."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.analysis.network_embedding import NETWORK_EMBEDDING
from pipeline.artifacts import RunId, genres_of, probability_columns
from pipeline.cache import Cache, digest, source_digest, versions
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import FoldResult, fit_fold
from pipeline.models import MODELS, ModelSpec
from pipeline.plan import KEYED, PlannedRun, Selection, builder_module, table_digest
from pipeline.splits import Fold, LeakKind
from pipeline.tasks import Advance, Jobs, Task, run_tasks

PROBABILITY_DIGITS = 6  # binary, after the leading one


@dataclass
class Run:
    """Everything that one model gave under one protocol."""

    run_id: RunId
    predictions: pd.DataFrame
    history: pd.DataFrame | None
    train_s: float
    predict_ms: float
    size_bytes: int | None
    n_tracks: int  # in any part, and so for the rows
    n_samples: int
    n_training_tracks: int
    permitted_leaks: dict[LeakKind, int]
    training_share: float = 1.0  # test tracks for each training track, mean over folds
    permuted: pd.DataFrame | None = None
    importances: pd.DataFrame | None = None
    key: str = field(default="", repr=False)  # digest of the units' keys


def train(
    planned: Sequence[PlannedRun], *, cache: Cache, jobs: Jobs, advance: Advance
) -> list[Run]:
    """Fit what is planned; see ``tasks.run_tasks`` for the arguments."""
    tasks = [
        Task(f"{run.run_id} {place}/{len(run.units)}", key, fit_fold, {"unit": unit})
        for run in planned
        for place, (unit, key) in enumerate(zip(run.units, run.keys, strict=True), start=1)
    ]
    outcomes = iter(run_tasks(tasks, cache=cache, jobs=jobs, advance=advance, kind="training"))
    return [_collected(run, [next(outcomes) for _ in run.units]) for run in planned]


def cluster(
    dataset: Dataset, selection: Selection, *, cache: Cache, advance: Advance
) -> dict[RunId, np.ndarray]:
    """Return the cluster of every row for each unsupervised model and representation."""
    tasks: dict[RunId, Task] = {}
    for representation, table in dataset.tables.items():
        for model in MODELS.values():
            run_id = RunId(dataset.name, representation, model.name, "in_sample")
            # that table is made by a network, after models declared what they are trained on
            declared = representation in (*model.representations, NETWORK_EMBEDDING)
            if model.technique != "unsupervised" or not declared:
                continue
            if selection.wants(run_id):
                arguments = {"model": model.name, "table": table, "seed": selection.seed}
                key = cluster_key(model, table, selection.seed)
                tasks[run_id] = Task(str(run_id), key, clusters_of, arguments)
    labels = run_tasks(
        list(tasks.values()), cache=cache, jobs=selection.jobs, advance=advance, kind="clustering"
    )
    return dict(zip(tasks, labels, strict=True))


def clusters_of(model: str, table: FeatureTable, seed: int) -> np.ndarray:
    """Return the cluster of each row, int16."""
    labels = MODELS[model].build(seed).fit_predict(table.X.astype(np.float64))
    return np.asarray(labels).astype(np.int16)


def cluster_key(model: ModelSpec, table: FeatureTable, seed: int) -> str:
    """Return the digest of what a clustering depends on."""
    source = source_digest((builder_module(model),), KEYED)
    facts = [model.name, model.params, seed, table_digest(table)]
    return digest("cluster", facts, source, versions())


def _collected(run: PlannedRun, results: list[FoldResult]) -> Run:
    table = run.units[0].table
    predictions = pd.concat([result.predictions for result in results], ignore_index=True)
    training = [_n_tracks(table, unit.fold.train) for unit in run.units]
    tested = [_n_tracks(table, unit.fold.test) for unit in run.units]
    n_predicted = sum(len(unit.fold.test) for unit in run.units)
    used = np.unique(np.concatenate([rows for unit in run.units for rows in _parts(unit.fold)]))
    return Run(
        run_id=run.run_id,
        predictions=rounded(
            predictions.sort_values(["part", "track_id", "segment"], ignore_index=True)
        ),
        history=_joined([result.history for result in results]),
        train_s=sum(result.train_s for result in results),
        predict_ms=1000 * sum(result.predict_s for result in results) / n_predicted,
        size_bytes=results[0].size_bytes,
        n_tracks=_n_tracks(table, used),
        n_samples=len(used),
        n_training_tracks=round(float(np.mean(training))),
        permitted_leaks=run.permitted_leaks,
        training_share=float(np.mean(np.array(tested) / np.array(training))),
        permuted=_joined([result.permuted for result in results]),
        importances=_joined([result.importances for result in results]),
        key=digest(list(run.keys), PROBABILITY_DIGITS),
    )


def rounded(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return predictions with probabilities of six binary digits, and the answers they give.

    They are right to 0.8 %, compress to two thirds, and are what is stored, so they decide.
    """
    columns = probability_columns(predictions)
    if not columns:
        return predictions
    dropped = np.finfo(np.float16).nmant - PROBABILITY_DIGITS
    bits = predictions[columns].to_numpy(dtype=np.float16).view(np.uint16)
    proba = ((bits + np.uint16(1 << (dropped - 1))) & np.uint16(0xFFFF << dropped & 0xFFFF)).view(
        np.float16
    )
    genres = np.array(genres_of(predictions))
    answers = predictions.drop(columns=columns).assign(y_pred=genres[proba.argmax(axis=1)])
    return pd.concat([answers, pd.DataFrame(proba, columns=columns)], axis=1)


def _joined(frames: list[pd.DataFrame | None]) -> pd.DataFrame | None:
    there = [frame for frame in frames if frame is not None]
    return pd.concat(there, ignore_index=True) if there else None


def _parts(fold: Fold) -> list[np.ndarray]:
    parts = (fold.train, fold.test, fold.validation)
    return [rows for rows in parts if rows is not None]


def _n_tracks(table: FeatureTable, rows: np.ndarray) -> int:
    return table.rows["track_id"].iloc[rows].nunique()
