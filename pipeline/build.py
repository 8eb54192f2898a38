"""Data set -> a complete results folder: train, score, export, write."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import artifacts, report
from pipeline.datasets import Dataset
from pipeline.models import MODELS
from pipeline.provenance import previous_run, provenance
from pipeline.serve import write_served_model
from pipeline.splits import TrackGroups, track_groups
from pipeline.train import Run, Selection, cluster, train

Advance = Callable[[int, int, str], None]


def build_results(
    dataset: Dataset, results: Path, selection: Selection, *, advance: Advance
) -> None:
    """Train everything selected and write ``results`` anew; on an error it stays as it was.

    Parameters
    ----------
    advance : callable
        Called as ``advance(done, total, label)``; ``total`` counts all steps.
    """
    staging = results.with_name(f".{results.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        _build(dataset, staging, selection, previous=previous_run(results), advance=advance)
        report.publish(staging, results)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _build(
    dataset: Dataset,
    staging: Path,
    selection: Selection,
    *,
    previous: dict[str, Any] | None,
    advance: Advance,
) -> None:
    clock = _Clock()
    groups = track_groups(dataset)
    runs = train(dataset, selection, advance=advance)
    clock.lap("train")
    scores = pd.concat([report.run_scores(run, groups) for run in runs], ignore_index=True)
    for run in runs:
        report.write_run(staging, run, groups)
    clock.lap("score")
    cards = _write_served(staging, runs, scores, dataset, groups, selection, advance)
    clock.lap("export")
    entries = [
        report.supervised_entry(
            run, scores, dataset, cards.get(run.run_id.served_id), seed=selection.seed
        )
        for run in runs
    ]
    cluster_entries, cluster_scores = _write_clusters(staging, dataset, groups, selection)
    entries += cluster_entries
    clock.lap("clusters")
    artifacts.write_table(
        staging / "scores.parquet", pd.concat([scores, *cluster_scores], ignore_index=True)
    )
    ids = [metadata["id"] for metadata, _ in entries]
    pictures = [artifacts.confusion_path(Path(), run_id).with_suffix(".png") for run_id in ids]
    content = {
        "schema_version": artifacts.SCHEMA_VERSION,
        **report.declarations(dataset),
        "ids": ids,
        "metadata": [metadata for metadata, _ in entries],
        "results": [result for _, result in entries],
        "images": [str(path) if (staging / path).exists() else None for path in pictures],
    }
    artifacts.validate_results(content, staging / "results.json")
    artifacts.write_json(staging / "results.json", content)
    facts = provenance(
        dataset, run_ids=ids, seed=selection.seed, wall_times_s=clock.laps, previous=previous
    )
    artifacts.write_json(staging / "run.json", facts)


def _write_served(
    staging: Path,
    runs: list[Run],
    scores: pd.DataFrame,
    dataset: Dataset,
    groups: TrackGroups,
    selection: Selection,
    advance: Advance,
) -> dict[str, dict[str, Any]]:
    by_model: dict[str, list[Run]] = {}
    for run in runs:
        if MODELS[run.run_id.model].served:
            by_model.setdefault(run.run_id.served_id, []).append(run)
    cards = {}
    for done, (served_id, own) in enumerate(by_model.items(), start=1):
        cards[served_id] = write_served_model(
            staging, own, scores, dataset, groups, seed=selection.seed
        )
        advance(done, len(by_model), f"exported {served_id}")
    return cards


def _write_clusters(
    staging: Path, dataset: Dataset, groups: TrackGroups, selection: Selection
) -> tuple[list[tuple[dict[str, Any], dict[str, Any]]], list[pd.DataFrame]]:
    entries, scores = [], []
    for table in dataset.tables.values():
        report.write_embedding(staging, table)
    for run_id, labels in cluster(dataset, selection).items():
        metadata, result, own = report.cluster_entry(
            run_id, labels, dataset, groups, seed=selection.seed
        )
        entries.append((metadata, result))
        scores.append(own)
        rows = dataset.tables[run_id.representation].rows[["track_id", "segment"]]
        artifacts.write_table(
            staging / "clusters" / f"{run_id}.parquet", rows.assign(cluster=labels)
        )
    return entries, scores


class _Clock:
    """Seconds spent between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
