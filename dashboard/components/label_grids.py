"""Grids of the Data page, sorted and filtered by column: groups of copies, suspicious labels."""

from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
from dash import html

from dashboard.components.grid_address import GridAddress
from dashboard.components.phone_rows import PhoneBlock, PhoneFact, phone_grid

ROWS_PER_PAGE = 10
NUMBER = {"filter": "agNumberColumnFilter", "type": "rightAligned"}
TWO_DIGITS = {"valueFormatter": {"function": "d3.format('.2f')(params.value)"}}

COPIES_COLUMNS: list[dict[str, Any]] = [
    {"headerName": "Tracks", "field": "tracks", "cellRenderer": "LeadLink", "flex": 3,
     "minWidth": 190, "wrapText": True, "autoHeight": True},
    {"headerName": "Genre", "field": "genres", "flex": 2, "minWidth": 120, "wrapText": True,
     "autoHeight": True},
    {"headerName": "Conflict", "field": "conflicting", "flex": 1, "minWidth": 110},
    {"headerName": "Shared", "field": "share", "width": 105, **NUMBER, **TWO_DIGITS},
]  # fmt: skip
LABEL_COLUMNS: list[dict[str, Any]] = [
    {"headerName": "Rank", "field": "rank", "width": 90, **NUMBER},
    {"headerName": "Track", "field": "track_id", "cellRenderer": "LeadLink", "flex": 2,
     "minWidth": 150},
    {"headerName": "Genre", "field": "genre", "flex": 1, "minWidth": 120},
    {"headerName": "Suggested", "field": "suggested", "flex": 1, "minWidth": 130},
    {"headerName": "Margin", "field": "margin", "width": 110, **NUMBER, **TWO_DIGITS},
    {"headerName": "Families agreeing", "field": "n_families_agree", "width": 130, **NUMBER,
     "valueFormatter": {"function": "params.value + ' of ' + params.data.n_families"}},
    {"headerName": "Has a copy", "field": "duplicate", "width": 110},
]  # fmt: skip


COPIES_BLOCK = PhoneBlock(
    header="Groups of copies",
    title="tracks",
    below=("genres",),
    facts=(PhoneFact("Conflict", "conflicting"), PhoneFact("Shared", "share", digits=2)),
    sorting=(("share", "Shared"),),
)
LABEL_BLOCK = PhoneBlock(
    header="Tracks",
    title="track_id",
    facts=(
        PhoneFact("Genre", "genre"),
        PhoneFact("Suggested", "suggested"),
        PhoneFact("Margin", "margin", digits=2),
        PhoneFact("Families agreeing", "n_families_agree"),
        PhoneFact("Has a copy", "duplicate"),
        PhoneFact("Rank", "rank"),
    ),
    sorting=(("margin", "Margin"), ("n_families_agree", "Families agreeing")),
)


def label_grid(
    columns: list[dict[str, Any]],
    block: PhoneBlock,
    kept: GridAddress,
    choice: Mapping[str, str],
) -> html.Div:
    """Return an empty grid that shows ten rows at a time; a list of blocks on a phone."""
    return phone_grid(_wide_grid(kept.grid_id, columns), block, kept, choice)


def _wide_grid(grid_id: str, columns: list[dict[str, Any]]) -> dag.AgGrid:
    return dag.AgGrid(
        id=grid_id,
        columnDefs=columns,
        rowData=[],
        defaultColDef={
            "sortable": True,
            "filter": True,
            "resizable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "domLayout": "autoHeight",
            "pagination": True,
            "paginationPageSize": ROWS_PER_PAGE,
            "paginationPageSizeSelector": False,
            "tabToNextCell": {"function": "false"},  # arrows move inside, Tab leaves
            "enableCellTextSelection": True,
            "theme": {"function": "themeQuartz"},
        },
        className="models-grid card-grid",
        style={"height": None, "width": "100%"},
    )
