"""Clusters: known blobs are found, and matched to genres one to one."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis import clusters
from pipeline.analysis.clusters import cluster_matching, cluster_sweep
from pipeline.artifacts.analysis import validate_analysis
from pipeline.datasets import FeatureTable


def blobs(*, n: int = 20, seed: int = 0) -> FeatureTable:
    """Two blobs of ``n`` rows, far apart."""
    X = np.random.default_rng(seed).normal(size=(2 * n, 2)).astype(np.float32)
    X[n:] += 50
    rows = pd.DataFrame({"track_id": [f"t{index}" for index in range(2 * n)], "segment": -1})
    rows["genre"] = np.repeat(["a", "b"], n)
    return FeatureTable("small", "echonest", ("a", "b"), ("f", "g"), rows, X, "")


def test_two_blobs_have_their_best_silhouette_at_two():
    table = cluster_sweep(blobs(), ks=range(1, 6), seed=0).set_index("n_clusters")
    assert table["silhouette"].idxmax() == 2
    assert table.at[2, "silhouette"] > 0.9
    assert np.isnan(table.at[1, "silhouette"])
    # One cluster of standardised features: every row and feature adds a variance of 1.
    assert table.at[1, "inertia"] == pytest.approx(40 * 2)
    assert (np.diff(table["inertia"]) < 0).all()
    assert table.at[2, "inertia"] < 0.01 * table.at[1, "inertia"]


def test_sweep_is_a_valid_analysis_and_repeats():
    first = cluster_sweep(blobs(), ks=[3, 2], seed=4)
    validate_analysis(first, "cluster_sweep")
    assert first["n_clusters"].to_list() == [3, 2]
    pd.testing.assert_frame_equal(first, cluster_sweep(blobs(), ks=[3, 2], seed=4))


def test_silhouette_of_a_sample_is_close_to_that_of_all(monkeypatch):
    everything = cluster_sweep(blobs(n=200), ks=[2], seed=0)["silhouette"][0]
    monkeypatch.setattr(clusters, "SILHOUETTE_ROWS", 100)
    sampled = cluster_sweep(blobs(n=200), ks=[2], seed=0)["silhouette"][0]
    assert sampled != everything
    assert sampled == pytest.approx(everything, abs=0.02)


def test_as_many_clusters_as_rows_have_no_silhouette():
    row = cluster_sweep(blobs(n=2), ks=[4], seed=0).iloc[0]
    assert np.isnan(row["silhouette"])
    assert row["inertia"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("k", [0, 41])
def test_impossible_number_of_clusters_is_refused(k):
    with pytest.raises(ValueError, match=rf"clusters must number 1 to 40.*got {k}"):
        cluster_sweep(blobs(), ks=[k], seed=0)


def test_matching_takes_the_best_total_not_the_best_of_each():
    # Cluster 0 holds 5 a and 4 b, cluster 1 holds 4 a: a-to-1 and b-to-0 agree in 8 rows, not 5.
    genre = ["a"] * 5 + ["b"] * 4 + ["a"] * 4
    cluster = np.array([0] * 9 + [1] * 4)
    table = cluster_matching(
        "small.echonest.kmeans.in_sample", pd.DataFrame({"genre": genre}), cluster
    )
    validate_analysis(table, "cluster_matching")
    assert table.set_index("cluster")["genre"].to_dict() == {0: "b", 1: "a"}
    assert table[["n_matched", "n_cluster", "n_genre"]].to_numpy().tolist() == [
        [4, 9, 4],
        [4, 4, 9],
    ]


def test_clusters_beyond_the_genres_stay_unmatched():
    genre = ["a"] * 6 + ["b"] * 3
    cluster = np.array([0, 0, 0, 0, 1, 1, 2, 2, 3])
    table = cluster_matching("run", pd.DataFrame({"genre": genre}), cluster)
    assert table["genre"].to_list() == ["a", "", "b", ""]
    unmatched = table[table["genre"] == ""]
    assert unmatched["n_matched"].to_list() == unmatched["n_genre"].to_list() == [0, 0]
    assert table["n_cluster"].to_list() == [4, 2, 2, 1]


def test_cluster_left_with_a_genre_that_it_has_none_of_is_unmatched():
    table = cluster_matching("run", pd.DataFrame({"genre": ["a", "a", "b"]}), np.array([0, 1, 0]))
    by_cluster = table.set_index("cluster")
    assert by_cluster.loc[0, "genre"] in ("a", "b")
    assert by_cluster["n_matched"].sum() == 2
    alone = cluster_matching(
        "run", pd.DataFrame({"genre": ["a", "a", "a", "b"]}), np.array([0, 0, 1, 0])
    )
    assert alone["n_matched"].sum() == 2


def test_one_cluster_a_row_is_needed():
    with pytest.raises(ValueError, match="a cluster for each of 2 rows, got 3"):
        cluster_matching("run", pd.DataFrame({"genre": ["a", "b"]}), np.zeros(3, dtype=int))
