"""The Data page without a browser: every data set, representation and feature gives content."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shared_tiny import shared_tiny_results

from dashboard.pages import data, data_choices, data_updates
from dashboard.pages.data_shown import KINDS, update_shown
from dashboard.state import Results
from pipeline.artifacts.analysis import ANALYSES


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def choices(results: Results) -> list[tuple[str, str]]:
    return [
        (dataset, features)
        for dataset in data_choices.dataset_parameter(results).options
        for features in data_choices.features_parameter(results, dataset).options
    ]


def test_every_choice_draws_every_card(results: Results) -> None:
    assert {dataset for dataset, _ in choices(results)} == {"gtzan", "fma"}
    for dataset, features in choices(results):
        n_genres = len(results.datasets[dataset]["genres"])
        genres = data_updates.update_genres(results, dataset, features, "dark")
        assert genres is not None and len(genres.table) == n_genres
        correlations = data_updates.update_correlations(results, dataset, features, "dark")
        assert correlations is not None
        copies, groups = data_updates.update_duplicates(results, dataset, features, "dark")
        assert copies is not None and len(groups) == 2
        labels, rows = data_updates.update_suspicious(results, dataset, features, "dark")
        assert labels is not None and len(labels.table) == len(rows)
        hidden, reasons = update_shown(results, dataset, features)
        assert set(hidden) == set(data.CARDS)
        assert not any(hidden.values()) and not reasons


def test_every_feature_is_drawn_by_genre(results: Results) -> None:
    for dataset, features in choices(results):
        offered = data_choices.feature_parameter(results, dataset, features)
        for feature in offered.options:
            content = data_updates.update_distribution(results, dataset, features, feature, "light")
            assert content is not None and content.sentence.startswith(feature)
            assert content.table["Median"].is_monotonic_decreasing


def test_bars_and_medians_lead_to_the_songs_of_their_genre(results: Results) -> None:
    for content in (
        data_updates.update_genres(results, "gtzan", "features_30s", "light"),
        data_updates.update_distribution(results, "gtzan", "features_30s", "tempo", "light"),
    ):
        assert content is not None
        lead = content.figure.data[-1].meta["leads"]
        genre = content.table["Genre"].iloc[0]
        assert lead.startswith("/tracks?") and "true=%7By%7D" in lead
        assert content.leads[0][0] == lead.replace("%7By%7D", genre)
        assert not any(content.leads[0][1:])


def test_features_of_a_family_stand_together_in_the_known_order() -> None:
    families = {"tempo": "rhythm", "energy": "energy", "mfcc1": "MFCC", "rms": "spectral",
                "mfcc2": "MFCC"}  # fmt: skip
    assert data_choices.by_family(families) == ["rms", "mfcc1", "mfcc2", "tempo", "energy"]


def test_unknown_choices_fall_back_to_the_first(results: Results) -> None:
    assert data_updates.resolved(results, "gone", "features_3s") == ("gtzan", "features_3s")
    assert data_updates.resolved(results, "fma", "features_3s") == ("fma", "echonest")
    content = data_updates.update_distribution(results, "fma", "features_3s", "mfcc1_mean", "dark")
    assert content is not None and len(content.table) == 12


def test_another_data_set_offers_its_own_features(results: Results) -> None:
    address = {"path": "/data", "values": {"dataset": "gtzan", "features": "features_3s"}}
    options, value, hidden, names, feature, kept = data_updates.update_options(
        results, "fma", "features_3s", "mfcc1_mean", address
    )
    assert value == "echonest"
    assert hidden and len(options) == 1
    assert feature == names[0]["value"]
    assert feature in data_choices.feature_parameter(results, "fma", "echonest").options
    defaults = {"dataset": "gtzan", "features": "echonest", "feature": feature}
    assert kept == {"path": "/data", "values": defaults}


def test_what_is_there_stays_chosen(results: Results) -> None:
    address = {"values": {}}
    chosen = ("gtzan", "features_30s", "tempo")
    _, value, hidden, _, feature, _ = data_updates.update_options(results, *chosen, address)
    assert (value, hidden, feature) == ("features_30s", False, "tempo")


def test_songs_are_counted_once_and_rows_beside_them(results: Results) -> None:
    counted = data_updates.genre_counts(results, "gtzan", "features_3s")
    assert counted is not None and counted[1] is not None
    songs, rows = counted
    assert (songs.sum(), rows.sum()) == (100, 400)


def test_songs_are_unknown_where_only_rows_of_segments_are_counted(
    results: Results, tmp_path: Path
) -> None:
    shutil.copytree(results.folder / "analysis", tmp_path / "analysis")  # and no embeddings
    elsewhere = replace(results, folder=tmp_path)
    assert data_updates.genre_counts(elsewhere, "gtzan", "features_3s") is None
    counted = data_updates.genre_counts(elsewhere, "gtzan", "features_30s")
    assert counted is not None and counted[0].sum() == 100


def test_correlation_matrix_is_symmetric_with_ones() -> None:
    pairs = pd.DataFrame({"feature_a": ["a", "a", "b"], "feature_b": ["b", "c", "c"],
                          "correlation": [0.5, -0.2, 0.1]})  # fmt: skip
    matrix = data_updates.correlation_matrix(pairs, ["c", "a", "b"])
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix.loc["c"].tolist() == [1.0, -0.2, 0.1]


def test_long_correlation_tables_are_cut_and_say_so(results: Results) -> None:
    names = [f"f{k:03d}" for k in range(40)]
    first, second = np.triu_indices(40, k=1)
    table = pd.DataFrame(
        {"dataset": "fma", "representation": "echonest", "feature_a": np.array(names)[first],
         "feature_b": np.array(names)[second], "correlation": np.linspace(-1, 1, len(first))}
    )  # fmt: skip
    made = replace(results, _tables={("read_analysis", "feature_correlations"): table})
    content = data_updates.update_correlations(made, "fma", "echonest", "light", True)
    assert content is not None and len(content.table) == data_updates.MOST_PAIRS
    assert "300 strongest" in content.sentence
    assert content.table["Correlation"].abs().is_monotonic_decreasing


def test_results_without_analyses_hide_cards_and_say_why(results: Results, tmp_path: Path) -> None:
    bare = replace(results, folder=tmp_path, _tables={})
    hidden, reasons = update_shown(bare, "gtzan", "features_3s")
    assert all(hidden.values())
    assert len(reasons) == 4
    assert all("make results" in reason for reason in reasons)
    assert data_updates.update_duplicates(bare, "gtzan", "features_3s", "light") == (None, [])
    assert data_updates.update_suspicious(bare, "gtzan", "features_3s", "light") == (None, [])
    assert data_updates.update_correlations(bare, "gtzan", "features_3s", "light") is None
    assert data_updates.update_distribution(bare, "gtzan", "features_3s", "x", "light") is None


def test_a_data_set_without_copies_says_that_none_were_found(results: Results) -> None:
    table = results.analysis("duplicates")
    none = table[table["dataset"] != "fma"]
    made = replace(results, _tables={("read_analysis", "duplicates"): none})
    hidden, reasons = update_shown(made, "fma", "echonest")
    assert hidden["duplicates"]
    assert any("No two tracks" in reason for reason in reasons)


def test_groups_of_copies_mark_two_labels(results: Results) -> None:
    _, groups = data_updates.update_duplicates(results, "gtzan", "features_3s", "light")
    assert [bool(row["conflicting"]) for row in groups] == [False, True]
    assert groups[1]["genres"] == "blues, classical"


def test_cards_have_declared_kinds() -> None:
    assert set(KINDS) <= set(ANALYSES)
    assert {card for cards in KINDS.values() for card in cards} < set(data.CARDS)


def test_representations_that_nothing_is_known_of_are_not_offered(results: Results) -> None:
    runs = results.runs
    pictures = runs[runs["representation"] == "features_30s"].assign(representation="pictures")
    embedded = runs[runs["technique"] == "unsupervised"].assign(representation="network_embedding")
    more = replace(results, runs=pd.concat([runs, pictures, embedded], ignore_index=True))
    assert list(data_choices.features_parameter(more, "gtzan").options) == [
        "features_3s", "features_30s",
    ]  # fmt: skip
    assert data_choices.resolved(more, "gtzan", "pictures") == ("gtzan", "features_3s")
