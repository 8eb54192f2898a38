"""The Explore page without a browser: every data set, protocol and choice gives its cards."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from shared_tiny import shared_tiny_results

from dashboard.pages import explore_clip, explore_features, explore_quality, explore_sections
from dashboard.pages.explore_choices import (
    FOLLOWING,
    described_features,
    feature_parameters,
    model_parameters,
    parameters,
    protocol_parameter,
    searched_parameter,
    update_options,
)
from dashboard.query import listed, read_choice
from dashboard.state import Results

ARTIST = "new-artist"


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


@pytest.fixture(scope="module")
def bare(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The same results where no kind of analysis was computed."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("predictions", "embeddings"):
        shutil.copytree(results.folder / name, folder / name)
    return replace(results, folder=folder, _tables={}, _ids={}, _recent={})


STAGES = [("gtzan", "as-published"), ("gtzan", ARTIST), ("fma", "new-song")]


def test_every_data_set_and_protocol_fills_its_cards(results: Results) -> None:
    for dataset, slug in STAGES:
        assert slug in protocol_parameter(results, dataset).options
        shown = explore_sections.update_shown(results, dataset, slug, "genre")
        hidden = dict(zip(explore_sections.CARDS, shown.cards, strict=True))
        filled = {
            "plane": explore_features.update_plane(
                results, dataset, slug, "", "", "genre", None, "dark"
            ),
            "explore-distribution": explore_features.update_distribution(
                results, dataset, "", "dark"
            ),
            "explore-correlations": explore_features.update_correlations(
                results, dataset, "dark", True
            ),
            "clip": explore_clip.update_clip(dataset, "", "dark"),
            "cost": explore_quality.update_cost(results, dataset, slug, "size", "dark", True),
            "genre-distances": explore_quality.update_distances(results, dataset, "dark"),
            "mistakes": explore_quality.update_mistakes(results, dataset, slug, "dark", True),
            "abstain": explore_quality.update_abstain(results, dataset, slug, [], "60", "dark")[0],
            "explore-trials": explore_sections.update_trials(results, dataset, "", "dark", True),
        }
        assert set(filled) == set(explore_sections.CARDS)
        for card, content in filled.items():
            assert (content is None) == hidden[card], (card, dataset, slug)
            if content is not None:
                assert content.sentence.endswith(".") and len(content.table)
                assert content.table.columns.is_unique


def test_missing_kinds_say_what_to_run_and_show_nothing_else(bare: Results) -> None:
    shown = explore_sections.update_shown(bare, "gtzan", ARTIST, "genre")
    hidden = dict(zip(explore_sections.CARDS, shown.cards, strict=True))
    assert {card for card, gone in hidden.items() if not gone} == {"clip", "cost"}
    said = dict(zip(explore_sections.SECTIONS, shown.reasons, strict=True))
    assert said["clip"] == ""
    for name in ("features", "cost", "mistakes"):
        assert "make results" in said[name]
    chosen = read_choice({}, parameters(bare, {}))
    assert (chosen["x"], chosen["models"], chosen["searched"]) == ("", "", "")


def test_the_plane_places_songs_by_rank_and_names_the_values_there(results: Results) -> None:
    x, y, _ = feature_parameters(results, "gtzan")
    assert x.default != y.default
    content = explore_features.update_plane(
        results, "gtzan", ARTIST, x.default, y.default, "genre", None, "light"
    )
    assert content is not None
    traces = content.figure.data
    assert [trace.name for trace in traces] == sorted(results.datasets["gtzan"]["genres"])
    places = [value for trace in traces for value in trace.x]
    assert len(places) == 100 and min(places) >= 0 and max(places) <= 1
    ticks = content.figure.layout.xaxis.ticktext
    values = [float(text.replace("−", "-").replace(",", "")) for text in ticks]  # noqa: RUF001 (a minus sign)
    assert values == sorted(values) and values[0] < values[-1]
    rows = content.table.set_index("Track")
    first = traces[0]
    (track,) = first.customdata[0]
    assert rows.loc[track, f"{x.default} (rank)"] == pytest.approx(first.x[0])
    about = content.table.sort_values(f"{x.default} (rank)")[f"{x.default} (about)"]
    assert about.is_monotonic_increasing and values[0] <= about.iloc[50] <= values[-1]
    assert rows.loc[track, "Genre"] == first.name
    place = list(content.table["Track"]).index(track)
    (link,) = (cell for cell in content.leads[place] if cell)
    assert content.leads[place].index(link) == list(content.table.columns).index("Track")
    assert first.meta["leads"].replace("%7B0%7D", track) == link


def test_right_and_wrong_songs_add_up_to_the_models_accuracy(results: Results) -> None:
    model = model_parameters(results, "gtzan", ARTIST)[0].default
    content = explore_features.update_plane(
        results, "gtzan", ARTIST, "", "", "answer", model, "light"
    )
    assert content is not None
    right, wrong = content.figure.data
    assert (right.name, wrong.name) == ("right", "wrong")
    assert right.marker.symbol != wrong.marker.symbol  # told apart without colour
    share = len(right.x) / (len(right.x) + len(wrong.x))
    run = results.metadata[content.runs[0]]
    assert share == pytest.approx(run["accuracy"]["track"]["value"])
    assert f"{len(right.x)} of {len(right.x) + len(wrong.x)} songs" in content.sentence
    said = content.table.set_index("Track")
    assert set(said.loc[[track for (track,) in wrong.customdata], "Right or wrong"]) == {"wrong"}
    assert (said["Genre"] == said["Answer"]).sum() == len(right.x)
    lead = f"/tracks?data=gtzan&protocol={ARTIST}&model={model}&track=%7B0%7D"
    assert right.meta["leads"] == wrong.meta["leads"] == lead


def test_models_lead_to_their_pages_from_marks_and_tables(results: Results) -> None:
    for content in (
        explore_quality.update_cost(results, "gtzan", ARTIST, "size", "light"),
        explore_quality.update_mistakes(results, "gtzan", ARTIST, "light"),
    ):
        assert content is not None
        marks = [trace for trace in content.figure.data if trace.mode == "markers"]
        served = {name for trace in marks for (name,) in trace.customdata}
        (lead,) = {trace.meta["leads"] for trace in marks}
        links = {cell for row in content.leads for cell in row if cell}
        assert {lead.replace("%7B0%7D", name) for name in served} <= links
        assert all(f"&protocol={ARTIST}" in link for link in links)
        assert len(content.leads) == len(content.table)
        assert all(not any(row[1:]) for row in content.leads)  # only names lead somewhere


def test_the_matrix_stands_in_the_order_of_the_clustering(results: Results) -> None:
    content = explore_features.update_correlations(results, "gtzan", "light")
    assert content is not None
    order = results.analysis("feature_order")
    features = described_features(results, "gtzan")
    own = order[(order["dataset"] == "gtzan") & (order["representation"] == features)]
    assert list(content.figure.data[0].x) == list(own.sort_values("place")["feature"])
    assert "side by side" in content.sentence


def test_stops_of_the_slider_say_what_is_stored(results: Results) -> None:
    models = listed(model_parameters(results, "gtzan", ARTIST)[1].default)[:2]
    content, stops = explore_quality.update_abstain(results, "gtzan", ARTIST, models, "35", "light")
    assert content is not None and stops is not None
    assert set(stops["said"]) == {str(percent) for percent in range(5, 101, 5)}
    assert content.sentence == stops["said"]["35"]
    stored = results.analysis_of_run("coverage", content.runs[1])
    level = stored.iloc[(stored["coverage"] - 0.8).abs().argmin()]
    assert stops["points"]["80"]["y"][1] == pytest.approx(level["accuracy"])
    assert stops["points"]["80"]["x"][1] == pytest.approx(level["coverage"])
    marker = content.figure.data[-1]
    assert {"x": list(marker.x), "y": list(marker.y)} == stops["points"]["35"]
    assert content.figure.layout.shapes[0].x0 == 0.35


def test_another_data_set_keeps_what_it_has_and_offers_its_own(results: Results) -> None:
    offered = {parameter.name: parameter for parameter in parameters(results, {})}
    kept = [offered[name].default for name in FOLLOWING]
    values = update_options(
        results, "fma", "new-song", *kept, {"path": "/explore", "values": {"cost": "training"}}
    )
    count = len(FOLLOWING)
    shown = dict(zip(FOLLOWING, values[count : 2 * count], strict=True))
    options = dict(zip(FOLLOWING, values[:count], strict=True))
    for name in ("protocol", "x", "y", "feature", "model"):
        assert shown[name] in [option["value"] for option in options[name]]
    assert all(name.startswith("fma.") for name in [shown["model"], *shown["models"]])
    address = values[-1]
    assert address["values"]["cost"] == "training" and address["values"]["x"] == shown["x"]
    same = update_options(results, "gtzan", ARTIST, *kept, {"values": {}})
    chosen = dict(zip(FOLLOWING, same[count : 2 * count], strict=True))
    assert chosen["protocol"] == ARTIST and chosen["x"] == offered["x"].default


def test_a_search_is_offered_for_the_models_that_had_one(results: Results) -> None:
    offered = searched_parameter(results, "gtzan")
    assert offered.options
    for model in offered.options:
        content = explore_sections.update_trials(results, "gtzan", model, "light")
        assert content is not None and content.figure.data[0].type == "scatter"


def test_sections_hold_every_card_once() -> None:
    named = [card for *_, cards in explore_sections.SECTIONS.values() for card in cards]
    assert sorted(named) == sorted(explore_sections.CARDS)


def test_features_of_whole_clips_are_explored(results: Results) -> None:
    assert described_features(results, "gtzan") == "features_30s"
    assert described_features(results, "fma") == "echonest"


def test_examples_are_told_to_be_synthetic_and_a_damaged_clip_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "(synthetic" in explore_clip.update_clip("gtzan", "example-2", "light").sentence
    folder = tmp_path / "genres_original" / "jazz"
    folder.mkdir(parents=True)
    (folder / "jazz.00054.wav").write_bytes(b"RIFF....WAVEnothing")
    monkeypatch.setenv("GENRELENS_DATA", str(tmp_path))
    content = explore_clip.update_clip("gtzan", "jazz.00054", "light")
    assert content.sentence.startswith("jazz.00054 cannot be drawn: ")
    assert content.sentence.endswith(".") and content.table.empty
    monkeypatch.setattr(explore_clip, "MOST_OFFERED", 0)
    said = explore_clip.update_clip("gtzan", "example-2", "light").sentence
    assert said.endswith("The menu offers the first 0 of 1 tracks whose sound is here.")
