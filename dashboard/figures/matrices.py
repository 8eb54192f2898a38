"""Confusion matrices side by side: small multiples on one scale."""

from collections.abc import Mapping
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.figures.confusion import confusion_figure
from dashboard.figures.labels import wrapped
from dashboard.theme import Mode

MOST_COLUMNS = 4
MOST_NUMBERED = 4  # matrices in which numbers still fit into the cells
ROW_PX = 350
TITLE_LETTERS, TITLE_PX = 42, 46  # in a line of a name, of which two have room


def columns_of(n_models: int, *, narrow: bool) -> int:
    """Return how many matrices stand in a row."""
    return 1 if narrow else min(max(n_models, 2), MOST_COLUMNS)


def height_px(n_models: int, *, narrow: bool) -> int:
    """Return the height that the matrices need."""
    return (
        ROW_PX * max(1, -(-n_models // max(1, columns_of(n_models, narrow=narrow)))) + TITLE_PX + 8
    )


def matrices_figure(
    matrices: Mapping[str, pd.DataFrame],
    *,
    show: Literal["counts", "shares"],
    mode: Mode,
    narrow: bool = False,
    songs: Mapping[str, pd.DataFrame] | None = None,
    leads: Mapping[str, str] | None = None,
) -> go.Figure:
    """Return one confusion matrix per model, each shaded by shares of its true genres.

    Parameters
    ----------
    matrices : mapping of str to DataFrame
        Counts by model name; index true genre, columns predicted genre.
    show : "counts" or "shares"
        What the cells say, where there is room to say it.
    mode : "light" or "dark"
    narrow : bool
        For a phone: one below the other.
    songs, leads : mapping, optional
        By model name: the matrix counted in songs, and where its cells lead; see
        ``confusion_figure``.
    """
    columns = columns_of(len(matrices), narrow=narrow)
    rows = -(-len(matrices) // columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[wrapped(name, TITLE_LETTERS) for name in matrices],
        shared_yaxes="all",
        horizontal_spacing=0.025,
        vertical_spacing=0.32 / rows if rows > 1 else 0.0,
    )
    numbered = narrow or len(matrices) <= MOST_NUMBERED
    for place, (name, counts) in enumerate(matrices.items()):
        shades, numbers = confusion_figure(
            counts,
            show=show,
            mode=mode,
            songs=(songs or {}).get(name),
            lead=(leads or {}).get(name, ""),
        ).data
        numbers.textfont.size = 10
        for trace in (shades, numbers) if numbered else (shades,):
            figure.add_trace(trace, row=place // columns + 1, col=place % columns + 1)
    figure.update_layout(
        template=theme.template(mode), margin={"l": 8, "r": 8, "t": TITLE_PX, "b": 8}
    )
    figure.update_annotations(font={"size": 13, "color": theme.TEXT[mode]})
    both = {"tickfont": {"color": theme.TEXT[mode], "size": 11}, "showgrid": False}
    figure.update_xaxes(both, fixedrange=True, tickangle=-90, dtick=1)
    figure.update_yaxes(both, fixedrange=True, autorange="reversed", dtick=1)
    return figure
