"""Compare: any number of models side by side, on the same data under the same protocol."""

from functools import partial
from typing import Any

from dash import (
    ALL,
    Dash,
    Input,
    Output,
    State,
    ctx,
    html,
    no_update,
)
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
from dashboard.components.model_picker import model_picker, register_picker
from dashboard.components.opening import Opening, opening_store
from dashboard.pages import compare_cards
from dashboard.pages.compare_cards import CELLS, METRIC
from dashboard.pages.compare_size import update_size
from dashboard.pages.compare_updates import (
    PATH,
    pair_parameters,
    unit_parameter,
    update_header,
    update_options,
    update_sections,
    without_model,
)
from dashboard.query import Choice, Parameter, read_choice
from dashboard.rows import selection
from dashboard.rows.comparison import models_parameter, protocol_parameter
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState

NAME = "Compare"
TITLE = "Compare · GenreLens"
DESCRIPTION = "Any number of models side by side: genres, confusions, agreement, tests."
PAGE = "compare"
BY_GENRE, MATRICES, DIFFERENCE, PAIR = "by-genre", "matrices", "difference", "pair"
AGREEMENT, SIGNIFICANCE, SIZE, SEEDS = "agreement", "significance", "size", "seeds"
CARDS = [BY_GENRE, MATRICES, DIFFERENCE, PAIR, AGREEMENT, SIGNIFICANCE, SIZE, SEEDS]
SECTIONS = ["scores", "pair-cards", "tests", "size-card", "seed-card"]


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    models = models_parameter(results)
    if not models.options:
        return html.Section(
            [html.H1("There are no models to compare"), html.P(with_code("Run `make results`."))],
            className="message",
        )
    chosen = read_choice(query, [models])["models"]
    protocol = protocol_parameter(results, chosen)
    unit = unit_parameter(results, chosen, read_choice(query, [protocol])["protocol"])
    offered = [models, protocol, unit, *pair_parameters(results, chosen), METRIC, CELLS]
    choice = read_choice(query, offered, CARDS)
    header = update_header(results, choice["models"], choice["protocol"], choice["unit"])
    said, chips, notes, summary, title = header
    content = [
        html.H1("Which model is better, and where?"),
        html.P(said, id="compare-headline", className="lead-sentence", **aria(live="polite")),
        model_picker(PAGE, models, choice, summary),
        html.Ul(chips, id="compare-chips", className="picked", **aria(label="Chosen models")),
        html.Div(_controls(results, protocol, unit, choice), className="controls"),
        html.Div(notes, id="compare-notes", **aria(live="polite")),
        *_sections(results, offered, choice),
    ]
    content.append(opening_store(PAGE))
    return page_frame(PAGE, PATH, content, parameters=offered, choice=choice, title=title)


def _controls(
    results: Results, protocol: Parameter, unit: Parameter, choice: Choice
) -> list[Component]:
    used = selection.supervised_protocols(results)
    return [
        with_help(
            switch(PAGE, protocol, choice["protocol"]),
            explanations({name: results.protocols[name] for name in used}),
        ),
        switch(PAGE, unit, choice["unit"]),
        reset_link(PATH),
    ]


def _sections(results: Results, offered: list[Parameter], choice: Choice) -> list[html.Div]:
    """Return the empty cards, in sections that are hidden where they do not apply."""
    a, b = (parameter for parameter in offered if parameter.name in ("a", "b"))
    metric, cells = switch(PAGE, METRIC, choice["metric"]), switch(PAGE, CELLS, choice["cells"])
    chosen = [menu(PAGE, a, choice["a"]), menu(PAGE, b, choice["b"])]
    pair: list[Component] = [
        html.Div(chosen, className="controls"),
        html.Div(
            [
                _card(DIFFERENCE, "Confusions of A minus those of B", 520, choice),
                _card(PAIR, "Who is right when", 520, choice),
            ],
            className="card-columns",
        ),
    ]
    tests: list[Component] = [
        _card(AGREEMENT, "How often they agree", 520, choice),
        _card(SIGNIFICANCE, "Better, or tied?", 520, choice),
    ]
    contents: list[list[Component]] = [
        [
            _card(BY_GENRE, "Genre by genre", 640, choice, [metric]),
            _card(MATRICES, "Confusions side by side", 390, choice, [cells]),
            alternatives_store(MATRICES),
            alternatives_store(DIFFERENCE),
        ],
        pair,
        [html.Div(tests, className="card-columns")],
        [_card(SIZE, "What fewer training tracks cost", 320, choice)],
        [_card(SEEDS, "How far chance moves a score", 320, choice)],
    ]
    hidden = update_sections(results, choice["models"], choice["protocol"], choice["unit"])
    return [
        html.Div(content, id=f"compare-{name}", hidden=not_there)
        for name, content, not_there in zip(SECTIONS, contents, hidden, strict=True)
    ]


def _card(
    card_id: str, title: str, height: int, choice: Choice, controls: list[Component] | None = None
) -> html.Section:
    shown = card_id in choice.tables
    return figure_card(
        PAGE, card_id, title, height_px=height, as_table=shown, controls=controls or []
    )


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    changing = ("protocol", "unit", "a", "b")
    models = control_input(PAGE, "models")
    outputs = [
        *[
            Output(control_id(PAGE, name), part)
            for part in ("options", "value")
            for name in changing
        ],
        Output(address_id(PAGE), "data"),
    ]

    @app.callback(
        outputs,
        models,
        control_input(PAGE, "protocol"),
        [State(control_id(PAGE, name), "value") for name in changing[1:]],
        prevent_initial_call=True,
    )
    def options(*chosen: Any) -> list[Any]:
        return update_options(state.current(), *chosen)

    @app.callback(
        Output(control_id(PAGE, "models"), "value"),
        Input({"type": "drop-model", "model": ALL}, "n_clicks"),
        State(control_id(PAGE, "models"), "value"),
        prevent_initial_call=True,
    )
    def drop(clicks: list[int | None], models: list[str]) -> Any:
        if not any(clicks):  # chips that are only drawn press nothing
            return no_update
        return without_model(models, ctx.triggered_id["model"])

    register_picker(app, PAGE)
    _register_page(app, state)
    _register_cards(app, state)


def _register_page(app: Dash, state: ResultsState) -> None:
    """Connect what is said above the cards, and which of them apply."""
    runs = [control_input(PAGE, name) for name in ("models", "protocol", "unit")]

    @app.callback(
        Output("compare-headline", "children"),
        Output("compare-chips", "children"),
        Output("compare-notes", "children"),
        Output("compare-summary", "children"),
        Output(title_id(PAGE), "data"),
        *runs,
        prevent_initial_call=True,
    )
    def header(*chosen: Any) -> tuple[Any, ...]:
        return update_header(state.current(), *chosen)

    @app.callback(
        [Output(f"compare-{name}", "hidden") for name in SECTIONS],
        *runs,
        prevent_initial_call=True,
    )
    def sections(*chosen: Any) -> list[bool]:
        return update_sections(state.current(), *chosen)


def _register_cards(app: Dash, state: ResultsState) -> None:
    """Connect the cards."""
    runs = [control_input(PAGE, name) for name in ("models", "protocol", "unit")]
    metric, cells, a, b = (control_input(PAGE, name) for name in ("metric", "cells", "a", "b"))
    mode, narrow = shell.MODE, Input(shell.NARROW, "data")
    opening = Opening(app, PAGE)

    @opening.callback(card_outputs(BY_GENRE), runs, metric, mode)
    def by_genre(*chosen: Any) -> tuple[Any, ...]:
        return card_values(compare_cards.update_genres(state.current(), *chosen))

    register_alternatives(app, MATRICES, cells)
    register_alternatives(app, DIFFERENCE, cells)

    @opening.callback(
        [alternatives_output(MATRICES), Output(f"{MATRICES}-figure", "style")], runs, mode, narrow
    )
    def matrices(*chosen: Any) -> tuple[Any, ...]:
        *run, mode, narrow = chosen
        draw: Any = partial(compare_cards.update_matrices, state.current(), *run)
        drawn = {option: draw(option, mode, narrow) for option in CELLS.options}
        contents = alternatives(CELLS, lambda option: drawn[option][0], mode)
        return contents, drawn[CELLS.default][1]

    @opening.callback(alternatives_output(DIFFERENCE), runs, a, b, mode)
    def difference(*chosen: Any) -> dict[str, Any]:
        *run, a, b, mode = chosen
        draw: Any = partial(compare_cards.update_difference, state.current(), *run)
        return alternatives(CELLS, lambda option: draw(option, a, b, mode), mode)

    @opening.callback(card_outputs(PAIR), runs, a, b, mode)
    def pair(*chosen: Any) -> tuple[Any, ...]:
        return card_values(compare_cards.update_pair(state.current(), *chosen))

    @opening.callback(card_outputs(AGREEMENT), runs, mode)
    def agreement(*chosen: Any) -> tuple[Any, ...]:
        return card_values(compare_cards.update_agreement(state.current(), *chosen))

    @opening.callback(card_outputs(SIGNIFICANCE), runs, mode, narrow)
    def significance(*chosen: Any) -> tuple[Any, ...]:
        return card_values(compare_cards.update_significance(state.current(), *chosen))

    @opening.callback(card_outputs(SIZE), runs, mode)
    def size(*chosen: Any) -> tuple[Any, ...]:
        return card_values(update_size(state.current(), *chosen))

    @opening.callback(card_outputs(SEEDS), runs, mode)
    def seeds(*chosen: Any) -> tuple[Any, ...]:
        return card_values(compare_cards.update_seeds(state.current(), *chosen))

    opening.register()
