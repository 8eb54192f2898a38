"""Protocols hold out what they say, and the check finds what they do not permit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.datasets import FeatureTable
from pipeline.report import blanks
from pipeline.splits import (
    LEAK_KINDS,
    PROTOCOLS,
    Fold,
    LeakError,
    track_groups,
    validate_no_leak,
)

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)
SEGMENTS = DATASET.tables["features_3s"]
SUPERVISED = [protocol.name for protocol in PROTOCOLS.values() if protocol.supervised]
OFFICIAL = replace(
    DATASET, official=DATASET.fault_filtered.set_index("track_id")["split"].drop("gamma.00029")
)


def folds(protocol: str, *, representation: str = "features_3s", seed: int = 0) -> list[Fold]:
    dataset = OFFICIAL if protocol == "official" else DATASET
    table = dataset.tables[representation]
    return PROTOCOLS[protocol].make_folds(table, dataset, GROUPS, seed)


def tracks(rows: np.ndarray, table: FeatureTable = SEGMENTS) -> set[str]:
    return set(table.rows["track_id"].iloc[rows])


@pytest.mark.parametrize("protocol", SUPERVISED)
@pytest.mark.parametrize("representation", DATASET.tables)
def test_every_protocol_passes_its_own_check(protocol, representation):
    made = folds(protocol, representation=representation)
    assert bool(made) == (protocol != "segment_random" or representation == "features_3s")
    for fold in made:
        table = DATASET.tables[representation]
        counts = validate_no_leak(fold, table, GROUPS, PROTOCOLS[protocol])
        assert set(counts) <= set(PROTOCOLS[protocol].permits)


@pytest.mark.parametrize("protocol", SUPERVISED)
def test_no_group_that_a_protocol_keeps_together_is_in_training_and_test(protocol):
    declared = PROTOCOLS[protocol]
    for kind in [kind for kind in LEAK_KINDS if kind not in declared.permits]:
        for fold in folds(protocol):
            group = GROUPS.table[kind].loc[SEGMENTS.rows["track_id"]].to_numpy()
            assert not set(group[fold.train]) & set(group[fold.test])


@pytest.mark.parametrize("protocol", [name for name in SUPERVISED if name != "segment_random"])
def test_every_representation_meets_the_same_folds(protocol):
    by_table = [
        [
            (fold.number, tracks(fold.train, table), tracks(fold.test, table))
            for fold in folds(protocol, representation=representation)
        ]
        for representation, table in DATASET.tables.items()
    ]
    assert by_table[0] == by_table[1] == by_table[2]


def test_segment_random_holds_out_a_quarter_of_the_rows_and_reports_shared_tracks():
    (fold,) = folds("segment_random")
    assert len(fold.test) == pytest.approx(len(SEGMENTS.rows) / 4, abs=1)
    assert sorted([*fold.train, *fold.test]) == list(range(len(SEGMENTS.rows)))
    leaks = validate_no_leak(fold, SEGMENTS, GROUPS, PROTOCOLS["segment_random"])
    assert leaks["track"] > 20
    genre = SEGMENTS.rows["genre"].iloc[fold.test].value_counts()
    assert genre.max() - genre.min() <= 1


def test_clip_random_holds_out_a_fifth_of_the_tracks_of_each_genre():
    (fold,) = folds("clip_random")
    held = pd.Series(sorted(tracks(fold.test))).str.split(".").str[0]
    assert held.value_counts().to_dict() == {"alpha": 6, "beta": 6, "gamma": 6}
    assert not tracks(fold.train) & tracks(fold.test)


def test_clip_random_lets_copies_fall_on_both_sides():
    apart = 0
    for seed in range(10):
        (fold,) = folds("clip_random", seed=seed)
        counts = validate_no_leak(fold, SEGMENTS, GROUPS, PROTOCOLS["clip_random"])
        torn = len({"alpha.00000", "alpha.00001"} & tracks(fold.test)) == 1
        assert counts.get("duplicate", 0) == torn
        apart += torn
    assert apart > 0


def test_track_kfold_tests_every_row_once_and_keeps_tracks_and_duplicates_together():
    made = folds("track_kfold")
    assert len(made) == 10
    tested = np.concatenate([fold.test for fold in made])
    assert sorted(tested) == list(range(len(SEGMENTS.rows)))
    for fold in made:
        assert not tracks(fold.train) & tracks(fold.test)
        assert len({"alpha.00000", "alpha.00001"} & tracks(fold.test)) != 1


def test_artist_3fold_follows_the_published_folds_and_leaves_the_others_out():
    partial = replace(DATASET, artist_fold=DATASET.artist_fold.drop(["beta.00003", "beta.00004"]))
    made = PROTOCOLS["artist_3fold"].make_folds(SEGMENTS, partial, GROUPS, 0)
    assert [fold.number for fold in made] == [0, 1, 2]
    for fold in made:
        assert {DATASET.artist_fold[track] for track in tracks(fold.test)} == {fold.number}
        assert len(tracks(fold.train) | tracks(fold.test)) == 88
        assert fold.validation is None


@pytest.mark.parametrize("protocol", ["segment_random", "clip_random", "track_kfold"])
def test_random_folds_depend_on_the_seed_only(protocol):
    same = [fold.test.tolist() for fold in folds(protocol, seed=1)]
    assert same == [fold.test.tolist() for fold in folds(protocol, seed=1)]
    assert same != [fold.test.tolist() for fold in folds(protocol, seed=2)]


@pytest.mark.parametrize("protocol", ["artist_3fold", "fault_filtered", "official"])
def test_published_folds_do_not_depend_on_the_seed(protocol):
    first, second = ([fold.test.tolist() for fold in folds(protocol, seed=seed)] for seed in (1, 2))
    assert first == second


@pytest.mark.parametrize("protocol", ["fault_filtered", "official"])
def test_parts_follow_the_list(protocol):
    (fold,) = folds(protocol)
    split = DATASET.fault_filtered.set_index("track_id")["split"]
    for part, rows in (
        ("train", fold.train), ("validation", fold.validation), ("test", fold.test),
    ):  # fmt: skip
        assert {split[track] for track in tracks(rows)} == {part}
    assert ("gamma.00029" in tracks(fold.test)) == (protocol == "fault_filtered")


def test_an_official_split_without_validation_has_none():
    official = OFFICIAL.official.replace("validation", "train")
    dataset = replace(DATASET, official=official)
    (fold,) = PROTOCOLS["official"].make_folds(SEGMENTS, dataset, GROUPS, 0)
    assert fold.validation is None and len(fold.train) == 54 * 3


def test_absent_lists_give_no_folds_and_a_reason():
    bare = replace(
        DATASET,
        fault_filtered=None,
        artist_fold=None,
        tables={"features_30s": DATASET.tables["features_30s"]},
        blanks={"segment_random": "no segments here"},
    )
    table = bare.tables["features_30s"]
    for name in ("artist_3fold", "fault_filtered", "official", "segment_random"):
        assert PROTOCOLS[name].make_folds(table, bare, GROUPS, 0) == []
    reasons = {row["protocol"]: row["reason"] for row in blanks(bare, GROUPS, seed=0)}
    assert reasons == {
        "segment_random": "no segments here",
        "artist_3fold": PROTOCOLS["artist_3fold"].needs,
        "fault_filtered": PROTOCOLS["fault_filtered"].needs,
        "official": PROTOCOLS["official"].needs,
    }
    assert all(reasons.values())


def test_unknown_artists_are_groups_of_one():
    groups = track_groups(replace(DATASET, artist_group=DATASET.artist_group.iloc[:4]))
    counts = groups.table["artist"].value_counts()
    assert sorted(counts.tolist(), reverse=True)[:3] == [2, 2, 1]
    assert counts.sum() == len(groups.table)


def test_copies_found_in_any_table_are_one_group():
    clips = DATASET.tables["features_30s"]
    chained = clips.rows["duplicate_group"].to_numpy().copy()
    chained[[1, 2]] = 5  # alpha.00001 = alpha.00002 in this table alone
    table = replace(clips, rows=clips.rows.assign(duplicate_group=chained))
    dataset = replace(DATASET, tables={"features_3s": SEGMENTS, "features_30s": table})
    sizes = track_groups(dataset).table["duplicate"].value_counts()
    assert sizes.max() == 3 and (sizes == 1).sum() == 87


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


@pytest.fixture(scope="module")
def gtzan(data_root: Path):
    from pipeline.datasets import gtzan as module

    dataset = module.load(data_root)
    return dataset, track_groups(dataset)


def test_gtzan_copies_are_the_known_fifteen_pairs(gtzan):
    sizes = gtzan[1].table["duplicate"].value_counts()
    assert (sizes == 2).sum() == 15
    assert sizes.max() == 2


@pytest.mark.parametrize("representation", ["features_3s", "features_30s", "features_song"])
def test_gtzan_passes_the_check_of_every_protocol(gtzan, representation):
    dataset, groups = gtzan
    table = dataset.tables[representation]
    found = {}
    for name in SUPERVISED:
        made = PROTOCOLS[name].make_folds(table, dataset, groups, 0)
        found[name] = [validate_no_leak(f, table, groups, PROTOCOLS[name]) for f in made]
    assert found.pop("official") == []
    segment_random = found.pop("segment_random")
    if representation == "features_3s":
        assert segment_random[0]["track"] > 900
    else:
        assert segment_random == []
    assert set(found["clip_random"][0]) == {"duplicate", "artist"}
    assert [set(counts) for counts in found["track_kfold"]] == [{"artist"}] * 10
    assert found["artist_3fold"] == [{}, {}, {}]
    assert found["fault_filtered"] == [{"artist": 1}]


def test_gtzan_artist_folds_hold_the_948_listed_tracks(gtzan):
    dataset, groups = gtzan
    table = dataset.tables["features_30s"]
    made = PROTOCOLS["artist_3fold"].make_folds(table, dataset, groups, 0)
    tested = [tracks(fold.test, table) for fold in made]
    assert len(set.union(*tested)) == sum(map(len, tested)) == 948
    for fold in made:
        assert tracks(fold.train, table) == set.union(*tested) - tracks(fold.test, table)
