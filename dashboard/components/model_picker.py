"""The folded list of all models, with a tick box each and a field that narrows it."""

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dashboard.components.controls import control_id, options_of
from dashboard.query import Choice, Parameter, listed


def model_picker(page: str, models: Parameter, choice: Choice, summary: str) -> html.Details:
    """Return the list, folded under what is chosen.

    Parameters
    ----------
    page : str
        Path name of the page; the summary has the id "<page>-summary".
    models : Parameter
        Of several models.
    choice : Choice
    summary : str
        What the fold says, as a callback will say it again.
    """
    ticks = dbc.Checklist(
        id=control_id(page, models.name),
        options=options_of(models),
        value=listed(choice[models.name]),
        className="pick-list",
    )
    fieldset = html.Fieldset(
        [html.Legend("Models", className="visually-hidden"), ticks], className="control"
    )
    find = html.Label(
        [
            html.Span("Show only those named", className="control-label"),
            dcc.Input(
                id=find_id(page), type="search", placeholder="forest 3-s", className="form-control"
            ),
        ],
        className="control pick-find",
    )
    return html.Details(
        [html.Summary(summary, id=f"{page}-summary"), find, fieldset], className="picker"
    )


def find_id(page: str) -> str:
    """Return the id of the field; what is typed there is not part of the address."""
    return f"{page}-find"


def register_picker(app: Dash, page: str) -> None:
    """Narrow the list in the browser while somebody types."""
    app.clientside_callback(
        ClientsideFunction("genrelens", "filterList"),
        Output(find_id(page), "className"),
        Input(find_id(page), "value"),
        prevent_initial_call=True,
    )
