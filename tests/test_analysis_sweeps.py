"""Curves are measured inside the training part, and a test part cannot move them."""

from dataclasses import replace

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline.analysis import sweeps as module
from pipeline.analysis.sweeps import SWEPT, SWEPT_MODELS, sweep_tasks
from pipeline.artifacts.analysis import ANALYSES
from pipeline.models import MODELS
from pipeline.splits import PROTOCOLS, track_groups

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)


@pytest.fixture(autouse=True)
def few_points(monkeypatch):
    """Two points a curve, and one quick model for the number of tracks."""
    monkeypatch.setattr(
        module, "SWEPT", {"tree_depth": (1, 6), "n_neighbours": (1, 9), "n_tracks": (12, 30, 500)}
    )
    monkeypatch.setattr(module, "SWEPT_MODELS", SWEPT_MODELS | {"n_tracks": ("lda_shrinkage",)})


def rows(dataset=DATASET) -> dict[str, dict]:
    tasks = sweep_tasks(dataset, GROUPS, seed=0)
    return {task.key: task.function(**task.arguments) for task in tasks}


def test_declared_curves_are_those_that_the_page_shows():
    assert SWEPT["tree_depth"] == tuple(range(1, 41))
    assert SWEPT["n_neighbours"] == tuple(range(1, 51))
    assert {name for names in SWEPT_MODELS.values() for name in names} <= set(MODELS)
    assert list(SWEPT["n_tracks"]) == sorted(SWEPT["n_tracks"])


def test_rows_are_as_declared_and_differ_by_what_is_swept():
    table = list(rows().values())
    assert all(tuple(row) == ANALYSES["sweeps"].columns for row in table)
    keys = ("representation", "model", "sweep", "protocol", "value")
    assert len({tuple(row[key] for key in keys) for row in table}) == len(table)
    assert {row["protocol"] for row in table} == set(module.SWEPT_PROTOCOLS)
    assert all(row["ci_low"] <= row["accuracy"] <= row["ci_high"] for row in table)
    assert max(row["value"] for row in table if row["sweep"] == "n_tracks") == 30


def test_deeper_trees_learn_the_training_part_by_heart():
    own = {
        row["value"]: row
        for row in rows().values()
        if row["sweep"] == "tree_depth"
        and row["protocol"] == "track_kfold"
        and row["representation"] == "features_3s"
    }
    assert own[6]["training_accuracy"] > own[1]["training_accuracy"]
    assert own[1]["accuracy"] == pytest.approx(2 / 3, abs=0.15)  # one cut parts one genre of three


def test_units_are_those_of_the_protocol():
    for row in rows().values():
        assert row["unit"] == ("segment" if row["protocol"] == "segment_random" else "track")


def test_validation_rows_only_are_scored():
    for task in sweep_tasks(DATASET, GROUPS, seed=0):
        protocol, table = PROTOCOLS[task.arguments["protocol"]], task.arguments["table"]
        outer = protocol.make_folds(table, DATASET, GROUPS, 0)[0]
        fold = task.arguments["fold"]
        assert not set(outer.test) & (set(fold.train) | set(fold.test))


@pytest.mark.parametrize("protocol", module.SWEPT_PROTOCOLS)
def test_a_poisoned_test_part_changes_no_curve(protocol, monkeypatch):
    monkeypatch.setattr(module, "SWEPT_PROTOCOLS", (protocol,))
    tables = {}
    for name, table in DATASET.tables.items():
        X = table.X.copy()
        genre = table.rows["genre"].to_numpy().copy()
        for fold in PROTOCOLS[protocol].make_folds(table, DATASET, GROUPS, 0)[:1]:
            X[fold.test] = 1e6
            if protocol != "segment_random":  # there the rows are divided by their genres
                genre[fold.test] = "gamma"
        tables[name] = replace(table, X=X, rows=table.rows.assign(genre=genre))
    clean, dirty = rows(), rows(replace(DATASET, tables=tables))
    assert len(clean) >= 6
    assert list(clean.values()) == list(dirty.values())
    assert not set(clean) & set(dirty)


def test_every_point_has_its_key():
    tasks = sweep_tasks(DATASET, GROUPS, seed=0)
    keys = {task.key for task in tasks}
    assert len(keys) == len(tasks)
    assert not keys & {task.key for task in sweep_tasks(DATASET, GROUPS, seed=1)}
    assert keys == {task.key for task in sweep_tasks(DATASET, GROUPS, seed=0)}


def test_a_blank_protocol_has_no_curve():
    blank = replace(DATASET, blanks={"segment_random": "none here"}, fault_filtered=None)
    found = {task.arguments["protocol"] for task in sweep_tasks(blank, GROUPS, seed=0)}
    assert found == {"track_kfold"}


def test_the_learning_curve_takes_that_many_tracks_by_genre():
    table = DATASET.tables["features_3s"]
    fold = PROTOCOLS["fault_filtered"].make_folds(table, DATASET, GROUPS, 0)[0]
    for n_tracks in (12, 35, 36):
        rows_kept = module._some_tracks(table, fold, n_tracks, 0)
        kept = table.rows.iloc[rows_kept].drop_duplicates("track_id")
        assert len(kept) == n_tracks and set(rows_kept) <= set(fold.train)
        counts = kept["genre"].value_counts()
        assert counts.max() - counts.min() <= 1
    assert np.array_equal(module._some_tracks(table, fold, 99, 0), fold.train)
