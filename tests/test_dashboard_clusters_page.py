"""The Clusters page without a browser: every choice gives content."""

import shutil
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from shared_tiny import shared_tiny_results
from tiny_results import write_tiny_results

from dashboard.components.card import CardContent, Empty, card_values
from dashboard.pages import clusters, clusters_updates
from dashboard.query import Parameter
from dashboard.state import Results, load_results


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def every(*parameters: Parameter) -> list[tuple[str, ...]]:
    return list(product(*(parameter.options for parameter in parameters)))


def test_clusters_draw_every_choice(results: Results) -> None:
    for features in clusters_updates.features_parameter(results).options:
        models = clusters_updates.model_parameter(results, features)
        for model, colour, dimensions in every(models, clusters.COLOUR, clusters.DIMENSIONS):
            content = clusters_updates.update_map(
                results, features, model, colour, dimensions, "dark"
            )
            assert sum(len(trace.x) for trace in content.figure.data) == 100
            assert len(content.figure.data) == 10
            assert f"first {dimensions} principal components" in content.sentence


def test_clusters_draw_one_segment_of_each_song(results: Results) -> None:
    rows = results.embedding("gtzan", "features_3s")
    drawn, how = clusters_updates.drawn_rows(rows)
    assert drawn["track_id"].is_unique
    assert set(drawn["segment"]) == {0}
    assert "100 of 400 rows" in how


def test_clusters_thin_out_what_is_too_much(results: Results) -> None:
    rows = results.embedding("gtzan", "features_30s")
    drawn, how = clusters_updates.drawn_rows(rows, most=30)
    assert len(drawn) == 25
    assert "25 of 100 rows" in how
    assert "all 100" in clusters_updates.drawn_rows(rows)[1]


def test_agreement_gives_the_stored_numbers(results: Results) -> None:
    said, _, _, title = clusters_updates.update_agreement(results, "gtzan.features_3s", "kmeans_10")
    outcome = results.outcomes["gtzan.features_3s.kmeans_10.in_sample"]
    assert f"{outcome['ari']:.2f} [" in said
    assert f"{outcome['nmi']:.2f} [" in said
    assert title == "K-means, 10 clusters · 3-s features · GenreLens"


def test_another_representation_keeps_the_clustering(results: Results) -> None:
    chosen = ("gtzan.features_30s", "kmeans_10")
    options, value, hidden = clusters_updates.update_options(results, *chosen)
    assert (value, hidden) == ("kmeans_10", False)
    assert len(options) == 1
    assert clusters_updates.update_options(results, "gtzan.features_30s", "gone")[1] == "kmeans_10"


def test_sweep_and_matching_give_the_stored_numbers(results: Results) -> None:
    chosen = (results, "gtzan.features_3s", "kmeans_10")
    sweep = clusters_updates.update_sweep(*chosen, "light")
    matching = clusters_updates.update_matching(*chosen, "dark")
    assert isinstance(sweep, CardContent) and isinstance(matching, CardContent)
    assert "with the 10 shown above" in sweep.sentence
    stored = results.analysis("cluster_matching")
    own = stored[stored["id"] == "gtzan.features_3s.kmeans_10.in_sample"]
    assert f"{own['n_matched'].sum()} of 400" in matching.sentence


def test_results_without_sweep_and_matching_say_so_in_their_cards(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = {
        ("read_analysis", kind): results.analysis(kind).iloc[:0]
        for kind in ("cluster_sweep", "cluster_matching")
    }
    bare = replace(results, _tables=empty)
    monkeypatch.setattr(Results, "analysis_of_run", lambda own, kind, _: own.analysis(kind))
    chosen = (bare, "gtzan.features_3s", "kmeans_10")
    sweep = clusters_updates.update_sweep(*chosen, "light")
    matching = clusters_updates.update_matching(*chosen, "light")
    assert (sweep, matching) == (clusters_updates.NO_SWEEP, clusters_updates.NO_MATCHING)
    said, _, numbers = card_values(sweep)
    assert said.startswith("Not in these results: other numbers of clusters")
    assert numbers == {"empty": True}


def with_maps(tmp_path: Path, names: list[str]) -> Results:
    """Return results whose 30-s map also stands under other names, and nothing clustered there."""
    own = load_results(write_tiny_results(tmp_path))
    for name in names:
        for suffix in ("parquet", "json"):
            source = tmp_path / "embeddings" / f"gtzan.features_30s.{suffix}"
            shutil.copy(source, source.with_name(f"gtzan.{name}.{suffix}"))
        entry = {"title": name, "short": name.replace("_", " "), "unit_title": "track"}
        own.representations[name] = entry
    return own


def test_network_embedding_is_offered_with_what_it_is(tmp_path: Path) -> None:
    own = with_maps(tmp_path, ["network_embedding"])
    features = "gtzan.network_embedding"
    assert features in clusters_updates.features_parameter(own).options
    said, chips, note, title = clusters_updates.update_agreement(own, features, None)
    assert "map of the features alone" in said
    assert chips is None
    assert "100 songs that it was not trained on" in note
    assert title == "network embedding · GenreLens"
    assert clusters_updates.update_options(own, features, "kmeans_10") == ([], None, True)
    for update in (clusters_updates.update_composition, clusters_updates.update_matching):
        assert update(own, features, None, "light") == clusters_updates.NO_CLUSTERS


def test_map_without_clusters_is_coloured_by_genre_only(tmp_path: Path) -> None:
    own = with_maps(tmp_path, ["network_embedding"])
    content = clusters_updates.update_map(
        own, "gtzan.network_embedding", None, "cluster", "2", "light"
    )
    assert "coloured by genre" in content.sentence
    assert len(content.figure.data) == 10
    assert "Cluster" not in content.table
    for update in (clusters_updates.update_composition, clusters_updates.update_sweep,
                   clusters_updates.update_matching):  # fmt: skip
        assert isinstance(update(own, "gtzan.network_embedding", None, "dark"), Empty)


def test_clustering_without_a_map_is_not_offered(tmp_path: Path) -> None:
    own = with_maps(tmp_path, [])
    (tmp_path / "embeddings" / "gtzan.features_30s.parquet").unlink()
    assert list(clusters_updates.features_parameter(own).options) == ["gtzan.features_3s"]


def test_results_without_clusterings_have_their_maps(results: Results) -> None:
    runs = results.runs
    own = replace(results, runs=runs[runs["technique"] != "unsupervised"])
    assert clusters_updates.clusterings(own).empty
    assert set(clusters_updates.features_parameter(own).options) == {
        f"{dataset}.{representation}"
        for dataset in own.datasets
        for representation in own.representations
        if clusters_updates.has_map(own, dataset, representation)
    }
