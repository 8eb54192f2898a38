"""What is run, in which order, and what a unit's key depends on."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline import plan as module
from pipeline.artifacts import RunId
from pipeline.models import MODELS
from pipeline.plan import (
    Selection,
    builder_module,
    make_unit,
    planned_runs,
    planned_variants,
    table_digest,
    unit_key,
)
from pipeline.splits import PROTOCOLS, LeakError, track_groups

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)
TABLE = DATASET.tables["features_3s"]
SPLIT = PROTOCOLS["fault_filtered"]
(FOLD,) = SPLIT.make_folds(TABLE, DATASET, GROUPS, 0)
TABLE_KEY = table_digest(TABLE)


def plain(**selected) -> list[str]:
    return [str(run.run_id) for run in planned_runs(DATASET, GROUPS, Selection(**selected))]


def unit(model: str = "decision_tree", **changes):
    return replace(make_unit(MODELS[model], SPLIT, TABLE, GROUPS, FOLD, seed=0), **changes)


def test_selection_narrows_models_and_protocols():
    found = plain(models=("dummy", "kmeans_10"), protocols=("track_kfold",))
    assert found == [
        f"small.{representation}.dummy.track_kfold" for representation in DATASET.tables
    ]


def test_only_is_a_pattern_of_whole_run_ids():
    found = plain(only="small.features_3s.d?mmy.*")
    assert found == [
        f"small.features_3s.dummy.{protocol}"
        for protocol in ("segment_random", "clip_random", "track_kfold", "artist_3fold",
                         "fault_filtered")
    ]  # fmt: skip
    assert plain(only="dummy") == []


def test_nothing_said_means_every_model_on_each_of_its_tables_under_every_protocol():
    run_ids = [RunId.parse(name) for name in plain()]
    assert len(set(run_ids)) == len(run_ids)
    expected = {
        (model.name, representation)
        for model in MODELS.values()
        if model.technique != "unsupervised"
        for representation in set(model.representations) & set(DATASET.tables)
    }
    assert {(own.model, own.representation) for own in run_ids} == expected
    assert {own.protocol for own in run_ids} == {
        name for name, own in PROTOCOLS.items() if own.supervised and name != "official"
    }
    assert {own.representation for own in run_ids if own.protocol == "segment_random"} == {
        "features_3s"
    }


def test_a_blank_protocol_has_no_runs():
    dataset = replace(DATASET, blanks={"clip_random": "not here"})
    runs = planned_runs(dataset, GROUPS, Selection(models=("dummy",)))
    assert "clip_random" not in {run.run_id.protocol for run in runs}


def test_narrowed_is_what_leaves_runs_out():
    assert Selection(only="*").narrowed and Selection(models=("dummy",)).narrowed
    assert not Selection(seeds=(1,), full=True, seed=3).narrowed


def test_a_leaking_list_stops_before_anything_is_fitted():
    leaking = DATASET.fault_filtered.copy()
    leaking.loc[leaking["track_id"] == "alpha.00001", "split"] = "test"  # a copy of 00000
    dataset = replace(DATASET, fault_filtered=leaking, artist_group=None)
    with pytest.raises(LeakError, match="share a duplicate"):
        planned_runs(dataset, track_groups(dataset), Selection(protocols=("fault_filtered",)))


def test_every_fold_is_checked_before_a_run_is_planned(monkeypatch):
    checked = []
    monkeypatch.setattr(
        module, "validate_no_leak", lambda fold, *rest: checked.append(fold.number) or {}
    )
    runs = planned_runs(DATASET, GROUPS, Selection(("dummy",), ("track_kfold", "artist_3fold")))
    assert len(checked) == sum(len(run.units) for run in runs) == 3 * (10 + 3)


def test_leaks_that_are_permitted_are_counted_over_the_folds():
    (run,) = planned_runs(
        DATASET, GROUPS, Selection(("dummy",), only="small.features_3s.dummy.track_kfold")
    )
    fold_of = {
        track: unit.fold.number
        for unit in run.units
        for track in TABLE.rows["track_id"].iloc[unit.fold.test]
    }
    mates = DATASET.artist_group.groupby(DATASET.artist_group).groups.values()  # two an artist
    apart = 2 * sum(fold_of[first] != fold_of[second] for first, second in mates)
    assert run.permitted_leaks == {"artist": apart} and apart > 0


def test_seeds_and_full_plan_variants_of_the_random_protocols():
    selection = Selection(("dummy", "random_forest_small"), seeds=(0, 1, 3))
    runs = planned_variants(DATASET, GROUPS, selection)
    assert {run.run_id.variant for run in runs} == {"seed1", "seed3"}  # 0 is the plain run
    assert {run.run_id.protocol for run in runs} == {"segment_random", "clip_random"}
    assert {run.run_id.model for run in runs} == {"dummy"}  # fast enough to be repeated
    assert all(unit.answers_only for run in runs for unit in run.units)
    assert planned_variants(DATASET, GROUPS, Selection()) == []


def test_seeds_change_folds_and_models():
    selection = Selection(("dummy",), seeds=(1, 2), only="*features_3s.dummy.segment_random.*")
    (plain_run,) = planned_runs(
        DATASET, GROUPS, Selection(only="small.features_3s.dummy.segment_random")
    )
    units = [run.units[0] for run in (plain_run, *planned_variants(DATASET, GROUPS, selection))]
    assert [unit.seed for unit in units] == [0, 1, 2]
    assert len({tuple(unit.fold.test) for unit in units}) == 3


def test_seed_zero_is_a_repetition_of_runs_with_another_seed():
    selection = Selection(("dummy",), seed=5, seeds=(0, 5), only="*features_3s.*")
    runs = planned_variants(DATASET, GROUPS, selection)
    assert {(run.run_id.variant, run.units[0].seed) for run in runs} == {("seed0", 0)}


def test_full_plans_every_variant_where_it_is_measured():
    runs = planned_variants(DATASET, GROUPS, Selection(("lda_shrinkage",), full=True))
    found = {(run.run_id.variant, run.run_id.protocol) for run in runs}
    assert ("size_control", "track_kfold") in found
    assert ("dedup", "clip_random") in found and ("permuted", "fault_filtered") in found
    assert not any(unit.importance for run in runs for unit in run.units)


def test_importance_is_measured_for_new_artists_only():
    runs = planned_runs(DATASET, GROUPS, Selection(("dummy", "decision_tree")))
    asked = {
        (run.run_id.model, run.run_id.protocol)
        for run in runs
        for unit in run.units
        if unit.importance
    }
    assert asked == {("decision_tree", name) for name in module.IMPORTANCE_PROTOCOLS}


def test_a_model_that_divides_its_training_part_gets_what_its_protocol_holds_out():
    for name, kind in (("track_kfold", "duplicate"), ("artist_3fold", "artist")):
        made = make_unit(MODELS["song_recogniser"], PROTOCOLS[name], TABLE, GROUPS, FOLD, seed=0)
        expected = GROUPS.table[kind].loc[TABLE.rows["track_id"]]
        assert made.groups.tolist() == expected.tolist()
    assert unit().groups is None and unit().stop is None
    assert unit("dense").stop.tolist() == FOLD.validation.tolist()


def test_same_content_has_the_same_key():
    again = small_dataset(songs=True).tables["features_3s"]
    assert table_digest(again) == TABLE_KEY
    assert unit_key(unit(), TABLE_KEY) == unit_key(unit(table=again), table_digest(again))


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 1},
        {"importance": False},
        {"answers_only": True},
        {"model": "dummy"},
        {"fold": replace(FOLD, train=FOLD.train[1:])},
        {"fold": replace(FOLD, test=FOLD.test[1:])},
        {"fold": replace(FOLD, validation=None)},
        {"fold": replace(FOLD, number=1)},
        {"stop": FOLD.validation},
        {"groups": np.arange(len(TABLE.rows))},
    ],
    ids=str,
)
def test_every_ingredient_of_a_unit_changes_its_key(changed):
    assert unit_key(unit(**changed), TABLE_KEY) != unit_key(unit(), TABLE_KEY)


def test_data_change_the_key():
    renamed = tuple(reversed(TABLE.features))
    X = TABLE.X.copy()
    X[0, 0] += 1
    rows = TABLE.rows.assign(genre=TABLE.rows["genre"].replace("beta", "gamma"))
    tables = [
        replace(TABLE, X=X),
        replace(TABLE, features=renamed),
        replace(TABLE, genres=(*TABLE.genres, "delta")),
        replace(TABLE, rows=rows),
    ]
    assert len({TABLE_KEY, *map(table_digest, tables)}) == 5


def test_parameters_versions_and_code_change_the_key(monkeypatch):
    before = unit_key(unit(), TABLE_KEY)
    spec = MODELS["decision_tree"]
    monkeypatch.setitem(MODELS, "decision_tree", replace(spec, params={"max_depth": 3}))
    assert unit_key(unit(), TABLE_KEY) != before
    monkeypatch.setitem(MODELS, "decision_tree", spec)
    assert unit_key(unit(), TABLE_KEY) == before
    for name, other in (
        ("versions", lambda: {"scikit-learn": "0.1"}),
        ("source_digest", lambda modules, leave_out: "other code"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, other)
            assert unit_key(unit(), TABLE_KEY) != before


def test_a_key_depends_on_the_module_that_builds_the_model(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "source_digest", lambda modules, left: asked.append(modules) or "")
    for name in ("decision_tree", "dense"):
        unit_key(unit(name), TABLE_KEY)
    assert asked == [
        ("pipeline.evaluate", "pipeline.models.tree"),
        ("pipeline.evaluate", "pipeline.models.dense"),
    ]


def test_builders_are_found_behind_partial_functions():
    assert builder_module(MODELS["dummy"]) == "pipeline.models.dummy"
    assert builder_module(MODELS["lightgbm"]) == "pipeline.models.boosting"
    assert builder_module(SimpleNamespace(build=small_dataset)) == "small_dataset"
