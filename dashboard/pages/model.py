"""Model: one model under one protocol, genre by genre."""

from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.alternatives import (
    alternatives,
    alternatives_output,
    alternatives_store,
    register_alternatives,
)
from dashboard.components.attributes import aria
from dashboard.components.card import card_outputs, card_values, figure_card
from dashboard.components.controls import (
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
from dashboard.components.opening import Opening, opening_store
from dashboard.pages import model_cards, model_sections
from dashboard.pages.model_network import track_parameter
from dashboard.pages.model_notes import update_notes
from dashboard.pages.model_sections import update_shown
from dashboard.pages.model_updates import (
    model_parameter,
    run_parameters,
    update_clusters,
    update_confusion,
    update_genres,
    update_header,
    update_options,
    update_sections,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.rows import selection
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState

PATH, NAME = "/model", "Model"
TITLE = "Model · GenreLens"
DESCRIPTION = "One model under one protocol: scores by genre, confusions, training, parameters."
PAGE = "model"
GENRES, CONFUSION, CLUSTERS = "genres", "confusion", "model-clusters"
ORDER = Parameter("order", "Genres", {"score": "by F1", "name": "by name"}, "score")
SHOW = Parameter("confusion", "Cells", {"counts": "counts", "shares": "percent"}, "counts")
CARDS = [GENRES, CONFUSION, *model_cards.CARDS, CLUSTERS]


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    models = model_parameter(results)
    first = read_choice(query, [models])
    protocol, unit = run_parameters(results, first["model"])
    track = track_parameter(results, first["model"])
    offered = [models, protocol, unit, ORDER, SHOW, *model_sections.PARAMETERS, track]
    choice = read_choice(query, offered, CARDS)
    chosen = (results, choice["model"], choice["protocol"])
    shown = update_shown(*chosen)
    heading, subtitle, chips, facts, title = update_header(*chosen, choice["unit"])
    return page_frame(
        PAGE,
        PATH,
        [
            html.H1(heading, id="model-heading"),
            html.P(subtitle, id="model-subtitle", className="fine", **aria(live="polite")),
            html.Div(_controls(results, offered, choice), className="controls"),
            html.Div(chips, id="model-chips", className="chips-frame"),
            html.Div(
                update_notes(*chosen, choice["unit"]), id="model-notes", className="notes-frame"
            ),
            model_sections.jump_links(shown),
            _scores(choice, hidden=update_sections(*chosen)),
            *model_sections.sections(PAGE, choice, shown, track),
            html.Details(
                [html.Summary("Parameters and provenance"), html.Div(facts, id="model-facts")],
                className="folded",
                id="model-provenance",
            ),
            opening_store(PAGE),
        ],
        parameters=offered,
        choice=choice,
        title=title,
    )


def _controls(results: Results, offered: list[Parameter], choice: Choice) -> list[Component]:
    """Return the controls of the whole page: model, protocol, unit."""
    models, protocol, unit = offered[:3]
    used = selection.supervised_protocols(results)
    return [
        menu(PAGE, models, choice["model"]),
        with_help(
            switch(PAGE, protocol, choice["protocol"]),
            explanations({name: results.protocols[name] for name in used}),
        ),
        switch(PAGE, unit, choice["unit"]),
        reset_link(PATH),
    ]


def _scores(choice: Choice, hidden: tuple[bool, bool]) -> html.Section:
    """Return the first section: scores and confusions, or the clusters' composition."""
    shown = choice.tables
    genres = figure_card(
        PAGE, GENRES, "Scores by genre", height_px=520, as_table=GENRES in shown,
        controls=[switch(PAGE, ORDER, choice["order"]), alternatives_store(GENRES)],
    )  # fmt: skip
    confusion = figure_card(
        PAGE, CONFUSION, "What is taken for what", height_px=520, as_table=CONFUSION in shown,
        controls=[switch(PAGE, SHOW, choice["confusion"]), alternatives_store(CONFUSION)],
    )  # fmt: skip
    worst = html.Ul(id="model-worst", className="card-extra")
    clusters = figure_card(
        PAGE, CLUSTERS, "Genres within each cluster", height_px=560, as_table=CLUSTERS in shown
    )
    more = dcc.Link("See the clusters as a map", href="/clusters")
    return html.Section(
        [
            html.H2("Scores", className="section-heading", id="model-scores-heading"),
            html.Div(
                [genres, html.Div([confusion, worst])],
                id="model-supervised",
                className="card-columns",
                hidden=hidden[0],
            ),
            html.Div([clusters, html.P(more)], id="model-unsupervised", hidden=hidden[1]),
        ],
        id="model-scores",
        className="model-section",
        tabIndex=-1,
        **aria(labelledby="model-scores-heading"),
    )


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    model, protocol, unit, order, show = (
        control_input(PAGE, name) for name in ("model", "protocol", "unit", "order", "confusion")
    )
    mode = shell.MODE
    opening = Opening(app, PAGE)
    _register_header(app, state, [model, protocol, unit])
    model_sections.register_callbacks(app, opening, state, PAGE)

    register_alternatives(app, GENRES, order)
    register_alternatives(app, CONFUSION, show)

    @opening.callback(alternatives_output(GENRES), model, protocol, unit, mode)
    def genres(model: str, protocol: str, unit: str, mode: str) -> dict[str, Any]:
        run = (state.current(), model, protocol, unit)
        return alternatives(ORDER, lambda order: update_genres(*run, order, mode), mode)

    @opening.callback(
        [alternatives_output(CONFUSION), Output("model-worst", "children")],
        [model, protocol, unit],
        mode,
    )
    def confusion(model: str, protocol: str, unit: str, mode: str) -> tuple[Any, ...]:
        run = (state.current(), model, protocol, unit)
        drawn = {show: update_confusion(*run, show, mode) for show in SHOW.options}
        contents = alternatives(SHOW, lambda show: drawn[show][0], mode)
        return contents, drawn[SHOW.default][1]

    @opening.callback(card_outputs(CLUSTERS), model, protocol, mode)
    def clusters(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_clusters(state.current(), *chosen), chosen[-1])

    opening.register()


def _register_header(app: Dash, state: ResultsState, run: list[Input]) -> None:
    """Connect what depends on the run, not on how it is drawn."""
    model, protocol, _ = run

    @app.callback(
        Output(control_id(PAGE, "protocol"), "options"),
        Output(control_id(PAGE, "protocol"), "value"),
        Output(control_id(PAGE, "unit"), "options"),
        Output(control_id(PAGE, "unit"), "value"),
        model,
        State(control_id(PAGE, "protocol"), "value"),
        State(control_id(PAGE, "unit"), "value"),
        prevent_initial_call=True,
    )
    def options(model: str, protocol: str, unit: str) -> tuple[Any, ...]:
        return update_options(state.current(), model, protocol, unit)

    @app.callback(
        Output("model-heading", "children"),
        Output("model-subtitle", "children"),
        Output("model-chips", "children"),
        Output("model-facts", "children"),
        Output(title_id(PAGE), "data"),
        *run,
        prevent_initial_call=True,
    )
    def header(model: str, protocol: str, unit: str) -> tuple[Any, ...]:
        return update_header(state.current(), model, protocol, unit)

    @app.callback(Output("model-notes", "children"), *run, prevent_initial_call=True)
    def notes(model: str, protocol: str, unit: str) -> Component:
        return update_notes(state.current(), model, protocol, unit)

    @app.callback(
        Output("model-supervised", "hidden"),
        Output("model-unsupervised", "hidden"),
        model,
        protocol,
        prevent_initial_call=True,
    )
    def sections(model: str, protocol: str) -> tuple[bool, bool]:
        return update_sections(state.current(), model, protocol)
