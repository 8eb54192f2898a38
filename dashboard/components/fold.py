"""Something folded that is asked of the server only once it is unfolded (assets/folds.js).

What it shows belongs to choices of the page. It is asked for when it is unfolded, and again when a
choice changes while it is open; a closed one costs nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data


def fold(name: str, summary: str) -> html.Div:
    """Return the fold, closed and empty; its content has the id "<name>-content"."""
    content = html.Div(
        id=f"{name}-content",
        className="fold-content",
        tabIndex=0,  # a region that scrolls must be reachable by keyboard
        role="group",
        **aria(label=summary),
    )
    return html.Div(
        [
            html.Details(
                [html.Summary(summary), content],
                className="folded",
                **data(fold=name),
            ),
            dcc.Store(id=f"{name}-open", data=False),
            dcc.Store(id=f"{name}-asked"),
        ],
        className="fold",
    )


def register_fold(
    app: Dash,
    name: str,
    choices: Sequence[Input],
    update: Callable[..., Sequence[Component | str]],
) -> None:
    """Fill a fold with what ``update`` gives for the values of ``choices``, when it is open."""
    asked = f"{name}-asked"
    app.clientside_callback(
        ClientsideFunction("genrelensFolds", "ask"),
        Output(asked, "data"),
        Input(f"{name}-open", "data"),
        *choices,
        State(asked, "data"),
        State(asked, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(f"{name}-content", "children"), Input(asked, "data"), prevent_initial_call=True
    )
    def unfolded(chosen: Sequence[Any]) -> list[Component | str]:
        return list(update(*chosen))
