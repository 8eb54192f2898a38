"""The table of models: sorted and filtered by number, shown as text with interval.

Links and scores are drawn by assets/dashAgGridComponentFunctions.js.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import dash_ag_grid as dag
from dash import html

from dashboard.components.grid_address import GridAddress
from dashboard.components.phone_rows import PhoneBlock, PhoneFact, phone_grid
from dashboard.rows.selection import Stage


def field_of(stage: Stage) -> str:
    """Return the field of a step's score: letters only, as the grid's formatters need it."""
    return f"at_{stage.slug.replace('-', '_')}"


def _scored(header: str, field: str, width: int) -> dict[str, Any]:
    """Return a column that sorts by ``field`` and shows ``field_text``, ``field_why`` on hover."""
    return {
        "headerName": header,
        "field": field,
        "filter": "agNumberColumnFilter",
        "valueFormatter": {"function": f"params.data.{field}_text"},
        "tooltipField": f"{field}_why",
        "cellRenderer": "ScoreCell",
        "type": "rightAligned",
        "width": width,
    }


def model_columns(steps: Iterable[Stage]) -> list[dict[str, Any]]:
    """Return the columns, one of them for each step."""
    two_lines = {"wrapText": True, "autoHeight": True}
    model = {"headerName": "Model", "field": "model", "cellRenderer": "ModelLink", "width": 168}
    standing = {"headerName": "Standing", "field": "standing", "width": 150}
    return [
        model | two_lines,
        {"headerName": "Data", "field": "data", "width": 112} | two_lines,
        *(_scored(_capital(stage.label), field_of(stage), 100) for stage in steps),
        _scored("Macro F1", "macro_f1", 100),
        standing | two_lines,
        _scored("Published", "published", 100),
        _scored("Time", "train_s", 96),
        _scored("Size", "size", 80),
    ]


def model_block(steps: Iterable[Stage]) -> PhoneBlock:
    """Return what a phone shows of each model."""
    scores = [(field_of(stage), _capital(stage.label)) for stage in steps]
    scores.append(("macro_f1", "Macro F1"))
    rest = [("published", "Published"), ("train_s", "Time"), ("size", "Size")]
    return PhoneBlock(
        header="Models",
        title="model",
        link="link",
        below=("data", "standing"),
        facts=tuple(PhoneFact(label, f"{field}_text") for field, label in [*scores, *rest]),
        sorting=(*scores, *rest[1:]),
    )


def model_grid(steps: Iterable[Stage], kept: GridAddress, choice: Mapping[str, str]) -> html.Div:
    """Return the empty table, with a tick box in each row; a list of blocks on a phone."""
    stages = list(steps)
    return phone_grid(_wide_grid(kept.grid_id, stages), model_block(stages), kept, choice)


def _wide_grid(grid_id: str, steps: list[Stage]) -> dag.AgGrid:
    return dag.AgGrid(
        id=grid_id,
        columnDefs=model_columns(steps),
        rowData=[],
        getRowId="params.data.id",
        defaultColDef={
            "sortable": True,
            "filter": True,
            "resizable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "suppressHeaderFilterButton": False,
        },
        dashGridOptions={
            "domLayout": "autoHeight",
            "animateRows": False,
            "rowHeight": 52,  # a score and its interval below it
            "paginationPageSizeSelector": False,  # pages are for phones, all of one length
            "tabToNextCell": {"function": "false"},  # arrows move inside, Tab leaves
            "suppressColumnVirtualisation": True,
            "enableCellTextSelection": True,
            "enableBrowserTooltips": True,
            "theme": {"function": "themeQuartz"},
            "rowSelection": {"mode": "multiRow", "headerCheckbox": False, "checkboxes": True},
            "selectionColumnDef": {
                "headerName": "Pick",
                "width": 52,
                "pinned": None,
                "suppressHeaderMenuButton": True,
            },
        },
        className="models-grid",
        csvExportParams={
            "fileName": "genrelens-models.csv",
            "columnKeys": [column["field"] for column in model_columns(steps)],
        },
        style=cast(Any, {"height": None, "width": "100%"}),
    )


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
