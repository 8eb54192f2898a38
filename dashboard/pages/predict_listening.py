"""The part of the Predict page that asks, on request, where in a clip the models listened.

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
from dashboard.words.cautions import cautioned

PAGE = "predict"
LISTENING = "predict-listened"
CARDS = (LISTENING,)
QUESTION = "Where did the models listen?"


def cards(tables: frozenset[str], n_asked: int) -> list[Component]:
    """Return the button and the empty card that its answer fills, where models can be asked."""
    if not n_asked:
        return []
    what = (
        "Sends the clip again, hides 2 s by an eighth of the mel bands at a time, and asks each "
        "model that sees the spectrogram anew: what its answer loses is what it needs. Features of "
        "the sound, where a model knows them as well, stay. Takes a few seconds."
    )
    card = figure_card(
        PAGE, LISTENING, QUESTION, height_px=height_px(n_asked), as_table=LISTENING in tables
    )
    return question("listening", QUESTION, what=what, route="api/explain", card=card)


def outputs() -> list[Output]:
    """Return the callback outputs of this part."""
    return [Output("predict-listening-slot", "hidden"), *card_outputs(LISTENING)]


def update(answer: dict[str, Any] | None, mode: str) -> tuple[Any, ...]:
    """Return the values of ``outputs``; the card is hidden until there is an answer."""
    if not answer:
        return (True, *card_values(None, mode))
    if not answer["models"]:
        missing = Empty("the level that is usual in each band", "make results")
        return (False, *card_values(missing, mode))
    content = CardContent(
        cautioned(answer, listening_sentence(answer)),
        listening_figure(answer, mode=as_mode(mode)),
        listening_table(answer),
        runs=tuple(
            f"{model['id']}.{model['honest_accuracy']['protocol']}" for model in answer["models"]
        ),
    )
    return (False, *card_values(content, mode))


def register(app: Dash) -> None:
    """Register this part's callback on the app."""

    @app.callback(outputs(), Input("predict-listening", "data"), MODE, prevent_initial_call=True)
    def listening(answer: dict[str, Any] | None, mode: str) -> tuple[Any, ...]:
        return update(answer, mode)
