"""Components are pure functions of values."""

import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from dash.development.base_component import Component

from dashboard.components.card import (
    CardContent,
    Empty,
    body_class,
    card_outputs,
    card_values,
    figure_card,
    table_data,
)
from dashboard.components.controls import (
    control_id,
    explanations,
    menu,
    page_frame,
    reset_link,
    switch,
)
from dashboard.components.facts import score_chips
from dashboard.components.formats import MISSING
from dashboard.components.tools import grid_tools
from dashboard.query import Choice, Parameter

UNIT = Parameter("unit", "Count", {"track": "songs", "segment": "segments"}, "track")


def parts(component: Component) -> list[Any]:
    return [component, *component._traverse()]


def text_of(component: Component) -> str:
    """Return every text that the component shows."""
    texts: list[str] = []
    for part in parts(component):
        children = getattr(part, "children", None)
        for child in children if isinstance(children, list) else [children]:
            if isinstance(child, str):
                texts.append(child)
    return " ".join(texts)


def ids_of(component: Component) -> list[Any]:
    return [part.id for part in parts(component) if hasattr(part, "id")]


def test_card_has_the_outputs_that_it_promises() -> None:
    ids = ids_of(figure_card("model", "genres", "Scores"))
    for output in card_outputs("genres"):
        assert output.component_id in ids


def test_card_is_named_by_heading_and_figure_by_sentence() -> None:
    card = figure_card("model", "genres", "Scores", height_px=300)
    assert card.to_plotly_json()["props"]["aria-labelledby"] == "genres-heading"
    figure = next(part for part in parts(card) if type(part).__name__ == "Figure")
    assert figure.to_plotly_json()["props"]["aria-labelledby"] == "genres-sentence"


def test_card_keeps_its_height_and_starts_as_asked() -> None:
    for as_table in (False, True):
        card = figure_card("model", "genres", "Scores", height_px=300, as_table=as_table)
        body = next(p for p in parts(card) if getattr(p, "style", {}).get("minHeight") == "300px")
        assert body.className == body_class(as_table=as_table)


def test_table_data_rounds_cells_and_keeps_the_full_number() -> None:
    table = pd.DataFrame({"Model": ["net"], "Score": [1 / 3], "N": [1200]})
    assert table_data(table, "All") == {
        "caption": "All",
        "columns": ["Model", "Score", "N"],
        "numeric": [False, True, True],
        "rows": [["net", "0.333", "1,200"]],
        "exact": [["net", repr(1 / 3), "1200"]],
    }


def test_table_data_leaves_a_missing_number_empty() -> None:
    data = table_data(pd.DataFrame({"Score": [math.nan, 0.5]}))
    assert data["exact"] == [[""], ["0.5"]]
    assert data["rows"][0] == [MISSING]


def test_table_data_is_json_without_nan() -> None:
    data = table_data(pd.DataFrame({"Score": [math.nan], "N": [3]}))
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_card_values_follow_the_outputs() -> None:
    content = CardContent("Said.", go.Figure(), pd.DataFrame({"a": [1]}), runs=("a.b.c.d",))
    sentence, figure, table = card_values(content)
    assert (sentence, figure) == ("Said.", content.figure)
    assert table is not None and table["caption"] == "Said."
    assert table["runs"] == ["a.b.c.d"]
    assert card_values(None, "dark")[0] == ""
    assert card_values(None, "dark")[2] is None


def test_card_without_results_says_what_is_missing_and_what_makes_it() -> None:
    sentence, _, numbers = card_values(Empty("a sweep over one setting"))
    assert sentence == ("Not in these results: a sweep over one setting. Run “make results-full”.")
    assert numbers == {"empty": True}


def tools_in(component: Component) -> list[dict[str, Any]]:
    """Return the properties of the buttons that do something for a card."""
    found = [part.to_plotly_json()["props"] for part in parts(component) if part is not None]
    of_menus = [
        {"data-card-action": action, "data-card": props["data-card"], "children": words}
        for props in found
        for action, words in json.loads(props.get("data-items", "[]"))
    ]
    return [props for props in found if "data-card-action" in props] + of_menus


def test_every_tool_of_a_card_knows_its_card() -> None:
    tools = tools_in(figure_card("model", "genres", "Scores"))
    assert {tool["data-card-action"] for tool in tools} == {
        "link", "markdown", "csv", "png", "svg", "present", "provenance",
    }  # fmt: skip
    assert {tool["data-card"] for tool in tools} == {"genres"}


def test_tools_of_a_table_have_no_picture() -> None:
    actions = {tool["data-card-action"] for tool in tools_in(grid_tools("all"))}
    assert actions == {"link", "markdown", "csv", "present", "provenance"}


@pytest.mark.parametrize("make", [switch, menu])
def test_control_offers_every_option(make: Any) -> None:
    control = make("model", UNIT, "segment")
    inner = next(part for part in parts(control) if hasattr(part, "options"))
    assert inner.id == control_id("model", "unit")
    assert inner.value == "segment"
    assert [option["value"] for option in inner.options] == ["track", "segment"]


def test_menu_writes_headings_that_cannot_be_chosen_where_groups_begin() -> None:
    grouped = replace(UNIT, headings={"segment": "parts of songs"})
    options = next(
        part for part in parts(menu("model", grouped, "track")) if hasattr(part, "options")
    )
    assert [option["label"] for option in options.options][1] == "parts of songs"
    assert [bool(option.get("disabled")) for option in options.options] == [False, True, False]


def test_explanations_give_each_protocol_a_sentence() -> None:
    said = text_of(explanations({"p": {"label": "new song", "explanation": "No song twice."}}))
    assert "new song" in said
    assert "No song twice." in said


def test_page_frame_carries_defaults_and_notes() -> None:
    frame = page_frame(
        "model", "/model", [reset_link("/model"), None], parameters=[UNIT],
        choice=Choice({"unit": "track"}, notes=("Not understood.",)),
    )  # fmt: skip
    store = next(part for part in parts(frame) if type(part).__name__ == "Store")
    assert store.data == {"path": "/model", "order": ["unit"], "values": {"unit": "track"}}
    assert "Not understood." in text_of(frame)


def test_chips_show_value_and_interval() -> None:
    scores = pd.DataFrame(
        [("accuracy", 0.53, 0.47, 0.58), ("other", 1, 1, 1)],
        columns=["metric", "value", "ci_low", "ci_high"],
    )
    chips = score_chips(scores, "a.b.c.d")
    assert [tool["data-runs"] for tool in tools_in(chips)] == ["a.b.c.d"]
    said = text_of(chips)
    assert "Accuracy" in said
    assert "[0.47, 0.58]" in said
    assert "other" not in said
