"""The Overview: every choice gives content, every number is a stored one, blanks have reasons."""

from itertools import product
from typing import Any

import pytest
from dash import dcc
from tiny_corpora import BLANKS
from tiny_models import shared_results

from dashboard.components.formats import MISSING
from dashboard.components.model_table import field_of, model_columns
from dashboard.pages import overview_updates as overview
from dashboard.rows import selection
from dashboard.state import Results, State

FAULTS = "new-artist-faults-removed"
GTZAN, FMA = "gtzan", "fma"


@pytest.fixture(scope="module")
def results() -> Results:
    return State(shared_results()).current()


def rows_of(results: Results, *choice: str) -> list[dict[str, Any]]:
    return overview.update_models(results, *choice)[1]


@pytest.mark.parametrize("dataset", [GTZAN, FMA])
def test_every_choice_draws_a_mark_for_each_row_of_the_table(
    results: Results, dataset: str
) -> None:
    offered = overview.parameters(results, dataset)
    for protocol, unit, features in product(*(parameter.options for parameter in offered)):
        content = overview.update_fall(results, dataset, protocol, unit, features, "dark")
        said, rows = overview.update_models(results, dataset, protocol, unit, features)
        drawn: set[str] = set()
        for trace in content.figure.data:
            drawn |= {
                cell if isinstance(cell, str) else cell[0]
                for cell in trace.customdata
                if cell is not None
            }
        assert drawn == {row["id"] for row in rows}
        assert set(content.table["Unit"]) <= {selection.UNITS[unit]}
        assert said.startswith(f"{len(rows)} models")


def test_first_column_has_segments_or_whole_clips_as_each_was_published(results: Results) -> None:
    runs = selection.stage_runs(results, dataset=GTZAN, unit="track")
    first = runs[runs["stage"] == "as-published"]
    assert dict(zip(first["representation"], first["protocol"], strict=True)) == {
        "features_3s": "segment_random", "features_30s": "clip_random",
    }  # fmt: skip
    assert not runs.duplicated(["served_id", "stage"]).any()


def test_steps_go_from_published_to_new_artists(results: Results) -> None:
    assert [stage.slug for stage in selection.stages(results)] == [
        "as-published", "new-song", "new-artist", FAULTS,
    ]  # fmt: skip
    assert [stage.slug for stage in selection.used_stages(results, FMA)] == ["new-song"]


def test_rows_hold_the_stored_scores_best_first(results: Results) -> None:
    rows = rows_of(results, GTZAN, "new-song", "segment", "all")
    values = [row["at_new_song"] for row in rows]
    assert values == sorted(values, reverse=True)
    for row in rows:
        stored = results.metadata[f"{row['id']}.track_kfold"]["accuracy"]["segment"]
        assert row["at_new_song"] == pytest.approx(stored["value"])
        assert row["at_new_song_text"].startswith(f"{stored['value']:.2f} [")
        assert row["link"] == f"/model?model={row['id']}&protocol=new-song&unit=segment"


def test_variants_have_no_row_of_their_own(results: Results) -> None:
    assert (results.runs["variant"] == "size_control").any()
    ids = [row["id"] for row in rows_of(results, GTZAN, "new-song", "track", "all")]
    assert len(set(ids)) == len(ids) == 11


def test_blank_cells_say_why_and_are_no_number(results: Results) -> None:
    for row in rows_of(results, FMA, "new-song", "track", "all"):
        for stage in selection.stages(results):
            if stage.slug != "new-song":
                assert row[field_of(stage)] is None
                assert row[f"{field_of(stage)}_text"] == MISSING
                assert BLANKS[FMA][stage.protocols[-1]] in row[f"{field_of(stage)}_why"]
    said = overview.update_fall(results, FMA, "new-song", "track", "all", "light").sentence
    for reason in BLANKS[FMA].values():
        assert reason in said


def test_one_step_has_macro_f1_beside_accuracy(results: Results) -> None:
    content = overview.update_fall(results, FMA, "new-song", "track", "all", "light")
    assert [trace.name for trace in content.figure.data] == ["Accuracy", "Macro-F1"]
    assert set(content.table["Score"]) == {"Accuracy", "Macro-F1"}
    assert overview.update_headline(results, FMA, "new-song", "track", "all")[2] == (
        overview.STANDING
    )


def test_table_has_no_nan(results: Results) -> None:
    for dataset in (GTZAN, FMA):
        for row in rows_of(results, dataset, "new-song", "track", "all"):
            assert all(value == value for value in row.values())
            assert "nan" not in " ".join(str(value) for value in row.values()).lower()


def test_best_and_tied_follow_the_paired_tests(results: Results) -> None:
    rows = rows_of(results, GTZAN, FAULTS, "track", "all")
    tests = results.analysis("paired_tests")
    best = f"{rows[0]['id']}.fault_filtered"
    assert rows[0]["standing"].startswith("best")
    for row in rows[1:]:
        pair = {best, f"{row['id']}.fault_filtered"}
        own = tests[tests["id_a"].isin(pair) & tests["id_b"].isin(pair)].iloc[0]
        assert ("tied" in row["standing"]) == (own["verdict"] == "tied")


def test_ties_are_not_claimed_of_segments(results: Results) -> None:
    said, rows = overview.update_models(results, GTZAN, FAULTS, "segment", "all")
    assert "Ties are tested on whole songs only." in said
    assert not any("tied" in row["standing"] for row in rows)


def test_chosen_on_validation_is_marked_under_its_protocol_only(results: Results) -> None:
    marked = {
        protocol: [
            row["id"]
            for row in rows_of(results, GTZAN, protocol, "track", "all")
            if "chosen on validation" in row["standing"]
        ]
        for protocol in ("new-song", FAULTS, "as-published")
    }
    assert marked == {
        "new-song": ["gtzan.features_30s.random_forest"],
        FAULTS: ["gtzan.features_3s.lightgbm"],
        "as-published": [],
    }


def test_published_figure_is_compared_in_its_own_unit(results: Results) -> None:
    rows = {row["id"]: row for row in rows_of(results, GTZAN, FAULTS, "track", "all")}
    row = rows["gtzan.features_3s.random_forest"]
    ours = results.metadata[f"{row['id']}.segment_random"]["accuracy"]["segment"]["value"]
    assert row["published"] == 0.90
    assert row["published_text"] == f"0.90 (ours {ours - 0.90:+.2f})".replace("-", "−")  # noqa: RUF001
    assert "a made-up study: 90 % of 3-second segments, 20 % held out" in row["published_why"]
    assert rows["gtzan.features_3s.dense"]["published"] is None


def test_few_lines_are_all_in_colour_many_are_not(results: Results) -> None:
    three = overview.update_fall(results, GTZAN, FAULTS, "track", "features_3s", "light")
    assert all(trace.error_y.array is not None for trace in three.figure.data)
    every = overview.update_fall(results, GTZAN, FAULTS, "track", "all", "light")
    grey = [trace for trace in every.figure.data if trace.error_y.array is None]
    assert len(grey) == 1  # all others together
    others = {model for model in grey[0].customdata if model}
    assert f"{11 - len(others)} of 11 models" in every.sentence
    ticked = [{"id": min(others)}]
    marked = overview.update_fall(results, GTZAN, FAULTS, "track", "all", "light", False, ticked)
    assert len(marked.figure.data) == len(every.figure.data) + 1
    assert min(others) not in marked.figure.data[0].customdata


def test_title_names_the_state(results: Results) -> None:
    *_, title = overview.update_headline(results, GTZAN, "new-song", "segment", "all")
    assert title == "Overview: new song, 3-second segments · GenreLens"


def test_another_data_set_keeps_what_it_has_of_the_choice(results: Results) -> None:
    *options, protocol, unit, features, address = overview.update_options(
        results, FMA, FAULTS, "segment", "features_3s"
    )
    assert address["values"] == {
        "data": GTZAN, "protocol": "new-song", "unit": "track", "features": "all",
        "sort": "listed", "filter": "", "tick": "",
    }  # fmt: skip
    assert (protocol, unit, features) == ("new-song", "track", "all")
    assert [len(each) for each in options] == [1, 1, 1]


def test_link_to_compare_names_the_ticked_models(results: Results) -> None:
    ticked = [{"id": f"gtzan.features_3s.{name}"} for name in ("lightgbm", "dense")]
    link = overview.update_compare_link(results, ticked, FAULTS, "track")
    assert isinstance(link, dcc.Link)
    assert link.href == (
        "/compare?models=gtzan.features_3s.lightgbm,gtzan.features_3s.dense"
        f"&protocol={FAULTS}&unit=track"
    )
    assert not isinstance(
        overview.update_compare_link(results, ticked[:1], FAULTS, "track"), dcc.Link
    )
    assert not isinstance(overview.update_compare_link(results, None, FAULTS, "track"), dcc.Link)


def test_link_to_compare_uses_a_protocol_that_all_ticked_models_had(results: Results) -> None:
    ticked = [{"id": f"gtzan.{table}.lightgbm"} for table in ("features_3s", "features_30s")]
    link = overview.update_compare_link(results, ticked, "as-published", "track")
    assert "protocol=new-clip" in str(link.to_plotly_json()["props"]["href"])


def test_columns_name_every_step_once(results: Results) -> None:
    headers = [column["headerName"] for column in model_columns(selection.stages(results))]
    assert headers[:6] == [
        "Model", "Data", "As published", "New song", "New artist", "New artist, faults removed",
    ]  # fmt: skip
    assert len(set(headers)) == len(headers)
