"""Splits inside a training part: never a test row, and held out as the protocol holds out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.splits import (
    PROTOCOLS,
    Fold,
    inner_folds,
    some_tracks,
    stopping_split,
    track_groups,
    validate_no_leak,
)

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)
SEGMENTS = DATASET.tables["features_3s"]
SUPERVISED = [p.name for p in PROTOCOLS.values() if p.supervised and p.name != "official"]


def folds(protocol: str, representation: str = "features_3s") -> list[Fold]:
    table = DATASET.tables[representation]
    return PROTOCOLS[protocol].make_folds(table, DATASET, GROUPS, 0)


def inner(protocol: str, fold: Fold, representation: str = "features_3s") -> list[Fold]:
    table = DATASET.tables[representation]
    return inner_folds(fold, table, GROUPS, PROTOCOLS[protocol], seed=0)


def tracks(rows: np.ndarray, representation: str = "features_3s") -> set[str]:
    return set(DATASET.tables[representation].rows["track_id"].iloc[rows])


@pytest.mark.parametrize("protocol", SUPERVISED)
def test_inner_folds_never_touch_the_test_part(protocol):
    for fold in folds(protocol):
        allowed = set(fold.train) | set([] if fold.validation is None else fold.validation)
        for own in inner(protocol, fold):
            assert set(own.train) | set(own.test) <= allowed
            assert not (set(own.train) | set(own.test)) & set(fold.test)
            assert own.validation is None


@pytest.mark.parametrize("protocol", SUPERVISED)
def test_inner_folds_pass_the_check_of_their_protocol(protocol):
    for fold in folds(protocol):
        for own in inner(protocol, fold):
            validate_no_leak(own, SEGMENTS, GROUPS, PROTOCOLS[protocol])


def test_where_artists_are_held_out_three_folds_test_every_training_track_once():
    for fold in folds("artist_3fold"):
        own = inner("artist_3fold", fold)
        assert len(own) == 3
        assert sorted(np.concatenate([part.test for part in own])) == sorted(fold.train)


def test_a_validation_part_of_the_list_is_the_inner_test_part():
    (fold,) = folds("fault_filtered")
    (own,) = inner("fault_filtered", fold)
    assert own.test is fold.validation and own.train is fold.train


@pytest.mark.parametrize(
    ("protocol", "share"), [("segment_random", 0.25), ("clip_random", 0.2), ("track_kfold", 1 / 3)]
)
def test_a_single_inner_split_has_its_declared_size(protocol, share):
    fold = folds(protocol)[0]
    (own,) = inner(protocol, fold)
    assert len(own.test) / len(fold.train) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("protocol", ["clip_random", "track_kfold", "artist_3fold"])
def test_representations_with_other_numbers_of_rows_meet_the_same_inner_folds(protocol):
    uneven = SEGMENTS.rows.index % 3 != 2  # one segment less for every track
    uneven |= SEGMENTS.rows["genre"] == "alpha"
    table = replace(
        SEGMENTS, rows=SEGMENTS.rows[uneven].reset_index(drop=True), X=SEGMENTS.X[uneven]
    )
    declared = PROTOCOLS[protocol]
    some = declared.make_folds(table, DATASET, GROUPS, 0)
    for first, second in zip(some, folds(protocol, "features_song"), strict=True):
        by_rows = inner_folds(first, table, GROUPS, declared, seed=0)
        by_tracks = inner(protocol, second, "features_song")
        assert [set(table.rows["track_id"].iloc[own.test]) for own in by_rows] == [
            tracks(own.test, "features_song") for own in by_tracks
        ]


@pytest.mark.parametrize("protocol", SUPERVISED)
def test_stopping_split_divides_the_training_part_as_the_protocol_divides(protocol):
    for fold in folds(protocol):
        fit, stop = stopping_split(fold, SEGMENTS, GROUPS, PROTOCOLS[protocol], seed=0)
        assert not set(fit) & set(stop)
        assert not (set(fit) | set(stop)) & set(fold.test)
        if fold.validation is None:
            assert sorted([*fit, *stop]) == sorted(fold.train)
            assert len(stop) / len(fold.train) == pytest.approx(0.1, abs=0.03)
        if protocol != "segment_random":
            assert not tracks(fit) & tracks(stop)


@pytest.mark.parametrize("n_tracks", [1, 5, 57, 58, 60, 80])
def test_some_tracks_are_as_many_as_asked_for_and_keep_the_shares(n_tracks):
    genre = pd.Series(["a"] * 40 + ["b"] * 20, index=[f"t{i}" for i in range(60)])
    kept = some_tracks(genre, n_tracks, seed=3)
    assert len(set(kept)) == len(kept) == min(n_tracks, 60)
    assert (genre[kept] == "a").sum() == pytest.approx(len(kept) * 2 / 3, abs=1)
    assert set(kept) <= set(some_tracks(genre, n_tracks + 1, seed=3))


def test_some_tracks_are_others_with_another_seed():
    genre = pd.Series(["a", "b"] * 30, index=range(60))
    first, second = (some_tracks(genre, 20, seed=seed).tolist() for seed in (0, 1))
    assert first != second
    assert first == some_tracks(genre, 20, seed=0).tolist()
