"""From a data set to a results folder: complete, repeatable, and all or nothing."""

import json

import numpy as np
import onnxruntime
import pytest
from small_dataset import small_dataset

from pipeline import artifacts, build, embedding
from pipeline.build import build_results
from pipeline.splits import PROTOCOLS
from pipeline.train import Selection

DATASET = small_dataset()
MODELS = ("dummy", "random_forest_small", "dense", "kmeans_10")
PROTOCOL_NAMES = ("segment_random", "fault_filtered")


def quiet(done: int, total: int, label: str) -> None:
    assert 0 < done <= total


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "results"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "N_COMPONENTS", 3)
        selection = Selection(MODELS, PROTOCOL_NAMES, 0, jobs=1)
        build_results(DATASET, folder, selection, advance=quiet)
    return folder


def test_results_hold_every_run_and_all_its_files(results):
    content = artifacts.read_results(results)
    supervised = 3 * 2 * 2  # models x representations x protocols
    assert len(content["ids"]) == supervised + 2
    for run_id, metadata, picture in zip(
        content["ids"], content["metadata"], content["images"], strict=True
    ):
        if metadata["technique"] == "unsupervised":
            assert not artifacts.read_clusters(results, run_id).empty
            assert picture is None
            continue
        predictions = artifacts.read_predictions(results, run_id)
        assert artifacts.genres_of(predictions) == list(DATASET.tables["features_3s"].genres)
        counts = artifacts.read_confusion(results, run_id)
        assert counts.to_numpy().sum() == (predictions["part"] == "test").sum()
        tracks = artifacts.read_confusion(results, run_id, "track")
        assert tracks.to_numpy().sum() == predictions.query("part == 'test'")["track_id"].nunique()
        assert (results / picture).stat().st_size > 1000
        assert metadata["model"] != "dense" or len(artifacts.read_history(results, run_id))


def test_metadata_repeats_the_scores_table(results):
    content, scores = artifacts.read_results(results), artifacts.read_scores(results)
    scores = scores.set_index(["id", "unit", "metric", "genre"])
    for metadata in content["metadata"]:
        for unit, figure in (metadata["accuracy"] or {}).items():
            key = (metadata["id"], unit, "accuracy", "")
            assert scores.loc[key, "value"] == figure["value"]
            assert figure["ci_low"] <= figure["value"] <= figure["ci_high"]


def test_nothing_is_missing_without_a_reason(results):
    for metadata in artifacts.read_results(results)["metadata"]:
        absent = {key for key, value in metadata.items() if value is None}
        assert absent - {"variant", "published"} == set(metadata["missing"])


def test_served_models_answer_and_know_their_scores(results):
    cards = artifacts.read_cards(results)
    assert [card["id"] for card in cards] == [
        f"small.{representation}.{model}"
        for representation in ("features_30s", "features_3s")
        for model in ("dense", "random_forest_small")
    ]
    for card in cards:
        session = onnxruntime.InferenceSession(results / "models" / f"{card['id']}.onnx")
        table = DATASET.tables[card["representation"]]
        (proba,) = session.run(["probabilities"], {"features": table.X})
        genres = np.array(card["genres"])
        assert (genres[proba.argmax(axis=1)] == table.rows["genre"]).mean() > 0.7
        assert card["honest_accuracy"]["protocol"] == "fault_filtered"
        assert card["temperature_fitted_on"]["part"] == "validation"
        assert all(
            run_id in artifacts.read_results(results)["ids"] for run_id in card["evaluated_by"]
        )


def test_run_json_says_what_was_evaluated_and_how_often(results, tmp_path):
    run = artifacts.read_run(results)
    (evaluation,) = run["test_evaluations"]
    assert evaluation["run_ids"] == artifacts.read_results(results)["ids"]
    assert run["inputs_sha256"]["small.features_3s"] == "0" * 64
    assert run["versions"]["scikit-learn"]


def test_a_second_build_repeats_every_byte_but_the_timings(results, tmp_path, monkeypatch):
    monkeypatch.setattr(embedding, "N_COMPONENTS", 3)
    again = tmp_path / "again"
    selection = Selection(MODELS, PROTOCOL_NAMES, 0, jobs=2)  # another number of processes
    build_results(DATASET, again, selection, advance=quiet)
    files = {path.relative_to(results) for path in results.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    for path in files:
        if path.name not in ("run.json", "results.json"):
            assert (results / path).read_bytes() == (again / path).read_bytes(), path
    timed = ("train_s", "predict_ms")
    first, second = (
        [
            {key: value for key, value in metadata.items() if key not in timed}
            for metadata in artifacts.read_results(folder)["metadata"]
        ]
        for folder in (results, again)
    )
    assert first == second


def test_a_failed_build_leaves_the_old_results_untouched(tmp_path, monkeypatch):
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "run.json").write_text('{"test_evaluations": ["earlier"]}')

    def broken(*arguments: object, **options: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(build, "_write_clusters", broken)
    selection = Selection(("dummy",), ("fault_filtered",), 0, jobs=1)
    with pytest.raises(RuntimeError, match="disk full"):
        build_results(DATASET, folder, selection, advance=quiet)
    assert [path.name for path in tmp_path.rglob("*")] == ["results", "run.json"]


def test_a_new_build_drops_files_of_runs_that_are_gone_and_keeps_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr(embedding, "N_COMPONENTS", 3)
    folder = tmp_path / "results"
    stale = folder / "predictions" / "old.parquet"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    (folder / "README.md").write_text("kept")
    for _ in range(2):
        selection = Selection(("dummy",), ("fault_filtered",), 0, jobs=1)
        build_results(DATASET, folder, selection, advance=quiet)
    assert not stale.exists()
    assert (folder / "README.md").read_text() == "kept"
    assert len(json.loads((folder / "run.json").read_text())["test_evaluations"]) == 2


def test_protocols_are_declared_in_results_for_the_page(results):
    declared = artifacts.read_results(results)["protocols"]
    assert set(declared) == set(PROTOCOLS)
    assert all(entry["explanation"].endswith(".") for entry in declared.values())
    assert len({entry["slug"] for entry in declared.values()}) == len(declared)
