"""Sentences and selections: every number is one that results hold."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from tiny_results import write_tiny_results

from dashboard.rows import selection
from dashboard.state import Results, State
from dashboard.words import model_sentences, sentences

COUNTS = pd.DataFrame(
    [[8, 2, 0], [5, 5, 0], [1, 0, 9]], ["blues", "jazz", "rock"], ["blues", "jazz", "rock"]
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return State(write_tiny_results(tmp_path_factory.mktemp("tiny"))).current()


def test_protocols_go_from_leaky_to_honest_without_clusterings(results: Results) -> None:
    assert selection.supervised_protocols(results) == [
        "segment_random", "clip_random", "track_kfold", "artist_3fold", "fault_filtered",
    ]  # fmt: skip


def test_protocols_without_a_run_are_not_offered(results: Results) -> None:
    extra = {**results.protocols, "official": {**results.protocols["track_kfold"], "order": 5}}
    more = dataclasses.replace(results, protocols=extra)
    assert "official" not in selection.supervised_protocols(more)


def test_scored_runs_hold_one_unit_and_the_stored_numbers(results: Results) -> None:
    runs = selection.scored_runs(results, unit="segment")
    assert set(runs["representation"]) == {"features_3s"}
    for _, run in runs.iterrows():
        stored = results.metadata[run["id"]]["accuracy"]["segment"]
        assert (run["value"], run["ci_low"], run["ci_high"]) == pytest.approx(
            (stored["value"], stored["ci_low"], stored["ci_high"])
        )


def test_protocol_of_an_unknown_slug_is_an_error(results: Results) -> None:
    assert selection.protocol_of(results, "new-song") == "track_kfold"
    with pytest.raises(KeyError, match="bogus"):
        selection.protocol_of(results, "bogus")


@pytest.mark.parametrize("unit", ["track", "segment"])
def test_headline_gives_both_protocols_of_one_model_in_one_unit(
    results: Results, unit: str
) -> None:
    said = sentences.headline(results, "gtzan", unit, selection.ALL)
    runs = selection.stage_runs(results, dataset="gtzan", unit=unit)
    best = runs[runs["protocol"] == "fault_filtered"].sort_values("value").iloc[-1]
    accuracy = {
        protocol: results.metadata[f"{best['served_id']}.{protocol}"]["accuracy"][unit]
        for protocol in ("fault_filtered", "segment_random")
    }
    for score in accuracy.values():
        assert f"{score['value']:.2f} [{score['ci_low']:.2f}, {score['ci_high']:.2f}]" in said
    assert said.count(sentences.ONE_UNIT[unit]) == 2
    assert "“new artist, faults removed”" in said
    assert "“as published”" in said


def test_headline_of_one_protocol_gives_macro_f1_and_no_claim(results: Results) -> None:
    said = sentences.headline(results, "fma", "track", selection.ALL)
    run = selection.stage_runs(results, dataset="fma", unit="track").sort_values("value").iloc[-1]
    f1 = results.metadata[run["id"]]["macro_f1"]["track"]
    assert f"Macro-F1, which counts every genre alike: {f1['value']:.2f} [" in said
    assert "claimed" not in said


def test_headline_without_scores_says_so(results: Results) -> None:
    said = sentences.headline(results, "gtzan", "segment", "features_30s")
    assert said == "No model has a score that counts 3-second segments here."


def test_blanks_are_said_with_their_reasons(results: Results) -> None:
    assert sentences.blanks(results, "gtzan") == ""
    said = sentences.blanks(results, "fma")
    assert said.startswith("Tiny archive has no score for “as published”: ")
    assert "“new artist”: the published folds by artist are those of GTZAN" in said


def test_remainder_is_said_of_songs_only(results: Results) -> None:
    assert "smaller training set" in sentences.remainder(results, "gtzan", "track", selection.ALL)
    assert sentences.remainder(results, "gtzan", "segment", selection.ALL) == ""
    assert sentences.remainder(results, "fma", "track", selection.ALL) == ""


def test_fall_leaves_the_dummy_out(results: Results) -> None:
    runs = selection.stage_runs(results, dataset="gtzan", unit="track", features="features_3s")
    assert "the 5 models that listen" in sentences.fall(results, runs, "track")


def test_fall_of_one_protocol_claims_no_change(results: Results) -> None:
    runs = selection.stage_runs(results, dataset="gtzan", unit="track")
    said = sentences.fall(results, runs[runs["protocol"] == "track_kfold"], "track")
    assert "points" not in said


def test_training_sizes_come_from_the_runs_and_blame_nobody(results: Results) -> None:
    runs = selection.stage_runs(results, dataset="gtzan", unit="track", features="features_3s")
    said = sentences.training_sizes(results, runs)
    assert said == "They train on 99, 90, 66 and 45 tracks, from left to right."
    assert sentences.training_sizes(results, runs[runs["protocol"] == "track_kfold"]) == ""


def test_worst_confusions_are_the_largest_shares() -> None:
    worst = model_sentences.worst_confusions(COUNTS, "track")
    assert list(worst.items()) == [
        (("jazz", "blues"), "Jazz is taken for blues: 5 of 10 songs (50 %)."),
        (("blues", "jazz"), "Blues is taken for jazz: 2 of 10 songs (20 %)."),
        (("rock", "blues"), "Rock is taken for blues: 1 of 10 songs (10 %)."),
    ]


def test_a_perfect_matrix_has_no_confusions() -> None:
    perfect = pd.DataFrame(np.diag([3, 3]), ["a", "b"], ["a", "b"])
    assert model_sentences.worst_confusions(perfect, "track") == {}


@pytest.mark.parametrize(
    ("ari", "low", "verdict"),
    [
        (0.01, -0.01, "no better than chance"),
        (0.2, 0.15, "only loosely"),
        (0.5, 0.4, "in part"),
        (0.9, 0.8, "nearly the same"),
    ],
)
def test_agreement_is_worded_by_its_interval_and_size(ari: float, low: float, verdict: str) -> None:
    scores = pd.DataFrame(
        {"value": [ari, 0.3], "ci_low": [low, 0.2], "ci_high": [ari + 0.05, 0.4]},
        index=["ari", "nmi"],
    )
    assert verdict in model_sentences.agreement_sentence(scores)


def test_purity_is_compared_with_one_cluster_for_everything() -> None:
    assert "would reach 0.47" in model_sentences.purity_sentence(COUNTS)  # 14 of 30 are blues


def test_composition_names_the_purest_and_the_most_mixed() -> None:
    named = COUNTS.set_axis(["Cluster 1", "Cluster 2", "Cluster 3"])
    said = model_sentences.composition_sentence(named, "songs")
    assert "The purest, cluster 3, is 90 % rock" in said
    assert "cluster 2" in said
