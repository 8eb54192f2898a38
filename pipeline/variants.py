"""The same models and protocols with one thing changed, to measure what that thing is worth.

A variant is one entry in ``VARIANTS``; its runs are scored by their answers and compared with the
plain run. Seeds are variants too: "seed3" draws folds and models anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.datasets import Dataset, FeatureTable
from pipeline.models import ModelSpec
from pipeline.splits import Fold, TrackGroups, some_tracks

SEED_PREFIX = "seed"
RANDOM_PROTOCOLS = ("segment_random", "clip_random")
PUBLISHED_TABLES = ("features_3s", "features_30s")
CONTROL_MODELS = ("lda_shrinkage", "random_forest_default", "knn_1")


@dataclass(frozen=True)
class Variant:
    """One change.

    Attributes
    ----------
    name, title, explanation : str
    protocols : tuple of str
        Where it is measured.
    tables : tuple of str
        Representations that it is measured on.
    permits : model -> bool
        Which models are fitted again.
    applies : data set -> bool
        False where nothing would be changed.
    change_dataset : callable
        ``(dataset, groups, seed)`` -> the data set that is used instead.
    change_fold : callable
        ``(fold, table, dataset, groups, seed)`` -> the fold that is used instead.
    """

    name: str
    title: str
    explanation: str
    protocols: tuple[str, ...]
    tables: tuple[str, ...]
    permits: Callable[[ModelSpec], bool]
    change_dataset: Callable[[Dataset, TrackGroups, int], Dataset]
    change_fold: Callable[[Fold, FeatureTable, Dataset, TrackGroups, int], Fold]
    applies: Callable[[Dataset], bool] = lambda dataset: True


def seed_variant(seed: int) -> Variant:
    """Return the repetition with another seed of folds and models."""
    return Variant(
        name=f"{SEED_PREFIX}{seed}",
        title=f"Seed {seed}",
        explanation="The random split and the model drawn anew.",
        protocols=RANDOM_PROTOCOLS,
        tables=PUBLISHED_TABLES,
        permits=lambda spec: spec.repeated,
        change_dataset=_same_dataset,
        change_fold=_same_fold,
    )


def seed_of(variant: str | None, plain: int) -> int:
    """Return the seed that a variant's name stands for; ``plain`` for any other run."""
    name = variant or ""
    return int(name.removeprefix(SEED_PREFIX)) if name.startswith(SEED_PREFIX) else plain


def without_tracks(dataset: Dataset, tracks: pd.Index) -> Dataset:
    """Return the data set without some tracks."""
    return _with_rows(dataset, lambda rows: ~rows["track_id"].isin(tracks).to_numpy())


def _same_dataset(dataset: Dataset, groups: TrackGroups, seed: int) -> Dataset:
    return dataset


def _same_fold(
    fold: Fold, table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> Fold:
    return fold


def _one_of_each_duplicate(dataset: Dataset, groups: TrackGroups, seed: int) -> Dataset:
    later = groups.table.index[groups.table["duplicate"].duplicated()]
    return without_tracks(dataset, later)


def _permuted_labels(dataset: Dataset, groups: TrackGroups, seed: int) -> Dataset:
    """Give the tracks each other's genres; segments and copies keep together."""
    sets = groups.table.drop_duplicates("duplicate").set_index("duplicate")["genre"]
    mixed = np.random.default_rng(seed).permutation(sets.to_numpy())
    genre = groups.table["duplicate"].map(dict(zip(sets.index, mixed, strict=True)))
    tables = {
        name: replace(table, rows=table.rows.assign(genre=table.rows["track_id"].map(genre)))
        for name, table in dataset.tables.items()
    }
    return replace(dataset, tables=tables)


def _fewer_training_tracks(
    fold: Fold, table: FeatureTable, dataset: Dataset, groups: TrackGroups, seed: int
) -> Fold:
    """Keep as many training tracks, by genre, as the fault-filtered list has."""
    assert dataset.fault_filtered is not None
    wanted = int((dataset.fault_filtered["split"] == "train").sum())
    tracks = table.rows["track_id"].iloc[fold.train]
    kept = some_tracks(groups.table["genre"].loc[tracks.unique()], wanted, seed=seed)
    return replace(fold, train=fold.train[tracks.isin(kept).to_numpy()])


def _with_rows(dataset: Dataset, keep: Callable[[pd.DataFrame], np.ndarray]) -> Dataset:
    tables = {}
    for name, table in dataset.tables.items():
        kept = keep(table.rows)
        rows = table.rows[kept].reset_index(drop=True)
        tables[name] = replace(table, rows=rows, X=table.X[kept])
    return replace(dataset, tables=tables)


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(
            name="size_control",
            title="As few training tracks as for new artists",
            explanation="New songs, but trained on as many tracks as the fault-filtered list has: "
            "what remains of the fall to new artists is not due to less training data.",
            protocols=("track_kfold",),
            tables=(*PUBLISHED_TABLES, "features_song"),
            permits=lambda spec: spec.repeated or spec.candidate,
            change_dataset=_same_dataset,
            change_fold=_fewer_training_tracks,
            applies=lambda dataset: dataset.fault_filtered is not None,
        ),
        Variant(
            name="dedup",
            title="Duplicates dropped",
            explanation="One track of each set of copies is kept.",
            protocols=("segment_random", "clip_random", "track_kfold"),
            tables=PUBLISHED_TABLES,
            permits=lambda spec: spec.repeated,
            change_dataset=_one_of_each_duplicate,
            change_fold=_same_fold,
        ),
        Variant(
            name="permuted",
            title="Labels shuffled between songs",
            explanation="Every song gets the genre of another, so nothing can be learned about "
            "genres: a score above chance measures how far the split lets songs be recognised.",
            protocols=("segment_random", "clip_random", "track_kfold", "fault_filtered"),
            tables=PUBLISHED_TABLES,
            permits=lambda spec: spec.name in CONTROL_MODELS,
            change_dataset=_permuted_labels,
            change_fold=_same_fold,
        ),
    )
}
