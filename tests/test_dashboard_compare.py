"""The Compare page without a browser: what is compared, what is said, what is left out."""

from itertools import cycle

import pytest
from tiny_models import shared_results

from dashboard.pages import compare, compare_cards, compare_size, compare_updates
from dashboard.rows import comparison, selection
from dashboard.state import Results, State

FAULTS = "new-artist-faults-removed"
THREE = [f"gtzan.features_3s.{name}" for name in ("lightgbm", "knn_1", "random_forest")]
CLIPS, FMA = "gtzan.features_30s.lightgbm", "fma.echonest.lightgbm"


@pytest.fixture(scope="module")
def results() -> Results:
    return State(shared_results()).current()


def test_page_starts_with_the_best_of_three_families(results: Results) -> None:
    chosen = comparison.models_parameter(results).default.split(",")
    runs = comparison.compared(results, chosen, FAULTS, "track").runs
    assert len(chosen) == runs["family"].nunique() == 3
    every = selection.scored_runs(results, unit="track")
    every = every[(every["protocol"] == "fault_filtered") & (every["dataset"] == "gtzan")]
    assert runs["value"].iloc[0] == every["value"].max()


def test_clusterings_are_not_offered(results: Results) -> None:
    assert not any("kmeans" in name for name in comparison.models_parameter(results).options)


def test_models_that_hear_the_same_are_listed_together(results: Results) -> None:
    heard = [name.split(".")[1] for name in comparison.models_parameter(results).options]
    begins = [k for k, name in enumerate(heard) if k == 0 or heard[k - 1] != name]
    assert len(begins) == len(set(heard))


def test_runs_stand_in_the_order_chosen(results: Results) -> None:
    for chosen in (THREE, THREE[::-1]):
        shown = comparison.compared(results, ",".join(chosen), "new-song", "segment")
        assert shown.runs["served_id"].tolist() == chosen
        assert list(shown.names) == [f"{name}.track_kfold" for name in chosen]


def test_models_of_another_data_set_are_left_out_with_the_reason(results: Results) -> None:
    shown = comparison.compared(results, [THREE[0], FMA], "new-song", "track")
    assert shown.runs["served_id"].tolist() == [THREE[0]]
    assert "of another data set" in shown.left_out[0]
    first = comparison.compared(results, [FMA, THREE[0]], "new-song", "track")
    assert first.runs["served_id"].tolist() == [FMA]


def test_model_without_this_protocol_or_unit_is_left_out_with_the_reason(results: Results) -> None:
    published = comparison.compared(results, [THREE[0], CLIPS], "as-published", "track")
    assert "not tested under “as published”" in published.left_out[0]
    segments = comparison.compared(results, [THREE[0], CLIPS], "new-song", "segment")
    assert "without a score that counts 3-second segments" in segments.left_out[0]


def test_equal_short_names_become_full_names(results: Results) -> None:
    models = ["gtzan.features_3s.lightgbm", "gtzan.features_3s.lightgbm"]
    assert comparison.unique_names(results, models)[0] == ("LightGBM · 3-s features · Tiny corpus")
    assert comparison.unique_names(results, models[:1]) == ["LightGBM · 3-s"]


@pytest.mark.parametrize("models", [THREE, [*THREE, CLIPS], THREE[:1], []])
def test_every_choice_draws_what_is_not_hidden(results: Results, models: list[str]) -> None:
    protocols = comparison.protocol_parameter(results, models).options
    for protocol, show in zip(protocols, cycle(compare_cards.CELLS.options), strict=False):
        units = compare_updates.unit_parameter(results, models, protocol)
        a, b = (each.default for each in compare_updates.pair_parameters(results, models))
        for unit in units.options:
            runs = (results, models, protocol, unit)
            scores, pair, tests, size, seeds = compare_updates.update_sections(*runs)
            shown = [
                (scores, compare_cards.update_genres(*runs, "recall", "dark")),
                (scores, compare_cards.update_matrices(*runs, show, "light")[0]),
                (pair, compare_cards.update_difference(*runs, show, a, b, "dark")),
                (pair, compare_cards.update_pair(*runs, a, b, "light")),
                (tests, compare_cards.update_agreement(*runs, "dark")),
                (tests, compare_cards.update_significance(*runs, "light")),
                (size, compare_size.update_size(*runs, "light")),
                (seeds, compare_cards.update_seeds(*runs, "dark")),
            ]
            for hidden, content in shown:
                if not hidden:
                    assert content is not None
                    assert content.sentence.endswith(".")
                    assert len(content.figure.data)
                    assert len(content.table)


def test_genres_have_the_stored_scores(results: Results) -> None:
    content = compare_cards.update_genres(results, THREE, FAULTS, "track", "precision", "light")
    assert content is not None
    assert len(content.table) == 30
    for _, row in content.table.iterrows():
        run = next(name for name in THREE if _short(results, name) == row["Model"])
        scores = selection.genre_scores(results, f"{run}.fault_filtered", "track")
        own = scores[(scores["metric"] == "precision") & (scores["genre"] == row["Genre"])]
        assert row["Precision"] == own["value"].iloc[0]


def test_difference_is_a_minus_b(results: Results) -> None:
    chosen = (results, THREE, FAULTS, "track", "counts")
    content = compare_cards.update_difference(*chosen, THREE[0], THREE[1], "light")
    back = compare_cards.update_difference(*chosen, THREE[1], THREE[0], "light")
    assert content is not None and back is not None
    first = results.confusion(f"{THREE[0]}.fault_filtered", "track")
    second = results.confusion(f"{THREE[1]}.fault_filtered", "track")
    shown = content.table.set_index("True genre")
    assert (shown.to_numpy() == (first - second).to_numpy()).all()
    assert (shown.to_numpy() == -back.table.set_index("True genre").to_numpy()).all()


def test_model_against_itself_is_said(results: Results) -> None:
    chosen = (results, THREE, FAULTS, "track")
    same = (THREE[0], THREE[0], "light")
    difference = compare_cards.update_difference(*chosen, "shares", *same)
    pair = compare_cards.update_pair(*chosen, *same)
    assert difference is not None and pair is not None
    for content in (difference, pair):
        assert content.sentence == "A and B are both LightGBM · 3-s: choose two models."


def test_pair_counts_are_those_of_the_paired_test(results: Results) -> None:
    for a, b in (THREE[:2], THREE[1::-1]):
        content = compare_cards.update_pair(results, THREE, FAULTS, "track", a, b, "light")
        assert content is not None
        tests = results.analysis("paired_tests")
        ids = {f"{a}.fault_filtered", f"{b}.fault_filtered"}
        stored = tests[tests["id_a"].isin(ids) & tests["id_b"].isin(ids)].iloc[0]
        only = ["only_a", "only_b"] if stored["id_a"].startswith(a) else ["only_b", "only_a"]
        row = content.table.iloc[0]
        assert [row["Only A right"], row["Only B right"]] == [stored[name] for name in only]
        assert (
            row[["Both right", "Only A right", "Only B right", "Neither right"]].sum()
            == (stored["n_units"])
        )


def test_better_is_said_only_of_the_corrected_test(results: Results) -> None:
    content = compare_cards.update_significance(results, THREE, FAULTS, "track", "light")
    assert content is not None
    assert len(content.table) == 6
    for _, row in content.table.iterrows():
        assert row["Verdict"].startswith("tied") == (row["p, Holm"] >= 0.05)


def test_seed_ranges_are_those_of_the_unit(results: Results) -> None:
    segments = comparison.compared(results, THREE, FAULTS, "segment")
    ranges = comparison.seed_rows(results, segments)
    assert set(ranges["unit"]) == {"segment"}
    content = compare_cards.update_seeds(results, THREE, FAULTS, "segment", "light")
    assert content is not None
    assert "The published 0.900 of Random forest · 3-s, as published lies outside" in (
        content.sentence
    )
    nothing = comparison.compared(results, [], FAULTS, "track")
    assert comparison.seed_rows(results, nothing).empty


def test_other_models_keep_what_they_have_of_the_choice(results: Results) -> None:
    values = compare_updates.update_options(
        results, [FMA, "fma.echonest.dummy"], FAULTS, "segment", THREE[0], "fma.echonest.dummy"
    )[4:8]
    assert values == ["new-song", "track", FMA, "fma.echonest.dummy"]
    kept = compare_updates.update_options(results, THREE, FAULTS, "segment", THREE[2], THREE[0])
    assert kept[4:8] == [FAULTS, "segment", THREE[2], THREE[0]]


def test_chips_drop_their_model(results: Results) -> None:
    _, chips, notes, summary, title = compare_updates.update_header(
        results, [*THREE, FMA], FAULTS, "track"
    )
    assert len(chips) == 4
    assert len(notes) == 1
    assert summary.startswith("Choose models: 4 of ")
    assert title == "Compare 3: new artist, faults removed · GenreLens"
    assert compare_updates.without_model(THREE, THREE[1]) == [THREE[0], THREE[2]]


def test_nothing_chosen_hides_everything_and_asks_for_models(results: Results) -> None:
    assert compare_updates.update_sections(results, [], FAULTS, "track") == [True] * 5
    said = compare_updates.update_header(results, [], FAULTS, "track")[0]
    assert said == "Choose two or more models to compare them."


def test_cards_have_ids_of_their_own() -> None:
    assert len(set(compare.CARDS)) == len(compare.CARDS)


def _short(results: Results, served_id: str) -> str:
    return comparison.unique_names(results, [served_id])[0]
