"""Explore: features, clips, costs, mistakes, silence and searches, each as a card to play with."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.attributes import aria
from dashboard.components.card import card_outputs, card_values
from dashboard.components.controls import (
    address_id,
    control_id,
    control_input,
    explanations,
    page_frame,
    reset_link,
    switch,
    with_help,
)
from dashboard.pages import explore_clip, explore_features, explore_quality
from dashboard.pages.explore_choices import FOLLOWING, parameters, update_options
from dashboard.pages.explore_sections import (
    ABSTAIN,
    CARDS,
    CLIP,
    CORRELATIONS,
    COST,
    DISTANCES,
    DISTRIBUTION,
    LATER,
    MISTAKES,
    PAGE,
    PLANE,
    SECTIONS,
    STOPS,
    TRIALS,
    TURNS,
    jump_links,
    sections,
    turn_id,
    update_header,
    update_shown,
    update_trials,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.selection import supervised_protocols
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState

PATH, NAME = "/explore", "Explore"
TITLE = "Explore · GenreLens"
DESCRIPTION = "Features, clips, costs, mistakes and abstention of genre classifiers, to play with."


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    offered = parameters(results, query)
    choice = read_choice(query, offered, CARDS)
    said, _ = update_header(results, choice["data"], choice["protocol"])
    shown = update_shown(results, *(choice[name] for name in ("data", "protocol", "colour")))
    return page_frame(
        PAGE,
        PATH,
        [
            html.H1("What do songs and models look like from other sides?"),
            html.P(said, id="explore-said", className="fine", **aria(live="polite")),
            html.Div(_controls(results, offered, choice), className="controls"),
            jump_links(),
            *sections(offered, choice, shown),
            dcc.Store(id=STOPS),
            dcc.Store(id=TURNS, data=LATER),
            *[dcc.Store(id=turn_id(card)) for card in LATER],
        ],
        parameters=offered,
        choice=choice,
    )


def _controls(results: Results, offered: list[Parameter], choice: Choice) -> list[Component]:
    """Return what decides on the whole page."""
    datasets, protocols = offered[:2]
    used = supervised_protocols(results)
    return [
        html.Div(switch(PAGE, datasets, choice["data"]), hidden=len(datasets.options) < 2),
        with_help(
            switch(PAGE, protocols, choice["protocol"]),
            explanations({name: results.protocols[name] for name in used}),
        ),
        reset_link(PATH),
    ]


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    _register_options(app, state)
    _register_features(app, state)
    _register_models(app, state)
    _register_abstain(app, state)


def _inputs(*names: str) -> list[Input]:
    return [control_input(PAGE, name) for name in names]


def _turn(card: str) -> Input:
    """Return what the browser sets when a card comes into view, or when it has nothing to do."""
    return Input(turn_id(card), "data")


MODE, NARROW = shell.MODE, Input(shell.NARROW, "data")


def _register_options(app: Dash, state: ResultsState) -> None:
    """Offer what a data set and a protocol have; hide what they have not; name the page."""

    @app.callback(
        [Output(control_id(PAGE, name), "options") for name in FOLLOWING],
        [Output(control_id(PAGE, name), "value") for name in FOLLOWING],
        Output(address_id(PAGE), "data"),
        _inputs("data", "protocol"),
        [State(control_id(PAGE, name), "value") for name in FOLLOWING],
        State(address_id(PAGE), "data"),
        prevent_initial_call=True,
    )
    def options(*chosen: Any) -> tuple[Any, ...]:
        return update_options(state.current(), *chosen)

    @app.callback(
        Output("explore-said", "children"),
        Output(shell.DOCUMENT_TITLE, "data", allow_duplicate=True),
        *_inputs("data", "protocol"),
        prevent_initial_call="initial_duplicate",
    )
    def header(*chosen: str) -> tuple[str, str]:
        return update_header(state.current(), *chosen)

    @app.callback(
        [Output(f"{card}-slot", "hidden") for card in CARDS],
        Output("explore-model", "hidden"),
        [Output(f"explore-{name}-said", "children") for name in SECTIONS],
        *_inputs("data", "protocol", "colour"),
    )
    def shown(*chosen: str) -> tuple[Any, ...]:
        values = update_shown(state.current(), *chosen)
        return *values.cards, values.hides_model, *values.reasons


def _register_features(app: Dash, state: ResultsState) -> None:
    """Connect the cards on features and clips; all but the first wait for their turn."""
    plane_inputs = _inputs("data", "protocol", "x", "y", "colour", "model")

    @app.callback(card_outputs(PLANE), *plane_inputs, MODE, NARROW)
    def plane(*chosen: Any) -> tuple[Any, ...]:
        content = explore_features.update_plane(state.current(), *chosen)
        return card_values(content, chosen[-2])

    @app.callback(
        card_outputs(DISTRIBUTION),
        _turn(DISTRIBUTION),
        *_inputs("data", "feature"),
        MODE,
        prevent_initial_call=True,
    )
    def distribution(_turn: Any, *chosen: str) -> tuple[Any, ...]:
        content = explore_features.update_distribution(state.current(), *chosen)
        return card_values(content, chosen[-1])

    @app.callback(
        card_outputs(CORRELATIONS),
        _turn(CORRELATIONS),
        *_inputs("data"),
        MODE,
        NARROW,
        prevent_initial_call=True,
    )
    def correlations(_turn: Any, *chosen: Any) -> tuple[Any, ...]:
        content = explore_features.update_correlations(state.current(), *chosen)
        return card_values(content, chosen[-2])

    @app.callback(
        card_outputs(CLIP), _turn(CLIP), *_inputs("data", "clip"), MODE, prevent_initial_call=True
    )
    def clip(_turn: Any, *chosen: str) -> tuple[Any, ...]:
        return card_values(explore_clip.update_clip(*chosen), chosen[-1])


def _register_models(app: Dash, state: ResultsState) -> None:
    """Connect the cards on costs, mistakes and searches."""
    tested = _inputs("data", "protocol")

    @app.callback(
        card_outputs(COST),
        _turn(COST),
        *tested,
        *_inputs("cost"),
        MODE,
        NARROW,
        prevent_initial_call=True,
    )
    def cost(_turn: Any, *chosen: Any) -> tuple[Any, ...]:
        return card_values(explore_quality.update_cost(state.current(), *chosen), chosen[-2])

    @app.callback(
        card_outputs(DISTANCES), _turn(DISTANCES), *_inputs("data"), MODE, prevent_initial_call=True
    )
    def distances(_turn: Any, *chosen: str) -> tuple[Any, ...]:
        return card_values(explore_quality.update_distances(state.current(), *chosen), chosen[-1])

    @app.callback(
        card_outputs(MISTAKES), _turn(MISTAKES), *tested, MODE, NARROW, prevent_initial_call=True
    )
    def mistakes(_turn: Any, *chosen: Any) -> tuple[Any, ...]:
        return card_values(explore_quality.update_mistakes(state.current(), *chosen), chosen[-2])

    @app.callback(
        card_outputs(TRIALS),
        _turn(TRIALS),
        *_inputs("data", "searched"),
        MODE,
        NARROW,
        prevent_initial_call=True,
    )
    def trials(_turn: Any, *chosen: Any) -> tuple[Any, ...]:
        return card_values(update_trials(state.current(), *chosen), chosen[-2])


def _register_abstain(app: Dash, state: ResultsState) -> None:
    """Draw the curves on the server; the slider moves marker and sentence in the browser."""
    answered = control_id(PAGE, "answered")

    @app.callback(
        *card_outputs(ABSTAIN),
        Output(STOPS, "data"),
        _turn(ABSTAIN),
        *_inputs("data", "protocol", "models"),
        State(answered, "value"),
        MODE,
        prevent_initial_call=True,
    )
    def abstain(_turn: Any, *chosen: Any) -> tuple[Any, ...]:
        content, stops = explore_quality.update_abstain(state.current(), *chosen)
        return *card_values(content, chosen[-1]), stops

    app.clientside_callback(
        ClientsideFunction("explore", "answered"),
        Output(f"{ABSTAIN}-figure", "figure", allow_duplicate=True),
        Output(f"{ABSTAIN}-sentence", "children", allow_duplicate=True),
        Output("answered-shown", "children"),
        Input(answered, "value"),
        State(STOPS, "data"),
        State(f"{ABSTAIN}-figure", "figure"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("explore", "takeTurns"),
        Output(TURNS, "modified_timestamp"),
        Input(TURNS, "data"),
    )
