"""Grids on a phone: each row becomes a block of names and values instead of a line of columns.

A page places ``phone_grid(grid, block, kept, choice)`` and registers ``register_phone_grid(app,
kept)``. The browser (assets/phone-rows.js) then shows one column of blocks while the page is in one
column, and the grid's own columns otherwise. Order, ticks and filters, of the same rows in both,
are part of the address.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import dash_ag_grid as dag
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dashboard.components.controls import menu
from dashboard.components.grid_address import GridAddress, register_grid_address
from dashboard.query import Parameter

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


def grid_parameters(block: PhoneBlock, kept: GridAddress) -> list[Parameter]:
    """Return what the address keeps of a grid; on a phone a menu sorts by what a block shows."""
    orders = {}
    for field, label in block.sorting:
        orders[f"{field}-down"] = f"{label}, highest first"
        orders[field] = f"{label}, lowest first"
    return kept.parameters(orders)


def phone_grid(
    grid: dag.AgGrid, block: PhoneBlock, kept: GridAddress, choice: Mapping[str, str]
) -> html.Div:
    """Return a grid with what it becomes on a phone, and the menu that sorts it there."""
    order = grid_parameters(block, kept)[0]
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
            html.Div(menu(kept.page, order, choice[order.name]), className="phone-only"),
            grid,
            *kept.hidden(choice),
            dcc.Store(id=f"{grid.id}-address", data=kept.data()),
            dcc.Store(id=_columns_id(grid.id), data=columns),
        ]
    )


def register_phone_grid(app: Dash, kept: GridAddress) -> None:
    """Let the browser change a grid with the width of the page, and keep its state."""
    grid_id = kept.grid_id
    app.clientside_callback(
        ClientsideFunction("genrelensRows", "shape"),
        Output(grid_id, "columnDefs"),
        Output(grid_id, "dashGridOptions"),
        Input(NARROW, "data"),
        State(_columns_id(grid_id), "data"),
        State(grid_id, "columnDefs"),
        State(grid_id, "dashGridOptions"),
    )
    register_grid_address(app, kept)


def _columns_id(grid_id: str) -> str:
    return f"{grid_id}-columns"
