"""Tracks: every tested song with what each chosen model answers; a row opens the song."""

from typing import Any, cast

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
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
    options_of,
    page_frame,
    reset_link,
    switch,
    title_id,
    with_help,
)
from dashboard.components.model_picker import model_picker, register_picker
from dashboard.components.tools import grid_tools
from dashboard.components.track_grid import grid_style, track_grid
from dashboard.components.track_panel import keys_button, keys_dialog, track_panel
from dashboard.pages.tracks_choices import (
    CARDS,
    HIDDEN,
    LISTED,
    PATH,
    chosen_list,
    read_address,
    way_back,
)
from dashboard.pages.tracks_folds import register_folds
from dashboard.pages.tracks_sureness import update_sureness
from dashboard.pages.tracks_updates import (
    list_head,
    update_list,
    update_options,
)
from dashboard.pages.tracks_view import update_answers, update_answers_absent, update_track
from dashboard.query import Choice, Parameter, listed
from dashboard.rows import selection
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState
from dashboard.words.track_sentences import list_title

NAME = "Tracks"
TITLE = "Tracks · GenreLens"
DESCRIPTION = "Every tested song, what each model answers, and what is known of it."
PAGE = "tracks"
SURENESS, ANSWERS = CARDS
SPLIT = "tracks-split"
GRID, ROWS = "tracks-grid", "tracks-rows"


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    if not selection.dataset_parameter(results).options:
        return html.Section(
            [html.H1("There are no tracks to show"), html.P(with_code("Run `make results`."))],
            className="message",
        )
    offered, choice = read_address(results, query)
    by_name = {parameter.name: parameter for parameter in offered}
    tracks = chosen_list(results, *(choice[name] for name in LISTED))
    said, chips, summary = list_head(results, tracks)
    content = [
        _way_back(choice),
        html.H1("Which songs do the models get right?"),
        html.P(said, id="tracks-sentence", className="lead-sentence", **aria(live="polite")),
        model_picker(PAGE, by_name["model"], choice, summary),
        html.Ul(chips, id="tracks-chips", className="picked", **aria(label="Chosen models")),
        html.Div(_controls(results, by_name, choice), className="controls"),
        *[dcc.Input(type="hidden", id=control_id(PAGE, n), value=choice[n]) for n in HIDDEN],
        dcc.Store(id=ROWS),
        html.Div(
            [
                _list_section(by_name["columns"], choice, len(tracks.table)),
                track_panel(_answers_card(results, choice), is_open=bool(choice["track"])),
            ],
            id=SPLIT,
            className="tracks-split track-open" if choice["track"] else "tracks-split",
        ),
        html.Div(
            figure_card(
                PAGE, SURENESS, "How sure the leading model is",
                height_px=340, as_table=SURENESS in choice.tables,
            ),
            id=f"{SURENESS}-slot",
        ),
        keys_dialog(),
    ]  # fmt: skip
    title = list_title(results, tracks)
    return page_frame(PAGE, PATH, content, parameters=offered, choice=choice, title=title)


def _answers_card(results: Results, choice: Choice) -> html.Section:
    """Return the empty card of the opened track, a line high for each genre."""
    n_genres = len(results.datasets[choice["data"]]["genres"])
    return figure_card(
        PAGE, ANSWERS, "What the models say",
        height_px=130 + 34 * n_genres, as_table=ANSWERS in choice.tables,
    )  # fmt: skip


def _way_back(choice: Choice) -> html.P | None:
    """Return the link to the page that asked for this list."""
    way = way_back(choice["back"])
    if way is None:
        return None
    link = dcc.Link(f"← Back to {way.name}", href=way.href, id="tracks-back")
    return html.P(link, className="way-back")


def _controls(results: Results, by_name: dict[str, Parameter], choice: Choice) -> list[Component]:
    datasets = by_name["data"]
    used = selection.supervised_protocols(results)
    return [
        html.Div(switch(PAGE, datasets, choice["data"]), hidden=len(datasets.options) < 2),
        with_help(
            menu(PAGE, by_name["protocol"], choice["protocol"]),
            explanations({name: results.protocols[name] for name in used}),
        ),
        *[
            menu(PAGE, by_name[name], choice[name])
            for name in ("true", "predicted", "answer", "sure", "flag", "sort")
        ],
        reset_link(PATH),
    ]


def _list_section(columns: Parameter, choice: Choice, n_rows: int) -> html.Section:
    ticks = dbc.Checklist(
        id=control_id(PAGE, columns.name),
        options=options_of(columns),
        value=listed(choice["columns"]),
        className="column-list",
    )
    chosen = html.Details(
        [html.Summary("Columns", className="tool-button"), html.Div(ticks)],
        className="column-choice",
    )
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Songs", id="tracks-heading", className="card-heading"),
                    grid_tools(PAGE, [keys_button(), chosen]),
                ],
                className="card-head",
            ),
            html.Div(
                track_grid(GRID, n_rows),
                className="tracks-place",
                style=cast(Any, {"--rows": grid_style(n_rows)["--rows"]}),
            ),
        ],
        id=f"{PAGE}-card",
        className="tracks-list figure-card",
        **data(page=PAGE, card=PAGE, grid=GRID),
        **aria(labelledby="tracks-heading"),
    )


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    _register_options(app, state)
    chosen = [control_input(PAGE, name) for name in LISTED]

    @app.callback(
        Output(ROWS, "data"),
        Output("tracks-sentence", "children"),
        Output("tracks-chips", "children"),
        Output("tracks-summary", "children"),
        Output(title_id(PAGE), "data"),
        *chosen,
    )
    def tracks(*choice: Any) -> tuple[Any, ...]:
        return update_list(state.current(), *choice)

    @app.callback(
        *card_outputs(SURENESS),
        Output(f"{SURENESS}-slot", "hidden"),
        *chosen,
        shell.MODE,
    )
    def sureness(*choice: Any) -> tuple[Any, ...]:
        content = update_sureness(state.current(), *choice)
        return *card_values(content, choice[-1]), content is None

    _register_grid(app)
    _register_track(app, state)


def _register_track(app: Dash, state: ResultsState) -> None:
    """Show the opened track, beside the list."""
    names = ("data", "protocol", "model", "track")
    opened = [control_input(PAGE, name) for name in names]

    parts = [Output(f"track-{name}", "children") for name in ("heading", "sound", "content")]

    @app.callback(*parts, *opened)
    def track(*choice: Any) -> tuple[Any, ...]:
        return update_track(state.current(), *choice)

    @app.callback(
        *card_outputs(ANSWERS),
        Output(f"{ANSWERS}-slot", "hidden"),
        Output("track-absent", "children"),
        *opened,
        shell.MODE,
    )
    def answers(*choice: Any) -> tuple[Any, ...]:
        content = update_answers(state.current(), *choice)
        absent = update_answers_absent(state.current(), *choice[:-1])
        return *card_values(content, choice[-1]), content is None, absent

    register_folds(app, state, PAGE)
    app.clientside_callback(
        ClientsideFunction("tracks", "opened"),
        Output(SPLIT, "className"),
        Output("track-panel", "hidden"),
        Output("track-place", "children"),
        control_input(PAGE, "track"),
        Input(GRID, "rowData"),
        Input(GRID, "columnDefs"),
    )


def _register_options(app: Dash, state: ResultsState) -> None:
    """Offer the protocols, models and genres of a data set."""
    changing = ("protocol", "model", "true", "predicted")

    @app.callback(
        *[Output(control_id(PAGE, name), "options") for name in changing],
        *[Output(control_id(PAGE, name), "value") for name in changing],
        Output(address_id(PAGE), "data"),
        control_input(PAGE, "data"),
        control_input(PAGE, "protocol"),
        *[State(control_id(PAGE, name), "value") for name in changing[1:]],
        prevent_initial_call=True,
    )
    def options(*chosen: Any) -> list[Any]:
        return update_options(state.current(), *chosen)


def _register_grid(app: Dash) -> None:
    """Draw rows and columns in the browser (functions of assets/tracks_grid.js)."""
    register_picker(app, PAGE)
    columns = control_id(PAGE, "columns")
    app.clientside_callback(
        ClientsideFunction("tracks", "keptColumns"),
        Output(columns, "value"),
        Input(columns, "id"),
        State(columns, "options"),
    )
    app.clientside_callback(
        ClientsideFunction("tracks", "rows"),
        Output(GRID, "rowData"),
        Output(GRID, "style"),
        Input(ROWS, "data"),
        State(GRID, "style"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("tracks", "columns"),
        Output(GRID, "columnDefs"),
        Output(GRID, "dashGridOptions"),
        Input(ROWS, "data"),
        control_input(PAGE, "columns"),
        control_input(PAGE, "sort"),
        Input(shell.NARROW, "data"),
        State(GRID, "dashGridOptions"),
    )
