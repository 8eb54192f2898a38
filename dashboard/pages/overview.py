"""Overview: what was compared, how far scores fall on new songs and artists, all models."""

from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard import selection, sentences, shell, theme
from dashboard.components.attributes import aria
from dashboard.components.card import CardContent, card_outputs, card_values, figure_card
from dashboard.components.controls import (
    control_input,
    explanations,
    menu,
    page_frame,
    reset_link,
    switch,
    with_help,
)
from dashboard.components.formats import format_points, format_score, format_seconds
from dashboard.components.model_table import model_columns
from dashboard.figures.fall import fall_figure, line_styles
from dashboard.query import Parameter, read_choice
from dashboard.state import Results, State, current_state

PATH, NAME = "/", "Overview"
TITLE = "Overview · GenreLens"
DESCRIPTION = "How good are genre classifiers on music that they have not heard?"
PAGE = "overview"
FALL = "fall"
GRID = "models-grid"


def parameters(results: Results) -> list[Parameter]:
    """Return what a visitor can choose here."""
    protocols = selection.supervised_protocols(results)
    runs = results.runs[results.runs["protocol"].isin(protocols)]
    return [
        selection.protocol_parameter(results, protocols),
        selection.unit_parameter(results, runs["id"]),
        selection.representation_parameter(results, runs),
    ]


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    protocol, unit, features = offered = parameters(results)
    choice = read_choice(query, offered, [FALL])
    controls = [
        with_help(
            switch(PAGE, protocol, choice["protocol"]),
            explanations({name: results.protocols[name] for name in _listed(results)}),
        ),
        switch(PAGE, unit, choice["unit"]),
        menu(PAGE, features, choice["features"]),
        reset_link(PATH),
    ]
    return page_frame(
        PAGE,
        PATH,
        [
            html.H1(DESCRIPTION),
            html.P(id="overview-headline", className="lead-sentence"),
            html.P(
                [sentences.what_was_compared(results), " ", sentences.provenance(results)],
                className="fine",
            ),
            html.Div(controls, className="controls"),
            figure_card(
                PAGE,
                FALL,
                "How scores fall when the music is new",
                height_px=520,
                as_table=FALL in choice.tables,
            ),
            _models_section(selection.label(results, _listed(results)[0])),
        ],
        parameters=offered,
        choice=choice,
    )


def _listed(results: Results) -> list[str]:
    return selection.supervised_protocols(results)


def _models_section(leakiest: str) -> html.Section:
    grid = dag.AgGrid(
        id=GRID,
        columnDefs=model_columns(leakiest),
        rowData=[],
        defaultColDef={
            "sortable": True,
            "filter": True,
            "resizable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "suppressHeaderFilterButton": False,
        },
        dashGridOptions={
            "domLayout": "autoHeight",
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
            "theme": {"function": "themeQuartz"},
        },
        className="models-grid",
        csvExportParams={"fileName": "genrelens-models.csv"},
        style={"height": None, "width": "100%"},
    )
    return html.Section(
        [
            html.Div(html.H2("All models", id="models-heading"), className="card-head"),
            html.P(id="models-sentence", className="card-sentence"),
            grid,
        ],
        className="figure-card",
        **aria(labelledby="models-heading"),
    )


def update_headline(results: Results, protocol: str, unit: str, features: str) -> tuple[str, str]:
    """Return the sentence that a meeting reads first, and the window's title."""
    tested = selection.label(results, selection.protocol_of(results, protocol))
    title = f"{NAME}: {tested}, {selection.UNITS[unit]} · GenreLens"
    return sentences.headline(results, unit, features), title


def update_fall(
    results: Results, protocol: str, unit: str, features: str, mode: object, narrow: bool = False
) -> CardContent:
    """Return the slope chart with its sentence and numbers."""
    runs = selection.scored_runs(results, unit=unit, representation=features)
    used = [name for name in _listed(results) if name in set(runs["protocol"])]
    labels = {name: selection.label(results, name) for name in used}
    figure = fall_figure(
        runs,
        labels,
        mode=theme.as_mode(mode),
        unit=selection.UNITS[unit],
        chosen=selection.protocol_of(results, protocol),
        narrow=narrow,
    )
    said = [
        sentences.fall(results, runs, unit),
        sentences.training_sizes(results, runs),
        sentences.line_meanings(results, line_styles(runs)),
    ]
    table = pd.DataFrame(
        {
            "Model": runs["name"],
            "Protocol": runs["protocol"].map(labels),
            "Unit": selection.UNITS[unit],
            "Accuracy": runs["value"],
            "95 % low": runs["ci_low"],
            "95 % high": runs["ci_high"],
            "Training tracks": runs["n_training_tracks"],
        }
    )
    return CardContent(" ".join(filter(None, said)), figure, table)


def update_models(
    results: Results, protocol: str, unit: str, features: str
) -> tuple[str, list[dict[str, Any]]]:
    """Return the sentence over the table of models, and its rows, best first."""
    chosen = selection.protocol_of(results, protocol)
    accuracy = selection.scored_runs(results, unit=unit, representation=features)
    f1 = selection.scored_runs(results, unit=unit, metric="macro_f1", representation=features)
    first = selection.supervised_protocols(results)[0]
    published = accuracy[accuracy["protocol"] == first].set_index("served_id")["value"]
    f1 = f1.set_index("id")
    rows = accuracy[accuracy["protocol"] == chosen].sort_values("value", ascending=False)
    data = [_grid_row(results, run, f1, published, unit) for _, run in rows.iterrows()]
    return (
        f"{len(data)} models under “{selection.label(results, chosen)}”, counting "
        f"{selection.UNITS[unit]}. In brackets: 95 % interval. “Against "
        f"{selection.label(results, first)}” is this score minus the same model's score there.",
        data,
    )


def _grid_row(
    results: Results, run: pd.Series, f1: pd.DataFrame, published: pd.Series, unit: str
) -> dict[str, Any]:
    features = selection.short(results, run["representation"])
    slug = results.protocols[run["protocol"]]["slug"]
    macro = f1.loc[run["id"]] if run["id"] in f1.index else None
    before = published.get(run["served_id"])
    change = None if before is None else run["value"] - before
    return {
        "model": run["name"],
        "link": f"/model?model={run['served_id']}&protocol={slug}&unit={unit}",
        "accuracy": run["value"],
        "accuracy_text": sentences.score_of(run),
        "macro_f1": None if macro is None else macro["value"],
        "macro_f1_text": format_score(None) if macro is None else sentences.score_of(macro),
        "against": change,
        "against_text": format_points(change),
        "protocol": selection.label(results, run["protocol"]),
        "data": f"{selection.data_title(results, run['dataset'])}, {features}",
        "train_s": None if pd.isna(run["train_s"]) else run["train_s"],
        "train_s_text": format_seconds(run["train_s"]),
    }


def register_callbacks(app: Dash, state: State) -> None:
    """Connect the controls with what they change."""
    protocol, unit, features = (
        control_input(PAGE, name) for name in ("protocol", "unit", "features")
    )
    mode = Input(shell.COLOUR_MODE, "data")

    @app.callback(
        Output("overview-headline", "children"),
        Output(shell.DOCUMENT_TITLE, "data", allow_duplicate=True),
        protocol,
        unit,
        features,
        prevent_initial_call="initial_duplicate",
    )
    def headline(protocol: str, unit: str, features: str) -> tuple[str, str]:
        return update_headline(state.current(), protocol, unit, features)

    @app.callback(card_outputs(FALL), protocol, unit, features, mode, Input(shell.NARROW, "data"))
    def fall(protocol: str, unit: str, features: str, mode: str, narrow: bool) -> tuple[Any, ...]:
        content = update_fall(state.current(), protocol, unit, features, mode, bool(narrow))
        return card_values(content)

    @app.callback(
        Output("models-sentence", "children"), Output(GRID, "rowData"), protocol, unit, features
    )
    def models(protocol: str, unit: str, features: str) -> tuple[str, list[dict[str, Any]]]:
        return update_models(state.current(), protocol, unit, features)
