"""Clusters: what the features say on their own, without genre labels."""

from typing import Any, Literal

import pandas as pd
from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import model_sentences, selection, shell, theme
from dashboard.components.card import CardContent, card_outputs, card_values, figure_card
from dashboard.components.controls import (
    control_id,
    control_input,
    menu,
    options_of,
    page_frame,
    reset_link,
    switch,
)
from dashboard.components.facts import score_chips
from dashboard.components.formats import format_count, format_percent
from dashboard.figures.embedding import embedding_figure
from dashboard.pages.model_updates import cluster_counts, composition_content
from dashboard.query import Choice, Parameter, read_choice
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState

PATH, NAME = "/clusters", "Clusters"
TITLE = "Clusters · GenreLens"
DESCRIPTION = "Principal components and clusters of the features, against the genres."
PAGE = "clusters"
MAP, COMPOSITION = "map", "composition"
DIMENSIONS = Parameter("dimensions", "Dimensions", {"2": "2", "3": "3"}, "2")
COLOUR = Parameter("colour", "Colour", {"genre": "genre", "cluster": "cluster"}, "genre")
MOST_POINTS = 1500  # as SVG, what a phone still pans without a pause


def clusterings(results: Results) -> pd.DataFrame:
    """Return the unsupervised runs."""
    runs = results.runs
    return runs[(runs["technique"] == "unsupervised") & (runs["variant"] == "")]


def features_parameter(results: Results) -> Parameter:
    """Return the choice of what the clusters were made of."""
    runs = clusterings(results)
    several = len(results.datasets) > 1
    names = {}
    for _, run in runs.iterrows():
        name = selection.short(results, run["representation"])
        suffix = f" · {selection.data_title(results, run['dataset'])}" if several else ""
        names[f"{run['dataset']}.{run['representation']}"] = name + suffix
    return Parameter("features", "Features", names, next(iter(names), ""))


def model_parameter(results: Results, features: str) -> Parameter:
    """Return the choice of clustering among those of one representation."""
    runs = clusterings(results)
    own = runs[runs["dataset"] + "." + runs["representation"] == features]
    names = dict(zip(own["model"], own["title"], strict=True))
    return Parameter("model", "Clustering", names, next(iter(names), ""))


def layout(**query: Any) -> Component:
    """Return the page for the choice that its address stands for."""
    results = current_state().current()
    features = features_parameter(results)
    if not features.options:
        return html.Section(
            [
                html.H1("There are no clusters to show"),
                html.P("These results hold no clustering model. Run `make results` to add them."),
            ],
            className="message",
        )
    model = model_parameter(results, read_choice(query, [features])["features"])
    offered = [features, model, COLOUR, DIMENSIONS]
    choice = read_choice(query, offered, [MAP, COMPOSITION])
    controls = [
        switch(PAGE, features, choice["features"]),
        menu(PAGE, model, choice["model"]),
        reset_link(PATH),
    ]
    return page_frame(
        PAGE,
        PATH,
        [
            html.H1("Do clusters found without labels follow the genres?"),
            html.P(id="clusters-sentence", className="lead-sentence"),
            html.Div(controls, className="controls"),
            html.Div(id="clusters-chips", className="chips-frame"),
            html.P(id="clusters-purity", className="fine"),
            html.Div(_cards(choice), className="card-columns"),
        ],
        parameters=offered,
        choice=choice,
    )


def _cards(choice: Choice) -> list[html.Section]:
    """Return the empty cards of the map and of the clusters' composition."""
    switches = [
        switch(PAGE, COLOUR, choice["colour"]),
        switch(PAGE, DIMENSIONS, choice["dimensions"]),
    ]
    shown = choice.tables
    return [
        figure_card(
            PAGE, MAP, "The features as a map",
            height_px=560, as_table=MAP in shown, controls=switches,
        ),
        figure_card(
            PAGE, COMPOSITION, "Genres within each cluster",
            height_px=560, as_table=COMPOSITION in shown,
        ),
    ]  # fmt: skip


def update_options(results: Results, features: str, model: str) -> tuple[list[dict[str, str]], str]:
    """Return options and value of the clustering for another representation."""
    offered = model_parameter(results, features)
    return options_of(offered), model if model in offered.options else offered.default


def update_agreement(
    results: Results, features: str, model: str
) -> tuple[str, Component, str, str]:
    """Return the sentence on ARI and NMI, chips, the sentence on purity, the window's title."""
    run = _run(results, features, model)
    scores = model_sentences.cluster_scores(results.scores, run["id"])
    return (
        model_sentences.agreement_sentence(scores),
        score_chips(scores.reset_index()),
        model_sentences.purity_sentence(cluster_counts(results, run["id"])),
        f"{run['title']} · {selection.short(results, run['representation'])} · GenreLens",
    )


def update_map(
    results: Results, features: str, model: str, colour: str, dimensions: str, mode: object
) -> CardContent:
    """Return the scatter of principal components, coloured by genre or by cluster."""
    run = _run(results, features, model)
    rows = results.embedding(run["dataset"], run["representation"])
    rows = rows.merge(results.clusters(run["id"]), on=["track_id", "segment"])
    drawn, how = drawn_rows(rows)
    drawn = drawn.assign(cluster=[cluster_name(number) for number in drawn["cluster"]])
    by_genre = colour != "cluster"
    clusters = [cluster_name(number) for number in range(int(rows["cluster"].max()) + 1)]
    groups = sorted(set(rows["genre"])) if by_genre else clusters
    shown = theme.as_mode(mode)
    colours, symbols = theme.group_looks(groups, shown, are_genres=by_genre)
    points = drawn.assign(
        group=drawn["genre"] if by_genre else drawn["cluster"],
        text=drawn["track_id"] + "<br>" + drawn["genre"] + ", " + drawn["cluster"],
    )
    axes: Literal[2, 3] = 3 if dimensions == "3" else 2
    figure = embedding_figure(points, groups, colours, symbols, dimensions=axes, mode=shown)
    variance = results.explained_variance(run["dataset"], run["representation"])[:axes]
    said = (
        f"Each point is {how}, placed by the first {axes} principal components, which hold "
        f"{format_percent(sum(variance))} of the variance of the features, and coloured by "
        f"{colour}. Points that are apart here differ; points that meet may differ in what is "
        "not drawn."
    )
    table = drawn[["track_id", "segment", "genre", "cluster", "pc1", "pc2", "pc3"]]
    names = ["Track", "Segment", "Genre", "Cluster", "Component 1", "Component 2", "Component 3"]
    return CardContent(said, figure, table.set_axis(names, axis=1))


def drawn_rows(rows: pd.DataFrame, most: int = MOST_POINTS) -> tuple[pd.DataFrame, str]:
    """Return the rows to draw, and what one of them is: "a whole clip (1,000 of them)".

    Of segments the first of each track is drawn, so that every song counts once; of what is still
    too much every k-th row. Nothing is left to chance: reload shows the same points.
    """
    segments = bool((rows["segment"] >= 0).any())
    drawn = rows.sort_values(["track_id", "segment"], kind="stable")
    if segments:
        drawn = drawn.drop_duplicates("track_id")
    every = -(-len(drawn) // most)
    drawn = drawn.iloc[::every]
    what = "the first 3-second segment of a song" if segments else "a whole clip"
    total = format_count(len(rows))
    if len(drawn) == len(rows):
        return drawn, f"{what} (all {total} are drawn)"
    return drawn, f"{what} ({format_count(len(drawn))} of {total} rows are drawn)"


def cluster_name(number: int) -> str:
    """Return a cluster's name; readers count from one."""
    return f"Cluster {number + 1}"


def update_composition(results: Results, features: str, model: str, mode: object) -> CardContent:
    """Return the genres within each cluster."""
    return composition_content(results, _run(results, features, model)["id"], mode)


def _run(results: Results, features: str, model: str) -> pd.Series:
    """Return the run; while menus change, the representation's first stands in for an unknown."""
    runs = clusterings(results)
    own = runs[runs["dataset"] + "." + runs["representation"] == features]
    exact = own[own["model"] == model]
    return (own if exact.empty else exact).iloc[0]


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Connect the controls with what they change."""
    features, model, colour, dimensions = (
        control_input(PAGE, name) for name in ("features", "model", "colour", "dimensions")
    )
    mode = Input(shell.COLOUR_MODE, "data")

    @app.callback(
        Output(control_id(PAGE, "model"), "options"),
        Output(control_id(PAGE, "model"), "value"),
        features,
        State(control_id(PAGE, "model"), "value"),
        prevent_initial_call=True,
    )
    def options(features: str, model: str) -> tuple[Any, ...]:
        return update_options(state.current(), features, model)

    @app.callback(
        Output("clusters-sentence", "children"),
        Output("clusters-chips", "children"),
        Output("clusters-purity", "children"),
        Output(shell.DOCUMENT_TITLE, "data", allow_duplicate=True),
        features,
        model,
        prevent_initial_call="initial_duplicate",
    )
    def agreement(features: str, model: str) -> tuple[Any, ...]:
        return update_agreement(state.current(), features, model)

    @app.callback(card_outputs(MAP), features, model, colour, dimensions, mode)
    def embedding(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_map(state.current(), *chosen))

    @app.callback(card_outputs(COMPOSITION), features, model, mode)
    def composition(*chosen: str) -> tuple[Any, ...]:
        return card_values(update_composition(state.current(), *chosen))
