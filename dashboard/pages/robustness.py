"""Robustness: what happens to answers when a clip is altered on its way to a listener."""

from typing import Any

from dash import Dash, Output, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.attributes import aria
from dashboard.components.card import body_id, card_outputs, card_values, figure_card
from dashboard.components.controls import control_input, menu, page_frame, reset_link, title_id
from dashboard.components.model_picker import model_picker, register_picker
from dashboard.components.opening import Opening, opening_store
from dashboard.pages.robustness_updates import (
    update_accuracy,
    update_header,
    update_height,
    update_unchanged,
)
from dashboard.query import read_choice
from dashboard.rows.altered import alteration_parameter, models_parameter
from dashboard.state import State, current_state

PATH, NAME = "/robustness", "Robustness"
TITLE = "Robustness · GenreLens"
DESCRIPTION = "Whether models keep their answer when a clip is compressed, noisy, cut or detuned."
PAGE = "robustness"
UNCHANGED, ACCURACY = "robustness-unchanged", "robustness-accuracy"
CARDS = {UNCHANGED: "Answers that stay", ACCURACY: "Answers that are right"}


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    models, alteration = models_parameter(results), alteration_parameter(results)
    choice = read_choice(query, [models, alteration], CARDS)
    said, method, conclusions, summary, title = update_header(
        results, choice["models"], choice["alteration"]
    )
    height_px = update_height(results, choice["models"], choice["alteration"])
    cards = [
        figure_card(PAGE, card, title, height_px=height_px, as_table=card in choice.tables)
        for card, title in CARDS.items()
    ]
    content = [
        html.H1("Do the models keep their answer?"),
        html.P(said, id="robustness-headline", className="lead-sentence", **aria(live="polite")),
        html.P(method, id="robustness-method", className="fine"),
        html.P(conclusions, id="robustness-conclusions", className="fine"),
        model_picker(PAGE, models, choice, summary),
        html.Div(
            [menu(PAGE, alteration, choice["alteration"]), reset_link(PATH)], className="controls"
        ),
        html.Div(cards, className="card-columns side-by-side"),
        opening_store(PAGE),
    ]
    offered = [models, alteration]
    return page_frame(PAGE, PATH, content, parameters=offered, choice=choice, title=title)


def register_callbacks(app: Dash, state: State) -> None:
    """Connect the controls with what they change."""
    chosen = [control_input(PAGE, name) for name in ("models", "alteration")]
    opening = Opening(app, PAGE)
    register_picker(app, PAGE)

    @app.callback(
        Output("robustness-headline", "children"),
        Output("robustness-method", "children"),
        Output("robustness-conclusions", "children"),
        Output("robustness-summary", "children"),
        Output(title_id(PAGE), "data"),
        *chosen,
        prevent_initial_call=True,
    )
    def header(*values: Any) -> tuple[str, ...]:
        return update_header(state.current(), *values)

    @opening.callback(card_outputs(UNCHANGED), chosen, shell.MODE)
    def unchanged(*values: Any) -> tuple[Any, ...]:
        return card_values(update_unchanged(state.current(), *values), values[-1])

    @opening.callback(card_outputs(ACCURACY), chosen, shell.MODE)
    def accuracy(*values: Any) -> tuple[Any, ...]:
        return card_values(update_accuracy(state.current(), *values), values[-1])

    opening.register()

    @app.callback(_heights(), *chosen, prevent_initial_call=True)
    def height(*values: Any) -> list[dict[str, str]]:
        height_px = update_height(state.current(), *values)
        return [{"height": f"{height_px}px"}, {"minHeight": f"{height_px}px"}] * len(CARDS)


def _heights() -> list[Output]:
    """Return the outputs that hold the height of each figure and of what is around it."""
    return [
        output
        for card in CARDS
        for output in (Output(f"{card}-figure", "style"), Output(body_id(PAGE, card), "style"))
    ]
