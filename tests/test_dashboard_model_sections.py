"""The Model page below the scores: each card for each run, hidden where there is nothing."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from shared_tiny import shared_tiny_results

from dashboard.pages import (
    model_cards,
    model_curves,
    model_inside,
    model_network,
    model_notes,
    model_sections,
    model_updates,
    model_worth,
)
from dashboard.state import Results
from pipeline.artifacts.analysis import ANALYSES

FAULTS = "new-artist-faults-removed"
FOREST, DENSE, DUMMY, CLUSTERS = (
    f"gtzan.features_3s.{model}" for model in ("random_forest", "dense", "dummy", "kmeans_10")
)


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def text_of(component: Any) -> str:
    """Return all text in a component."""
    if component is None or isinstance(component, str):
        return component or ""
    if isinstance(component, list | tuple):
        return "".join(map(text_of, component))
    return text_of(getattr(component, "children", None))


def contents(results: Results, model: str, protocol: str) -> dict[str, Any]:
    """Return what each card of the sections shows."""
    chosen = (results, model, protocol)
    return {
        "curves": model_curves.update_curves(*chosen, "pr", "dark"),
        "calibration": model_curves.update_calibration(*chosen, "dark"),
        "sets": model_curves.update_sets(*chosen, "dark"),
        "abstention": model_curves.update_abstention(*chosen, "dark"),
        "importances": model_inside.update_importances(*chosen, "features", "dark"),
        "sweeps": model_inside.update_sweeps(*chosen, "dark"),
        "trials": model_inside.update_trials(*chosen, "dark", True),
        "training": model_network.update_training(*chosen, "dark"),
        "architecture": model_network.update_architecture(results, model, "dark")[0],
        "filters": model_network.update_filters(results, model, "dark", True),
        "saliency": model_network.update_saliency(results, model, None, "dark"),
        "order": model_worth.update_order(*chosen, "dark"),
        "ingredients": model_worth.update_ingredients(results, model, "dark"),
        "picture-audio": model_worth.update_picture_audio(results, model, "dark"),
    }


def test_a_card_is_hidden_exactly_where_it_has_no_content(results: Results) -> None:
    for model in model_updates.model_parameter(results).options:
        protocols = model_updates.run_parameters(results, model)[0]
        for protocol in protocols.options:
            shown = model_sections.update_shown(results, model, protocol)
            for card, content in contents(results, model, protocol).items():
                hidden = shown[f"{card}-slot"] or shown["model-inside"]
                assert hidden == (content is None or "kmeans" in model), (model, protocol, card)


def test_every_table_has_rows_and_no_missing_name(results: Results) -> None:
    networks = contents(results, DENSE, FAULTS)
    for card, content in {**contents(results, FOREST, FAULTS), **networks}.items():
        if content is not None:
            assert len(content.table), card
            assert content.sentence, card
            assert content.figure.data, card


def test_sections_say_what_a_run_does_not_have(results: Results) -> None:
    shown = model_sections.update_shown(results, DUMMY, FAULTS)
    assert "no ROC and precision-recall curves" in shown["model-probabilities-said"]
    assert "These figures count" not in shown["model-probabilities-said"]
    full = model_sections.update_shown(results, FOREST, FAULTS)
    assert full["model-probabilities-said"] == model_cards.SECTIONS[0].introduction


def test_a_run_without_probabilities_gives_its_own_reason(results: Results) -> None:
    run = results.runs[results.runs["id"] == f"{DUMMY}.fault_filtered"].iloc[0]
    metadata = {**results.metadata[run["id"]], "missing": {"log_loss": "it names genres only"}}
    made = replace(results, metadata={**results.metadata, run["id"]: metadata})
    said = model_cards.introduction(made, run, model_cards.SECTIONS[0])
    assert said.endswith("accuracy by coverage: it names genres only.")


def test_clusters_have_neither_section(results: Results) -> None:
    shown = model_sections.update_shown(results, CLUSTERS, "whole-table")
    assert shown["model-probabilities"] and shown["model-inside"]
    assert shown["model-inside-link"]


def test_curve_switch_changes_curve_and_area(results: Results) -> None:
    roc = model_curves.update_curves(results, FOREST, FAULTS, "roc", "light")
    ranked = model_curves.update_curves(results, FOREST, FAULTS, "pr", "light")
    assert roc is not None and ranked is not None
    assert roc.table["Score"].iloc[0] == "Area under ROC"
    assert ranked.table["Score"].iloc[0] == "Average precision"
    assert len(roc.figure.data) == 11


def test_importance_falls_back_and_says_so(results: Results) -> None:
    families = model_inside.update_importances(results, DENSE, FAULTS, "families", "light")
    asked = model_inside.update_importances(results, DENSE, FAULTS, "features", "light")
    assert families is not None and asked is not None
    assert "no coefficients or importances of its own" in asked.sentence
    assert asked.table.equals(families.table)
    assert model_inside.update_importance_switch(results, DENSE, FAULTS)
    assert not model_inside.update_importance_switch(results, FOREST, FAULTS)


def test_fitted_importances_draw_the_top_and_list_all(results: Results) -> None:
    content = model_inside.update_importances(results, FOREST, FAULTS, "features", "light")
    assert content is not None
    assert len(content.figure.data[0].y) == model_inside.TOP_FEATURES
    assert len(content.table) > model_inside.TOP_FEATURES
    assert content.table["Share"].is_monotonic_decreasing


def test_notes_link_ties_and_count_the_rest(results: Results) -> None:
    ids = [f"gtzan.features_{k}.fault_filtered" for k in ("3s.dense", "3s.lightgbm", "30s.dummy")]
    own = f"{FOREST}.fault_filtered"
    rows = [
        ("gtzan", "fault_filtered", "track", own, other, 40, 0.8, 0.7 - 0.1 * place, *[0] * 4,
         0.5, 0.1, 0.1, 0.1, 0.1, "better_a" if place == 2 else "tied")
        for place, other in enumerate(ids)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(ANALYSES["paired_tests"].columns))
    made = replace(results, _tables={("read_analysis", "paired_tests"): table})
    run = results.runs[results.runs["id"] == own].iloc[0]
    said = text_of(model_notes.ties_note(made, run, "track"))
    assert said.startswith("Dense net")
    assert "LightGBM" in said
    assert "Better than 1 and worse than 0 of 3 others" in said
    assert "same 40 songs" in said


def test_notes_name_four_ties_and_count_more(results: Results) -> None:
    own = f"{FOREST}.fault_filtered"
    others = [
        run_id
        for run_id in results.runs.loc[results.runs["variant"] == "", "id"]
        if run_id.endswith(".fault_filtered") and run_id != own
    ][:6]
    rows = [
        ("gtzan", "fault_filtered", "track", other, own, 40, 0.7, 0.7, *[0] * 4,
         0.5, 1.0, 1.0, 1.0, 1.0, "tied")
        for other in others
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(ANALYSES["paired_tests"].columns))
    made = replace(results, _tables={("read_analysis", "paired_tests"): table})
    run = results.runs[results.runs["id"] == own].iloc[0]
    note = model_notes.ties_note(made, run, "segment")
    assert sum(hasattr(part, "href") for part in note) == model_notes.NAMED_TIES
    assert "and 2 more" in text_of(note)


def test_notes_give_published_figure_candidate_and_seeds(results: Results) -> None:
    run_id = f"{FOREST}.segment_random"
    published = {
        "accuracy": 0.87, "unit": "segment", "protocol": "segment_random", "test_share": 0.25,
        "source": "a paper",
    }  # fmt: skip
    metadata = {**results.metadata[run_id], "published": published}
    made = replace(results, metadata={**results.metadata, run_id: metadata})
    run = results.runs[results.runs["id"] == f"{FOREST}.fault_filtered"].iloc[0]
    said = model_notes.published_note(made, run)
    ours = results.metadata[run_id]["accuracy"]["segment"]["value"]
    assert said.startswith("0.87 of 3-second segments, 25 % held out (a paper).")
    assert f"reaches {ours:.2f} [" in said
    assert "“as published”" in said


def test_notes_of_a_candidate_name_validation(results: Results) -> None:
    chosen = {
        entry["id"]: entry
        for entry in results.candidates().values()
        if "features_3s" in entry["id"]
    }
    run_id, entry = next(iter(chosen.items()))
    run = results.runs[results.runs["id"] == run_id].iloc[0]
    said = model_notes.candidate_note(results, run)
    assert f"on {entry['n_units']} validation songs" in said
    assert f"{entry['accuracy']:.2f}" in said
    other = results.runs[results.runs["id"] == f"{DUMMY}.fault_filtered"].iloc[0]
    assert model_notes.candidate_note(results, other) == ""


def test_notes_of_seeds_give_the_stored_range(results: Results) -> None:
    rows = results.analysis("seed_ranges")
    row = rows.iloc[0]
    names = ["dataset", "representation", "model", "protocol"]
    runs = results.runs[results.runs["variant"] == ""]
    run = runs.merge(row[names].to_frame().T, on=names).iloc[0]
    said = model_notes.seeds_note(results, run, row["unit"])
    assert f"Over {row['n_seeds']} seeds" in said
    assert f"{row['low']:.3f} to {row['high']:.3f}" in said


def test_run_without_notes_has_an_empty_hidden_list(results: Results) -> None:
    notes = model_notes.update_notes(results, CLUSTERS, "whole-table", "track")
    assert notes.hidden and not notes.children
