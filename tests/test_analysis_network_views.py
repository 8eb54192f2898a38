"""The inside of trained networks, and what they make of clips that they did not learn from."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from tiny_networks import N_BANDS, PARAMS, declared, spectrogram_dataset

from pipeline import artifacts
from pipeline.analysis import clusters
from pipeline.analysis import network_views as module
from pipeline.analysis.network_embedding import (
    NETWORK_EMBEDDING,
    embedded_run,
    embedding_network,
    with_network_embedding,
)
from pipeline.analysis.network_views import network_view_tasks, viewed_unit
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import read_analysis, validate_analysis
from pipeline.build import build_results
from pipeline.cache import Cache
from pipeline.evaluate import Unit, fitted
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import image_statistics
from pipeline.models.dense import keras_library
from pipeline.models.networks import training
from pipeline.models.networks.network import build_network
from pipeline.plan import Selection, planned_runs
from pipeline.splits import Fold, track_groups
from pipeline.tasks import run_tasks
from pipeline.train import cluster, train

DATASET = spectrogram_dataset()
GROUPS = track_groups(DATASET)
RUN_ID = RunId("small", "mel_clip", "tiny", "fault_filtered")
OTHERS = [
    RunId("small", "mel_clip", "tiny", "track_kfold"),
    RunId("small", "mel_clip", "dummy", "fault_filtered"),
]


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


@pytest.fixture(scope="module", autouse=True)
def tiny():
    with declared() as specification:
        yield specification


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def network():
    return fitted(viewed_unit(RUN_ID, DATASET, GROUPS, seed=0))


@pytest.fixture(scope="module")
def views(cache):
    tasks = network_view_tasks(DATASET, GROUPS, [*OTHERS, RUN_ID], seed=0)
    return run_tasks(tasks, cache=cache, jobs=1, advance=quiet, kind="networks")


@pytest.fixture(scope="module")
def embedded(cache):
    return with_network_embedding(
        DATASET, GROUPS, [*OTHERS, RUN_ID], seed=0, cache=cache, jobs=1, advance=quiet
    )


def test_networks_of_the_fault_filtered_list_are_shown_and_nothing_else(views, network):
    (tables,) = views
    assert set(tables) == {"architectures", "filters", "saliency"}
    for kind, table in tables.items():
        validate_analysis(table, kind)
        assert set(table["id"]) == {str(RUN_ID)}
    layers = tables["architectures"]
    assert layers["layer"].iloc[-2:].tolist() == ["embedding", "genre"]
    assert layers["n_parameters"].sum() == network.body_.count_params()
    kernel = network.body_.get_layer("first").get_weights()[0]
    first = tables["filters"].query("filter == 0")["weight"].to_numpy()
    assert first == pytest.approx(kernel[:, :, 0, 0].ravel(), abs=1e-6)


def test_a_network_that_takes_any_length_is_drawn_with_the_length_of_a_clip():
    params = PARAMS | {"n_crops": 0, "max_epochs": 1}
    with declared(params=params, build=partial(build_network, params)):
        (task,) = network_view_tasks(DATASET, GROUPS, [RUN_ID], seed=0)
        table = task.function(**task.arguments)["architectures"].set_index("layer")
    assert table["shape"].iloc[0] == "24 x 8"
    assert table["shape"]["first"] == "24 x 8 x 3"


def test_test_clips_are_looked_at(views):
    table = views[0]["saliency"]
    part = DATASET.fault_filtered.set_index("track_id")["split"]
    assert set(part.loc[table["track_id"].unique()]) == {"test"}
    assert table.groupby("y_true")["track_id"].nunique().tolist() == [2, 2, 2]
    assert table["band"].nunique() == N_BANDS


def test_a_network_on_other_tables_is_not_asked_where_it_looks():
    table = replace(DATASET.tables["mel_clip"], representation="mel_3s")
    other = replace(DATASET, tables={"mel_3s": table})
    with declared(name="other", representations=("mel_3s",)):
        run_id = RunId("small", "mel_3s", "other", "fault_filtered")
        (task,) = network_view_tasks(other, GROUPS, [run_id], seed=0)
        assert set(task.function(**task.arguments)) == {"architectures", "filters"}


def test_the_table_holds_the_clips_that_the_network_did_not_learn_from(embedded):
    table = embedded.tables[NETWORK_EMBEDDING]
    part = DATASET.fault_filtered.set_index("track_id")["split"]
    assert (table.representation, table.described) == (NETWORK_EMBEDDING, True)
    assert table.features == ("unit_000", "unit_001", "unit_002", "unit_003")
    assert set(part.loc[table.rows["track_id"]]) == {"validation", "test"}
    assert sorted(table.rows["track_id"]) == sorted(part.index[part != "train"])
    assert set(embedded.tables) == {"mel_clip", NETWORK_EMBEDDING}


def test_activations_are_those_before_the_answer_averaged_over_crops(embedded, network):
    table, source = embedded.tables[NETWORK_EMBEDDING], DATASET.tables["mel_clip"]
    order = source.rows["track_id"].reset_index().set_index("track_id")["index"]
    X = source.X[order.loc[table.rows["track_id"]]]
    train = DATASET.fault_filtered["split"].eq("train").to_numpy()
    mean, sd = (f(source.X[train], axis=(0, 1)) for f in (np.mean, np.std))
    prepared = (X - mean) / sd
    body, keras = network.body_, keras_library()
    cut = keras.Model(body.inputs, body.get_layer("embedding").output)
    crops = [cut.predict(prepared[:, start : start + 16], verbose=0) for start in (0, 4, 8)]
    assert table.X == pytest.approx(np.mean(crops, axis=0), abs=1e-4)
    assert table.X.std() > 0


def test_the_network_itself_answers_as_before(network):
    X = DATASET.tables["mel_clip"].X
    before = network.predict_proba(X)
    embedding_network(network).predict(X, verbose=0)
    assert np.array_equal(network.predict_proba(X), before)


def test_nothing_is_trained_or_computed_twice(cache, views, embedded):
    def nothing(done: int, total: int, label: str) -> None:
        pytest.fail(f"{label} was computed again")

    tasks = network_view_tasks(DATASET, GROUPS, [RUN_ID], seed=0)
    run_tasks(tasks, cache=cache, jobs=1, advance=nothing, kind="networks")
    with_network_embedding(DATASET, GROUPS, [RUN_ID], seed=0, cache=cache, jobs=1, advance=nothing)


def test_what_a_run_has_trained_is_not_trained_again(tmp_path):
    kept = Cache(tmp_path)
    planned = planned_runs(DATASET, GROUPS, Selection(("tiny",), ("fault_filtered",), jobs=1))
    train(planned, cache=kept, jobs=1, advance=quiet)

    def nothing(*arguments):
        pytest.fail("a network was trained again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_Training", nothing)
        (task,) = network_view_tasks(DATASET, GROUPS, [RUN_ID], seed=0)
        (tables,) = run_tasks([task], cache=kept, jobs=1, advance=quiet, kind="networks")
        made = with_network_embedding(
            DATASET, GROUPS, [RUN_ID], seed=0, cache=kept, jobs=1, advance=quiet
        )
    assert "saliency" in tables and NETWORK_EMBEDDING in made.tables


def test_without_a_served_network_nothing_is_added(cache):
    assert embedded_run(OTHERS) is None
    same = with_network_embedding(
        DATASET, GROUPS, OTHERS, seed=0, cache=cache, jobs=1, advance=quiet
    )
    assert same is DATASET


def test_its_clusters_are_found_like_those_of_features(embedded, cache):
    selection = Selection(("kmeans_10",), jobs=1)
    found = cluster(embedded, selection, cache=cache, advance=quiet)
    assert list(map(str, found)) == [f"small.{NETWORK_EMBEDDING}.kmeans_10.in_sample"]
    (labels,) = found.values()
    assert len(labels) == len(embedded.tables[NETWORK_EMBEDDING].rows)
    assert cluster(DATASET, selection, cache=cache, advance=quiet) == {}


def test_results_hold_the_map_of_the_network_and_its_inside(tmp_path, cache):
    """From a data set to the folder: as another representation of the Clusters page."""
    selection = Selection(("tiny", "kmeans_10"), ("fault_filtered", "in_sample"), jobs=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "N_INIT", 1)
        assert build_results([DATASET], tmp_path / "results", selection, cache=cache, advance=quiet)
    content = artifacts.read_results(tmp_path / "results")
    assert content["ids"] == [str(RUN_ID), f"small.{NETWORK_EMBEDDING}.kmeans_10.in_sample"]
    assert content["representations"][NETWORK_EMBEDDING]["n_samples"] == 33
    embedding = artifacts.read_embedding(tmp_path / "results", "small", NETWORK_EMBEDDING)
    part = DATASET.fault_filtered.set_index("track_id")["split"]
    assert set(part.loc[embedding["track_id"]]) == {"validation", "test"}
    for kind in ("architectures", "filters", "saliency"):
        assert len(read_analysis(tmp_path / "results", kind, run_id=str(RUN_ID)))
    sweep = read_analysis(tmp_path / "results", "cluster_sweep")
    assert set(sweep["representation"]) == {NETWORK_EMBEDDING}
    history = artifacts.read_history(tmp_path / "results", str(RUN_ID))
    assert history["chosen"].sum() == 1


class Probe:
    """Keeps what it is asked."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the same for all rows."""
        self.asked = X
        return np.ones((len(X), 3)) / 3


def test_a_fused_model_is_asked_with_the_statistics_of_what_is_left_to_see():
    rng = np.random.default_rng(0)
    mel = rng.uniform(-80, 0, size=(3, 333, 128)).astype(np.float32)
    statistics = np.stack([image_statistics(one) for one in mel])
    song = rng.normal(size=(3, FUSED.n_song)).astype(np.float32)
    table = replace(
        DATASET.tables["mel_clip"], representation="fused", X=FUSED.join(mel, statistics, song)
    )
    unit = Unit("fused", table, Fold(0, np.array([0]), np.array([1, 2])), 0)
    hidden = np.repeat(mel[1][None], 2, axis=0)
    hidden[1, 100:150] = -60
    probe = Probe()
    module._answers(probe, unit, 1, hidden)
    again = FUSED.split(probe.asked)
    assert np.array_equal(again[0], hidden)
    assert np.array_equal(again[1][0], statistics[1])
    assert np.array_equal(again[1][1], image_statistics(hidden[1]))
    assert not np.array_equal(again[1][1], statistics[1])
    assert np.array_equal(again[2], song[[1, 1]])
    module._answers(probe, replace(unit, table=DATASET.tables["mel_clip"]), 1, hidden)
    assert probe.asked is hidden
