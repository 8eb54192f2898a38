"""The confusion matrix: what each genre is taken for."""

from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.colour_pairs import inks_on_scale
from dashboard.figures.marks import CLICK, marks
from dashboard.theme import Mode


def shares_of_rows(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts divided by their row's sum; a genre without samples has zeros."""
    return counts.div(counts.sum(axis=1).replace(0, 1), axis=0)


def confusion_figure(
    counts: pd.DataFrame,
    *,
    show: Literal["counts", "shares"],
    mode: Mode,
    songs: pd.DataFrame | None = None,
    lead: str = "",
) -> go.Figure:
    """Return the matrix, shaded by the share of each true genre, with numbers in the cells.

    Parameters
    ----------
    counts : DataFrame
        Index: true genre; columns: predicted genre.
    show : "counts" or "shares"
        What the cells say; shares are in percent. Zeros are left out.
    mode : "light" or "dark"
    songs : DataFrame, optional
        The same matrix counted in songs, where ``counts`` counts something else.
    lead : str
        Address of the songs of a cell, with places for both genres; "" for none.
    """
    share = shares_of_rows(counts)
    listed = (counts if songs is None else songs).to_numpy()
    numbers = counts if show == "counts" else (100 * share).round().astype(int)
    figure = go.Figure(
        go.Heatmap(
            z=share.to_numpy(),
            x=list(counts.columns),
            y=list(counts.index),
            customdata=np.dstack([counts.to_numpy(), share.to_numpy(), listed]),
            text=np.where((listed > 0) & bool(lead), f"<br>{CLICK}", ""),
            meta=marks(lead, count=2) if lead else None,
            colorscale=theme.SHARE_SCALE[mode],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=1,
            ygap=1,
            hovertemplate=(
                "%{y} taken for %{x}<br>%{customdata[0]:,} (%{customdata[1]:.0%} of %{y})"
                "%{text}<extra></extra>"
            ),
        )
    )
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 32, "b": 8})
    figure.add_trace(_cell_numbers(numbers, share, mode))
    both = {
        "tickfont": {"color": theme.TEXT[mode], "size": 13},
        "title": {"font": {"size": 13}},
        "showgrid": False,
        "fixedrange": True,
    }
    figure.update_xaxes(both, title_text="predicted", side="bottom", tickangle=-90)
    figure.update_yaxes(both, title_text="true", autorange="reversed")
    return figure


def _cell_numbers(numbers: pd.DataFrame, share: pd.DataFrame, mode: Mode) -> go.Scatter:
    """Return the numbers of all cells but the zeros, each in the ink that its shade needs."""
    rows, columns = np.nonzero(numbers.to_numpy())
    inks = inks_on_scale(share.to_numpy()[rows, columns].tolist(), theme.SHARE_SCALE, mode)
    return go.Scatter(
        x=numbers.columns[columns].tolist(),
        y=numbers.index[rows].tolist(),
        text=numbers.to_numpy()[rows, columns].astype(str).tolist(),
        mode="text",
        textfont={"size": 12, "color": inks},
        hoverinfo="skip",
        showlegend=False,
    )
