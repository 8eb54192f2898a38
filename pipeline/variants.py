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
# columns of time that stay together when the rest is shuffled: about 0.8 s, 0.2 s and one frame
PIECE_COLUMNS = {"mel_clip": 9, "mfcc_sequence": 10, "mfcc_pieces": 1}
NINE_GENRES = ("blues", "jazz")  # the first counts as the second in the study of nine genres
NINE_GENRE_MODELS = ("lstm_pieces", "cnn_lstm")
NETWORK_SEEDS = (1, 2)  # further seeds of the networks that stand for us


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


def network_seed_variant(seed: int) -> Variant:
    """Return the repetition of our own networks with another seed, on the published parts."""
    return Variant(
        name=f"{SEED_PREFIX}{seed}",
        title=f"Seed {seed}",
        explanation="The network drawn and trained anew.",
        protocols=("fault_filtered",),
        tables=("mel_clip", "fused"),
        permits=lambda spec: spec.candidate,
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


def few_tracks(dataset: Dataset, *, seed: int, by_genre: int = 14) -> Dataset:
    """Return so many tracks of each genre, of every part where parts are published."""
    rows = pd.concat([table.rows for table in dataset.tables.values()])
    genre = rows.drop_duplicates("track_id").set_index("track_id")["genre"].sort_index()
    if dataset.fault_filtered is not None:
        part = dataset.fault_filtered.set_index("track_id")["split"]
        genre = genre + " " + part.reindex(genre.index).fillna("none")
        by_genre //= 2
    kept = genre.sample(frac=1, random_state=seed).groupby(genre).head(by_genre).index
    return without_tracks(dataset, genre.index.difference(kept))


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


def _shuffled_pieces(dataset: Dataset, groups: TrackGroups, seed: int) -> Dataset:
    """Put the pieces of each row in an order of its own; columns that fill no piece stay last."""
    rng = np.random.default_rng(seed)
    tables = {
        name: replace(table, X=shuffled_in_time(table.X, PIECE_COLUMNS[name], rng=rng))
        for name, table in dataset.tables.items()
        if name in PIECE_COLUMNS
    }
    return replace(dataset, tables=tables)


def shuffled_in_time(X: np.ndarray, piece: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return rows of (n, n_columns, n_bands) with their pieces of so many columns shuffled."""
    n_pieces = X.shape[1] // piece
    order = rng.permuted(np.tile(np.arange(n_pieces), (len(X), 1)), axis=1)
    columns = (order[:, :, None] * piece + np.arange(piece)).reshape(len(X), -1)
    rest = np.broadcast_to(np.arange(n_pieces * piece, X.shape[1]), (len(X), X.shape[1] % piece))
    return np.take_along_axis(X, np.hstack([columns, rest])[:, :, None], axis=1)


def _nine_genres(dataset: Dataset, groups: TrackGroups, seed: int) -> Dataset:
    """Count blues as jazz, as the study of nine genres did."""
    gone, instead = NINE_GENRES
    tables = {}
    for name, table in dataset.tables.items():
        genre = table.rows["genre"].replace(gone, instead)
        left = tuple(each for each in table.genres if each != gone)
        tables[name] = replace(table, rows=table.rows.assign(genre=genre), genres=left)
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
        Variant(
            name="shuffled",
            title="Order in time shuffled",
            explanation="The pieces of every clip in random order, in training and test: what the "
            "same network loses is what order in time is worth.",
            protocols=("fault_filtered",),
            tables=tuple(PIECE_COLUMNS),
            permits=lambda spec: spec.family in ("convolutional", "recurrent"),
            change_dataset=_shuffled_pieces,
            change_fold=_same_fold,
            applies=lambda dataset: bool(PIECE_COLUMNS.keys() & dataset.tables.keys()),
        ),
        Variant(
            name="nine_genres",
            title="Nine genres",
            explanation="Blues counts as jazz, as in the study that the figures come from.",
            protocols=("clip_random",),
            tables=tuple(PIECE_COLUMNS),
            permits=lambda spec: spec.name in NINE_GENRE_MODELS,
            change_dataset=_nine_genres,
            change_fold=_same_fold,
            applies=lambda dataset: (
                bool(PIECE_COLUMNS.keys() & dataset.tables.keys())
                and all({*NINE_GENRES} <= {*table.genres} for table in dataset.tables.values())
            ),
        ),
    )
}
