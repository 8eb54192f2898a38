"""All cards of a page in one answer, when it is opened."""

from pathlib import Path
from typing import Any

import pytest
from dash import Dash, Input, Output, State, no_update
from tiny_results import write_tiny_results

from dashboard.app import create_app
from dashboard.components.card import card_outputs, failure_id, numbers_id
from dashboard.components.opening import Opening
from dashboard.pages import clusters, compare, data, explore, model, robustness

CHOSEN = {("one", "value"): "a", ("two", "value"): "b", ("mode", "data"): "dark"}


@pytest.fixture
def opening() -> Opening:
    return Opening(Dash("small"), "small")


def test_each_callback_gives_its_part_with_what_it_was_asked(opening: Opening) -> None:
    @opening.callback(Output("said", "children"), [Input("one", "value")], State("mode", "data"))
    def said(one: str, mode: str) -> str:
        return f"{one} {mode}"

    @opening.callback([Output("x", "hidden"), Output("y", "hidden")], Input("two", "value"))
    def hidden(_two: str) -> tuple[Any, ...]:
        return True, no_update

    assert said("a", "dark") == "a dark"  # still a plain function
    assert opening.update_opened(CHOSEN) == [
        {"asked": [["one", "value", "a"]], "props": [["said", {"children": "a dark"}]]},
        {"asked": [["two", "value", "b"]], "props": [["x", {"hidden": True}]]},
    ]


def test_card_that_fails_says_so_and_the_others_are_drawn(opening: Opening) -> None:
    @opening.callback(card_outputs("broken"), Input("one", "value"))
    def broken(_one: str) -> tuple[Any, ...]:
        raise ZeroDivisionError("secret detail")

    @opening.callback(card_outputs("whole"), Input("two", "value"))
    def whole(_two: str) -> tuple[Any, ...]:
        return "Said.", {}, None

    with Dash("other").server.test_request_context():
        failed, drawn = opening.update_opened(CHOSEN)
    ((place, said),) = failed["props"]
    assert place == failure_id("broken")
    assert said["hidden"] is False
    assert "secret" not in said["children"]
    assert [numbers_id("whole"), {"data": None}] in drawn["props"]


def test_what_is_no_card_says_so_on_top_of_the_page(opening: Opening) -> None:
    @opening.callback(Output("said", "children"), Input("one", "value"))
    def said(_one: str) -> str:
        raise ZeroDivisionError

    with Dash("other").server.test_request_context():
        (failed,) = opening.update_opened(CHOSEN)
    assert [place for place, _ in failed["props"]] == ["shell-message"]


def test_opening_a_page_asks_no_card_by_itself() -> None:
    app = Dash("pages")
    opening = Opening(app, "small")
    opening.callback(card_outputs("card"), Input("one", "value"))(lambda _one: ("", {}, None))
    opening.register()
    first = [entry for entry in app._callback_list if not entry["prevent_initial_call"]]
    assert [entry["output"] for entry in first] == ['{"page":"small","type":"opening"}.data']


def test_pages_of_cards_are_opened_so(tmp_path: Path) -> None:
    app = create_app(write_tiny_results(tmp_path))
    first = {entry["output"] for entry in app._callback_list if not entry["prevent_initial_call"]}
    for page in (model, compare, explore, clusters, data, robustness):
        assert f'{{"page":"{page.PAGE}","type":"opening"}}.data' in first
        for card in page.CARDS:
            assert not [output for output in first if f"..{card}-figure." in output], card
