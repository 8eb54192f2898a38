"""Sentences below the scores: every number is one that was given, each with its interval."""

import pandas as pd

from dashboard.words import curve_sentences

AREAS = pd.DataFrame(
    [
        ("roc_auc", "", 0.9, 0.85, 0.95),
        ("roc_auc", "blues", 0.97, 0.92, 1.0),
        ("roc_auc", "rock", 0.81, 0.7, 0.9),
        ("average_precision", "", 0.6, 0.5, 0.7),
        ("average_precision", "blues", 0.5, 0.4, 0.6),
        ("average_precision", "rock", 0.7, 0.6, 0.8),
    ],
    columns=["metric", "genre", "value", "ci_low", "ci_high"],
)
SCORES = pd.DataFrame(
    [
        ("before", "ece", 0.2, 0.15, 0.25, 1.0, ""),
        ("before", "brier", 0.5, 0.45, 0.55, 1.0, ""),
        ("after", "ece", 0.05, 0.02, 0.09, 1.6, "validation songs"),
        ("after", "brier", 0.45, 0.4, 0.5, 1.6, "validation songs"),
    ],
    columns=["stage", "metric", "value", "ci_low", "ci_high", "temperature", "fitted_on"],
)
SETS = pd.DataFrame(
    [
        ("", 0.9, 0.88, 0.85, 0.91, 3.25, 100, "other folds"),
        ("blues", 0.9, 0.97, 0.9, 1.0, 1.5, 50, "other folds"),
        ("rock", 0.9, 0.79, 0.7, 0.85, 5.0, 50, "other folds"),
    ],
    columns=[
        "genre", "target", "coverage", "ci_low", "ci_high", "mean_size", "n", "calibrated_on",
    ],
)  # fmt: skip
SWEEP = pd.DataFrame(
    [
        ("tree_depth", "random", 5, 0.7, 0.6, 0.8),
        ("tree_depth", "random", 20, 0.9, 0.8, 1.0),
        ("tree_depth", "artist", 5, 0.5, 0.4, 0.6),
        ("tree_depth", "artist", 20, 0.4, 0.3, 0.5),
    ],
    columns=["sweep", "protocol", "value", "accuracy", "ci_low", "ci_high"],
)


def test_ranking_names_mean_best_and_worst_of_the_metric() -> None:
    said = curve_sentences.ranking_sentence(AREAS, "roc_auc", "new song")
    assert said.startswith("Counting whole songs under “new song”")
    assert "0.90 [0.85, 0.95] on average" in said
    assert "largest for blues (0.97 [0.92, 1.00])" in said
    assert "smallest for rock (0.81 [0.70, 0.90])" in said
    assert "largest for rock" in curve_sentences.ranking_sentence(AREAS, "average_precision", "x")


def test_ranking_without_areas_says_so() -> None:
    said = curve_sentences.ranking_sentence(AREAS.iloc[:0], "roc_auc", "new song")
    assert "no areas" in said


def test_calibration_gives_both_stages_and_the_temperature() -> None:
    said = curve_sentences.calibration_sentence(SCORES, "new song")
    assert "0.20 [0.15, 0.25]" in said
    assert "0.05 [0.02, 0.09] after temperature scaling" in said
    assert "T = 1.60 softens them, fitted on validation songs" in said
    assert "Brier score 0.50 [0.45, 0.55] before, 0.45 [0.40, 0.50] after" in said


def test_calibration_without_scaling_stops_there() -> None:
    said = curve_sentences.calibration_sentence(SCORES.iloc[:1], "new song")
    assert "0.20 [0.15, 0.25]" in said
    assert "temperature" not in said


def test_temperature_says_what_it_does() -> None:
    assert "sharpens" in curve_sentences.temperature_words(0.5)
    assert "leaves" in curve_sentences.temperature_words(1.0)


def test_sets_give_coverage_size_and_the_extremes() -> None:
    said = curve_sentences.sets_sentence(SETS, "new song")
    assert "90 % of songs hold that of 0.88 [0.85, 0.91], with 3.2 genres" in said
    assert "From 1.5 (blues) to 5.0 (rock)" in said
    assert "least often right for rock: 0.79 [0.70, 0.85]" in said
    assert "Calibrated on other folds" in said


def test_abstention_compares_all_with_the_surer_half() -> None:
    levels = pd.DataFrame(
        [(0.5, 0.7, 0.9, 0.8, 1.0), (0.25, 0.8, 0.95, 0.9, 1.0), (1.0, 0.1, 0.6, 0.5, 0.7)],
        columns=["coverage", "threshold", "accuracy", "ci_low", "ci_high"],
    )
    said = curve_sentences.abstention_sentence(levels, "new song")
    assert "answering 100 %, for 0.60 [0.50, 0.70]" in said
    assert "the 50 % of songs it is surest of, it is right for 0.90 [0.80, 1.00] of them" in said
    assert "from a probability of 0.70 on" in said


def test_permutation_counts_what_the_interval_sets_apart_from_nothing() -> None:
    drops = pd.DataFrame(
        [("MFCC", 0.2, 0.15, 0.25), ("rhythm", 0.01, -0.01, 0.03)],
        columns=["family", "value", "ci_low", "ci_high"],
    )
    said = curve_sentences.permutation_sentence(drops, "new song")
    assert "when MFCC features" in said
    assert "0.20 [0.15, 0.25]" in said
    assert "1 of 2 families" in said
    assert "(not rhythm)" in said


def test_fitted_weights_say_how_much_those_shown_hold() -> None:
    shares = pd.DataFrame(
        {"feature": ["a", "b", "c"], "family": "MFCC", "value": [0.5, 0.25, 0.25]}
    )
    said = curve_sentences.fitted_sentence(shares, 2, "coefficient")
    assert "The 2 largest of 3 features hold 75 %" in said
    assert "absolute coefficients" in said


def test_sweep_starts_with_the_chosen_protocol() -> None:
    labels = {"random": "as published", "artist": "new artist"}
    said = curve_sentences.sweep_sentence(SWEEP, labels, "artist")
    chosen, other = said.index("“new artist”"), said.index("“as published”")
    assert chosen < other
    assert "0.50 [0.40, 0.60] with trees of depth 5 under “new artist”" in said
    assert "0.90 [0.80, 1.00] with trees of depth 20 under “as published”" in said


def test_trials_name_the_best_setting() -> None:
    trials = pd.DataFrame(
        {"depth": ["7", "none"], "rate": [0.30001, 0.1], "score": [0.61, 0.42], "score_sd": 0.02,
         "n_folds": 3}
    )  # fmt: skip
    said = curve_sentences.trials_sentence(trials, ["depth", "rate"], "new artist")
    assert "2 settings" in said
    assert "from 0.42 to 0.61 (standard deviation over folds 0.02)" in said
    assert "depth = 7, rate = 0.3" in said
