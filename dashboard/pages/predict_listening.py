"""The part of the Predict page that asks, on request, where in a clip the networks listened.

The browser's part is assets/predict-ask.js, see ``components.on_request``.
"""

from typing import Any

from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard.components.card import CardContent, Empty, card_outputs, card_values, figure_card
from dashboard.components.on_request import question
from dashboard.figures.listening import (
    height_px,
    listening_figure,
    listening_sentence,
    listening_table,
)
from dashboard.shell import MODE
from dashboard.theme import as_mode

PAGE = "predict"
LISTENING = "predict-listened"
CARDS = (LISTENING,)
QUESTION = "Where did the network listen?"


def cards(tables: frozenset[str], n_networks: int) -> list[Component]:
    """Return the button and the empty card that its answer fills; nothing without networks."""
    if not n_networks:
        return []
    what = (
        "Sends the clip again, hides 2 s by an eighth of the mel bands at a time, and asks the "
        "network anew: what it loses is what it needs. Takes a second or two."
    )
    card = figure_card(
        PAGE, LISTENING, QUESTION, height_px=height_px(n_networks), as_table=LISTENING in tables
    )
    return question("listening", QUESTION, what=what, route="api/explain", card=card)


def outputs() -> list[Output]:
    """Return the callback outputs of this part."""
    return [Output("predict-listening-slot", "hidden"), *card_outputs(LISTENING)]


def update(answer: dict[str, Any] | None, mode: str) -> tuple[Any, ...]:
    """Return the values of ``outputs``; the card is hidden until there is an answer."""
    if not answer:
        return (True, *card_values(None, mode))
    if not answer["networks"]:
        missing = Empty("the level that a network expects in each band", "make results")
        return (False, *card_values(missing, mode))
    content = CardContent(
        listening_sentence(answer),
        listening_figure(answer, mode=as_mode(mode)),
        listening_table(answer),
        runs=tuple(
            f"{network['id']}.{network['honest_accuracy']['protocol']}"
            for network in answer["networks"]
        ),
    )
    return (False, *card_values(content, mode))


def register(app: Dash) -> None:
    """Register this part's callback on the app."""

    @app.callback(outputs(), Input("predict-listening", "data"), MODE, prevent_initial_call=True)
    def listening(answer: dict[str, Any] | None, mode: str) -> tuple[Any, ...]:
        return update(answer, mode)
