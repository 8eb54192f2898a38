"""The committed results: complete, consistent, and recomputable from the predictions."""

import hashlib
import re

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar

from pipeline import artifacts, metrics
from pipeline.analysis.network_embedding import NETWORK_EMBEDDING
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES, read_analysis
from pipeline.config import REPOSITORY
from pipeline.datasets.spectrograms import SPECTROGRAMS
from pipeline.models import MODELS
from pipeline.scoring import majority_answers, score_table, scored_rows, units_of
from pipeline.serve import CHOSEN_BY
from pipeline.splits import PROTOCOLS, track_groups
from pipeline.variants import VARIANTS

RESULTS = REPOSITORY / "results"
CONTENT = artifacts.read_results(RESULTS)
SCORES = artifacts.read_scores(RESULTS)
SUPERVISED = [m for m in CONTENT["metadata"] if m["technique"] != "unsupervised"]
PLAIN = [m["id"] for m in SUPERVISED if m["variant"] is None]
VARIED = [m["id"] for m in SUPERVISED if m["variant"] is not None]
CANDIDATES = artifacts.read_candidates(RESULTS)
TABLES = {
    "gtzan": ("features_3s", "features_30s", "features_song", *SPECTROGRAMS),
    "fma": ("echonest",),
}
KEY = ["unit", "metric", "genre"]
N_SAMPLED = 12  # runs whose every score and interval is computed anew


def own_scores(run_id: str) -> pd.DataFrame:
    return SCORES[SCORES["id"] == run_id].set_index(KEY).sort_index()


def track_accuracy(run_id: str) -> float:
    return own_scores(run_id).loc[("track", "accuracy", ""), "value"]


def track_answers(run_id: str) -> pd.DataFrame:
    predictions = artifacts.read_predictions(RESULTS, run_id)
    rows = predictions[predictions["part"] == "test"]
    columns = artifacts.probability_columns(rows)
    if not columns:
        return majority_answers(rows)
    tracks = rows.astype(dict.fromkeys(columns, float)).groupby("track_id")
    genres = np.array(artifacts.genres_of(rows))
    answers = genres[tracks[columns].mean().to_numpy().argmax(axis=1)]
    return pd.DataFrame({"y_true": tracks["y_true"].first(), "y_pred": answers})


def test_every_declared_model_stands_under_every_protocol_or_says_why_not():
    blank = {(entry["dataset"], entry["protocol"]) for entry in CONTENT["blanks"]}
    assert all(entry["reason"] for entry in CONTENT["blanks"])
    expected = {
        f"{dataset}.{representation}.{model.name}.{protocol.name}"
        for dataset, representations in TABLES.items()
        for representation in representations
        for model in MODELS.values()
        if representation in model.representations
        for protocol in PROTOCOLS.values()
        if protocol.supervised == (model.technique != "unsupervised")
        and (dataset, protocol.name) not in blank
        and (not model.protocols or protocol.name in model.protocols)
        and (protocol.name != "segment_random" or representation == "features_3s")
    }
    expected |= {  # of a table that a network makes, clusters only
        f"gtzan.{NETWORK_EMBEDDING}.{model.name}.in_sample"
        for model in MODELS.values()
        if model.technique == "unsupervised"
    }
    plain = {m["id"] for m in CONTENT["metadata"] if m["variant"] is None}
    assert plain == expected
    assert {name for _, name in blank} >= {"official"}


def test_variants_of_the_full_run_are_there():
    there = {RunId.parse(run_id).variant for run_id in VARIED}
    assert there == {*VARIANTS, *(f"seed{seed}" for seed in range(1, 10))}


def test_every_kind_of_analysis_is_there_and_valid():
    for kind in ANALYSES:
        assert len(read_analysis(RESULTS, kind)), kind


def test_results_are_at_most_30_mb_and_7_of_spectrograms_and_no_file_is_over_5_mb():
    sizes = {path: path.stat().st_size for path in RESULTS.rglob("*") if path.is_file()}
    of_spectrograms = {
        path for path in sizes if {*path.name.split(".")} & {*SPECTROGRAMS, NETWORK_EMBEDDING}
    }
    assert sum(sizes[path] for path in sizes.keys() - of_spectrograms) <= 30e6
    assert sum(sizes[path] for path in of_spectrograms) <= 7e6
    assert max(sizes.values()) <= 5e6


def test_every_file_is_the_one_that_run_json_lists():
    listed = artifacts.read_run(RESULTS)["files_sha256"]
    for name, digest in listed.items():
        assert hashlib.sha256((RESULTS / name).read_bytes()).hexdigest() == digest, name
    folders = ("predictions", "analysis", "models", "confusion")
    there = {
        str(path.relative_to(RESULTS))
        for folder in folders
        for path in (RESULTS / folder).iterdir()
    }
    assert there == {name for name in listed if name.split("/")[0] in folders}


def test_accuracy_and_f1_of_every_run_are_those_of_its_predictions():
    for metadata in SUPERVISED:
        answers = track_answers(metadata["id"])
        stored = own_scores(metadata["id"])
        right = accuracy_score(answers["y_true"], answers["y_pred"])
        assert stored.loc[("track", "accuracy", ""), "value"] == pytest.approx(right, abs=1e-12)
        f1 = f1_score(answers["y_true"], answers["y_pred"], average="macro", zero_division=0)
        assert stored.loc[("track", "macro_f1", ""), "value"] == pytest.approx(f1, abs=1e-9)


@pytest.mark.parametrize("run_id", PLAIN[:: max(1, len(PLAIN) // N_SAMPLED)])
def test_every_score_is_recomputable_from_the_predictions(run_id):
    predictions = artifacts.read_predictions(RESULTS, run_id)
    tracks = pd.Series({track: track for track in predictions["track_id"]})
    again = score_table(predictions, run_id=run_id, group_of_track=tracks)
    again = again.set_index(KEY).sort_index()
    stored = own_scores(run_id)
    assert list(again.index) == list(stored.index)
    np.testing.assert_allclose(again["value"], stored["value"], atol=1e-12)
    protocol = PROTOCOLS[RunId.parse(run_id).protocol]
    if protocol.independent_unit == "track":  # artists are in the data, not in results/
        np.testing.assert_allclose(
            again[["ci_low", "ci_high"]], stored[["ci_low", "ci_high"]], atol=1e-12
        )


def test_every_score_lies_in_its_interval_and_has_one():
    overall = SCORES[SCORES["genre"].fillna("") == ""]
    assert not overall[["value", "ci_low", "ci_high"]].isna().any().any()
    accuracy = overall[overall["metric"] == "accuracy"]
    assert (accuracy["ci_low"] <= accuracy["value"]).all()
    assert (accuracy["value"] <= accuracy["ci_high"]).all()


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


def test_confusion_counts_are_of_the_predictions():
    for run_id in PLAIN:
        predictions = artifacts.read_predictions(RESULTS, run_id)
        tracks = pd.Series(0, index=predictions["track_id"].unique())
        n_genres = len(artifacts.genres_of(predictions))
        for unit in units_of(predictions):
            scored = scored_rows(predictions, unit, tracks)
            counts = metrics.confusion_counts(scored.y_true, scored.y_pred, n_genres)
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
    for run_id in PLAIN:
        parts = RunId.parse(run_id)
        if parts.dataset != "gtzan":
            continue
        if parts.model == "dummy":
            assert track_accuracy(run_id) == pytest.approx(0.1, abs=0.02)
        elif parts.representation == "images_kaggle":  # published from 0.24 on, on new clips
            assert track_accuracy(run_id) > 0.15, run_id
        else:
            assert track_accuracy(run_id) > 0.25


def test_on_unbalanced_genres_the_dummy_has_accuracy_and_no_f1():
    scores = own_scores("fma.echonest.dummy.track_kfold")
    answers = track_answers("fma.echonest.dummy.track_kfold")
    commonest = answers["y_true"].value_counts(normalize=True).max()
    assert scores.loc[("track", "accuracy", ""), "value"] == pytest.approx(commonest)
    assert scores.loc[("track", "macro_f1", ""), "value"] < 0.1


def test_shuffled_labels_are_learned_only_where_songs_leak():
    for run_id in (name for name in VARIED if name.endswith(".permuted")):
        parts = RunId.parse(run_id)
        if parts.protocol in ("track_kfold", "fault_filtered"):
            assert track_accuracy(run_id) < 0.2, run_id
    leaking = own_scores("gtzan.features_3s.knn_1.segment_random.permuted")
    assert leaking.loc[("segment", "accuracy", ""), "value"] > 0.7


def test_cards_belong_to_their_models_and_runs():
    cards = artifacts.read_cards(RESULTS)
    served = {m["id"] for m in CONTENT["metadata"] if m["served"]}
    assert {run_id for card in cards for run_id in card["evaluated_by"]} == served
    for card in cards:
        content = (RESULTS / "models" / f"{card['id']}.onnx").read_bytes()
        assert hashlib.sha256(content).hexdigest() == card["onnx_sha256"]
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        some = np.zeros((2, *session.get_inputs()[0].shape[1:]), dtype=np.float32)
        (proba,) = session.run(["probabilities"], {"features": some})
        assert proba.shape == (2, len(card["genres"]))
        assert card["test_ece"]["calibrated"] <= card["test_ece"]["uncalibrated"] + 0.01


def test_the_model_chosen_for_new_artists_is_served():
    chosen = RunId.parse(CANDIDATES[CHOSEN_BY]["id"]).served_id
    assert chosen in {card["id"] for card in artifacts.read_cards(RESULTS)}


def test_candidates_were_chosen_by_their_rank_and_have_a_test_score():
    for protocol, choice in CANDIDATES.items():
        best = max(choice["ranking"], key=lambda entry: entry["accuracy"])
        assert choice["accuracy"] == best["accuracy"]
        assert RunId.parse(choice["id"]).protocol == protocol
        assert choice["id"] in PLAIN
        assert MODELS[RunId.parse(choice["id"]).model].candidate


def test_paired_tests_agree_with_statsmodels():
    tests = read_analysis(RESULTS, "paired_tests")
    for row in tests.iloc[:: max(1, len(tests) // 40)].to_dict("records"):
        a, b = track_answers(row["id_a"]), track_answers(row["id_b"])
        both = a.index.intersection(b.index)  # one clip has no picture
        assert len(both) == row["n_units"]
        right_a, right_b = ((t["y_true"] == t["y_pred"]).loc[both] for t in (a, b))
        table = [[(right_a & right_b).sum(), (right_a & ~right_b).sum()],
                 [(~right_a & right_b).sum(), (~right_a & ~right_b).sum()]]  # fmt: skip
        assert (row["only_a"], row["only_b"]) == (table[0][1], table[1][0])
        if row["only_a"] + row["only_b"]:
            assert row["p_mcnemar"] == pytest.approx(mcnemar(table, exact=True).pvalue, rel=1e-6)
        assert (row["verdict"] == "tied") == (row["p_holm"] >= 0.05)


def test_roc_areas_agree_with_scikit_learn():
    areas = read_analysis(RESULTS, "ranking_scores")
    areas = areas[(areas["metric"] == "roc_auc") & (areas["genre"] == "jazz")]
    for row in areas.iloc[::40].to_dict("records"):
        rows = artifacts.read_predictions(RESULTS, row["id"]).query("part == 'test'")
        tracks = rows.astype({"proba_jazz": float}).groupby("track_id")
        area = roc_auc_score(tracks["y_true"].first() == "jazz", tracks["proba_jazz"].mean())
        assert row["value"] == pytest.approx(area, abs=1e-5)


def test_known_duplicates_come_out_and_the_conflicting_pair_is_marked():
    found = read_analysis(RESULTS, "duplicates").query("dataset == 'gtzan'")
    groups = {frozenset(group["track_id"]) for _, group in found.groupby("group")}
    assert len(groups) == 15
    assert {"reggae.00073", "reggae.00074"} in groups
    conflicting = set(found[found["conflicting"].astype(bool)]["track_id"])
    assert conflicting == {"metal.00058", "rock.00016"}


def test_run_json_names_the_commit_and_inputs_of_these_results():
    run = artifacts.read_run(RESULTS)
    assert re.fullmatch("[0-9a-f]{40}", run["commit"]) and run["uncommitted_changes"] is False
    assert set(run["inputs_sha256"]) == {
        f"{dataset}.{table}" for dataset, tables in TABLES.items() for table in tables
    }
    runs = CONTENT["metadata"]
    supervised = [own["id"] for own in runs if own["technique"] != "unsupervised"]
    assert sorted(run["test_evaluations"][-1]["run_ids"]) == sorted(supervised)
