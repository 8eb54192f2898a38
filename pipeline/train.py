"""Run every unit of work -> predictions, histories, timings, clusters.

Units run side by side in processes. What comes out depends on the data, the declared models and
the seed only, never on the number of processes or their order.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, parallel_config

from pipeline.artifacts import RunId
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import FoldResult, fit_fold
from pipeline.models import MODELS
from pipeline.splits import (
    LEAK_KINDS,
    PROTOCOLS,
    Fold,
    LeakKind,
    TrackGroups,
    track_groups,
    validate_no_leak,
)


@dataclass(frozen=True)
class Unit:
    """One model on one fold."""

    run_id: RunId
    fold: Fold
    n_folds: int


@dataclass
class Run:
    """Everything that one model gave under one protocol."""

    run_id: RunId
    predictions: pd.DataFrame
    history: pd.DataFrame | None
    train_s: float
    predict_ms: float
    size_bytes: int | None
    n_training_tracks: int
    permitted_leaks: dict[LeakKind, int]


@dataclass(frozen=True)
class Selection:
    """Which units to run; empty tuples mean all."""

    models: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    seed: int = 0
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)


def supervised_units(
    dataset: Dataset, groups: TrackGroups, selection: Selection
) -> tuple[list[Unit], dict[str, dict[LeakKind, int]]]:
    """Return the units to fit and, by run id, the permitted leaks that were found.

    Raises
    ------
    LeakError
        If a fold lets through what its protocol does not permit.
    """
    units: list[Unit] = []
    leaks: dict[str, dict[LeakKind, int]] = {}
    for representation, table in dataset.tables.items():
        for protocol in _chosen(PROTOCOLS, selection.protocols):
            if not protocol.supervised:
                continue
            folds = protocol.make_folds(table, dataset, groups, selection.seed)
            found = [validate_no_leak(fold, table, groups, protocol) for fold in folds]
            total = {kind: sum(counts.get(kind, 0) for counts in found) for kind in LEAK_KINDS}
            total = {kind: count for kind, count in total.items() if count}
            for model in _chosen(MODELS, selection.models):
                if model.technique == "unsupervised" or representation not in model.representations:
                    continue
                run_id = RunId(dataset.name, representation, model.name, protocol.name)
                leaks[str(run_id)] = total
                units += [Unit(run_id, fold, len(folds)) for fold in folds]
    return units, leaks


def train(
    dataset: Dataset, selection: Selection, *, advance: Callable[[int, int, str], None]
) -> list[Run]:
    """Fit all selected supervised models under all selected protocols.

    Parameters
    ----------
    advance : callable
        Called as ``advance(done, total, label)`` after each unit.
    """
    groups = track_groups(dataset)
    units, leaks = supervised_units(dataset, groups, selection)
    results: dict[str, list[FoldResult]] = {}
    with parallel_config("loky", n_jobs=selection.jobs, inner_max_num_threads=1):
        outcomes = Parallel(return_as="generator", batch_size=1)(
            delayed(fit_fold)(
                unit.run_id.model,
                unit.run_id.protocol,
                dataset.tables[unit.run_id.representation],
                groups,
                unit.fold,
                seed=selection.seed,
            )
            for unit in units
        )
        for done, (unit, outcome) in enumerate(zip(units, outcomes, strict=True), start=1):
            results.setdefault(str(unit.run_id), []).append(outcome)
            advance(done, len(units), f"{unit.run_id} {unit.fold.number + 1}/{unit.n_folds}")
    by_run: dict[str, list[Unit]] = {}
    for unit in units:
        by_run.setdefault(str(unit.run_id), []).append(unit)
    return [
        _collected(by_run[run_id], results[run_id], dataset, leaks[run_id]) for run_id in by_run
    ]


def cluster(dataset: Dataset, selection: Selection) -> dict[RunId, np.ndarray]:
    """Return the cluster of every row for each unsupervised model and representation."""
    assigned = {}
    for representation, table in dataset.tables.items():
        for model in _chosen(MODELS, selection.models):
            if model.technique == "unsupervised" and representation in model.representations:
                run_id = RunId(dataset.name, representation, model.name, "in_sample")
                labels = model.build(selection.seed).fit_predict(table.X.astype(np.float64))
                assigned[run_id] = labels.astype(np.int16)
    return assigned


def _collected(
    units: list[Unit], results: list[FoldResult], dataset: Dataset, leaks: dict[LeakKind, int]
) -> Run:
    table = dataset.tables[units[0].run_id.representation]
    predictions = pd.concat([result.predictions for result in results], ignore_index=True)
    histories = [result.history for result in results if result.history is not None]
    training = [_n_tracks(table, unit.fold.train) for unit in units]
    n_predicted = sum(len(unit.fold.test) for unit in units)
    return Run(
        run_id=units[0].run_id,
        predictions=predictions.sort_values(["part", "track_id", "segment"], ignore_index=True),
        history=pd.concat(histories, ignore_index=True) if histories else None,
        train_s=sum(result.train_s for result in results),
        predict_ms=1000 * sum(result.predict_s for result in results) / n_predicted,
        size_bytes=results[0].size_bytes,
        n_training_tracks=round(float(np.mean(training))),
        permitted_leaks=leaks,
    )


def _n_tracks(table: FeatureTable, rows: np.ndarray) -> int:
    return table.rows["track_id"].iloc[rows].nunique()


def _chosen(registry: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    return [entry for name, entry in registry.items() if not names or name in names]
