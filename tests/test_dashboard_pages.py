"""The pages' update functions, without a browser: every choice of every page gives content."""

from itertools import product

import pytest
from tiny_results import write_tiny_results

from dashboard.pages import clusters, model_updates, overview
from dashboard.query import Parameter
from dashboard.state import Results, State

FAULTS = "new-artist-faults-removed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return State(write_tiny_results(tmp_path_factory.mktemp("tiny"))).current()


def every(*parameters: Parameter) -> list[tuple[str, ...]]:
    return list(product(*(parameter.options for parameter in parameters)))


def test_overview_draws_every_choice(results: Results) -> None:
    for protocol, unit, features in every(*overview.parameters(results)):
        content = overview.update_fall(results, protocol, unit, features, "dark")
        said, rows = overview.update_models(results, protocol, unit, features)
        models = {trace.customdata[0] for trace in content.figure.data}
        assert len(rows) == len(models)
        assert set(content.table["Unit"]) <= {overview.selection.UNITS[unit]}
        assert said.startswith(f"{len(rows)} models")


def test_overview_rows_link_to_the_same_protocol_and_unit(results: Results) -> None:
    _, rows = overview.update_models(results, "new-song", "segment", "all")
    best = rows[0]
    assert best["link"].startswith("/model?model=gtzan.features_3s.")
    assert best["link"].endswith("&protocol=new-song&unit=segment")
    stored = {row["link"].split("=")[1].split("&")[0]: row["accuracy"] for row in rows}
    for served_id, accuracy in stored.items():
        metadata = results.metadata[f"{served_id}.track_kfold"]
        assert accuracy == pytest.approx(metadata["accuracy"]["segment"]["value"])


def test_overview_subtracts_the_published_score(results: Results) -> None:
    _, rows = overview.update_models(results, FAULTS, "track", "features_3s")
    for row in rows:
        served_id = row["link"].split("=")[1].split("&")[0]
        value = {
            protocol: results.metadata[f"{served_id}.{protocol}"]["accuracy"]["track"]["value"]
            for protocol in ("fault_filtered", "segment_random")
        }
        assert row["against"] == pytest.approx(value["fault_filtered"] - value["segment_random"])


def test_overview_title_names_the_state(results: Results) -> None:
    _, title = overview.update_headline(results, "new-song", "segment", "all")
    assert title == "Overview: new song, 3-second segments · GenreLens"


def test_model_starts_with_the_best_on_the_least_leaky_protocol(results: Results) -> None:
    assert model_updates.model_parameter(results).default == "gtzan.features_3s.lightgbm"


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
            assert genres is not None and len(genres.table) == 30
            assert confusion is not None and len(confusion.table) == 10
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


def test_model_with_epochs_shows_its_training(results: Results) -> None:
    assert model_updates.update_sections(results, "gtzan.features_3s.dense", "new-song") == (
        False, False, True,
    )  # fmt: skip
    assert model_updates.update_sections(results, "gtzan.features_3s.lightgbm", "new-song") == (
        False, True, True,
    )  # fmt: skip
    content = model_updates.update_training(results, "gtzan.features_3s.dense", "new-song", "light")
    assert content is not None and len(content.table) == 24


def test_clustering_shows_clusters_instead(results: Results) -> None:
    chosen = (results, "gtzan.features_3s.kmeans_10", "whole-table")
    assert model_updates.update_sections(*chosen) == (True, True, False)
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


def test_clusters_draw_every_choice(results: Results) -> None:
    for features in clusters.features_parameter(results).options:
        models = clusters.model_parameter(results, features)
        for model, colour, dimensions in every(models, clusters.COLOUR, clusters.DIMENSIONS):
            content = clusters.update_map(results, features, model, colour, dimensions, "dark")
            assert sum(len(trace.x) for trace in content.figure.data) == 100
            assert len(content.figure.data) == 10
            assert f"first {dimensions} principal components" in content.sentence


def test_clusters_draw_one_segment_of_each_song(results: Results) -> None:
    rows = results.embedding("gtzan", "features_3s")
    drawn, how = clusters.drawn_rows(rows)
    assert drawn["track_id"].is_unique
    assert set(drawn["segment"]) == {0}
    assert "100 of 400 rows" in how


def test_clusters_thin_out_what_is_too_much(results: Results) -> None:
    rows = results.embedding("gtzan", "features_30s")
    drawn, how = clusters.drawn_rows(rows, most=30)
    assert len(drawn) == 25
    assert "25 of 100 rows" in how
    assert "all 100" in clusters.drawn_rows(rows)[1]


def test_agreement_gives_the_stored_numbers(results: Results) -> None:
    said, _, _, title = clusters.update_agreement(results, "gtzan.features_3s", "kmeans_10")
    outcome = results.outcomes["gtzan.features_3s.kmeans_10.in_sample"]
    assert f"{outcome['ari']:.2f} [" in said
    assert f"{outcome['nmi']:.2f} [" in said
    assert title == "K-means, 10 clusters · 3-s features · GenreLens"


def test_another_representation_keeps_the_clustering(results: Results) -> None:
    options, value = clusters.update_options(results, "gtzan.features_30s", "kmeans_10")
    assert value == "kmeans_10"
    assert len(options) == 1
    assert clusters.update_options(results, "gtzan.features_30s", "gone")[1] == "kmeans_10"
