"""Data: what the models learn from, and what is wrong with it."""

from itertools import chain
from typing import Any

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.attributes import aria
from dashboard.components.card import card_outputs, card_values, figure_card
from dashboard.components.controls import (
    control_id,
    control_input,
    menu,
    page_frame,
    reset_link,
    switch,
    title_id,
)
from dashboard.components.grid_address import GridAddress, fields_of
from dashboard.components.label_grids import (
    COPIES_BLOCK,
    COPIES_COLUMNS,
    LABEL_BLOCK,
    LABEL_COLUMNS,
    label_grid,
)
from dashboard.components.opening import Opening, opening_store
from dashboard.components.phone_rows import grid_parameters, register_phone_grid
from dashboard.pages.data_choices import (
    dataset_parameter,
    feature_parameter,
    features_parameter,
)
from dashboard.pages.data_shown import update_shown
from dashboard.pages.data_updates import (
    update_correlations,
    update_distribution,
    update_duplicates,
    update_genres,
    update_header,
    update_options,
    update_suspicious,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState

PATH, NAME = "/data", "Data"
TITLE = "Data · GenreLens"
DESCRIPTION = "Genres, features, duplicates and doubtful labels of the data behind the models."
PAGE = "data"
GENRES, DISTRIBUTIONS, CORRELATIONS = "data-genres", "distributions", "correlations"
DUPLICATES, SUSPICIOUS = "duplicates", "suspicious"
CARDS = {
    GENRES: ("Genres", 600),
    CORRELATIONS: ("Which features say the same", 600),
    DISTRIBUTIONS: ("One feature by genre", 460),
    DUPLICATES: ("Copies", 420),
    SUSPICIOUS: ("Labels to doubt", 560),
}
DUPLICATES_GRID, SUSPICIOUS_GRID = "duplicates-grid", "suspicious-grid"
GRIDS = {
    DUPLICATES: (
        COPIES_COLUMNS, COPIES_BLOCK,
        GridAddress(PAGE, DUPLICATES_GRID, fields_of(COPIES_COLUMNS), "copies-"),
    ),
    SUSPICIOUS: (
        LABEL_COLUMNS, LABEL_BLOCK,
        GridAddress(PAGE, SUSPICIOUS_GRID, fields_of(LABEL_COLUMNS), "labels-"),
    ),
}  # fmt: skip


def parameters(results: Results, query: dict[str, Any]) -> list[Parameter]:
    """Return what a visitor can choose here; the later depend on the earlier."""
    datasets = dataset_parameter(results)
    chosen = read_choice(query, [datasets])["dataset"]
    features = features_parameter(results, chosen)
    feature = feature_parameter(results, chosen, read_choice(query, [features])["features"])
    grids = [grid_parameters(block, kept) for _, block, kept in GRIDS.values()]
    return [datasets, features, feature, *chain(*grids)]


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    offered = parameters(results, query)
    choice = read_choice(query, offered, CARDS)
    chosen = (choice["dataset"], choice["features"])
    hidden, reasons = update_shown(results, *chosen)
    source, title = update_header(results, *chosen)
    return page_frame(
        PAGE,
        PATH,
        [
            html.H1("What do the models learn from?"),
            html.P(source, id="data-source", className="fine", **aria(live="polite")),
            html.Div(_controls(offered, choice), className="controls"),
            html.Div([html.P(text) for text in reasons], id="data-reasons", className="fine"),
            html.Div(
                [_slot(card, offered[2], choice, hidden=hidden[card]) for card in CARDS],
                className="slots",
            ),
            opening_store(PAGE),
        ],
        parameters=offered,
        choice=choice,
        title=title,
    )


def _controls(offered: list[Parameter], choice: Choice) -> list[Component]:
    """Return the choice of data set and representation, each where there is one to make."""
    datasets, features = offered[:2]
    return [
        html.Div(switch(PAGE, datasets, choice["dataset"]), hidden=len(datasets.options) < 2),
        html.Div(
            menu(PAGE, features, choice["features"]),
            id="data-features",
            hidden=len(features.options) < 2,
        ),
        reset_link(PATH),
    ]


def _slot(card: str, feature: Parameter, choice: Choice, *, hidden: bool) -> html.Div:
    """Return one empty card with its menu and its grid, hidden where there is nothing for it."""
    title, height_px = CARDS[card]
    controls = [menu(PAGE, feature, choice["feature"])] if card == DISTRIBUTIONS else []
    parts: list[Component] = [
        figure_card(
            PAGE, card, title,
            height_px=height_px, as_table=card in choice.tables, controls=controls,
        )
    ]  # fmt: skip
    if card in GRIDS:
        parts.append(label_grid(*GRIDS[card], choice.values))
    looks = f"slot slot-{card}"
    return html.Div(parts, id=f"{card}-slot", className=looks, hidden=hidden)


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    dataset, features, feature = (
        control_input(PAGE, name) for name in ("dataset", "features", "feature")
    )
    mode, opening = shell.MODE, Opening(app, PAGE)
    for *_, kept in GRIDS.values():
        register_phone_grid(app, kept)
    _register_options(app, state, dataset, features)
    _register_header(app, state, dataset, features)

    @opening.callback(card_outputs(GENRES), dataset, features, mode)
    def genres(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_genres(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(DISTRIBUTIONS), dataset, features, feature, mode)
    def distributions(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_distribution(state.current(), *chosen), chosen[-1])

    @opening.callback(
        card_outputs(CORRELATIONS), dataset, features, mode, Input(shell.NARROW, "data")
    )
    def correlations(dataset: str, features: str, mode: str, narrow: bool) -> tuple[Any, ...]:
        content = update_correlations(state.current(), dataset, features, mode, bool(narrow))
        return card_values(content, mode)

    @opening.callback(
        [*card_outputs(DUPLICATES), Output(DUPLICATES_GRID, "rowData")], dataset, features, mode
    )
    def duplicates(*chosen: str) -> tuple[Any, ...]:
        content, rows = update_duplicates(state.current(), *chosen)
        return *card_values(content, chosen[-1]), rows

    @opening.callback(
        [*card_outputs(SUSPICIOUS), Output(SUSPICIOUS_GRID, "rowData")], dataset, features, mode
    )
    def suspicious(*chosen: str) -> tuple[Any, ...]:
        content, rows = update_suspicious(state.current(), *chosen)
        return *card_values(content, chosen[-1]), rows

    opening.register()


def _register_options(app: Dash, state: ResultsState, dataset: Input, features: Input) -> None:
    """Offer the representations of a data set and the features of a representation."""

    @app.callback(
        Output(control_id(PAGE, "features"), "options"),
        Output(control_id(PAGE, "features"), "value"),
        Output("data-features", "hidden"),
        Output(control_id(PAGE, "feature"), "options"),
        Output(control_id(PAGE, "feature"), "value"),
        Output({"type": "address", "page": PAGE}, "data"),
        dataset,
        features,
        State(control_id(PAGE, "feature"), "value"),
        State({"type": "address", "page": PAGE}, "data"),
        prevent_initial_call=True,
    )
    def options(*chosen: Any) -> tuple[Any, ...]:
        return update_options(state.current(), *chosen)


def _register_header(app: Dash, state: ResultsState, dataset: Input, features: Input) -> None:
    """Say where the data come from, and what is not there."""

    @app.callback(
        Output("data-source", "children"),
        Output(title_id(PAGE), "data"),
        dataset,
        features,
        prevent_initial_call=True,
    )
    def header(dataset: str, features: str) -> tuple[str, str]:
        return update_header(state.current(), dataset, features)

    @app.callback(
        *[Output(f"{card}-slot", "hidden") for card in CARDS],
        Output("data-reasons", "children"),
        dataset,
        features,
        prevent_initial_call=True,
    )
    def shown(dataset: str, features: str) -> tuple[Any, ...]:
        hidden, reasons = update_shown(state.current(), dataset, features)
        return *(hidden[card] for card in CARDS), [html.P(text) for text in reasons]
