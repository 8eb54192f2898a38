"""The Clusters page without a browser: every choice gives content."""

from dataclasses import replace
from itertools import product

import pytest
from shared_tiny import shared_tiny_results

from dashboard.pages import clusters, clusters_updates
from dashboard.query import Parameter
from dashboard.state import Results


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
    options, value = clusters_updates.update_options(results, "gtzan.features_30s", "kmeans_10")
    assert value == "kmeans_10"
    assert len(options) == 1
    assert clusters_updates.update_options(results, "gtzan.features_30s", "gone")[1] == "kmeans_10"


def test_sweep_and_matching_give_the_stored_numbers(results: Results) -> None:
    chosen = (results, "gtzan.features_3s", "kmeans_10")
    sweep = clusters_updates.update_sweep(*chosen, "light")
    matching = clusters_updates.update_matching(*chosen, "dark")
    assert sweep is not None and matching is not None
    assert "with the 10 shown above" in sweep.sentence
    stored = results.analysis("cluster_matching")
    own = stored[stored["id"] == "gtzan.features_3s.kmeans_10.in_sample"]
    assert f"{own['n_matched'].sum()} of 400" in matching.sentence
    assert clusters_updates.update_shown(*chosen) == (False, False)


def test_results_without_sweep_and_matching_hide_both(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = {
        ("read_analysis", kind): results.analysis(kind).iloc[:0]
        for kind in ("cluster_sweep", "cluster_matching")
    }
    bare = replace(results, _tables=empty)
    monkeypatch.setattr(Results, "analysis_of_run", lambda own, kind, _: own.analysis(kind))
    chosen = (bare, "gtzan.features_3s", "kmeans_10")
    assert clusters_updates.update_shown(*chosen) == (True, True)
    assert clusters_updates.update_sweep(*chosen, "light") is None
    assert clusters_updates.update_matching(*chosen, "light") is None
