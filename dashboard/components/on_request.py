"""A question about the clip on show that is asked on request: its button, progress and answer.

The browser's part is assets/predict-ask.js: it sends the clip again, shows the progress, and puts
the answer into the store, from which the card in the slot is drawn.
"""

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data


def question(part: str, text: str, *, what: str, route: str, card: Component) -> list[Component]:
    """Return the elements of a question.

    Parameters
    ----------
    part : str
        Begins their ids after "predict-"; the store has no more than that.
    text, what : str
        Of the button, and what it does.
    route : str
        Of the server, "api/robustness".
    card : Component
        What its answer fills; hidden until there is one.
    """
    own = f"predict-{part}"
    ask = html.Button(
        text,
        type="button",
        id=f"{own}-ask",
        className="tool-button",
        **data(action=f"{dash.get_app().config.requests_pathname_prefix}{route}"),
        **aria(describedby=f"{own}-what"),
    )
    explained = html.Span(what, id=f"{own}-what", className="fine")
    return [
        html.Div([ask, explained], className="ask-row"),
        *_progress(own),
        html.Div(card, id=f"{own}-slot", hidden=True),
        dcc.Store(id=own),
    ]


def _progress(own: str) -> list[Component]:
    """Return where progress and errors of a question appear."""
    bar = html.Div(
        html.Div(id=f"{own}-bar", className="predict-ask-bar"),
        className="predict-track",
        **aria(hidden="true"),
    )
    cancel = html.Button("Cancel", type="button", id=f"{own}-cancel", className="tool-button")
    return [
        html.Div(
            [bar, html.Span(id=f"{own}-step"), cancel],
            id=f"{own}-progress",
            className="predict-progress idle",
        ),
        html.Div(
            id=f"{own}-live", className="visually-hidden", role="status", **aria(live="polite")
        ),
        html.Div(id=f"{own}-error", className="message", hidden=True, role="alert", tabIndex=-1),
    ]
