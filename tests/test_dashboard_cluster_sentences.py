"""Sentences on the number of clusters, and on clusters as genres."""

import numpy as np
import pandas as pd

from dashboard.words import cluster_sentences

POINTS = pd.DataFrame(
    {"n_clusters": [1, 2, 10], "inertia": [9.0, 5.0, 2.0], "silhouette": [np.nan, 0.4, 0.1]}
)
MATCHED = pd.DataFrame(
    [(0, "blues", 8, 10, 10), (1, "rock", 5, 12, 20), (2, "", 0, 8, 0)],
    columns=["cluster", "genre", "n_matched", "n_cluster", "n_genre"],
)


def test_sweep_compares_the_best_with_the_one_shown() -> None:
    said = cluster_sentences.sweep_sentence(POINTS, 10)
    assert "highest with 2 clusters (0.40); with the 10 shown above it is 0.10" in said


def test_sweep_leaves_out_a_number_that_was_not_tried() -> None:
    assert "shown above it is" not in cluster_sentences.sweep_sentence(POINTS, 7)


def test_sweep_of_one_cluster_has_no_silhouette() -> None:
    assert "No silhouettes" in cluster_sentences.sweep_sentence(POINTS.iloc[:1], 1)


def test_matching_counts_what_agrees_and_what_is_left() -> None:
    said = cluster_sentences.matching_sentence(MATCHED, "whole songs")
    assert "13 of 30 (43 %)" in said
    assert "best for blues, 8 of 10" in said
    assert "One cluster is left without a genre." in said


def test_matching_without_any_genre_ends_early() -> None:
    said = cluster_sentences.matching_sentence(MATCHED.iloc[2:], "whole songs")
    assert said.endswith("0 of 8 (0 %).")
