"""The tools of a card: picture or table, its link, and a menu of everything else.

Two are in sight, so that ten cards on a page stay calm. What a tool does is in the browser:
assets/cards.js, share.js, provenance.js, present.js; the menu's keys are in assets/menu.js.
"""

import json
from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data

# action -> what the menu calls it
FILES = {
    "csv": "Download numbers, CSV",
    "png": "Download picture, PNG",
    "svg": "Download picture, SVG",
}
MENU = {
    "markdown": "Copy table as Markdown",
    **FILES,
    "present": "Add to presentation",
    "provenance": "Where the numbers come from",
}
OF_PICTURES = ("png", "svg")  # what a card without a figure cannot do


def card_tools(page: str, card_id: str, *, as_table: bool) -> html.Div:
    """Return the switch between picture and table, the link, and the menu of a figure's card."""
    switch = dbc.Checklist(
        options=[{"label": "Table", "value": "table"}],
        value=["table"] if as_table else [],
        id=view_id(page, card_id),
        className="card-view",
    )
    return html.Div(
        [switch, tool_button("Copy link", "link", card_id), more_menu(card_id, list(MENU))],
        className="card-tools",
    )


def grid_tools(card_id: str, before: Sequence[Component] = ()) -> html.Div:
    """Return the link and the menu of a card that holds a sorted and filtered table only."""
    actions = [action for action in MENU if action not in OF_PICTURES]
    link = tool_button("Copy link", "link", card_id)
    return html.Div([*before, link, more_menu(card_id, actions)], className="card-tools")


def tool_button(label: str, action: str, card_id: str) -> html.Button:
    """Return a button whose ``action`` a script does for a card."""
    return html.Button(
        label,
        type="button",
        className="tool-button",
        **data(card_action=action, card=card_id),
    )


def more_menu(card_id: str, actions: Sequence[str]) -> html.Div:
    """Return a button and the menu that it opens; assets/menu.js draws its items at first use.

    As components of Dash, the items of all cards would be half of what a page has of them, and the
    time until it can be used grows with the square of that.
    """
    button = html.Button(
        "More",
        type="button",
        id=f"{card_id}-more-button",
        className="tool-button more-button",
        **aria(haspopup="menu", expanded="false", controls=f"{card_id}-more"),
    )
    menu = html.Div(
        id=f"{card_id}-more",
        role="menu",
        hidden=True,
        className="menu-list",
        **aria(labelledby=f"{card_id}-more-button"),
        **data(card=card_id, items=json.dumps([[action, MENU[action]] for action in actions])),
    )
    return html.Div([button, menu], className="more")


def view_id(page: str, card_id: str) -> dict[str, str]:
    """Return the id of the switch between picture and table."""
    return {"type": "view", "page": page, "card": card_id}
