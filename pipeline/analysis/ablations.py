"""What each ingredient of our networks is worth: the same model without it.

Both are trained on the training part of the fault-filtered list, over the same seeds, and answer
its validation tracks; test parts are not touched. Where a network keeps the epoch that did best on
validation, both sides of a difference are flattered by that, in the same way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pipeline.analysis.network_views import VIEWED_PROTOCOL, viewed_unit
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES
from pipeline.cache import Cache, digest, source_digest
from pipeline.datasets import Dataset
from pipeline.evaluate import Unit, genre_numbers
from pipeline.features.fused import FUSED
from pipeline.intervals import bootstrap
from pipeline.models import MODELS
from pipeline.plan import KEYED, table_digest, unit_key
from pipeline.scoring import group_sums
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.tasks import Advance, Jobs, Task, run_tasks

N_SEEDS = 3
Params = dict[str, Any]
Blocks = Callable[[np.ndarray], dict[str, np.ndarray]]  # rows -> what each member of a model takes


@dataclass(frozen=True)
class Recipe:
    """What a model is built from.

    Attributes
    ----------
    params : dict
    blocks : callable or None
        What the members of a fused model take of a row, where that differs from its declaration.
    """

    params: Params
    blocks: Blocks | None = None

    @property
    def facts(self) -> list[Any]:
        """What a digest takes of it."""
        return [self.params, self.blocks and self.blocks.__name__]


@dataclass(frozen=True)
class Ablation:
    """One ingredient.

    Attributes
    ----------
    ingredient, title : str
    representation : str
        That of the model which it is an ingredient of.
    without : dict
        Parameters that differ where it is left out.
    blocks : callable or None
        What the members of a fused model take of a row where it is left out.
    """

    ingredient: str
    title: str
    representation: str
    without: Params = field(default_factory=dict)
    blocks: Blocks | None = None

    def left_out(self, params: Params) -> Recipe | None:
        """Return a model's recipe without the ingredient; None where it has none of it.

        A parameter that a model does not name has the value that leaves the ingredient out.
        """
        differs = any(params.get(name, value) != value for name, value in self.without.items())
        if not differs and self.blocks is None:
            return None
        return Recipe(params | self.without, self.blocks)


def without_statistics(X: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the members of the fused model take but for statistics of the spectrogram."""
    mel, _, song = FUSED.split(X)
    return {"network": mel, "discriminant": song}


def without_song(X: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the members of the fused model take but for the features of the song."""
    mel, statistics, _ = FUSED.split(X)
    return {"network": mel, "discriminant": statistics}


ABLATIONS = (
    Ablation("crop", "Random crops in time", "mel_clip", {"crop": None, "n_crops": 1}),
    Ablation("masks", "Masks (SpecAugment)", "mel_clip", {"masks": None}),
    Ablation("mixup", "Mixtures of two clips (mixup)", "mel_clip", {"mixup": None}),
    Ablation(
        "n_crops", "The whole clip, not one crop of it, at the test", "mel_clip", {"n_crops": 1}
    ),
    Ablation("network", "Networks", "fused", {"members": ["discriminant"]}),
    Ablation("statistics", "Statistics of the spectrogram", "fused", blocks=without_statistics),
    Ablation("features", "Features of the song", "fused", blocks=without_song),
    Ablation("stacking", "Stacked weights, not a plain mean", "fused", {"pull": 1e9}),
)


def ablations(
    dataset: Dataset,
    groups: TrackGroups,
    run_ids: Sequence[RunId],
    *,
    seed: int,
    cache: Cache,
    jobs: Jobs,
    advance: Advance,
) -> pd.DataFrame:
    """Return the analysis "ablations" of the served models among the runs; may be empty.

    Parameters
    ----------
    run_ids : sequence of RunId
        Plain runs that have been trained.
    seed : int
        The first of three.
    """
    compared = list(_compared(run_ids))
    tables = {run_id.representation for run_id, _, _ in compared}
    table_keys = {name: table_digest(dataset.tables[name]) for name in tables}

    def tasks_of(run_id: RunId, recipe: Recipe) -> list[Task]:
        table_key = table_keys[run_id.representation]
        units = [
            viewed_unit(run_id, dataset, groups, seed=own) for own in range(seed, seed + N_SEEDS)
        ]
        return [_task(unit, recipe, table_key) for unit in units]

    sides = [
        [tasks_of(run_id, recipe) for recipe in (Recipe(MODELS[run_id.model].params), left)]
        for run_id, _, left in compared
    ]
    tasks = {task.key: task for pair in sides for side in pair for task in side}
    outcomes = run_tasks(
        list(tasks.values()), cache=cache, jobs=jobs, advance=advance, kind="ablations"
    )
    right = dict(zip(tasks, outcomes, strict=True))
    artist = groups.table[PROTOCOLS[VIEWED_PROTOCOL].independent_unit]
    rows = [
        _row(ablation, run_id, _by_seed(right, whole), _by_seed(right, without), artist)
        for (run_id, ablation, _), (whole, without) in zip(compared, sides, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(ANALYSES["ablations"].columns))


def validation_answers(*, unit: Unit, recipe: Recipe) -> pd.Series:
    """Return whether each validation track is answered right, by a model of this recipe."""
    table, held = unit.table, unit.fold.validation
    assert held is not None
    answers = _fitted(unit, recipe).predict_proba(table.X[held]).argmax(axis=1)
    return pd.Series(answers == genre_numbers(table)[held], index=table.rows["track_id"].iloc[held])


def _compared(run_ids: Sequence[RunId]) -> Iterator[tuple[RunId, Ablation, Recipe]]:
    """Yield the runs of served models with each of their ingredients, and what is left of it."""
    for run_id in run_ids:
        specification = MODELS[run_id.model]
        served = run_id.representation in specification.served
        if not served or run_id.protocol != VIEWED_PROTOCOL:
            continue
        for ablation in ABLATIONS:
            recipe = ablation.left_out(specification.params)
            if ablation.representation == run_id.representation and recipe is not None:
                yield run_id, ablation, recipe


def _task(unit: Unit, recipe: Recipe, table_key: str) -> Task:
    """Return the work of one model with one seed."""
    source = source_digest(("pipeline.analysis.ablations",), KEYED)
    return Task(
        label=f"{unit.model}, seed {unit.seed}",
        key=digest("ablation", recipe.facts, unit_key(unit, table_key), source),
        function=validation_answers,
        arguments={"unit": unit, "recipe": recipe},
    )


def _fitted(unit: Unit, recipe: Recipe) -> Any:
    """Fit a model of another recipe than it declares, on what it would be fitted on."""
    specification = MODELS[unit.model]
    assert isinstance(specification.build, partial)  # of (params, seed) or (params, blocks, seed)
    _, *blocks = specification.build.args
    blocks = blocks if recipe.blocks is None else [recipe.blocks]
    estimator = specification.build.func(recipe.params, *blocks, unit.seed)
    X, y, train = unit.table.X, genre_numbers(unit.table), unit.fold.train
    if specification.stops_early:
        assert unit.stop is not None
        return estimator.fit(X[train], y[train], validation=(X[unit.stop], y[unit.stop]))
    if specification.grouped:
        assert unit.groups is not None
        return estimator.fit(X[train], y[train], groups=unit.groups[train])
    return estimator.fit(X[train], y[train])


def _by_seed(right: dict[str, pd.Series], tasks: list[Task]) -> pd.DataFrame:
    """Whether each track (rows) is answered right with each seed (columns), 0 or 1."""
    answers = [right[task.key] for task in tasks]
    return pd.concat(answers, axis=1, keys=range(len(answers))).astype(float)


def _row(
    ablation: Ablation,
    run_id: RunId,
    whole: pd.DataFrame,
    without: pd.DataFrame,
    artist: pd.Series,
) -> tuple:
    gained = whole.mean(axis=1) - without.mean(axis=1)
    counted = np.column_stack([np.ones(len(gained)), gained])
    totals = group_sums(artist.loc[gained.index].to_numpy(), counted)
    low, high = bootstrap(totals, lambda sums: sums[:, 1] / sums[:, 0])
    scores = [own.mean(axis=0) for own in (whole, without)]
    return (
        ablation.ingredient,
        ablation.title,
        run_id.served_id,
        *(own.mean() for own in scores),
        *(own.std(ddof=1) for own in scores),
        gained.mean(),
        float(low),
        float(high),
        whole.shape[1],
        len(gained),
    )
