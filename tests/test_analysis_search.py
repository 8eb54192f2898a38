"""The search sees the training part of one fold, keeps artists together and keeps every trial."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.analysis import search as module
from pipeline.analysis.search import search_tasks, trials
from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.models import MODELS
from pipeline.splits import PROTOCOLS, track_groups
from pipeline.tasks import Task

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)
SPACE = {"max_depth": [1, 2, 5], "min_samples_leaf": [1, 4]}


@pytest.fixture(autouse=True)
def one_small_search(monkeypatch):
    """A tree in place of forests and boosted trees."""
    monkeypatch.setattr(module, "N_TRIALS", 4)
    for name, model in MODELS.items():
        if model.search:
            monkeypatch.setitem(MODELS, name, replace(model, search=None))
    tree = replace(MODELS["decision_tree"], search=SPACE)
    monkeypatch.setitem(MODELS, "decision_tree", tree)


def tasks(dataset=DATASET, seed: int = 0) -> list[Task]:
    return search_tasks(dataset, GROUPS, seed=seed)


def outcome(task: Task) -> pd.DataFrame:
    return task.function(**task.arguments)


def test_every_trial_is_kept_best_first():
    first = tasks()[0]
    table = outcome(first)
    validate_analysis(table, "search_trials")
    assert tuple(table.columns) == ANALYSES["search_trials"].columns
    assert sorted(table["trial"]) == [0, 1, 2, 3]
    assert table["rank"].is_monotonic_increasing and table["rank"].iloc[0] == 1
    assert table["score"].is_monotonic_decreasing
    drawn = [json.loads(text) for text in table["params"]]
    assert len({json.dumps(given) for given in drawn}) == 4
    assert all(given[name] in SPACE[name] for given in drawn for name in SPACE)
    assert set(table["n_folds"]) == {3}


def test_the_search_is_inside_the_training_part_of_the_list():
    for task in tasks():
        table = task.arguments["table"]
        (fold,) = PROTOCOLS["fault_filtered"].make_folds(table, DATASET, GROUPS, 0)
        assert task.arguments["protocol"] == "fault_filtered"
        assert task.arguments["train"].tolist() == fold.train.tolist()
    assert [task.arguments["table"].representation for task in tasks()] == ["features_30s"]


def test_without_the_list_it_is_inside_the_first_fold_of_tracks():
    task = tasks(replace(DATASET, fault_filtered=None))[0]
    table = task.arguments["table"]
    fold = PROTOCOLS["track_kfold"].make_folds(table, DATASET, GROUPS, 0)[0]
    assert task.arguments["protocol"] == "track_kfold"
    assert task.arguments["train"].tolist() == fold.train.tolist()


def test_folds_of_the_search_keep_artists_together(monkeypatch):
    seen = []
    original = module.StratifiedGroupKFold.split

    def watched(self, X, y=None, groups=None):
        for fit, held in original(self, X, y, groups):
            seen.append(set(groups[fit]) & set(groups[held]))
            yield fit, held

    monkeypatch.setattr(module.StratifiedGroupKFold, "split", watched)
    outcome(tasks()[0])
    assert len(seen) >= 3 and not set.union(*seen)


def test_a_poisoned_test_and_validation_part_changes_no_trial():
    tables = {}
    for name, table in DATASET.tables.items():
        (fold,) = PROTOCOLS["fault_filtered"].make_folds(table, DATASET, GROUPS, 0)
        X, genre = table.X.copy(), table.rows["genre"].to_numpy().copy()
        for rows in (fold.test, fold.validation):
            X[rows] = 1e6
            genre[rows] = "alpha"
        tables[name] = replace(table, X=X, rows=table.rows.assign(genre=genre))
    dirty = replace(DATASET, tables=tables)
    for clean_task, dirty_task in zip(tasks(), tasks(dirty), strict=True):
        clean, poisoned = outcome(clean_task), outcome(dirty_task)
        pd.testing.assert_frame_equal(clean.drop(columns="fit_s"), poisoned.drop(columns="fit_s"))


def test_seed_data_and_space_change_the_key(monkeypatch):
    keys = {task.key for task in tasks()} | {task.key for task in tasks(seed=1)}
    keys |= {task.key for task in tasks(replace(DATASET, fault_filtered=None))}
    monkeypatch.setattr(module, "N_TRIALS", 5)
    keys |= {task.key for task in tasks()}
    assert len(keys) == 4


def test_a_fit_that_fails_is_an_error_not_a_missing_score():
    arguments = tasks()[0].arguments
    X = arguments["table"].X.copy()
    X[arguments["train"][0]] = float("inf")
    with pytest.raises(ValueError, match="infinity"):
        trials(**arguments | {"table": replace(arguments["table"], X=X)})
