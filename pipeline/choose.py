"""Validation tracks -> the model that stands for a protocol, before its test score is computed.

Each candidate is fitted inside the training part of every fold and scored on tracks held out there
in the protocol's own way (see ``splits.inner_folds``). The choice is written and committed; only
then are test parts evaluated. A candidate that trains networks takes part only where the list has
a validation part of its own: one fit instead of up to nine, of minutes each.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.artifacts import RunId
from pipeline.cache import Cache
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import FoldResult, fit_fold
from pipeline.models import MODELS, ModelSpec
from pipeline.plan import make_unit, table_digest, unit_key
from pipeline.provenance import commit, uncommitted_changes
from pipeline.scoring import scored_rows
from pipeline.splits import PROTOCOLS, Fold, Protocol, TrackGroups, inner_folds
from pipeline.tasks import Advance, Jobs, Task, run_tasks

INNER = {
    "track": "random rows or tracks of the training part, the share that the test part is of all",
    "duplicate": "a third of the training tracks of each fold, copies together",
    "artist": "the list's own validation part, else three folds by artist of the training part",
}


def choose(
    dataset: Dataset,
    groups: TrackGroups,
    *,
    models: Sequence[str] = (),
    seed: int,
    cache: Cache,
    jobs: Jobs,
    advance: Advance,
) -> dict[str, dict[str, Any]]:
    """Return, by protocol, what ``artifacts.read_candidates`` describes."""
    names = [
        model.name
        for model in MODELS.values()
        if model.candidate and (not models or model.name in models)
    ]
    tasks: list[Task] = []
    owners: list[RunId] = []
    for representation, table in dataset.tables.items():
        key = table_digest(table)
        for protocol in PROTOCOLS.values():
            if not protocol.supervised or protocol.name in dataset.blanks:
                continue
            held_out = _inner(dataset, groups, table, protocol, seed=seed)
            for name in names:
                if not _takes_part(MODELS[name], representation, protocol):
                    continue
                run_id = RunId(dataset.name, representation, name, protocol.name)
                for fold in held_out:
                    unit = make_unit(MODELS[name], protocol, table, groups, fold, seed=seed)
                    unit = replace(unit, importance=False)
                    owners.append(run_id)
                    tasks.append(Task(str(run_id), unit_key(unit, key), fit_fold, {"unit": unit}))
    results = run_tasks(tasks, cache=cache, jobs=jobs, advance=advance, kind="validation")
    return _chosen(owners, results)


def write_candidates(folder: Path, chosen: dict[str, dict[str, Any]]) -> None:
    """Write ``candidates.json`` with the commit of the code that chose."""
    content = {
        "schema_version": artifacts.SCHEMA_VERSION,
        "commit": commit(),
        "uncommitted_changes": uncommitted_changes(),
        "protocols": chosen,
    }
    artifacts.write_json(folder / "candidates.json", content)


def _takes_part(model: ModelSpec, representation: str, protocol: Protocol) -> bool:
    trains_once = model.technique != "deep" or protocol.name == "fault_filtered"
    return representation in model.representations and trains_once


def _inner(
    dataset: Dataset, groups: TrackGroups, table: FeatureTable, protocol: Protocol, *, seed: int
) -> list[Fold]:
    folds = protocol.make_folds(table, dataset, groups, seed)
    inner = [inner_folds(fold, table, groups, protocol, seed=seed) for fold in folds]
    return [fold for own in inner for fold in own]


def _chosen(owners: list[RunId], results: list[FoldResult]) -> dict[str, dict[str, Any]]:
    by_run: dict[RunId, list[FoldResult]] = {}
    for run_id, result in zip(owners, results, strict=True):
        by_run.setdefault(run_id, []).append(result)
    chosen: dict[str, dict[str, Any]] = {}
    for protocol in dict.fromkeys(run_id.protocol for run_id in by_run):
        unit = "segment" if protocol == "segment_random" else "track"
        ranking: list[dict[str, Any]] = [
            {"id": str(run_id), **_accuracy(own, unit)}
            for run_id, own in by_run.items()
            if run_id.protocol == protocol
        ]
        ranking.sort(key=lambda entry: -float(entry["accuracy"]))
        chosen[protocol] = {
            "id": ranking[0]["id"],
            "unit": unit,
            "accuracy": ranking[0]["accuracy"],
            "n_units": ranking[0]["n_units"],
            "inner": INNER[PROTOCOLS[protocol].held_group],
            "ranking": [{key: entry[key] for key in ("id", "accuracy")} for entry in ranking],
        }
    return chosen


def _accuracy(results: list[FoldResult], unit: str) -> dict[str, float]:
    right = []
    for result in results:
        tracks = pd.Series(0, index=result.predictions["track_id"].unique())
        scored = scored_rows(result.predictions, unit, tracks)
        right.append(scored.y_true == scored.y_pred)
    answers = np.concatenate(right)
    return {"accuracy": round(float(answers.mean()), 4), "n_units": len(answers)}
