"""Units of work become runs: gathered in order, rounded, with what their folds permitted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.artifacts import probability_columns
from pipeline.cache import Cache
from pipeline.models import MODELS
from pipeline.plan import Selection, planned_runs
from pipeline.splits import track_groups
from pipeline.train import Run, cluster, cluster_key, rounded, train

DATASET = small_dataset()
GROUPS = track_groups(DATASET)


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


def runs_of(*, jobs: int = 1, cache: Cache | None = None, advance=quiet, **selected) -> list[Run]:
    planned = planned_runs(DATASET, GROUPS, Selection(**selected))
    return train(planned, cache=cache or Cache(None), jobs=jobs, advance=advance)


def test_a_run_gathers_its_folds_in_order_with_what_was_permitted():
    seen = []
    runs = runs_of(
        models=("dummy",),
        protocols=("track_kfold",),
        jobs=2,
        advance=lambda done, total, label: seen.append((done, total)),
    )
    assert seen == [(k, 20) for k in range(21)]
    assert [str(run.run_id) for run in runs] == [
        "small.features_3s.dummy.track_kfold",
        "small.features_30s.dummy.track_kfold",
    ]
    run = runs[0]
    assert run.predictions["fold"].nunique() == 10
    assert not run.predictions.duplicated(["track_id", "segment"]).any()
    fold = run.predictions.groupby("track_id")["fold"].first()
    mates = fold.groupby(DATASET.artist_group).agg(["first", "last"])  # two tracks an artist
    apart = 2 * (mates["first"] != mates["last"]).sum()
    assert run.permitted_leaks == {"artist": apart}
    assert 80 <= run.n_training_tracks <= 82
    assert run.training_share == pytest.approx(9 / 81, abs=0.01)


def test_a_run_counts_the_tracks_and_rows_that_it_used():
    part = DATASET.fault_filtered["split"]
    listed = pd.concat([DATASET.fault_filtered[part == own].iloc[1:] for own in set(part)])
    dataset = replace(DATASET, fault_filtered=listed)
    planned = planned_runs(dataset, GROUPS, Selection(("dummy",), ("fault_filtered",)))
    runs = train(planned, cache=Cache(None), jobs=1, advance=quiet)
    assert [(run.n_tracks, run.n_samples) for run in runs] == [(87, 3 * 87), (87, 87)]


def test_one_process_gives_what_two_give():
    chosen = {"models": ("decision_tree", "lda_shrinkage"), "protocols": ("artist_3fold",)}
    for one, two in zip(runs_of(jobs=1, **chosen), runs_of(jobs=2, **chosen), strict=True):
        assert one.run_id == two.run_id and one.key == two.key
        pd.testing.assert_frame_equal(one.predictions, two.predictions)
        pd.testing.assert_frame_equal(one.permuted, two.permuted)
        pd.testing.assert_frame_equal(one.importances, two.importances)
        assert one.size_bytes == two.size_bytes


def test_a_second_training_takes_everything_from_the_cache(tmp_path):
    cache = Cache(tmp_path)
    chosen = {"models": ("dummy",), "protocols": ("fault_filtered", "artist_3fold")}
    first = runs_of(cache=cache, **chosen)

    def nothing(done: int, total: int, label: str) -> None:
        pytest.fail(f"{label} was computed again")

    second = runs_of(cache=cache, advance=nothing, **chosen)
    for one, two in zip(first, second, strict=True):
        assert one.train_s == two.train_s  # the time that it took then
        pd.testing.assert_frame_equal(one.predictions, two.predictions)


def test_probabilities_keep_six_digits_after_the_leading_one_and_decide():
    proba = np.array([[0.5, 0.25, 0.25], [0.1, 0.301, 0.599], [1, 0, 0]], dtype=np.float16)
    frame = pd.DataFrame(proba, columns=["proba_a", "proba_b", "proba_c"])
    frame.insert(0, "y_pred", ["a", "b", "c"])
    kept = rounded(frame)
    columns = probability_columns(kept)
    assert (kept[columns].dtypes == np.float16).all()
    assert kept["y_pred"].tolist() == ["a", "c", "a"]
    values = kept[columns].to_numpy(dtype=float)
    np.testing.assert_allclose(values, proba.astype(float), rtol=2**-7)  # half a last digit
    assert values[0].tolist() == [0.5, 0.25, 0.25] and values[2].tolist() == [1, 0, 0]
    mantissa, _ = np.frexp(values)  # in 0.5..1: its first binary digit is the leading one
    assert (mantissa * 2**7 == np.round(mantissa * 2**7)).all()
    assert (mantissa * 2**6 != np.round(mantissa * 2**6)).any()


def test_rounding_is_to_the_nearest_and_carries_over():
    values = np.linspace(0, 1, 5001).astype(np.float16)
    frame = pd.DataFrame({"y_pred": "a", "proba_a": values, "proba_b": 1 - values})
    kept = rounded(frame)["proba_a"].to_numpy(dtype=float)
    assert kept.max() == 1
    exact = values.astype(float)
    np.testing.assert_allclose(kept, exact, rtol=2**-7 + 1e-9, atol=2**-21)
    assert (np.diff(kept) >= 0).all()


def test_answers_without_probabilities_are_left_as_they_are():
    answers = pd.DataFrame({"track_id": ["t"], "y_pred": ["a"]})
    assert rounded(answers) is answers


def test_clusters_cover_every_row_and_are_kept(tmp_path):
    selection = Selection(("kmeans_10", "dummy"), jobs=1)
    cache = Cache(tmp_path)
    assigned = cluster(DATASET, selection, cache=cache, advance=quiet)
    assert {len(labels) for labels in assigned.values()} == {90, 270}
    assert all(set(labels) == set(range(10)) for labels in assigned.values())
    assert all(labels.dtype == np.int16 for labels in assigned.values())

    def nothing(*_: object) -> None:
        pytest.fail("clustered again")

    again = cluster(DATASET, selection, cache=cache, advance=nothing)
    assert list(again) == list(assigned)
    assert cluster(DATASET, Selection(("dummy",)), cache=cache, advance=nothing) == {}


def test_clusters_are_keyed_by_model_seed_and_data():
    clips, segments = DATASET.tables["features_30s"], DATASET.tables["features_3s"]
    keys = {
        cluster_key(MODELS["kmeans_10"], clips, 0),
        cluster_key(MODELS["kmeans_10"], clips, 1),
        cluster_key(MODELS["kmeans_30"], clips, 0),
        cluster_key(MODELS["kmeans_10"], segments, 0),
    }
    assert len(keys) == 4
