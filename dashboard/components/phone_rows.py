"""Grids on a phone: each row becomes a block of names and values instead of a line of columns.

A page places ``phone_grid(grid, block)`` and registers ``register_phone_grid(app, grid_id)``. The
browser (assets/phone-rows.js) then shows one column of blocks while the page is in one column,
and the grid's own columns otherwise. Sorting, ticks and filters work on the same rows in both.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

NARROW = "narrow-screen"  # dashboard.shell.NARROW, which imports components itself
ROWS_PER_PAGE = 10


@dataclass(frozen=True)
class PhoneFact:
    """A name and value of a block: ``field`` holds the text, or a number with ``digits``."""

    label: str
    field: str
    digits: int | None = None


@dataclass(frozen=True)
class PhoneBlock:
    """What a row's block shows.

    Attributes
    ----------
    header : str
        What the rows are, above them.
    title : str
        Field of the first line.
    link : str
        Field with the title's address; empty for a title that leads nowhere.
    below : tuple of str
        Fields whose texts stand in the second line.
    facts : tuple of PhoneFact
        Names and values, two in a line.
    sorting : tuple of (field, label) pairs
        What rows can be sorted by.
    """

    header: str
    title: str
    facts: tuple[PhoneFact, ...]
    link: str = ""
    below: tuple[str, ...] = ()
    sorting: tuple[tuple[str, str], ...] = ()


def phone_grid(grid: dag.AgGrid, block: PhoneBlock) -> html.Div:
    """Return a grid with what it becomes on a phone, and the menu that sorts it there."""
    shown = {
        "headerName": block.header,
        "colId": "block",
        "valueGetter": {"function": f"params.data.{block.title}"},
        "cellRenderer": "RowBlock",
        "cellRendererParams": {
            "title": block.title,
            "link": block.link,
            "below": list(block.below),
            "facts": [asdict(fact) for fact in block.facts],
        },
        "flex": 1,
        "autoHeight": True,
        "sortable": False,
        "filter": False,
    }
    columns = {
        "wide": grid.columnDefs,
        "block": shown,
        "rows": ROWS_PER_PAGE,
        "paged": bool(grid.dashGridOptions.get("pagination")),
    }
    return html.Div(
        [
            _sorting(grid.id, block.sorting),
            grid,
            dcc.Store(id=_columns_id(grid.id), data=columns),
        ]
    )


def _sorting(grid_id: str, sorting: Sequence[tuple[str, str]]) -> html.Label:
    """Return the menu that stands for the headers of columns, on a phone only."""
    options = [{"label": "as they come", "value": "first"}]
    for field, label in sorting:
        options.append({"label": f"{label}, highest first", "value": f"{field} desc"})
        options.append({"label": f"{label}, lowest first", "value": f"{field} asc"})
    menu = dbc.Select(id=_sort_id(grid_id), options=options, value="first")
    return html.Label(
        [html.Span("Sort by", className="control-label"), menu], className="control phone-only"
    )


def register_phone_grid(app: Dash, grid_id: str) -> None:
    """Let the browser change a grid with the width of the page."""
    app.clientside_callback(
        ClientsideFunction("genrelensRows", "shape"),
        Output(grid_id, "columnDefs"),
        Output(grid_id, "dashGridOptions"),
        Input(NARROW, "data"),
        Input(_sort_id(grid_id), "value"),
        State(_columns_id(grid_id), "data"),
        State(grid_id, "columnDefs"),
        State(grid_id, "dashGridOptions"),
    )


def _columns_id(grid_id: str) -> str:
    return f"{grid_id}-columns"


def _sort_id(grid_id: str) -> str:
    return f"{grid_id}-sort"
