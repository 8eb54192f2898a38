"""What is written into the cells of a shaded matrix, each in the ink that its shade needs."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.colour_pairs import inks_on_scale
from dashboard.theme import Mode


def cell_texts(
    places: Sequence[Sequence[float | None]],
    texts: Sequence[Sequence[str]],
    columns: Sequence[str],
    rows: Sequence[str],
    *,
    scale: dict[Mode, list[str]],
    mode: Mode,
    size: int = 12,
) -> go.Scatter:
    """Return the texts of all cells that have one.

    Parameters
    ----------
    places : rows of numbers
        Where each cell lies on the colour scale, 0 to 1; None for an empty cell.
    texts : rows of str
    columns, rows : sequence of str
        Categories of the axes.
    scale : dict of str to list of str
        Colours of the scale in each mode, "#rrggbb", evenly spaced.
    mode : "light" or "dark"
    size : int
        Of the letters, px.
    """
    cells = [
        (column, row, text, place)
        for row, row_texts, row_places in zip(rows, texts, places, strict=True)
        for column, text, place in zip(columns, row_texts, row_places, strict=True)
        if text and place is not None
    ]
    inks = inks_on_scale([float(place) for *_, place in cells], scale, mode)
    return go.Scatter(
        x=[column for column, *_ in cells],
        y=[row for _, row, *_ in cells],
        text=[text for _, _, text, _ in cells],
        mode="text",
        textfont={"size": size, "color": inks},
        hoverinfo="skip",
        showlegend=False,
    )
