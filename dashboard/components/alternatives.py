"""A card whose switch asks the server nothing: it holds its content for every option.

For switches that need no other data, such as counts or percent of a confusion matrix, or the order
of genres. The server fills the store ``alternatives_output(card_id)`` with what the card would show
under each option; the browser shows the chosen one (assets/alternatives.js), sentence, figure and
table alike.
"""

from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc

from dashboard.components.card import CardContent, card_outputs, card_values
from dashboard.query import Parameter

ALTERNATIVES = "card-alternatives"  # type in the id of every such store


def alternatives_store(card_id: str) -> dcc.Store:
    """Return what a page must hold for such a card."""
    return dcc.Store(id=alternatives_id(card_id))


def alternatives_output(card_id: str) -> Output:
    """Return the output of the callback that fills a card for every option."""
    return Output(alternatives_id(card_id), "data")


def alternatives(
    parameter: Parameter, content: Callable[[str], CardContent | None], mode: object
) -> dict[str, Any]:
    """Return the value of that output: by option, what ``card_values`` gives for its content."""
    return {option: card_values(content(option), mode) for option in parameter.options}


def register_alternatives(app: Dash, card_id: str, switch: Input) -> None:
    """Let the browser show what the switch says."""
    app.clientside_callback(
        ClientsideFunction("genrelensAlternatives", "choose"),
        *card_outputs(card_id),
        Input(alternatives_id(card_id), "data"),
        switch,
        prevent_initial_call=True,
    )


def alternatives_id(card_id: str) -> dict[str, str]:
    """Return the id of the store that holds a card's content for every option."""
    return {"type": ALTERNATIVES, "card": card_id}
