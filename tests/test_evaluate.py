"""A fit sees the training part only; the test part cannot move what is learned."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from small_dataset import GENRES, small_dataset

from pipeline.evaluate import Unit, fit_fold, fitted, genre_numbers
from pipeline.models import MODELS, dense, fused, recurrent, spectrogram
from pipeline.models.networks.network import build_network
from pipeline.models.networks.two_stage import build_two_stage
from pipeline.plan import builder_module, make_unit
from pipeline.splits import PROTOCOLS, track_groups


def with_spectrograms(dataset):
    """Add small arrays of whole clips to a data set."""
    clips = dataset.tables["features_30s"]
    rng = np.random.default_rng(0)
    shapes = {"mel_clip": (24, 16), "images_kaggle": (12, 10), "image_statistics": (8,)}
    tables = {
        name: replace(
            clips,
            representation=name,
            features=(),
            X=rng.normal(0, 1, (len(clips.rows), *shape)).astype(np.float32),
        )
        for name, shape in shapes.items()
    }
    return replace(dataset, tables=dataset.tables | tables)


DATASET = with_spectrograms(small_dataset(songs=True))
GROUPS = track_groups(DATASET)
TABLE = DATASET.tables["features_3s"]
SPLIT = PROTOCOLS["fault_filtered"]
(FOLD,) = SPLIT.make_folds(TABLE, DATASET, GROUPS, 0)
# of every module of models: what it scales, reduces, weighs or stacks is learned in a fit
REPRESENTATIVES = {
    "dummy": "features_3s",
    "logistic_l2": "features_3s",
    "lda_shrinkage": "features_song",
    "lda_balanced": "features_song",
    "decision_tree_tuned": "features_3s",
    "random_forest_small": "features_3s",
    "lightgbm_small": "features_30s",
    "knn_1": "features_3s",
    "song_recogniser": "features_3s",
    "svm_rbf": "features_3s",
    "svm_log": "features_song",
    "dense": "features_30s",
    "vote": "features_30s",
    "stack": "features_song",
    "vote_recogniser": "features_3s",
    "compact_cnn": "mel_clip",
    "cnn_lstm": "mel_clip",
    "pixels_logistic": "images_kaggle",
    "lda_statistics": "image_statistics",
    "picture_pool": "mel_clip",
}
SMALL_NETWORK = {
    "max_epochs": 2, "filters": [4], "summary": 4, "crop": 16, "masks": None, "pool_bands": 1,
}  # fmt: skip
SMALL_TWO_STAGE = {
    "max_epochs": 2, "blocks": [[4]], "hidden": [8], "piece": 8, "lstm": [4], "crop": None,
    "pool_bands": 1, "second": {"max_epochs": 2},
}  # fmt: skip


def halves(X):
    """Return what the two members of a pool take."""
    return {"network": X, "discriminant": X.mean(axis=1)}


@pytest.fixture(autouse=True)
def short_training(monkeypatch):
    """Nets of few epochs: what they see is tested here, not how good they get."""
    build = partial(dense.build, dense.PARAMS | {"max_epochs": 4, "hidden": [10]})
    monkeypatch.setitem(MODELS, "dense", replace(MODELS["dense"], build=build))
    network = spectrogram.COMPACT | SMALL_NETWORK
    pool = fused.POOL | {"network": network | {"keep": "last"}, "n_folds": 2}
    small = {
        "compact_cnn": partial(build_network, network),
        "cnn_lstm": partial(build_two_stage, recurrent.CNN_LSTM | SMALL_TWO_STAGE),
        "picture_pool": partial(fused.build_pool, pool, halves),
    }
    for name, built in small.items():
        monkeypatch.setitem(MODELS, name, replace(MODELS[name], build=built))


def unit_of(model: str, representation: str = "features_3s", *, seed: int = 0) -> Unit:
    table = DATASET.tables[representation]
    (fold,) = SPLIT.make_folds(table, DATASET, GROUPS, 0)
    return make_unit(MODELS[model], SPLIT, table, GROUPS, fold, seed=seed)


def test_every_module_of_models_is_represented():
    modules = {builder_module(m) for m in MODELS.values() if m.technique != "unsupervised"}
    assert {builder_module(MODELS[name]) for name in REPRESENTATIVES} == modules


@pytest.mark.parametrize(("model", "representation"), REPRESENTATIVES.items())
def test_a_poisoned_test_part_does_not_change_what_is_learned(model, representation):
    unit = unit_of(model, representation)
    X = unit.table.X.copy()
    X[unit.fold.test] = 1e6
    genre = unit.table.rows["genre"].to_numpy().copy()
    genre[unit.fold.test] = GENRES[0]
    poisoned = replace(unit.table, X=X, rows=unit.table.rows.assign(genre=genre))
    assert (poisoned.rows["genre"] != unit.table.rows["genre"]).sum() > 10
    probe = unit.table.X[np.concatenate([unit.fold.train, unit.fold.validation])]
    clean, dirty = (
        np.asarray(fitted(replace(unit, table=table)).predict_proba(probe))
        for table in (unit.table, poisoned)
    )
    assert clean.tobytes() == dirty.tobytes()


@pytest.mark.parametrize("model", ["lda_shrinkage", "knn_1"])
def test_poisoned_training_rows_do_change_what_is_learned(model):
    """The test above could not fail if nothing moved a model."""
    unit = unit_of(model, "features_30s")
    X = unit.table.X.copy()
    X[unit.fold.train[:5]] = 1e6
    probe = unit.table.X[unit.fold.test]
    clean, dirty = (
        fitted(replace(unit, table=table)).predict_proba(probe)
        for table in (unit.table, replace(unit.table, X=X))
    )
    assert not np.array_equal(clean, dirty)


def test_predictions_name_every_row_of_the_other_parts():
    result = fit_fold(unit_of("random_forest_small"))
    frame = result.predictions
    assert frame["part"].value_counts().to_dict() == {
        "test": len(FOLD.test),
        "validation": len(FOLD.validation),
    }
    proba = frame[[f"proba_{genre}" for genre in GENRES]]
    assert (proba.dtypes == np.float16).all()
    np.testing.assert_allclose(proba.astype(float).sum(axis=1), 1, atol=5e-3)
    assert (frame["y_pred"] == proba.astype(float).idxmax(axis=1).str.removeprefix("proba_")).all()
    assert (frame["y_true"] == frame["track_id"].str.split(".").str[0]).all()
    assert result.size_bytes > 1000 and result.train_s > 0 and result.history is None


def test_a_repetition_keeps_the_same_answers_of_the_test_part_only():
    unit = unit_of("decision_tree")
    full = fit_fold(unit).predictions.query("part == 'test'")
    answers = fit_fold(replace(unit, answers_only=True)).predictions
    assert list(answers.columns) == ["track_id", "segment", "part", "fold", "y_true", "y_pred"]
    pd.testing.assert_frame_equal(answers, full[answers.columns].reset_index(drop=True))


def test_seeds_change_models_and_nothing_else_does():
    first, again, other = (
        fit_fold(unit_of("random_forest_small", seed=seed)).predictions for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_importances_are_of_the_test_part_with_the_votes_of_the_predictions():
    result = fit_fold(unit_of("decision_tree"))
    assert set(result.importances["fold"]) == {0}
    unpermuted = result.permuted.query("family == ''").set_index("track_id")["correct"]
    assert set(unpermuted.index) == set(TABLE.rows["track_id"].iloc[FOLD.test])
    test = result.predictions.query("part == 'test'")
    votes = test.groupby("track_id")[[f"proba_{genre}" for genre in GENRES]].mean()
    right = votes.to_numpy().argmax(axis=1) == pd.Series(votes.index).str[0].map(
        dict(zip("abg", range(3), strict=True))
    )
    assert (unpermuted.loc[votes.index].to_numpy() == right.to_numpy()).all()
    assert fit_fold(replace(unit_of("decision_tree"), importance=False)).permuted is None


def test_dense_net_gives_a_history_with_its_fold():
    result = fit_fold(replace(unit_of("dense", "features_30s"), importance=False))
    assert set(result.history["fold"]) == {0}
    assert result.size_bytes is None


def test_genres_are_numbered_in_their_order():
    numbers = genre_numbers(TABLE)
    assert numbers.min() == 0 and numbers.max() == 2
    assert (np.array(GENRES)[numbers] == TABLE.rows["genre"]).all()
