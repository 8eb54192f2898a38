"""Protocols hold out what they say, and the check finds what they do not permit."""

from dataclasses import replace

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline.splits import (
    PROTOCOLS,
    Fold,
    LeakError,
    stopping_split,
    track_groups,
    validate_no_leak,
)

DATASET = small_dataset()
GROUPS = track_groups(DATASET)
SEGMENTS = DATASET.tables["features_3s"]


def folds(protocol: str, *, representation: str = "features_3s", seed: int = 0) -> list[Fold]:
    table = DATASET.tables[representation]
    return PROTOCOLS[protocol].make_folds(table, DATASET, GROUPS, seed)


def tracks(rows: np.ndarray) -> set[str]:
    return set(SEGMENTS.rows["track_id"].iloc[rows])


@pytest.mark.parametrize("protocol", [p for p in PROTOCOLS.values() if p.supervised])
@pytest.mark.parametrize("representation", ["features_3s", "features_30s"])
def test_every_protocol_passes_its_own_check(protocol, representation):
    made = folds(protocol.name, representation=representation)
    assert made
    for fold in made:
        counts = validate_no_leak(fold, DATASET.tables[representation], GROUPS, protocol)
        assert set(counts) <= set(protocol.permits)


def test_segment_random_holds_out_a_quarter_of_the_rows_and_reports_shared_tracks():
    (fold,) = folds("segment_random")
    assert len(fold.test) == pytest.approx(len(SEGMENTS.rows) / 4, abs=1)
    leaks = validate_no_leak(fold, SEGMENTS, GROUPS, PROTOCOLS["segment_random"])
    assert leaks["track"] > 20


def test_track_kfold_tests_every_row_once_and_keeps_tracks_and_duplicates_together():
    made = folds("track_kfold")
    tested = np.concatenate([fold.test for fold in made])
    assert sorted(tested) == list(range(len(SEGMENTS.rows)))
    for fold in made:
        assert not tracks(fold.train) & tracks(fold.test)
        assert len({"alpha.00000", "alpha.00001"} & tracks(fold.test)) != 1


def test_track_kfold_gives_both_representations_the_same_folds():
    for first, second in zip(
        folds("track_kfold"), folds("track_kfold", representation="features_30s"), strict=True
    ):
        clips = DATASET.tables["features_30s"].rows["track_id"].iloc[second.test]
        assert tracks(first.test) == set(clips)


def test_folds_depend_on_the_seed_only():
    same = [fold.test.tolist() for fold in folds("track_kfold", seed=1)]
    assert same == [fold.test.tolist() for fold in folds("track_kfold", seed=1)]
    assert same != [fold.test.tolist() for fold in folds("track_kfold", seed=2)]


def test_fault_filtered_follows_the_list_and_is_absent_without_it():
    (fold,) = folds("fault_filtered")
    split = DATASET.fault_filtered.set_index("track_id")["split"]
    assert {split[track] for track in tracks(fold.validation)} == {"validation"}
    bare = replace(DATASET, fault_filtered=None)
    assert PROTOCOLS["fault_filtered"].make_folds(SEGMENTS, bare, GROUPS, 0) == []


def test_unknown_artists_are_groups_of_one():
    groups = track_groups(replace(DATASET, artist_group=DATASET.artist_group.iloc[:4]))
    counts = groups.table["artist"].value_counts()
    assert sorted(counts.tolist(), reverse=True)[:3] == [2, 2, 1]
    assert counts.sum() == len(groups.table)


def test_validate_no_leak_refuses_a_row_in_two_parts():
    fold = Fold(0, np.array([0, 1, 2]), np.array([2, 3]))
    with pytest.raises(LeakError, match="a row is in two parts"):
        validate_no_leak(fold, SEGMENTS, GROUPS, PROTOCOLS["segment_random"])


@pytest.mark.parametrize(
    ("kind", "train", "test"),
    [("track", [0], [1]), ("duplicate", [0], [3]), ("artist", [6], [9])],
)
def test_validate_no_leak_refuses_what_is_not_permitted(kind, train, test):
    strict = replace(PROTOCOLS["fault_filtered"], permits={})
    with pytest.raises(LeakError, match=f"share a {kind}"):
        validate_no_leak(Fold(0, np.array(train), np.array(test)), SEGMENTS, GROUPS, strict)


def test_a_leak_into_the_validation_part_counts_too():
    fold = Fold(0, np.array([30]), np.array([1]), np.array([0]))
    with pytest.raises(LeakError, match="share a track"):
        validate_no_leak(fold, SEGMENTS, GROUPS, PROTOCOLS["fault_filtered"])


def test_a_named_artist_is_permitted_and_counted_while_others_are_not():
    named = replace(PROTOCOLS["fault_filtered"], permits={"artist": frozenset({1})})
    assert validate_no_leak(Fold(0, np.array([6]), np.array([9])), SEGMENTS, GROUPS, named) == {
        "artist": 1
    }
    with pytest.raises(LeakError, match="share a artist"):
        validate_no_leak(Fold(0, np.array([12]), np.array([15])), SEGMENTS, GROUPS, named)


@pytest.mark.parametrize("protocol", ["segment_random", "track_kfold", "fault_filtered"])
def test_stopping_split_never_touches_the_test_part(protocol):
    for fold in folds(protocol):
        fit, stop = stopping_split(fold, SEGMENTS, GROUPS, PROTOCOLS[protocol], seed=0)
        assert not set(fit) & set(stop)
        assert not (set(fit) | set(stop)) & set(fold.test)
        if protocol != "segment_random":
            assert not tracks(fit) & tracks(stop)


@pytest.mark.real_data
def test_gtzan_leaks_are_the_known_ones(data_root):
    from pipeline.datasets import gtzan

    dataset = gtzan.load(data_root)
    groups = track_groups(dataset)
    table = dataset.tables["features_3s"]
    sizes = groups.table["duplicate"].value_counts()
    assert (sizes == 2).sum() == 15
    assert sizes.max() == 2
    found = {}
    for name in ("segment_random", "track_kfold", "fault_filtered"):
        made = PROTOCOLS[name].make_folds(table, dataset, groups, 0)
        found[name] = [validate_no_leak(f, table, groups, PROTOCOLS[name]) for f in made]
    assert found["segment_random"][0]["track"] > 900
    assert all(set(counts) == {"artist"} for counts in found["track_kfold"])
    assert found["fault_filtered"] == [{"artist": 1}]
