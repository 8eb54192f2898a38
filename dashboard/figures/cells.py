"""What is written into the cells of a shaded matrix, each in the ink that its shade needs."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.colors import make_colorscale, sample_colorscale

from dashboard import theme


def cell_texts(
    places: Sequence[Sequence[float | None]],
    texts: Sequence[Sequence[str]],
    columns: Sequence[str],
    rows: Sequence[str],
    *,
    scale: list[str],
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
    scale : list of str
        Colours of the scale, "#rrggbb", evenly spaced.
    size : int
        Of the letters, px.
    """
    cells = [
        (column, row, text, place)
        for row, row_texts, row_places in zip(rows, texts, places, strict=True)
        for column, text, place in zip(columns, row_texts, row_places, strict=True)
        if text and place is not None
    ]
    shades = sample_colorscale(
        make_colorscale(scale),
        [min(max(float(place), 0.0), 1.0) for *_, place in cells],
        colortype="tuple",
    )
    inks = [
        theme.ink_on("#" + "".join(f"{round(255 * channel):02x}" for channel in shade))
        for shade in shades
    ]
    return go.Scatter(
        x=[column for column, *_ in cells],
        y=[row for _, row, *_ in cells],
        text=[text for _, _, text, _ in cells],
        mode="text",
        textfont={"size": size, "color": inks},
        hoverinfo="skip",
        showlegend=False,
    )
