"""Clusters: what the features say on their own, without genre labels."""

from typing import Any

from dash import Dash, Output, State, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.attributes import aria
from dashboard.components.card import card_outputs, card_values, figure_card
from dashboard.components.code import with_code
from dashboard.components.controls import (
    control_id,
    control_input,
    menu,
    page_frame,
    reset_link,
    switch,
    title_id,
)
from dashboard.components.opening import Opening, opening_store
from dashboard.pages.clusters_updates import (
    features_parameter,
    model_parameter,
    update_agreement,
    update_composition,
    update_map,
    update_matching,
    update_options,
    update_sweep,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.state import State as ResultsState
from dashboard.state import current_state

PATH, NAME = "/clusters", "Clusters"
TITLE = "Clusters · GenreLens"
DESCRIPTION = "Principal components and clusters of the features, against the genres."
PAGE = "clusters"
MAP, COMPOSITION, SWEEP, MATCHING = "map", "composition", "cluster-sweep", "matching"
DIMENSIONS = Parameter("dimensions", "Dimensions", {"2": "2", "3": "3"}, "2")
COLOUR = Parameter("colour", "Colour", {"genre": "genre", "cluster": "cluster"}, "genre")
CARDS = [MAP, COMPOSITION, SWEEP, MATCHING]
MOST_ON_A_SWITCH = 3  # more representations, with their data sets, are a menu


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    features = features_parameter(results)
    if not features.options:
        return html.Section(
            [
                html.H1("There are no clusters to show"),
                html.P(with_code("These results hold no map of features. Run `make results`.")),
            ],
            className="message",
        )
    model = model_parameter(results, read_choice(query, [features])["features"])
    offered = [features, model, COLOUR, DIMENSIONS]
    choice = read_choice(query, offered, CARDS)
    chosen = (choice["features"], choice["model"] or None)
    said, chips, purity, title = update_agreement(results, *chosen)
    controls = [
        (menu if len(features.options) > MOST_ON_A_SWITCH else switch)(
            PAGE, features, choice["features"]
        ),
        html.Div(menu(PAGE, model, choice["model"]), id="clusters-model", hidden=not model.options),
        reset_link(PATH),
    ]
    return page_frame(
        PAGE,
        PATH,
        [
            html.H1("Do clusters found without labels follow the genres?"),
            html.P(said, id="clusters-sentence", className="lead-sentence", **aria(live="polite")),
            html.Div(controls, className="controls"),
            html.Div(chips, id="clusters-chips", className="chips-frame"),
            html.P(purity, id="clusters-purity", className="fine"),
            html.Div(_cards(choice), className="slots"),
            opening_store(PAGE),
        ],
        parameters=offered,
        choice=choice,
        title=title,
    )


def _cards(choice: Choice) -> list[html.Div]:
    """Return the cards, before they are filled."""
    switches = [
        switch(PAGE, COLOUR, choice["colour"]),
        switch(PAGE, DIMENSIONS, choice["dimensions"]),
    ]
    shown = choice.tables
    cards = {
        MAP: figure_card(
            PAGE, MAP, "The features as a map",
            height_px=560, as_table=MAP in shown, controls=switches,
        ),
        COMPOSITION: figure_card(
            PAGE, COMPOSITION, "Genres within each cluster",
            height_px=620, as_table=COMPOSITION in shown,
        ),
        SWEEP: figure_card(
            PAGE, SWEEP, "How many clusters are there?", height_px=400, as_table=SWEEP in shown
        ),
        MATCHING: figure_card(
            PAGE, MATCHING, "If each cluster had to be a genre",
            height_px=400, as_table=MATCHING in shown,
        ),
    }  # fmt: skip
    return [html.Div(card, className="slot") for card in cards.values()]


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    features, model, colour, dimensions = (
        control_input(PAGE, name) for name in ("features", "model", "colour", "dimensions")
    )
    mode = shell.MODE
    opening = Opening(app, PAGE)

    @app.callback(
        Output(control_id(PAGE, "model"), "options"),
        Output(control_id(PAGE, "model"), "value"),
        Output("clusters-model", "hidden"),
        features,
        State(control_id(PAGE, "model"), "value"),
        prevent_initial_call=True,
    )
    def options(features: str, model: str | None) -> tuple[Any, ...]:
        return update_options(state.current(), features, model)

    @app.callback(
        Output("clusters-sentence", "children"),
        Output("clusters-chips", "children"),
        Output("clusters-purity", "children"),
        Output(title_id(PAGE), "data"),
        features,
        model,
        prevent_initial_call=True,
    )
    def agreement(features: str, model: str | None) -> tuple[Any, ...]:
        return update_agreement(state.current(), features, model)

    @opening.callback(card_outputs(MAP), features, model, colour, dimensions, mode)
    def embedding(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_map(state.current(), *chosen))

    @opening.callback(card_outputs(COMPOSITION), features, model, mode)
    def composition(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_composition(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(SWEEP), features, model, mode)
    def sweep(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_sweep(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(MATCHING), features, model, mode)
    def matching(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_matching(state.current(), *chosen), chosen[-1])

    opening.register()
