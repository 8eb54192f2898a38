"""What surrounds every page: the bar, messages, the stores that the browser's scripts fill."""

from collections.abc import Iterable
from types import ModuleType

from dash import (
    ALL,
    MATCH,
    ClientsideFunction,
    Dash,
    Input,
    Output,
    State,
    dcc,
    html,
    page_container,
)

from dashboard.access.login import sign_out_button
from dashboard.colour_pairs import colour_pairs
from dashboard.components.attributes import aria, data
from dashboard.state import ResultsError
from dashboard.state import State as ResultsState

COLOUR_MODE = "colour-mode"  # dcc.Store: "light" or "dark", as the browser is now
# What every callback that draws asks for. No input: on a switch the browser recolours by itself.
MODE = State(COLOUR_MODE, "data")
NARROW = "narrow-screen"  # dcc.Store: whether the page is in one column, as on a phone
MESSAGE = "shell-message"

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
<script src="/assets/theme.js"></script>
{%css%}
</head>
<body>
<noscript>GenreLens draws its figures in the browser and needs JavaScript.</noscript>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def shell(pages: Iterable[ModuleType], state: ResultsState) -> html.Div:
    """Return the frame of the app; read anew for each visit, so that the banner is up to date."""
    return html.Div(
        [
            html.A("Skip to the content", href="#main", className="skip-link"),
            _bar(pages),
            _synthetic_banner(state),
            html.Main(
                [
                    html.Div(
                        id=MESSAGE, className="message", hidden=True, role="alert", tabIndex=-1
                    ),
                    page_container,
                ],
                id="main",
                className="content",
                tabIndex=-1,
            ),
            html.Div(id="toast", role="status"),  # what was copied; assets/share.js
            _results_id(state),
            dcc.Store(id=COLOUR_MODE),
            dcc.Store(id="colour-pairs", data=colour_pairs()),
            dcc.Store(id=NARROW),
            dcc.Store(id="title-written"),
            dcc.Store(id="address-written"),
        ]
    )


def _results_id(state: ResultsState) -> html.Div:
    """Return what tells the browser's scripts which results they show."""
    try:
        results = state.current()
    except ResultsError:
        return html.Div(id="results-id", hidden=True)
    commit = str(results.run.get("commit") or "")
    return html.Div(id="results-id", hidden=True, **data(results=results.digest, commit=commit))


def _bar(pages: Iterable[ModuleType]) -> html.Header:
    links = [
        dcc.Link(page.NAME, href=page.PATH, className=f"bar-link bar-link-{page.NAME.lower()}")
        for page in pages
    ]
    menu = html.Button(
        "Menu",
        type="button",
        id="menu-button",
        className="tool-button menu-button",
        **aria(expanded="false", controls="bar-links"),
    )
    switch = html.Button(
        [
            html.Span("◐", **aria(hidden="true")),
            html.Span("Light or dark", className="visually-hidden"),
        ],
        type="button",
        id="mode-switch",
        className="tool-button mode-switch",
        title="Switch between light and dark",
        **aria(label="Switch between light and dark"),
    )
    return html.Header(
        html.Div(
            [
                dcc.Link("GenreLens", href="/", className="brand"),
                html.Nav(links, id="bar-links", className="bar-links", **aria(label="Pages")),
                html.Div([switch, *sign_out_button(), menu], className="bar-tools"),
            ],
            className="bar-inner",
        ),
        id="bar",
        className="bar",
    )


def _synthetic_banner(state: ResultsState) -> html.Div | None:
    """Return the label that made-up data carry on every page."""
    try:
        results = state.current()
    except ResultsError:
        return None  # the page itself says what is wrong
    titles = [data_set["title"] for data_set in results.datasets.values() if data_set["synthetic"]]
    if not titles:
        return None
    return html.Div(
        [
            html.Strong("Synthetic data. "),
            f"{', '.join(titles)}: clips made by a program to try GenreLens out. "
            "The scores say nothing about music.",
        ],
        className="synthetic-banner",
        **data(synthetic="true"),
    )


def results_message(error: Exception) -> html.Section:
    """Return what a page shows instead of its content while there are no usable results."""
    return html.Section(
        [
            html.H1("There are no results to show"),
            html.P(str(error), className="message-detail"),
            html.P(
                [
                    "Then reload this page. ",
                    html.Code("make results"),
                    " trains on GTZAN; ",
                    html.Code("python -m pipeline demo"),
                    " followed by ",
                    html.Code("make run RESULTS=demo-results"),
                    " needs no data.",
                ]
            ),
        ],
        className="message results-message",
        role="alert",
    )


def register_callbacks(app: Dash) -> None:
    """Register what runs in the browser on every page (functions of assets/genrelens.js)."""
    app.clientside_callback(
        ClientsideFunction("genrelens", "colourMode"),
        Output(COLOUR_MODE, "data"),
        Input("mode-switch", "n_clicks"),
    )
    app.clientside_callback(
        ClientsideFunction("genrelens", "recolourPage"),
        Output("colour-pairs", "modified_timestamp"),
        Input(COLOUR_MODE, "data"),
        State("colour-pairs", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("genrelens", "narrowScreen"),
        Output(NARROW, "data"),
        Input("mode-switch", "id"),  # never changes: once, at the start
    )
    app.clientside_callback(
        ClientsideFunction("genrelens", "markPage"),
        Output("bar-links", "className"),
        Input("_pages_location", "pathname"),
    )
    app.clientside_callback(
        ClientsideFunction("genrelens", "setTitle"),
        Output("title-written", "data"),
        Input({"type": "title", "page": ALL}, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("genrelens", "focusMessage"),
        Output(MESSAGE, "className"),
        Input(MESSAGE, "children"),
        prevent_initial_call=True,
    )
    _register_cards(app)
    _register_address(app)


def _register_cards(app: Dash) -> None:
    """Draw the tables of cards, and switch between table and picture."""
    app.clientside_callback(
        ClientsideFunction("genrelensCards", "showTable"),
        Output({"type": "card-body", "page": MATCH, "card": MATCH}, "className"),
        Input({"type": "view", "page": MATCH, "card": MATCH}, "value"),
        State({"type": "view", "page": MATCH, "card": MATCH}, "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("genrelensCards", "drawTable"),
        Output({"type": "card-drawn", "card": MATCH}, "className"),
        Input({"type": "card-numbers", "card": MATCH}, "data"),
        State({"type": "card-numbers", "card": MATCH}, "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("genrelensCards", "showFailure"),
        Output({"type": "card-failure", "card": MATCH}, "className"),
        Input({"type": "card-failure", "card": MATCH}, "children"),
        State({"type": "card-failure", "card": MATCH}, "id"),
        prevent_initial_call=True,
    )


def _register_address(app: Dash) -> None:
    """Keep the address in step with the controls."""
    control = {"type": "control", "page": ALL, "name": ALL}
    view = {"type": "view", "page": ALL, "card": ALL}
    app.clientside_callback(
        ClientsideFunction("genrelens", "writeAddress"),
        Output("address-written", "data"),
        Input(control, "value"),
        Input(view, "value"),
        State(control, "id"),
        State(view, "id"),
        State({"type": "address", "page": ALL}, "data"),
    )
