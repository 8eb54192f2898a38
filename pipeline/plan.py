"""Selection -> the units of work: every model on every fold of every protocol and variant.

Each fold is checked for leaks here, before anything is fitted.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch

from pipeline.artifacts import RunId
from pipeline.cache import digest, source_digest, versions
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import N_REPEATS, Unit
from pipeline.models import MODELS, ModelSpec
from pipeline.splits import (
    LEAK_KINDS,
    PROTOCOLS,
    Fold,
    LeakKind,
    Protocol,
    TrackGroups,
    stopping_split,
    track_groups,
    validate_no_leak,
)
from pipeline.tasks import Jobs
from pipeline.variants import (
    NETWORK_SEEDS,
    VARIANTS,
    Variant,
    network_seed_variant,
    seed_of,
    seed_variant,
)

IMPORTANCE_PROTOCOLS = ("artist_3fold", "fault_filtered")
# what of a unit's outcome its key holds by value, not by source
KEYED = frozenset(
    {
        "pipeline.models",
        "pipeline.models.specification",
        "pipeline.splits",
        "pipeline.splits.groups",
        "pipeline.splits.protocol",
        "pipeline.datasets",
        "pipeline.artifacts",
        "pipeline.artifacts.analysis",
        "pipeline.artifacts.storage",
        "pipeline.config",
        "pipeline.cache",
        "pipeline.tasks",  # who does the work changes nothing
        "pipeline.underway",  # nor what it says meanwhile
    }
)
# a fit needs only sums over groups of these; scores have keys of their own
SCORING = frozenset({"pipeline.scoring", "pipeline.intervals", "pipeline.metrics"})


class SelectionError(Exception):
    """Nothing that there is was selected."""


@dataclass(frozen=True)
class Selection:
    """What to run; empty tuples mean all.

    Attributes
    ----------
    models, protocols : tuple of str
    only : str
        Pattern that run ids must match ("*" and "?" as in file names), "" for all.
    seed : int
        Of folds and models of the plain runs.
    seeds : tuple of int
        Further seeds for the random protocols.
    full : bool
        With variants, sweeps and searches.
    jobs : int or Workers
        Processes, or who else does the work; see ``tasks.run_tasks``.
    """

    models: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    seed: int = 0
    jobs: Jobs = field(default_factory=lambda: os.cpu_count() or 1)
    only: str = ""
    seeds: tuple[int, ...] = ()
    full: bool = False

    def wants(self, run_id: RunId) -> bool:
        """Return whether a run is selected."""
        return (
            (not self.models or run_id.model in self.models)
            and (not self.protocols or run_id.protocol in self.protocols)
            and (not self.only or fnmatch(str(run_id), self.only))
        )

    @property
    def narrowed(self) -> bool:
        """Whether results would lack runs that a plain `make results` has."""
        return bool(self.models or self.protocols or self.only)


@dataclass(frozen=True)
class PlannedRun:
    """One model under one protocol, before it is fitted."""

    run_id: RunId
    units: tuple[Unit, ...]
    keys: tuple[str, ...]
    permitted_leaks: dict[LeakKind, int]


def planned_runs(dataset: Dataset, groups: TrackGroups, selection: Selection) -> list[PlannedRun]:
    """Return the plain runs that are selected.

    Raises
    ------
    LeakError
        If a fold lets through what its protocol does not permit.
    """
    return list(_runs(dataset, groups, selection, variant=None))


def planned_variants(
    dataset: Dataset, groups: TrackGroups, selection: Selection
) -> list[PlannedRun]:
    """Return the runs of seeds and variants that are selected; see ``LeakError`` above."""
    chosen = [seed_variant(seed) for seed in selection.seeds if seed != selection.seed]
    if selection.full:
        chosen += [network_seed_variant(seed) for seed in NETWORK_SEEDS]
        chosen += list(VARIANTS.values())
    runs = []
    for variant in chosen:
        if not variant.applies(dataset):
            continue
        changed = variant.change_dataset(dataset, groups, selection.seed)
        own_groups = groups if changed is dataset else track_groups(changed)
        runs += list(_runs(changed, own_groups, selection, variant=variant))
    return runs


def _runs(
    dataset: Dataset, groups: TrackGroups, selection: Selection, *, variant: Variant | None
) -> Iterator[PlannedRun]:
    name = None if variant is None else variant.name
    seed = seed_of(name, selection.seed)
    for representation, table in dataset.tables.items():
        table_key = ""
        for protocol in PROTOCOLS.values():
            models = [
                model
                for model in MODELS.values()
                if _stands(model, representation, protocol, variant)
                and selection.wants(
                    RunId(dataset.name, representation, model.name, protocol.name, name)
                )
            ]
            if not models or protocol.name in dataset.blanks:
                continue
            folds = protocol.make_folds(table, dataset, groups, seed)
            if variant is not None:
                folds = [variant.change_fold(fold, table, dataset, groups, seed) for fold in folds]
            leaks = _permitted_leaks(folds, table, groups, protocol)
            table_key = table_key or table_digest(table)
            for model in models if folds else []:
                run_id = RunId(dataset.name, representation, model.name, protocol.name, name)
                units = tuple(
                    make_unit(
                        model, protocol, table, groups, fold, seed=seed, variant=variant is not None
                    )
                    for fold in folds
                )
                keys = tuple(unit_key(unit, table_key) for unit in units)
                yield PlannedRun(run_id, units, keys, leaks)


def make_unit(
    model: ModelSpec,
    protocol: Protocol,
    table: FeatureTable,
    groups: TrackGroups,
    fold: Fold,
    *,
    seed: int,
    variant: bool = False,
) -> Unit:
    """Return one unit of work with what its model needs to divide its training part."""
    stop = row_groups = None
    if model.stops_early:
        _, stop = stopping_split(fold, table, groups, protocol, seed=seed)
    if model.grouped:
        kind = "artist" if protocol.held_group == "artist" else "duplicate"
        row_groups = groups.table.loc[table.rows["track_id"], kind].to_numpy()
    return Unit(
        model=model.name,
        table=table,
        fold=fold,
        seed=seed,
        stop=stop,
        groups=row_groups,
        importance=(
            protocol.name in IMPORTANCE_PROTOCOLS
            and model.family != "dummy"
            and table.described
            and not variant
        ),
        answers_only=variant,
    )


def unit_key(unit: Unit, table_key: str) -> str:
    """Return the digest of everything that a unit's outcome depends on."""
    model = MODELS[unit.model]
    return digest(
        [unit.model, model.params, unit.seed, unit.importance, unit.answers_only, N_REPEATS],
        [model.stops_early, model.grouped, versions()],
        [table_key, unit.fold.number, unit.fold.train, unit.fold.test, unit.fold.validation],
        [unit.stop, unit.groups],
        source_digest(("pipeline.evaluate", builder_module(model)), KEYED | SCORING),
    )


def builder_module(model: ModelSpec) -> str:
    """Return the module that builds a model's estimator."""
    return str(getattr(model.build, "func", model.build).__module__)


def table_digest(table: FeatureTable) -> str:
    """Return the digest of a table's content."""
    rows = table.rows[["track_id", "segment", "genre"]]
    return digest(rows, table.X, list(table.genres), list(table.features))


def _stands(
    model: ModelSpec, representation: str, protocol: Protocol, variant: Variant | None
) -> bool:
    """Return whether a model has a supervised run here."""
    if model.technique == "unsupervised" or not protocol.supervised:
        return False
    if representation not in model.representations:
        return False
    if model.protocols and protocol.name not in model.protocols:
        return False
    return variant is None or (
        protocol.name in variant.protocols
        and representation in variant.tables
        and variant.permits(model)
    )


def _permitted_leaks(
    folds: list[Fold], table: FeatureTable, groups: TrackGroups, protocol: Protocol
) -> dict[LeakKind, int]:
    found = [validate_no_leak(fold, table, groups, protocol) for fold in folds]
    total = {kind: sum(counts.get(kind, 0) for counts in found) for kind in LEAK_KINDS}
    return {kind: count for kind, count in total.items() if count}
