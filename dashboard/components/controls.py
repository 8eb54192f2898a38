"""Switches and menus whose value is part of the page's address.

Every control has the id ``control_id(page, name)``; assets/genrelens.js watches that pattern and
writes the address. ``page_frame`` must be in each page's layout: it carries what the script needs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.glossary import HELP, help_href, page_anchor, protocol_anchor
from dashboard.query import Choice, Parameter

BY_HEADER = "by the header of a column"  # an order; assets/grid_address.js says the same


def control_id(page: str, name: str) -> dict[str, str]:
    """Return the id of a control."""
    return {"type": "control", "page": page, "name": name}


def control_input(page: str, name: str) -> Input:
    """Return the callback input for the value of a control."""
    return Input(control_id(page, name), "value")


def options_of(parameter: Parameter) -> list[dict[str, Any]]:
    """Return a parameter's options as Dash wants them; a heading is one that cannot be chosen."""
    options: list[dict[str, Any]] = []
    for value, label in parameter.options.items():
        if value in parameter.headings:
            heading = parameter.headings[value]
            options.append({"label": heading, "value": f"above {value}", "disabled": True})
        options.append({"label": label, "value": value})
    return options


def switch(page: str, parameter: Parameter, value: str) -> html.Fieldset:
    """Return buttons of which one is pressed, for up to six short options."""
    return html.Fieldset(
        [
            html.Legend(parameter.label, className="control-label"),
            dbc.RadioItems(
                id=control_id(page, parameter.name),
                options=options_of(parameter),
                value=value,
                className="switch",
                inputClassName="btn-check",
                labelClassName="switch-option",
            ),
        ],
        className=f"control control-{parameter.name}",
    )


def menu(page: str, parameter: Parameter, value: str) -> html.Label:
    """Return the browser's own menu, for many or long options."""
    options = options_of(parameter)
    if parameter.pattern and value not in parameter.options:
        options.append({"label": BY_HEADER, "value": value})
    return html.Label(
        [
            html.Span(parameter.label, className="control-label"),
            dbc.Select(
                id=control_id(page, parameter.name),
                options=options,
                value=value,
            ),
        ],
        className=f"control control-{parameter.name}",
    )


def with_help(control: html.Fieldset | html.Label, help_mark: html.Details) -> html.Div:
    """Return a control with a question mark beside its label."""
    return html.Div([control, help_mark], className="with-help")


def explanations(protocols: Mapping[str, Mapping[str, Any]]) -> html.Details:
    """Return the folded question mark that explains each protocol in one sentence."""
    question = "What do these protocols mean?"
    rows: list[Component] = []
    for name, protocol in protocols.items():
        more = dcc.Link(protocol["label"], href=help_href(protocol_anchor(name)))
        rows += [html.Dt(more), html.Dd(protocol["explanation"])]
    return html.Details(
        [
            html.Summary("?", **aria(label=question), title=question),
            html.Dl(rows),
        ],
        className="explain",
    )


def address_id(page: str) -> dict[str, str]:
    """Return the id of the store that tells assets/genrelens.js what an address may leave out."""
    return {"type": "address", "page": page}


def address_data(path: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return what that store holds; new where one choice changes another's default."""
    return {
        "path": path,
        "order": [parameter.name for parameter in parameters],
        "values": {parameter.name: parameter.default for parameter in parameters},
    }


def title_id(page: str) -> dict[str, str]:
    """Return the id of the store that says what the window is called."""
    return {"type": "title", "page": page}


def page_frame(
    page: str,
    path: str,
    children: Sequence[Component | None],
    *,
    parameters: Sequence[Parameter],
    choice: Choice,
    title: str = "",
) -> html.Div:
    """Return a page: link to its help, what the address did not say rightly, content, defaults.

    ``title`` is the window's, where it says more than the page's own ``TITLE``.
    """
    notes = [html.P(note, className="note", role="status") for note in choice.notes]
    return html.Div(
        [
            dcc.Store(id=address_id(page), data=address_data(path, parameters)),
            dcc.Store(id=title_id(page), data=title),
            None if path == HELP else _help_link(path),
            *notes,
            *[child for child in children if child is not None],
        ],
        className=f"page page-{page}",
    )


def _help_link(path: str) -> dcc.Link:
    """Return the link to how this page is read, beside its heading."""
    return dcc.Link(
        ["Help", html.Span(" on this page", className="visually-hidden")],
        href=help_href(page_anchor(path)),
        className="page-help",
    )


def reset_link(path: str) -> html.A:
    """Return the link that shows the page as it is without parameters."""
    return html.A("Reset", href=path, className="reset", title="Show this page's default view")
