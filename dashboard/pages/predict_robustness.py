"""The part of the Predict page that asks, on request, how steady an answer is.

The browser's part is assets/predict-ask.js, see ``components.on_request``.
"""

from typing import Any

from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.answer import honest_runs
from dashboard.components.card import CardContent, card_outputs, card_values, figure_card
from dashboard.components.on_request import question
from dashboard.components.steadiness import kept_levels, steadiness_sentence, steadiness_table
from dashboard.figures.steadiness import height_px, steadiness_figure
from dashboard.prediction.live_robustness import PIECE_S
from dashboard.shell import MODE, NARROW
from dashboard.theme import as_mode
from dashboard.words.cautions import cautioned
from pipeline.audio.alterations import ALTERATIONS

PAGE = "predict"
STEADY = "predict-steadiness"
CARDS = (STEADY,)
QUESTION = "How steady is this answer?"


def cards(tables: frozenset[str], n_models: int) -> list[Component]:
    """Return the button, its progress, and the empty card that its answer fills."""
    card = figure_card(
        PAGE, STEADY, QUESTION, height_px=height_px(n_models), as_table=STEADY in tables
    )
    return question("steady", QUESTION, what=_what(), route="api/robustness", card=card)


def outputs() -> list[Output]:
    """Return the callback outputs of this part."""
    return [Output("predict-steady-slot", "hidden"), *card_outputs(STEADY)]


def update(answer: dict[str, Any] | None, mode: str, narrow: bool) -> tuple[Any, ...]:
    """Return the values of ``outputs``; the card is hidden until there is an answer."""
    if not answer:
        return (True, *card_values(None, mode))
    return (False, *card_values(_content(answer, mode, narrow=narrow), mode))


def register(app: Dash) -> None:
    """Register this part's callback on the app."""

    @app.callback(
        outputs(),
        Input("predict-steady", "data"),
        MODE,
        Input(NARROW, "data"),
        prevent_initial_call=True,
    )
    def steady(answer: dict[str, Any] | None, mode: str, narrow: bool) -> tuple[Any, ...]:
        return update(answer, mode, bool(narrow))


def _content(answer: dict[str, Any], mode: str, *, narrow: bool) -> CardContent:
    shown = theme.blank_figure(as_mode(mode))
    if answer["alterations"]:
        shown = steadiness_figure(kept_levels(answer), mode=as_mode(mode), narrow=narrow)
    sentence = cautioned(answer, steadiness_sentence(answer))
    table = steadiness_table(answer)
    return CardContent(sentence, shown, table, runs=honest_runs(answer))


def _what() -> str:
    n_ways = sum(len(one.levels) for one in ALTERATIONS.values())
    return (
        f"Sends the clip again, alters up to {PIECE_S:g} s from its middle in {n_ways} ways (MP3, "
        "noise, pitch and others), and asks every model each time. Takes some ten seconds or more."
    )
