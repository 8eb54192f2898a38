"""Columns of the table of models: sorted and filtered by number, shown as text with interval.

The link in the first column is drawn by assets/dashAgGridComponentFunctions.js.
"""

from typing import Any


def _scored(header: str, field: str, width: int) -> dict[str, Any]:
    """Return a column that sorts by ``field`` and shows ``field_text``."""
    return {
        "headerName": header,
        "field": field,
        "filter": "agNumberColumnFilter",
        "valueFormatter": {"function": f"params.data.{field}_text"},
        "type": "rightAligned",
        "flex": 1,
        "minWidth": width,
    }


def model_columns(leakiest: str) -> list[dict[str, Any]]:
    """Return the columns; ``leakiest`` is the short name of the protocol to subtract."""
    return [
        {
            "headerName": "Model",
            "field": "model",
            "cellRenderer": "ModelLink",
            "minWidth": 176,
            "flex": 2,
            "wrapText": True,
            "autoHeight": True,
        },
        _scored("Accuracy", "accuracy", 160) | {"sort": "desc"},
        _scored("Macro F1", "macro_f1", 160),
        _scored(f"Against {leakiest}", "against", 125),
        {"headerName": "Tested on", "field": "protocol", "flex": 1.3, "minWidth": 205},
        {"headerName": "Data", "field": "data", "flex": 1.3, "minWidth": 170},
        _scored("Training time", "train_s", 120),
    ]
