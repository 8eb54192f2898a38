"""The committed results: complete, consistent, and recomputable from the predictions."""

import hashlib

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from pipeline import artifacts, metrics
from pipeline.config import REPOSITORY
from pipeline.models import MODELS
from pipeline.scoring import score_table, scored_rows, units_of
from pipeline.splits import PROTOCOLS, track_groups

RESULTS = REPOSITORY / "results"
CONTENT = artifacts.read_results(RESULTS)
SCORES = artifacts.read_scores(RESULTS)
SUPERVISED = [m["id"] for m in CONTENT["metadata"] if m["technique"] != "unsupervised"]
KEY = ["unit", "metric", "genre"]


def own_scores(run_id: str) -> pd.DataFrame:
    return SCORES[SCORES["id"] == run_id].set_index(KEY).sort_index()


def test_every_declared_model_stands_under_every_protocol():
    expected = {
        f"gtzan.{representation}.{model.name}.{protocol.name}"
        for model in MODELS.values()
        for representation in model.representations
        for protocol in PROTOCOLS.values()
        if protocol.supervised == (model.technique != "unsupervised")
    }
    assert set(CONTENT["ids"]) == expected


def test_results_are_at_most_20_mb_and_no_file_is_over_5_mb():
    sizes = {path: path.stat().st_size for path in RESULTS.rglob("*") if path.is_file()}
    assert sum(sizes.values()) <= 20e6
    assert max(sizes.values()) <= 5e6


@pytest.mark.parametrize("run_id", SUPERVISED)
def test_every_score_is_recomputable_from_the_predictions(run_id):
    predictions = artifacts.read_predictions(RESULTS, run_id)
    tracks = pd.Series({track: track for track in predictions["track_id"]})
    again = score_table(predictions, run_id=run_id, group_of_track=tracks)
    again = again.set_index(KEY).sort_index()
    stored = own_scores(run_id)
    assert list(again.index) == list(stored.index)
    np.testing.assert_allclose(again["value"], stored["value"], atol=1e-12)
    protocol = PROTOCOLS[artifacts.RunId.parse(run_id).protocol]
    if protocol.independent_unit == "track":  # artists are in the data, not in results/
        np.testing.assert_allclose(
            again[["ci_low", "ci_high"]], stored[["ci_low", "ci_high"]], atol=1e-12
        )


def test_intervals_over_artists_are_recomputable_with_the_data(data_root):
    from pipeline.datasets import gtzan

    groups = track_groups(gtzan.load(data_root)).table["artist"]
    run_id = "gtzan.features_3s.random_forest.fault_filtered"
    predictions = artifacts.read_predictions(RESULTS, run_id)
    again = score_table(predictions, run_id=run_id, group_of_track=groups)
    again = again.set_index(KEY).sort_index()
    np.testing.assert_allclose(
        again[["ci_low", "ci_high"]], own_scores(run_id)[["ci_low", "ci_high"]], atol=1e-12
    )


@pytest.mark.parametrize("run_id", SUPERVISED)
def test_confusion_counts_are_of_the_predictions(run_id):
    predictions = artifacts.read_predictions(RESULTS, run_id)
    tracks = pd.Series(0, index=predictions["track_id"].unique())
    for unit in units_of(predictions):
        scored = scored_rows(predictions, unit, tracks)
        counts = metrics.confusion_counts(scored.y_true, scored.y_pred, 10)
        assert (artifacts.read_confusion(RESULTS, run_id, unit).to_numpy() == counts).all()


def test_metadata_repeats_the_scores():
    for metadata in CONTENT["metadata"]:
        own = own_scores(metadata["id"])
        for metric in ("accuracy", "macro_f1", "top2", "log_loss", "ece"):
            for unit, figure in (metadata[metric] or {}).items():
                assert figure["value"] == own.loc[(unit, metric, ""), "value"]


@pytest.mark.parametrize(
    ("model", "segment_random", "track_kfold", "fault_filtered"),
    [("random_forest", 0.87, 0.76, 0.49), ("lightgbm", 0.91, 0.80, 0.53)],
)
def test_scores_are_within_3_points_of_the_first_measurement(
    model, segment_random, track_kfold, fault_filtered
):
    for protocol, unit, expected in (
        ("segment_random", "segment", segment_random),
        ("track_kfold", "track", track_kfold),
        ("fault_filtered", "track", fault_filtered),
    ):
        found = own_scores(f"gtzan.features_3s.{model}.{protocol}")
        assert found.loc[(unit, "accuracy", ""), "value"] == pytest.approx(expected, abs=0.03)


def test_dummy_is_at_chance_and_every_model_is_above_it():
    for metadata in CONTENT["metadata"]:
        if metadata["technique"] != "unsupervised":
            value = metadata["accuracy"]["track"]["value"]
            assert (
                value == pytest.approx(0.1, abs=0.02)
                if metadata["model"] == "dummy"
                else (value > 0.35)
            )


def test_cards_belong_to_their_models_and_runs():
    cards = artifacts.read_cards(RESULTS)
    served = {m["id"] for m in CONTENT["metadata"] if m["served"]}
    assert {run_id for card in cards for run_id in card["evaluated_by"]} == served
    for card in cards:
        content = (RESULTS / "models" / f"{card['id']}.onnx").read_bytes()
        assert hashlib.sha256(content).hexdigest() == card["onnx_sha256"]
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        some = np.zeros((2, len(card["features"])), dtype=np.float32)
        (proba,) = session.run(["probabilities"], {"features": some})
        assert proba.shape == (2, len(card["genres"]))
        assert card["test_ece"]["calibrated"] <= card["test_ece"]["uncalibrated"] + 0.01


def test_run_json_names_the_commit_and_inputs_of_these_results():
    run = artifacts.read_run(RESULTS)
    assert len(run["commit"]) == 40 and run["uncommitted_changes"] is False
    assert set(run["inputs_sha256"]) == {"gtzan.features_3s", "gtzan.features_30s"}
    assert run["test_evaluations"][-1]["run_ids"] == CONTENT["ids"]
