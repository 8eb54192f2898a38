"""Each variant changes one thing, and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.cache import Cache
from pipeline.models import MODELS
from pipeline.plan import Selection, planned_variants
from pipeline.splits import PROTOCOLS, track_groups
from pipeline.train import train
from pipeline.variants import VARIANTS, seed_of, seed_variant, without_tracks

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)
TABLE = DATASET.tables["features_3s"]


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


def changed(name: str, seed: int = 0, dataset=DATASET):
    return VARIANTS[name].change_dataset(dataset, track_groups(dataset), seed)


def accuracy(run) -> float:
    return (run.predictions["y_true"] == run.predictions["y_pred"]).mean()


@pytest.mark.parametrize("variant", [*VARIANTS.values(), seed_variant(3)])
def test_declaration_is_complete(variant):
    assert variant.title and variant.explanation.endswith(".")
    assert "." not in variant.name
    assert set(variant.protocols) <= set(PROTOCOLS)
    assert any(map(variant.permits, MODELS.values()))


def test_seed_of_a_name():
    assert seed_of("seed12", 5) == 12 and seed_of("seed0", 5) == 0
    assert seed_of("dedup", 5) == 5 and seed_of(None, 5) == 5
    assert seed_variant(12).name == "seed12"


def test_dedup_drops_exactly_the_later_copies():
    kept = changed("dedup")
    for name, table in kept.tables.items():
        before = DATASET.tables[name]
        stays = (before.rows["track_id"] != "alpha.00001").to_numpy()
        assert stays.sum() < len(before.rows)
        assert table.rows["track_id"].tolist() == before.rows["track_id"][stays].tolist()
        np.testing.assert_array_equal(table.X, before.X[stays])
        assert table.rows.index.tolist() == list(range(len(table.rows)))


def test_dedup_keeps_the_first_of_three_copies():
    clips = DATASET.tables["features_30s"]
    numbers = clips.rows["duplicate_group"].to_numpy().copy()
    numbers[[0, 1, 5]] = 0
    table = replace(clips, rows=clips.rows.assign(duplicate_group=numbers))
    kept = changed("dedup", dataset=replace(DATASET, tables={"features_30s": table}))
    gone = set(clips.rows["track_id"]) - set(kept.tables["features_30s"].rows["track_id"])
    assert gone == {"alpha.00001", "alpha.00005"}


def test_without_tracks_leaves_the_lists_as_they_are():
    some = without_tracks(DATASET, pd.Index(["beta.00002"]))
    assert some.fault_filtered is DATASET.fault_filtered
    assert "beta.00002" not in set(some.tables["features_song"].rows["track_id"])


def test_permuted_labels_stay_with_songs_and_their_copies_in_every_table():
    mixed = changed("permuted")
    by_table = [
        table.rows.groupby("track_id")["genre"].agg(["nunique", "first"])
        for table in mixed.tables.values()
    ]
    for genres in by_table:
        assert (genres["nunique"] == 1).all()
        assert genres["first"].equals(by_table[0]["first"])
        assert genres.loc["alpha.00000", "first"] == genres.loc["alpha.00001", "first"]
    true = GROUPS.table["genre"]
    assert 0.2 < (by_table[0]["first"] == true).mean() < 0.5
    np.testing.assert_array_equal(mixed.tables["features_3s"].X, TABLE.X)
    before, after = (
        genre.drop("alpha.00001").value_counts().to_dict() for genre in (true, by_table[0]["first"])
    )
    assert before == after


def test_permuted_labels_follow_the_seed():
    first, again, other = (
        changed("permuted", seed).tables["features_30s"].rows["genre"].tolist()
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_permuted_labels_keep_duplicates_together_in_the_folds():
    selection = Selection(("lda_shrinkage",), ("track_kfold",), full=True)
    runs = [
        run
        for run in planned_variants(DATASET, GROUPS, selection)
        if run.run_id.variant == "permuted"
    ]
    assert len(runs) == 2  # the two tables that the studies published on
    for run in runs:
        for unit in run.units:
            test = set(unit.table.rows["track_id"].iloc[unit.fold.test])
            assert len(test & {"alpha.00000", "alpha.00001"}) != 1


def test_permuted_labels_cannot_be_learned():
    easy = small_dataset(spread=0.3)
    easy = replace(easy, tables={"features_3s": easy.tables["features_3s"]})
    groups = track_groups(easy)
    selection = Selection(("lda_shrinkage",), ("track_kfold",), full=True)
    planned = planned_variants(easy, groups, selection)
    scores = {
        run.run_id.variant: accuracy(run)
        for run in train(planned, cache=Cache(None), jobs=1, advance=quiet)
    }
    assert scores["dedup"] > 0.95 and scores["size_control"] > 0.95
    assert scores["permuted"] == pytest.approx(1 / 3, abs=0.17)


def test_size_control_trains_on_as_many_tracks_as_the_list_by_genre():
    variant, protocol = VARIANTS["size_control"], PROTOCOLS["track_kfold"]
    for table in DATASET.tables.values():
        for fold in protocol.make_folds(table, DATASET, GROUPS, 0):
            fewer = variant.change_fold(fold, table, DATASET, GROUPS, 0)
            assert set(fewer.train) < set(fold.train)
            np.testing.assert_array_equal(fewer.test, fold.test)
            kept = table.rows.iloc[fewer.train].drop_duplicates("track_id")
            assert len(kept) == 36  # of the fault-filtered training part
            assert kept["genre"].value_counts().tolist() == [12, 12, 12]
            whole = table.rows["track_id"].isin(kept["track_id"]).sum()
            assert whole == len(fewer.train)


def test_size_control_leaves_a_smaller_training_part_alone():
    fold = PROTOCOLS["fault_filtered"].make_folds(TABLE, DATASET, GROUPS, 0)[0]
    fewer = VARIANTS["size_control"].change_fold(fold, TABLE, DATASET, GROUPS, 0)
    assert fewer.train.tolist() == fold.train.tolist()


def test_size_control_is_not_measured_where_there_is_no_list():
    bare = replace(DATASET, fault_filtered=None)
    runs = planned_variants(bare, GROUPS, Selection(("knn_1",), full=True))
    assert {run.run_id.variant for run in runs} == {"dedup", "permuted"}
