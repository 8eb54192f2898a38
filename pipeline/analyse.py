"""A data set and its runs -> every table of ``results/analysis``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.analysis.ablations import ablations
from pipeline.analysis.band_levels import band_levels
from pipeline.analysis.clusters import cluster_matching, cluster_sweep
from pipeline.analysis.duplicates import duplicates
from pipeline.analysis.effects import variant_effect
from pipeline.analysis.features import feature_correlations, feature_distributions
from pipeline.analysis.genre_scales import genre_scales
from pipeline.analysis.labels import label_checks, suspicious_labels
from pipeline.analysis.network_embedding import NETWORK_EMBEDDING
from pipeline.analysis.network_views import network_view_tasks
from pipeline.analysis.paired import paired_tests
from pipeline.analysis.picture_audio import picture_audio_tasks
from pipeline.analysis.robustness import robustness
from pipeline.analysis.search import search_tasks
from pipeline.analysis.seeds import seed_ranges
from pipeline.analysis.served_answers import served_answer_tables
from pipeline.analysis.sweeps import sweep_tasks
from pipeline.analysis.track_features import MAX_FEATURES, feature_order
from pipeline.analysis.whole_tracks import whole_track_tables
from pipeline.artifacts import RunId, probability_columns
from pipeline.artifacts.analysis import ANALYSES
from pipeline.assess import Assessment, resampled_unit
from pipeline.cache import Cache, digest, source_digest, versions
from pipeline.datasets import Dataset, FeatureTable
from pipeline.models import MODELS
from pipeline.plan import KEYED, Selection, table_digest
from pipeline.scoring import scored_rows, units_of
from pipeline.splits import TrackGroups
from pipeline.tasks import Advance, Task, run_tasks
from pipeline.train import Run
from pipeline.variants import SEED_PREFIX, seed_of

LABEL_PROTOCOL = "track_kfold"  # every track is predicted by a model that did not hear it
Tables = Iterator[tuple[str, pd.DataFrame]]
Cards = Mapping[str, Mapping[str, Any]]  # of the models that are shipped, by served id


@dataclass(frozen=True)
class Done:
    """A data set with everything that was computed on it.

    Attributes
    ----------
    runs, variants : list of Run
        Plain runs; runs of seeds and variants.
    assessments : dict of str to Assessment
        By run id, of both.
    clusters : dict of RunId to ndarray
    """

    dataset: Dataset
    groups: TrackGroups
    runs: list[Run]
    variants: list[Run]
    assessments: dict[str, Assessment]
    clusters: dict[RunId, np.ndarray]


def analyses(
    done: Sequence[Done],
    selection: Selection,
    *,
    cards: Cards,
    cache: Cache,
    advance: Advance,
) -> dict[str, pd.DataFrame]:
    """Return every table that there is something to say in, by kind."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for one in done:
        for kind, table in _of_dataset(one, selection, cards, cache, advance):
            if len(table):
                parts.setdefault(kind, []).append(table)
    return {
        kind: pd.concat(parts[kind], ignore_index=True)[list(ANALYSES[kind].columns)]
        for kind in ANALYSES
        if kind in parts
    }


def _of_dataset(
    done: Done, selection: Selection, cards: Cards, cache: Cache, advance: Advance
) -> Tables:
    for run in done.runs:
        yield from done.assessments[str(run.run_id)].analyses.items()
    tasks = dict(_table_tasks(done, selection))
    outcomes = run_tasks(
        [task for _, task in tasks.values()],
        cache=cache,
        jobs=selection.jobs,
        advance=advance,
        kind=f"analyses of {done.dataset.name}",
    )
    for (kind, _), outcome in zip(tasks.values(), outcomes, strict=True):
        yield kind, pd.DataFrame([outcome]) if isinstance(outcome, dict) else outcome
    yield "duplicates", duplicates(done.dataset, done.groups)
    yield from _labels(done)
    yield from whole_track_tables(
        done.dataset, done.groups, done.runs, cache=cache, jobs=selection.jobs, advance=advance
    )
    yield "band_levels", band_levels(done.dataset)
    yield from served_answer_tables(
        done.dataset.name,
        done.groups,
        done.runs,
        cache=cache,
        jobs=selection.jobs,
        advance=advance,
    )
    yield from _networks(done, selection, cache, advance)
    for run_id, labels in done.clusters.items():
        rows = done.dataset.tables[run_id.representation].rows
        yield "cluster_matching", cluster_matching(str(run_id), rows, labels)
    yield from _variants(done, seed=selection.seed)
    altered = robustness(done.dataset, done.groups, cards, selection, cache=cache, advance=advance)
    yield "robustness", altered


def _table_tasks(done: Done, selection: Selection) -> Iterator[tuple[str, tuple[str, Task]]]:
    """Name and kind of each piece of work that is worth keeping, with the work."""
    dataset = done.dataset
    for table in dataset.tables.values():
        yield from _described_tasks(table, seed=selection.seed)
    for protocol in dict.fromkeys(run.run_id.protocol for run in done.runs):
        own = [run for run in done.runs if run.run_id.protocol == protocol]
        source = source_digest((paired_tests.__module__,), KEYED)
        arguments = {
            "dataset": dataset.name,
            "protocol": protocol,
            "predictions": {str(run.run_id): run.predictions for run in own},
            "training_shares": {str(run.run_id): run.training_share for run in own},
        }
        task_key = digest(
            "paired", [run.key for run in own], list(arguments["predictions"]), source
        )
        label = f"paired tests {protocol}"
        yield label, ("paired_tests", Task(label, task_key, paired_tests, arguments))
    plain = [run.run_id for run in done.runs]
    for task in picture_audio_tasks(dataset, done.groups, plain, seed=selection.seed):
        yield task.key, ("picture_audio", task)
    if selection.full:
        for task in sweep_tasks(dataset, done.groups, seed=selection.seed):
            yield task.key, ("sweeps", task)
        for task in search_tasks(dataset, done.groups, seed=selection.seed):
            yield task.key, ("search_trials", task)


def _described_tasks(table: FeatureTable, *, seed: int) -> Iterator[tuple[str, tuple[str, Task]]]:
    """What is said of the features of a table, where its columns have names."""
    if not table.described:
        return
    name, key = table.representation, table_digest(table)
    described: list[tuple[str, Callable[..., pd.DataFrame], dict]] = [
        ("cluster_sweep", cluster_sweep, {"table": table, "seed": seed})
    ]
    # units of a network mean nothing one by one
    if len(table.features) <= MAX_FEATURES and name != NETWORK_EMBEDDING:
        described += [
            ("feature_distributions", feature_distributions, {"table": table}),
            ("feature_correlations", feature_correlations, {"table": table}),
            ("feature_order", feature_order, {"table": table}),
            ("genre_scales", genre_scales, {"table": table}),
        ]
    for kind, function, arguments in described:
        source = source_digest((function.__module__,), KEYED)
        task_key = digest(kind, key, seed, source, versions())
        yield f"{kind} {name}", (kind, Task(f"{kind} {name}", task_key, function, arguments))


def _networks(done: Done, selection: Selection, cache: Cache, advance: Advance) -> Tables:
    """The inside of every network, and what its ingredients are worth."""
    dataset, groups, seed = done.dataset, done.groups, selection.seed
    run_ids = [run.run_id for run in done.runs]
    views = run_tasks(
        network_view_tasks(dataset, groups, run_ids, seed=seed),
        cache=cache,
        jobs=selection.jobs,
        advance=advance,
        kind=f"networks of {dataset.name}",
    )
    for tables in views:
        yield from tables.items()
    if selection.full:
        yield (
            "ablations",
            ablations(
                dataset,
                groups,
                run_ids,
                seed=seed,
                cache=cache,
                jobs=selection.jobs,
                advance=advance,
            ),
        )


def _labels(done: Done) -> Tables:
    honest = {
        str(run.run_id): run
        for run in done.runs
        if run.run_id.protocol == LABEL_PROTOCOL and MODELS[run.run_id.model].family != "dummy"
    }
    if not honest:
        return
    copies = done.groups.table["duplicate"].duplicated(keep=False)
    found = suspicious_labels(
        done.dataset.name,
        {name: run.predictions for name, run in honest.items()},
        {name: MODELS[run.run_id.model].family for name, run in honest.items()},
        set(done.groups.table.index[copies]),
    )
    yield "suspicious_labels", found
    if done.dataset.fault_filtered is not None:
        yield "label_checks", label_checks(done.dataset, found)


def _variants(done: Done, *, seed: int) -> Tables:
    """What seeds and variants change, against the plain run of the same model."""
    plain = {str(run.run_id): run for run in done.runs}
    repeated = [run for run in done.variants if str(run.run_id.variant).startswith(SEED_PREFIX)]
    if repeated:
        yield "seed_ranges", seed_ranges(_seed_rows(done, repeated, plain, seed=seed))
    for run in done.variants:
        base_id = str(RunId(*str(run.run_id).split(".")[:4]))
        if run in repeated or base_id not in plain:
            continue
        base = plain[base_id]
        yield (
            "variant_effects",
            variant_effect(
                base_id,
                base.predictions,
                str(run.run_id),
                str(run.run_id.variant),
                run.predictions,
                resampled_unit(run.run_id.protocol, done.groups),
                n_training_tracks=run.n_training_tracks,
                base_n_training_tracks=base.n_training_tracks,
            ),
        )


def _accuracies(done: Done, run: Run) -> dict[str, float]:
    """By unit, from answers alone: those are what repetitions keep, and the plain run has more."""
    genres = done.dataset.tables[run.run_id.representation].genres
    answers = run.predictions.drop(columns=probability_columns(run.predictions))
    tracks = done.groups.table["track"]
    scored = {unit: scored_rows(answers, unit, tracks, genres=genres) for unit in units_of(answers)}
    return {unit: float((own.y_true == own.y_pred).mean()) for unit, own in scored.items()}


def _seed_rows(
    done: Done, repeated: list[Run], plain: dict[str, Run], *, seed: int
) -> pd.DataFrame:
    """One row a run and unit: the accuracies that a seed range is made of."""
    bases = {str(RunId(*str(run.run_id).split(".")[:4])) for run in repeated}
    rows = []
    for run in [*repeated, *(plain[name] for name in sorted(bases) if name in plain)]:
        run_id, specification = run.run_id, MODELS[run.run_id.model]
        published = (specification.published or {}).get(run_id.representation)
        for unit, value in _accuracies(done, run).items():
            fits = (
                published is not None
                and published.unit == unit
                and published.protocol == run_id.protocol
            )
            rows.append(
                {
                    "dataset": run_id.dataset,
                    "representation": run_id.representation,
                    "model": run_id.model,
                    "title": specification.title,
                    "protocol": run_id.protocol,
                    "unit": unit,
                    "seed": seed_of(run_id.variant, seed),
                    "accuracy": value,
                    "published": published.accuracy if published and fits else float("nan"),
                }
            )
    return pd.DataFrame(rows)
