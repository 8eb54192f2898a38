"""A fit sees the training part only; the test part cannot move what is learned."""

from dataclasses import replace

import numpy as np
import pytest
from small_dataset import GENRES, small_dataset

from pipeline.evaluate import fit_fold, fitted, genre_numbers
from pipeline.splits import PROTOCOLS, track_groups

DATASET = small_dataset()
TABLE = DATASET.tables["features_3s"]
GROUPS = track_groups(DATASET)
(FOLD,) = PROTOCOLS["fault_filtered"].make_folds(TABLE, DATASET, GROUPS, 0)


def test_predictions_name_every_row_of_the_other_parts():
    result = fit_fold("random_forest_small", "fault_filtered", TABLE, GROUPS, FOLD, seed=0)
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
    assert result.size_bytes > 1000 and result.train_s > 0


@pytest.mark.parametrize("model", ["random_forest_small", "dense"])
def test_poisoned_test_part_does_not_change_what_is_learned(model):
    poison = TABLE.X.copy()
    poison[FOLD.test] = 1e6
    poisoned = replace(TABLE, X=poison)
    probe = TABLE.X[FOLD.validation]
    y = genre_numbers(TABLE)
    clean, dirty = (
        fitted(model, "fault_filtered", table, GROUPS, FOLD, y=y, seed=0).predict_proba(probe)
        for table in (TABLE, poisoned)
    )
    assert clean.tobytes() == dirty.tobytes()


def test_permuted_labels_stay_near_chance():
    hard = small_dataset(spread=0.5)
    table = hard.tables["features_3s"]
    rng = np.random.default_rng(0)
    by_track = dict(
        zip(
            (ids := table.rows["track_id"].unique()),
            rng.permutation([track.split(".")[0] for track in ids]),
            strict=True,
        )
    )
    permuted = replace(table, rows=table.rows.assign(genre=table.rows["track_id"].map(by_track)))
    scores = {}
    for name, chosen in (("true", table), ("permuted", permuted)):
        frames = [
            fit_fold("random_forest_small", "track_kfold", chosen, GROUPS, fold, seed=0)
            for fold in PROTOCOLS["track_kfold"].make_folds(table, hard, GROUPS, 0)[:6]
        ]
        right = [(f.predictions["y_true"] == f.predictions["y_pred"]).mean() for f in frames]
        scores[name] = np.mean(right)
    assert scores["true"] > 0.8
    assert scores["permuted"] == pytest.approx(1 / 3, abs=0.2)


def test_dense_net_gives_a_history_with_its_fold():
    result = fit_fold("dense", "fault_filtered", TABLE, GROUPS, FOLD, seed=0)
    assert set(result.history["fold"]) == {0}
    assert result.size_bytes is None
