"""The card around every figure: a sentence, the picture, the same numbers as a table, tools.

A page places ``figure_card(page, card_id, ...)`` in its layout and fills it from a callback whose
outputs are ``card_outputs(card_id)`` and whose value is ``card_values(CardContent(...))``. The
switch between picture and table is part of the page's address ("?table=<card ids>"); the tools
(components/tools.py) work in the browser, from the table and the figure that the card holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, cast

import pandas as pd
import plotly.graph_objects as go
from dash import Output, dcc, html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.attributes import aria, data
from dashboard.components.formats import format_cell, is_number
from dashboard.components.tools import card_tools
from dashboard.links import shared_start

NUMBERS = "card-numbers"  # type in the id of every card's store


@dataclass(frozen=True)
class CardContent:
    """What a card shows: one computed sentence, one figure, and the figure's numbers.

    ``runs`` are the ids of the runs whose numbers these are, for the card's provenance, and
    ``of_data`` says that no model had a part in them; ``leads``, row by row, the address that each
    cell of the table leads to, "" for none.
    """

    sentence: str
    figure: go.Figure
    table: pd.DataFrame
    runs: tuple[str, ...] = ()
    leads: Sequence[Sequence[str]] = ()
    of_data: bool = False


@dataclass(frozen=True)
class Sentence:
    """What a card says where it has nothing to draw."""

    sentence: str


@dataclass(frozen=True)
class Empty:
    """What a card says instead where the results hold nothing for it.

    Attributes
    ----------
    what : str
        What is missing, "a sweep over one setting".
    command : str
        What makes it.
    """

    what: str
    command: str = "make results-full"

    @property
    def sentence(self) -> str:
        """What is missing, and the command that makes it."""
        return f"Not in these results: {self.what}. Run “{self.command}”."


def figure_card(
    page: str,
    card_id: str,
    title: str,
    *,
    height_px: int = 400,
    controls: Sequence[Component] = (),
    as_table: bool = False,
    heading_id: str | None = None,
) -> html.Section:
    """Return an empty card of final size.

    Parameters
    ----------
    page, card_id : str
        Path name of the page, and a name for the card that is unique in the app.
    title : str
    height_px : int
        Height of the figure; it never changes, so nothing below moves.
    controls : sequence of Component
        Switches that belong to this figure only, shown above it.
    as_table : bool
        Start with the table instead of the picture.
    heading_id : str, optional
        Id of the heading, for a title that a callback changes.
    """
    heading = html.H2(title, id=heading_id or f"{card_id}-heading", className="card-heading")
    sentence = html.P(id=f"{card_id}-sentence", className="card-sentence", **aria(live="polite"))
    return html.Section(
        [
            html.Div(
                [heading, card_tools(page, card_id, as_table=as_table)], className="card-head"
            ),
            sentence,
            _failure(card_id),
            html.Div(list(controls), className="card-controls") if controls else None,
            html.Div(
                [_picture(card_id, height_px), _table_frame(card_id, height_px)],
                id=body_id(page, card_id),
                className=body_class(as_table=as_table),
                style={"minHeight": f"{height_px}px"},
            ),
        ],
        id=f"{card_id}-card",
        className="figure-card",
        **data(page=page, card=card_id),
        **aria(labelledby=heading_id or f"{card_id}-heading"),
    )


def _failure(card_id: str) -> html.Div:
    """Return the place where a card says that it could not be drawn; it then takes the focus."""
    return html.Div(
        id=failure_id(card_id),
        className="message card-error",
        hidden=True,
        role="alert",
        tabIndex=-1,
    )


def _picture(card_id: str, height_px: int) -> html.Figure:
    """Return the figure on a placeholder of its size."""
    image = {**theme.GRAPH_CONFIG["toImageButtonOptions"], "filename": f"genrelens-{card_id}"}
    graph = dcc.Graph(
        id=f"{card_id}-figure",
        figure=theme.blank_values(),
        config=cast(Any, {**theme.GRAPH_CONFIG, "toImageButtonOptions": image}),
        responsive=True,
        style={"height": f"{height_px}px"},
    )
    return html.Figure(
        graph,
        className="card-picture",
        role="figure",  # not "img": plotly's buttons are inside, and stay within reach
        **aria(labelledby=f"{card_id}-sentence"),
    )


def _table_frame(card_id: str, height_px: int) -> html.Div:
    return html.Div(
        [html.Div(id=drawn_id(card_id)), dcc.Store(id=numbers_id(card_id))],
        id=f"{card_id}-table",
        className="card-table",
        style={"maxHeight": f"{height_px}px"},
        tabIndex=0,  # a region that scrolls must be reachable by keyboard
        role="group",  # so many regions would be too many landmarks
        **aria(label="The numbers of this figure as a table"),
    )


def body_id(page: str, card_id: str) -> dict[str, str]:
    """Return the id of what the switch acts on."""
    return {"type": "card-body", "page": page, "card": card_id}


def body_class(*, as_table: bool) -> str:
    """Return the class of a card's body; assets/cards.js sets the same."""
    return "card-body-switch show-table" if as_table else "card-body-switch"


def numbers_id(card_id: str) -> dict[str, str]:
    """Return the id of the store that holds a card's table."""
    return {"type": NUMBERS, "card": card_id}


def failure_id(card_id: str) -> dict[str, str]:
    """Return the id of the element that says why a card could not be drawn."""
    return {"type": "card-failure", "card": card_id}


def drawn_id(card_id: str) -> dict[str, str]:
    """Return the id of the element in which the browser draws a card's table."""
    return {"type": "card-drawn", "card": card_id}


def card_outputs(card_id: str) -> list[Output]:
    """Return the callback outputs of a card: sentence, figure, table."""
    return [
        Output(f"{card_id}-sentence", "children"),
        Output(f"{card_id}-figure", "figure"),
        Output(numbers_id(card_id), "data"),
    ]


def card_values(
    content: CardContent | Empty | Sentence | None, mode: object = "light"
) -> tuple[str, go.Figure, dict[str, Any] | None]:
    """Return a card's content in the order of ``card_outputs``.

    Nothing where there is none (the page hides the card); a sentence alone for ``Empty`` and
    ``Sentence``.
    """
    if isinstance(content, Empty | Sentence):
        return content.sentence, theme.blank_figure(theme.as_mode(mode)), {"empty": True}
    if content is None:
        return "", theme.blank_figure(theme.as_mode(mode)), None
    numbers = table_data(content.table, content.sentence)
    numbers |= {"runs": list(map(str, content.runs)), "leads": shared_start(content.leads)}
    numbers["of_data"] = content.of_data
    return content.sentence, content.figure, numbers


def table_data(table: pd.DataFrame, caption: str = "") -> dict[str, Any]:
    """Return a table as plain values, which assets/cards.js draws.

    Thousands of cells as Dash components would keep the browser busy for minutes.

    Returns
    -------
    dict
        ``caption``; ``columns``: names; ``numeric``: whether each column holds numbers; ``rows``:
        text of each cell, numbers rounded; ``exact``: the same cells in full, for the CSV file.
    """
    cells = [list(row) for row in table.itertuples(index=False)]
    return {
        "caption": caption,
        "columns": [str(name) for name in table.columns],
        "numeric": [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns],
        "rows": [[format_cell(value) for value in row] for row in cells],
        "exact": [[_exact(value) for value in row] for row in cells],
    }


def _exact(value: object) -> str:
    """Return a cell in full; a missing number is empty."""
    if isinstance(value, str):
        return value
    if not is_number(value):
        return ""
    return str(int(value)) if isinstance(value, Integral) else repr(float(value))
