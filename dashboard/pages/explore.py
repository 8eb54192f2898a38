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
    title_id,
    with_help,
)
from dashboard.components.opening import Opening, opening_store
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
    MISTAKES,
    PAGE,
    PLANE,
    SECTIONS,
    STOPS,
    TRIALS,
    jump_links,
    sections,
    update_header,
    update_shown,
    update_trials,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.rows.selection import supervised_protocols
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
    said, title = update_header(results, choice["data"], choice["protocol"])
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
            opening_store(PAGE),
        ],
        parameters=offered,
        choice=choice,
        title=title,
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
    opening = Opening(app, PAGE)
    _register_options(app, state)
    _register_features(opening, state)
    _register_models(opening, state)
    _register_abstain(app, opening, state)
    opening.register()


def _inputs(*names: str) -> list[Input]:
    return [control_input(PAGE, name) for name in names]


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
        Output(title_id(PAGE), "data"),
        *_inputs("data", "protocol"),
        prevent_initial_call=True,
    )
    def header(*chosen: str) -> tuple[str, str]:
        return update_header(state.current(), *chosen)

    @app.callback(
        [Output(f"{card}-slot", "hidden") for card in CARDS],
        Output("explore-model", "hidden"),
        [Output(f"explore-{name}-said", "children") for name in SECTIONS],
        *_inputs("data", "protocol", "colour"),
        prevent_initial_call=True,
    )
    def shown(*chosen: str) -> tuple[Any, ...]:
        values = update_shown(state.current(), *chosen)
        return *values.cards, values.hides_model, *values.reasons


def _register_features(opening: Opening, state: ResultsState) -> None:
    """Connect the cards on features and clips."""
    plane_inputs = _inputs("data", "protocol", "x", "y", "colour", "model")

    @opening.callback(card_outputs(PLANE), plane_inputs, MODE, NARROW)
    def plane(*chosen: Any) -> tuple[Any, ...]:
        content = explore_features.update_plane(state.current(), *chosen)
        return card_values(content, chosen[-2])

    @opening.callback(card_outputs(DISTRIBUTION), _inputs("data", "feature"), MODE)
    def distribution(*chosen: str) -> tuple[Any, ...]:
        content = explore_features.update_distribution(state.current(), *chosen)
        return card_values(content, chosen[-1])

    @opening.callback(card_outputs(CORRELATIONS), _inputs("data"), MODE, NARROW)
    def correlations(*chosen: Any) -> tuple[Any, ...]:
        content = explore_features.update_correlations(state.current(), *chosen)
        return card_values(content, chosen[-2])

    @opening.callback(card_outputs(CLIP), _inputs("data", "clip"), MODE)
    def clip(*chosen: str) -> tuple[Any, ...]:
        return card_values(explore_clip.update_clip(*chosen), chosen[-1])


def _register_models(opening: Opening, state: ResultsState) -> None:
    """Connect the cards on costs, mistakes and searches."""
    tested = _inputs("data", "protocol")

    @opening.callback(card_outputs(COST), tested, _inputs("cost"), MODE, NARROW)
    def cost(*chosen: Any) -> tuple[Any, ...]:
        return card_values(explore_quality.update_cost(state.current(), *chosen), chosen[-2])

    @opening.callback(card_outputs(DISTANCES), _inputs("data"), MODE)
    def distances(*chosen: str) -> tuple[Any, ...]:
        return card_values(explore_quality.update_distances(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(MISTAKES), tested, MODE, NARROW)
    def mistakes(*chosen: Any) -> tuple[Any, ...]:
        return card_values(explore_quality.update_mistakes(state.current(), *chosen), chosen[-2])

    @opening.callback(card_outputs(TRIALS), _inputs("data", "searched"), MODE, NARROW)
    def trials(*chosen: Any) -> tuple[Any, ...]:
        return card_values(update_trials(state.current(), *chosen), chosen[-2])


def _register_abstain(app: Dash, opening: Opening, state: ResultsState) -> None:
    """Draw the curves on the server; the slider moves marker and sentence in the browser."""
    answered = control_id(PAGE, "answered")

    @opening.callback(
        [*card_outputs(ABSTAIN), Output(STOPS, "data")],
        _inputs("data", "protocol", "models"),
        State(answered, "value"),
        MODE,
    )
    def abstain(*chosen: Any) -> tuple[Any, ...]:
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
