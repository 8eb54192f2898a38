"""Data sets -> a complete results folder: train, assess, export, analyse, write."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import artifacts, report
from pipeline.analyse import Done, analyses
from pipeline.analysis.network_embedding import with_network_embedding
from pipeline.artifacts.analysis import write_analysis
from pipeline.assess import assessment_task
from pipeline.cache import Cache, digest, source_digest, versions
from pipeline.datasets import Dataset
from pipeline.evaluation_log import all_evaluations, log_evaluation
from pipeline.export import ExportError
from pipeline.plan import (
    PlannedRun,
    Selection,
    SelectionError,
    planned_runs,
    planned_variants,
    table_digest,
)
from pipeline.provenance import PACKAGES, commit, logged_in, provenance
from pipeline.publish import finish, publish, resume, staging_folder, unchanged
from pipeline.serve import export_task, served_runs, write_served_model
from pipeline.splits import TrackGroups, track_groups
from pipeline.tasks import Advance, run_tasks
from pipeline.train import cluster, train

Plan = tuple[Dataset, TrackGroups, list[PlannedRun], list[PlannedRun]]


def build_results(
    datasets: Sequence[Dataset],
    results: Path,
    selection: Selection,
    *,
    cache: Cache,
    advance: Advance,
) -> bool:
    """Compute everything selected and write ``results`` anew; on an error it stays as it was.

    Parameters
    ----------
    cache : Cache
        Finished work; what it holds is not computed again.
    advance : callable
        Called as ``advance(done, total, label)`` within each stage.

    Returns
    -------
    bool
        False if nothing had changed and nothing was written.

    Raises
    ------
    SelectionError
        If no run is selected.
    """
    resume(results)
    chosen = artifacts.read_candidates(results)
    plan = [_planned(dataset, selection) for dataset in datasets]
    key = _key(plan, selection, chosen)
    if unchanged(results, key):
        return False
    evaluation = log_evaluation(
        cache,
        commit=commit(),
        folder=results,
        run_ids=[str(run.run_id) for _, _, runs, variants in plan for run in (*runs, *variants)],
    )
    staging = staging_folder(results)
    clock = _Clock()
    done = [_computed(one, selection, cache, clock, advance) for one in plan]
    if not any(one.runs or one.variants or one.clusters for one in done):
        raise SelectionError(
            "no run matches all that was asked for (models, protocols, only): widen one of them"
        )
    cards, problems = _write_served(staging, done, chosen, selection, cache, advance)
    clock.lap("export")
    tables = analyses(done, selection, cards=cards, cache=cache, advance=advance)
    for kind, table in tables.items():
        write_analysis(staging, kind, table)
    clock.lap("analyse")
    _write_runs(staging, done, cards, problems, selection)
    clock.lap("write")
    facts = provenance(
        datasets,
        selection=selection,
        wall_times_s=clock.laps,
        evaluations=all_evaluations(cache, evaluation, logged_in(results)),
    )
    finish(staging, {**facts, "key": key})
    publish(staging, results)
    return True


def _planned(dataset: Dataset, selection: Selection) -> Plan:
    groups = track_groups(dataset)
    return (
        dataset,
        groups,
        planned_runs(dataset, groups, selection),
        planned_variants(dataset, groups, selection),
    )


def _key(plan: list[Plan], selection: Selection, chosen: dict[str, Any]) -> str:
    """Digest of everything that the results depend on: inputs, choices and code."""
    facts = [
        [
            {name: [table_digest(own), own.sha256] for name, own in dataset.tables.items()},
            [dataset.fault_filtered, dataset.blanks],
            groups.table.reset_index(),
            [[str(run.run_id), *run.keys] for run in (*runs, *variants)],
        ]
        for dataset, groups, runs, variants in plan
    ]
    # clusters have no planned runs, so what else is selected counts as it was said
    choice = [selection.models, selection.protocols, selection.only, selection.full]
    source = source_digest(("pipeline.build",))
    return digest(facts, choice, selection.seed, json.dumps(chosen), source, versions(PACKAGES))


def _computed(
    plan: Plan, selection: Selection, cache: Cache, clock: "_Clock", advance: Advance
) -> Done:
    dataset, groups, planned, planned_as_variants = plan
    fitted = train(
        [*planned, *planned_as_variants], cache=cache, jobs=selection.jobs, advance=advance
    )
    clock.lap(f"train {dataset.name}")
    dataset = with_network_embedding(
        dataset,
        groups,
        [run.run_id for run in planned],
        seed=selection.seed,
        cache=cache,
        jobs=selection.jobs,
        advance=advance,
    )
    tasks = [assessment_task(run, dataset, groups) for run in fitted]
    assessments = run_tasks(
        tasks, cache=cache, jobs=selection.jobs, advance=advance, kind="scoring"
    )
    clock.lap(f"score {dataset.name}")
    clusters = cluster(dataset, selection, cache=cache, advance=advance)
    clock.lap(f"cluster {dataset.name}")
    return Done(
        dataset=dataset,
        groups=groups,
        runs=fitted[: len(planned)],
        variants=fitted[len(planned) :],
        assessments={str(run.run_id): own for run, own in zip(fitted, assessments, strict=True)},
        clusters=clusters,
    )


def _write_served(
    staging: Path,
    done: list[Done],
    chosen: dict[str, Any],
    selection: Selection,
    cache: Cache,
    advance: Advance,
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Write the served models; return their cards, and why others could not be shipped."""
    cards, problems = dict[str, dict[str, Any]](), dict[str, str]()
    for one in done:
        by_model = served_runs(one.runs, chosen)
        tasks = [
            export_task(runs, one.dataset, one.groups, seed=selection.seed)
            for runs in by_model.values()
        ]
        exports = run_tasks(
            tasks, cache=cache, jobs=selection.jobs, advance=advance, kind="exporting"
        )
        for (served_id, runs), made in zip(by_model.items(), exports, strict=True):
            scores = pd.concat(one.assessments[str(run.run_id)].scores for run in runs)
            try:
                cards[served_id] = write_served_model(staging, runs, made, scores, one.dataset)
            except ExportError as problem:
                problems[served_id] = str(problem)
    return cards, problems


def _write_runs(
    staging: Path,
    done: list[Done],
    cards: dict[str, dict[str, Any]],
    problems: dict[str, str],
    selection: Selection,
) -> None:
    """Write every run, ``scores.parquet`` and ``results.json``."""
    entries: list[tuple[dict[str, Any], dict[str, Any]]] = []
    scores: list[pd.DataFrame] = []
    blanks: list[dict[str, str]] = []
    for one in done:
        for run in (*one.runs, *one.variants):
            assessment = one.assessments[str(run.run_id)]
            report.write_run(staging, run, assessment)
            scores.append(assessment.scores)
            served_id = None if run.run_id.variant else run.run_id.served_id
            entries.append(
                report.supervised_entry(
                    run,
                    assessment.scores,
                    one.dataset,
                    cards.get(served_id) if served_id else None,
                    seed=selection.seed,
                    not_served=problems.get(served_id, "") if served_id else "",
                )
            )
        for metadata, result, own in _write_clusters(staging, one, selection):
            entries.append((metadata, result))
            scores.append(own)
        blanks += report.blanks(one.dataset, one.groups, seed=selection.seed)
    artifacts.write_table(staging / "scores.parquet", pd.concat(scores, ignore_index=True))
    ids = [metadata["id"] for metadata, _ in entries]
    pictures = [artifacts.confusion_path(Path(), run_id).with_suffix(".png") for run_id in ids]
    content = {
        "schema_version": artifacts.SCHEMA_VERSION,
        **report.declarations([one.dataset for one in done]),
        "blanks": blanks,
        "ids": ids,
        "metadata": [metadata for metadata, _ in entries],
        "results": [result for _, result in entries],
        "images": [str(path) if (staging / path).exists() else None for path in pictures],
    }
    artifacts.validate_results(content, staging / "results.json")
    artifacts.write_json(staging / "results.json", content, indent=None)


def _write_clusters(
    staging: Path, done: Done, selection: Selection
) -> list[tuple[dict[str, Any], dict[str, Any], pd.DataFrame]]:
    for table in done.dataset.tables.values():
        if table.described:
            report.write_embedding(staging, table)
    entries = []
    for run_id, labels in done.clusters.items():
        entries.append(
            report.cluster_entry(run_id, labels, done.dataset, done.groups, seed=selection.seed)
        )
        rows = done.dataset.tables[run_id.representation].rows[["track_id", "segment"]]
        artifacts.write_table(
            staging / "clusters" / f"{run_id}.parquet", rows.assign(cluster=labels)
        )
    return entries


class _Clock:
    """Seconds spent between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
