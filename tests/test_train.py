"""What is run: the selection, the leaks of each run, and the work done in processes."""

from dataclasses import replace

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline.splits import LeakError, track_groups
from pipeline.train import Selection, cluster, supervised_units, train

DATASET = small_dataset()


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


def test_selection_narrows_models_and_protocols():
    groups = track_groups(DATASET)
    selection = Selection(("dummy", "kmeans_10"), ("track_kfold",), 0)
    units, leaks = supervised_units(DATASET, groups, selection)
    assert len(units) == 2 * 10  # representations x folds
    assert {unit.run_id.model for unit in units} == {"dummy"}
    assert set(leaks) == {
        f"small.{representation}.dummy.track_kfold"
        for representation in ("features_3s", "features_30s")
    }


def test_a_leaking_list_stops_before_anything_is_fitted():
    leaking = DATASET.fault_filtered.copy()
    leaking.loc[leaking["track_id"] == "alpha.00001", "split"] = "test"  # a duplicate of 00000
    dataset = replace(DATASET, fault_filtered=leaking, artist_group=None)
    with pytest.raises(LeakError, match="share a duplicate"):
        train(dataset, Selection(("dummy",), ("fault_filtered",), 0, jobs=1), advance=quiet)


def test_a_run_gathers_its_folds_in_order_with_what_was_permitted():
    seen = []
    runs = train(
        DATASET,
        Selection(("dummy",), ("track_kfold",), 0, jobs=2),
        advance=lambda done, total, label: seen.append((done, total)),
    )
    assert seen == [(k, 20) for k in range(1, 21)]
    run = runs[0]
    assert run.predictions["fold"].nunique() == 10
    assert not run.predictions.duplicated(["track_id", "segment"]).any()
    fold = run.predictions.groupby("track_id")["fold"].first()
    mates = fold.groupby(DATASET.artist_group).agg(["first", "last"])  # two tracks an artist
    apart = 2 * (mates["first"] != mates["last"]).sum()
    assert run.permitted_leaks == {"artist": apart}
    assert 80 <= run.n_training_tracks <= 82


def test_clusters_cover_every_row():
    assigned = cluster(DATASET, Selection(("kmeans_10",), (), 0))
    assert {len(labels) for labels in assigned.values()} == {90, 270}
    assert all(set(labels) == set(range(10)) for labels in assigned.values())
    assert all(labels.dtype == np.int16 for labels in assigned.values())
