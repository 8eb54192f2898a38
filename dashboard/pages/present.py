"""The page on which cards become a presentation. It works in the browser; only PPTX is made here.

Scenes live in the browser's own memory; the scripts assets/present-*.js, one idea each, fill the
empty places of this layout. Buttons say in ``data-present`` what they do.
"""

from collections.abc import Sequence
from typing import Any, cast

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.attributes import aria, data
from dashboard.components.controls import page_frame
from dashboard.query import Choice
from dashboard.state import State

PATH, NAME = "/present", "Present"
TITLE = "Presentation · GenreLens"
DESCRIPTION = "Cards put in order, told on a screen, and taken away as a file."
PAGE = "present"
SENT = "A PDF has no notes. What a PPTX holds is sent to the server, which keeps none of it."


def _plotly() -> dcc.Graph:
    """Return a figure that nobody sees: with it comes plotly.js, which draws the scenes."""
    config = cast(Any, {**theme.GRAPH_CONFIG, "displayModeBar": False})
    return dcc.Graph(id="present-plotly", figure=theme.blank_figure(), config=config)


def layout(**_query: Any) -> Component:
    """Return the page; it shows what the browser holds, whatever the results."""
    children = [
        html.H1("Your presentation"),
        html.Div(id="present-title-slot", className="present-title-slot", hidden=True),
        _tools(),
        *_messages(),
        _empty(),
        html.Ol(id="present-list", className="present-list", **aria(label="Scenes")),
        html.Div(_plotly(), hidden=True),
        html.Div(id="present-mounted", hidden=True),
    ]
    prefix = dash.get_app().config.requests_pathname_prefix
    routes = data(story=f"{prefix}api/present/story", pptx=f"{prefix}api/present/pptx")
    framed = page_frame(PAGE, PATH, children, parameters=(), choice=Choice({}))
    return html.Div(framed, id="present-app", **routes)


def register_callbacks(app: Dash, _state: State) -> None:
    """Let the script begin when the page is there."""
    app.clientside_callback(
        ClientsideFunction("genrelensPresent", "mount"),
        Output("present-mounted", "children"),
        Input("present-app", "id"),
    )


def _button(label: str, does: str, *, main: bool = False, scenes: bool = False) -> html.Button:
    """Return a button; ``scenes``: only where there is a scene to show."""
    needs = data(needs_scenes="true") if scenes else {}
    return html.Button(
        label,
        type="button",
        className="main-button" if main else "tool-button",
        **data(present=does),
        **needs,
    )


def _group(label: str, parts: Sequence[Component], name: str) -> html.Div:
    return html.Div(
        [
            html.Span(label, className="control-label", id=f"present-{name}-label"),
            html.Div(parts, className="present-buttons"),
        ],
        role="group",
        className="present-group",
        **aria(labelledby=f"present-{name}-label"),
    )


def _tools() -> html.Div:
    """Return what can be done with a presentation."""
    notes = dbc.Checklist(
        options=[{"label": "HTML and PPTX with the notes", "value": "notes"}],
        value=["notes"],
        id="present-with-notes",
        className="card-view",
    )
    show = [
        _button("Present", "show", main=True, scenes=True),
        _button("Undo", "undo"),
        _button("Start over", "clear", scenes=True),
    ]
    keep = [
        _button("Save as a file", "save"),
        _button("Open a file", "open"),
        _button("Copy link", "link", scenes=True),
        _button("Ready-made story", "story"),
    ]
    export = [
        _button("HTML", "html", scenes=True),
        _button("PPTX", "pptx", scenes=True),
        _button("PDF or print", "pdf", scenes=True),
        notes,
        html.Span(SENT, className="fine"),
    ]
    return html.Div(
        [
            _group("Show", show, "show"),
            _group("Keep and share", keep, "keep"),
            _group("Export", export, "export"),
            html.Span(id="present-file-slot"),
        ],
        id="present-tools",
        className="present-tools",
        hidden=True,
    )


def _messages() -> list[Component]:
    """Return the places for progress, errors, offers and what has changed."""
    progress = html.Div(
        [
            html.Div(html.Div(id="present-bar"), className="present-track", **aria(hidden="true")),
            html.Span(id="present-step"),
            _button("Cancel", "cancel"),
        ],
        id="present-progress",
        className="present-progress",
        hidden=True,
    )
    stale = html.Div(
        [html.P(id="present-stale-text"), _button("Fetch them anew", "renew")],
        id="present-stale",
        className="note present-note",
        hidden=True,
    )
    link = html.Div(
        [html.Div(id="present-link-slot", hidden=True), html.Span(id="present-link-note")],
        className="present-link-place",
    )
    return [
        html.Div(
            id="present-live", className="visually-hidden", role="status", **aria(live="polite")
        ),
        html.Div(id="present-error", className="message", role="alert", tabIndex=-1, hidden=True),
        html.Div(id="present-problems", className="note", role="status", hidden=True),
        progress,
        stale,
        _offer(),
        link,
    ]


def _offer() -> html.Div:
    """Return what asks whether a presentation from a link may replace the one that is here."""
    return html.Div(
        [
            html.P(id="present-offer-text"),
            _button("Open it instead", "replace"),
            _button("Add its scenes", "append"),
            _button("Not now", "leave"),
        ],
        id="present-offer",
        className="note present-note",
        role="region",
        hidden=True,
        **aria(label="A presentation from a link"),
    )


def _empty() -> html.Section:
    """Return what is shown while there is no scene."""
    steps = [
        "On any card, open “More” and choose “Add to presentation”: what it shows becomes a scene.",
        "Here, put scenes in order, give them titles and notes, hide what you may need later.",
        "Present: arrow keys on a full screen, your notes in a second window. No network needed.",
    ]
    return html.Section(
        [
            html.P("Nothing is in it yet.", className="lead-sentence"),
            html.Ol([html.Li(step) for step in steps], className="present-steps"),
            html.Div(
                [
                    _button("Load the ready-made presentation", "story", main=True),
                    _button("Open a file", "open"),
                    dcc.Link("Choose cards on the Overview", href="/"),
                ],
                className="present-buttons",
            ),
            html.P(
                "The ready-made one tells in up to ten scenes, from these results, what the data "
                "are, how far scores fall, and what is left. It stays in this browser; only making "
                "a PPTX file sends it to the server.",
                className="fine",
            ),
        ],
        id="present-empty",
        hidden=True,
    )
