"""The list of tracks: what the browser gets of it, and the empty grid that it draws it in.

Thousands of rows travel as columns, a letter for each genre; assets/tracks_grid.js makes rows of
them. Only rows in sight are drawn.
"""

import math
from collections.abc import Sequence
from typing import Any, cast

import dash_ag_grid as dag
import numpy as np
import pandas as pd

from dashboard.rows.track_list import TrackList

FEWEST_ROWS = 3  # an empty list says so in their place
NO_GENRE = "-"
COPY, DOUBTFUL = 1, 2  # bits of a track's flags


def grid_columns(names: Sequence[str], order: Sequence[int]) -> list[dict[str, Any]]:
    """Return the columns: id, header, which choice of columns shows it, width, its kind of cell.

    ``order`` holds the places of the models as the page shows them.
    """
    answers = [
        {
            "id": f"answer_{place}", "header": names[place], "choice": "answers", "width": 132,
            "cell": place,
        }
        for place in order
    ]  # fmt: skip
    return [
        {"id": "track", "header": "Track", "choice": "", "width": 128, "cell": "link"},
        {"id": "true", "header": "True genre", "choice": "true", "width": 112, "cell": "text"},
        *answers,
        {"id": "second", "header": "Runner-up", "choice": "second", "width": 110, "cell": "text"},
        {"id": "right", "header": "Right", "choice": "right", "width": 82, "cell": "share"},
        {"id": "agree", "header": "Agree", "choice": "agree", "width": 82, "cell": "share"},
        {"id": "margin", "header": "Margin", "choice": "margin", "width": 88, "cell": "number"},
        {"id": "flags", "header": "Flags", "choice": "flags", "width": 150, "cell": "text"},
    ]


def grid_data(tracks: TrackList, genres: Sequence[str], protocol: str) -> dict[str, Any]:
    """Return the list as columns.

    Returns
    -------
    dict
        ``genres``, ``names`` (of models), ``protocol``, ``runs``, ``columns``; ``ids``; ``true``
        and, for each model, ``answers``: a letter a track, "A" for the first genre, "-" for none;
        ``percents``: probability of each model's answer, and ``margin``, in percent or null;
        ``second``: a letter, the runner-up of the first model; ``right`` and ``agree``: a digit a
        track, how many models are right, and how many give the commonest answer; ``flags``: a
        digit, 1 for a copy plus 2 for a doubtful label; ``suggested``: a letter, the genre that
        the label should perhaps be.
    """
    table, count = tracks.table, len(tracks.runs)
    codes = [_codes(table[f"answer_{place}"], genres) for place in range(count)]
    flags = COPY * table["copy"].astype(int) + DOUBTFUL * (table["suggested"] != "").astype(int)
    right = tracks.right(table).sum(axis=1) if count else pd.Series(0, index=table.index)
    return {
        "genres": list(genres),
        "names": list(tracks.names),
        "protocol": protocol,
        "runs": list(tracks.runs),
        "columns": grid_columns(tracks.names, tracks.order),
        "ids": list(table.index),
        "true": _letters(_codes(table["genre"], genres)),
        "answers": [_letters(own) for own in codes],
        "percents": [_percents(table[f"probability_{place}"]) for place in range(count)],
        "margin": _percents(table["margin"]) if count else [],
        "second": _letters(_codes(table["second"], genres)) if count else "",
        "right": _digits(right.to_numpy()),
        "agree": _digits(_agreeing(codes)),
        "flags": _digits(flags.to_numpy()),
        "suggested": _letters(_codes(table["suggested"], genres)),
    }


def _codes(values: pd.Series, genres: Sequence[str]) -> np.ndarray:
    """Return each genre's place, -1 for none."""
    return cast(np.ndarray, pd.Index(list(genres)).get_indexer(pd.Index(values)))


def _letters(codes: np.ndarray) -> str:
    return "".join(chr(ord("A") + code) if code >= 0 else NO_GENRE for code in codes)


def _digits(values: np.ndarray) -> str:
    return "".join(map(str, values))


def _percents(values: pd.Series) -> list[int | None]:
    return [None if math.isnan(value) else round(100 * value) for value in values]


def _agreeing(codes: Sequence[np.ndarray]) -> np.ndarray:
    """Return how many models give the commonest answer to each track."""
    if not codes:
        return np.zeros(0, dtype=int)
    answers = np.stack(codes, axis=1)
    same = (answers[:, :, None] == answers[:, None, :]) & (answers >= 0)[:, :, None]
    return cast(np.ndarray, same.sum(axis=2).max(axis=1, initial=0))


def grid_style(n_rows: int) -> dict[str, Any]:
    """Return the style that makes the grid as tall as its rows, within limits of tracks.css."""
    return {"--rows": max(n_rows, FEWEST_ROWS), "height": None, "width": "100%"}


def track_grid(grid_id: str, n_rows: int) -> dag.AgGrid:
    """Return the empty grid, of the height that so many rows take."""
    return dag.AgGrid(
        id=grid_id,
        columnDefs=[],
        rowData=[],
        getRowId="params.data.id",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "filter": False,  # the address filters
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "suppressMovable": True,
        },
        dashGridOptions={
            "tabToNextCell": {"function": "false"},  # arrows move inside, Tab leaves
            "animateRows": False,
            "ensureDomOrder": True,  # screen readers hear rows and columns as they stand
            "suppressColumnVirtualisation": True,
            "enableBrowserTooltips": True,
            "rowHeight": 40,
            "theme": {"function": "themeQuartz"},
            "rowSelection": {"mode": "singleRow", "checkboxes": False},
            "localeText": {"noRowsToShow": "No song is like that. Change a choice above."},
        },
        className="models-grid tracks-grid",
        style=cast(Any, grid_style(n_rows)),
    )
