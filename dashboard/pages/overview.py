"""Overview: what was compared, how far scores fall on new songs and artists, all models."""

from typing import Any

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.attributes import aria, data
from dashboard.components.card import card_outputs, card_values, figure_card
from dashboard.components.code import with_code
from dashboard.components.controls import (
    address_id,
    control_id,
    control_input,
    explanations,
    menu,
    page_frame,
    reset_link,
    switch,
    title_id,
    with_help,
)
from dashboard.components.grid_address import GridAddress
from dashboard.components.model_table import model_grid
from dashboard.components.phone_rows import register_phone_grid
from dashboard.components.tools import grid_tools
from dashboard.pages.overview_updates import (
    GRID,
    PAGE,
    PATH,
    models_address,
    parameters,
    update_compare_link,
    update_fall,
    update_headline,
    update_models,
    update_options,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.rows import selection
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState
from dashboard.words import sentences

NAME = "Overview"
TITLE = "Overview · GenreLens"
DESCRIPTION = "How good are genre classifiers on music that they have not heard?"
FALL, MODELS = "fall", "models"


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    data = selection.dataset_parameter(results)
    if not data.options:
        return html.Section(
            [html.H1("There are no classifiers to show"), html.P(with_code("Run `make results`."))],
            className="message",
        )
    dataset = read_choice(query, [data])["data"]
    offered = parameters(results, dataset)
    choice = read_choice(query, offered, [FALL])
    # said here and not only by a callback: what comes later would push the page down
    given = (choice[each.name] for each in offered[:4])
    said, left, heading, title = update_headline(results, *given)
    content = [
        html.H1(DESCRIPTION),
        html.P(said, id="overview-headline", className="lead-sentence", **aria(live="polite")),
        html.P(left, id="overview-remainder", className="second-sentence"),
        html.P(
            [sentences.what_was_compared(results), " ", sentences.provenance(results)],
            className="fine",
        ),
        html.Div(_controls(results, offered, choice), className="controls"),
        figure_card(PAGE, FALL, heading, height_px=560, as_table=FALL in choice.tables),
        _models_section(results, choice),
    ]
    return page_frame(PAGE, PATH, content, parameters=offered, choice=choice, title=title)


def _controls(results: Results, offered: list[Parameter], choice: Choice) -> list[Component]:
    data, protocol, unit, features = offered[:4]
    used = selection.supervised_protocols(results)
    return [
        # with one data set there is nothing to choose, but the callbacks read it
        html.Div(switch(PAGE, data, choice["data"]), hidden=len(data.options) < 2),
        with_help(
            switch(PAGE, protocol, choice["protocol"]),
            explanations({name: results.protocols[name] for name in used}),
        ),
        switch(PAGE, unit, choice["unit"]),
        menu(PAGE, features, choice["features"]),
        reset_link(PATH),
    ]


def _models_section(results: Results, choice: Choice) -> html.Section:
    link = html.Div(id="compare-link", className="compare-place", **aria(live="polite"))
    return html.Section(
        [
            html.Div(
                [
                    html.H2("All models", id="models-heading", className="card-heading"),
                    grid_tools(MODELS, [link]),
                ],
                className="card-head",
            ),
            html.P(id="models-sentence", className="card-sentence"),
            model_grid(
                selection.stages(results), models_address(results, choice["data"]), choice.values
            ),
        ],
        id=f"{MODELS}-card",
        className="figure-card",
        **data(page=PAGE, card=MODELS, grid=GRID),
        **aria(labelledby="models-heading"),
    )


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    names = ("protocol", "unit", "features")
    data = control_input(PAGE, "data")
    protocol, unit, features = (control_input(PAGE, name) for name in names)
    mode, picked = shell.MODE, Input(GRID, "selectedRows")

    controls = [data, protocol, unit, features]
    register_phone_grid(app, GridAddress(PAGE, GRID, (), ticks={}))

    @app.callback(
        [
            *[
                Output(control_id(PAGE, name), part)
                for part in ("options", "value")
                for name in names
            ],
            Output(address_id(PAGE), "data"),
        ],
        data,
        [State(control_id(PAGE, name), "value") for name in names],
        prevent_initial_call=True,
    )
    def options(*chosen: str) -> list[Any]:
        return update_options(state.current(), *chosen)

    @app.callback(
        Output("overview-headline", "children"),
        Output("overview-remainder", "children"),
        Output(f"{FALL}-heading", "children"),
        Output(title_id(PAGE), "data"),
        controls,
        prevent_initial_call=True,
    )
    def headline(*chosen: str) -> tuple[str, ...]:
        return update_headline(state.current(), *chosen)

    @app.callback(card_outputs(FALL), controls, mode, Input(shell.NARROW, "data"), picked)
    def fall(*chosen: Any) -> tuple[Any, ...]:
        return card_values(update_fall(state.current(), *chosen))

    @app.callback(Output("models-sentence", "children"), Output(GRID, "rowData"), controls)
    def models(*chosen: str) -> tuple[str, list[dict[str, Any]]]:
        return update_models(state.current(), *chosen)

    @app.callback(Output("compare-link", "children"), picked, protocol, unit)
    def link(*chosen: Any) -> Component:
        return update_compare_link(state.current(), *chosen)
