"""The Model page without a browser: every choice gives scores, confusions, training."""

from itertools import product

import pytest
from shared_tiny import shared_tiny_results

from dashboard.pages import model_updates
from dashboard.query import Parameter
from dashboard.state import Results

FAULTS = "new-artist-faults-removed"


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def every(*parameters: Parameter) -> list[tuple[str, ...]]:
    return list(product(*(parameter.options for parameter in parameters)))


def test_model_starts_with_the_best_on_the_least_leaky_protocol(results: Results) -> None:
    accuracy = {
        run_id: metadata["accuracy"]
        for run_id, metadata in results.metadata.items()
        if metadata["protocol"] == "fault_filtered" and not metadata["variant"]
    }
    by_track = {k: v["track"]["value"] for k, v in accuracy.items() if "segment" in v}
    best = max(by_track, key=lambda run_id: by_track[run_id])
    assert f"{model_updates.model_parameter(results).default}.fault_filtered" == best


def test_model_draws_every_supervised_choice(results: Results) -> None:
    for served_id in model_updates.model_parameter(results).options:
        if "kmeans" in served_id:
            continue
        for protocol, unit in every(*model_updates.run_parameters(results, served_id)):
            genres = model_updates.update_genres(
                results, served_id, protocol, unit, "score", "light"
            )
            confusion, worst = model_updates.update_confusion(
                results, served_id, protocol, unit, "shares", "light"
            )
            n_genres = len(results.datasets[served_id.split(".")[0]]["genres"])
            assert genres is not None and len(genres.table) == 3 * n_genres
            assert confusion is not None and len(confusion.table) == n_genres
            assert len(worst) <= 3
            heading, said, *_, title = model_updates.update_header(
                results, served_id, protocol, unit
            )
            assert title.startswith(heading)
            assert "95 % intervals" in said


def test_model_orders_genres_by_f1_or_name(results: Results) -> None:
    chosen = (results, "gtzan.features_3s.dense", FAULTS, "segment")
    by_name = model_updates.update_genres(*chosen, "name", "light")
    by_score = model_updates.update_genres(*chosen, "score", "light")
    assert by_name is not None and by_score is not None
    names = by_name.table["Genre"].drop_duplicates().tolist()
    assert names == sorted(names)
    f1 = by_score.table[by_score.table["Score"] == "F1"]["Value"].tolist()
    assert f1 == sorted(f1, reverse=True)


def test_clustering_shows_clusters_instead(results: Results) -> None:
    chosen = (results, "gtzan.features_3s.kmeans_10", "whole-table")
    assert model_updates.update_sections(*chosen) == (True, False)
    assert model_updates.update_genres(*chosen, "segment", "score", "light") is None
    assert model_updates.update_confusion(*chosen, "segment", "counts", "light") == (None, [])
    content = model_updates.update_clusters(*chosen, "light")
    assert content is not None
    assert content.table.drop(columns="Cluster").to_numpy().sum() == 400


def test_another_model_keeps_what_it_has_of_the_choice(results: Results) -> None:
    kept = model_updates.update_options(results, "gtzan.features_3s.dense", "new-song", "segment")
    assert (kept[1], kept[3]) == ("new-song", "segment")
    changed = model_updates.update_options(
        results, "gtzan.features_30s.lightgbm", "whole-table", "segment"
    )
    assert (changed[1], changed[3]) == (FAULTS, "track")
