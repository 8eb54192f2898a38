"""Two models against each other: the difference of their confusions, and who was right when."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.formats import MINUS
from dashboard.figures.cells import cell_texts
from dashboard.figures.confusion import shares_of_rows
from dashboard.figures.labels import wrapped
from dashboard.figures.marks import marks
from dashboard.rows.answers import BOTH, FIRST, NEITHER, SECOND
from dashboard.theme import Mode

# Less, as much, more: two hues that keep apart for the colour-blind, equal in lightness at equal
# distance from the middle, which is the page's own colour.
CLICK_LARGER = "Click for the songs of the one with more"
NAME_LETTERS = 38  # in a line of a name beside the square; a phone has room for them
PAIR_ANSWERS = [[BOTH, FIRST], [SECOND, NEITHER]]
LEAST_SCALE = 0.1  # a difference of ten points is never drawn as the strongest colour's


def confusion_difference(
    first: pd.DataFrame, second: pd.DataFrame, show: Literal["counts", "shares"]
) -> pd.DataFrame:
    """Return the first matrix minus the second, in counts or in shares of the true genres."""
    if show == "counts":
        return first - second
    return shares_of_rows(first) - shares_of_rows(second)


def difference_figure(
    difference: pd.DataFrame,
    *,
    show: Literal["counts", "shares"],
    mode: Mode,
    lead: "DifferenceLead | None" = None,
) -> go.Figure:
    """Return the difference of two confusion matrices, centred on nothing.

    Parameters
    ----------
    difference : DataFrame
        Index true genre, columns predicted genre; in counts or shares, as ``show`` says.
    show : "counts" or "shares"
        Shares are written as points.
    mode : "light" or "dark"
    lead : DifferenceLead, optional
        The songs behind each cell.
    """
    values = difference.to_numpy(dtype=float)
    written = np.round(values if show == "counts" else 100 * values).astype(int)
    texts = [[_signed(int(cell)) for cell in row] for row in written]
    least = 1.0 if show == "counts" else LEAST_SCALE
    limit = max(float(np.abs(values).max(initial=0.0)), least)
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(difference.columns),
            y=list(difference.index),
            text=texts,
            colorscale=theme.DIVERGING[mode],
            zmin=-limit,
            zmax=limit,
            xgap=1,
            ygap=1,
            showscale=False,
            **_leading(lead),
        )
    )
    columns, rows = list(difference.columns), list(difference.index)
    places = (0.5 + values / (2 * limit)).tolist()
    figure.add_trace(cell_texts(places, texts, columns, rows, scale=theme.DIVERGING, mode=mode))
    _shape(figure, mode)
    figure.update_xaxes(title_text="predicted", tickangle=-90)
    figure.update_yaxes(title_text="true")
    return figure


@dataclass(frozen=True)
class DifferenceLead:
    """Where the cells of a difference lead: to the songs of the model that has more of them.

    Attributes
    ----------
    address : str
        With places for both genres, and for ``models``.
    songs_a, songs_b : DataFrame
        Songs in each cell of either matrix.
    models : DataFrame
        What a cell puts into the address: both models, the one with more songs first; "" where
        neither has any.
    """

    address: str
    songs_a: pd.DataFrame
    songs_b: pd.DataFrame
    models: pd.DataFrame


def _leading(lead: DifferenceLead | None) -> dict[str, Any]:
    """Return what hovering says, and where a click leads."""
    said = "%{y} taken for %{x}: %{text}"
    if lead is None:
        return {"hovertemplate": f"{said}<extra></extra>"}
    parts = [lead.models.to_numpy(), lead.songs_a.to_numpy(), lead.songs_b.to_numpy()]
    songs = "A: %{customdata[1]:,}, B: %{customdata[2]:,} songs"
    return {
        "customdata": np.dstack([part.astype(object) for part in parts]),
        "meta": marks(lead.address),
        "hovertemplate": f"{said}<br>{songs}<br>{CLICK_LARGER}<extra></extra>",
    }


def pair_figure(
    pair: pd.Series, names: tuple[str, str], *, mode: Mode, lead: str = ""
) -> go.Figure:
    """Return the square of who was right.

    Parameters
    ----------
    pair : Series
        ``both_right, only_a, only_b, neither, n_units``.
    names : tuple of str
        Of A and of B.
    mode : "light" or "dark"
    lead : str
        Address of the songs of a cell, with a place for the answers; "" for none.
    """
    counts = np.array(
        [[pair["both_right"], pair["only_a"]], [pair["only_b"], pair["neither"]]], dtype=int
    )
    share = counts / max(int(pair["n_units"]), 1)
    said = [["both right", "only A right"], ["only B right", "neither right"]]
    text = [
        [
            f"<b>{count:,}</b><br>{words}<br>{100 * part:.0f} %"
            for words, count, part in zip(*cells, strict=True)
        ]
        for cells in zip(said, counts, share, strict=True)
    ]
    columns, rows = ["B right", "B wrong"], ["A right", "A wrong"]
    figure = go.Figure(
        go.Heatmap(
            z=share,
            x=columns,
            y=rows,
            colorscale=theme.SHARE_SCALE[mode],
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
            showscale=False,
            hoverinfo="none",  # all is written; but a cell can be clicked
            customdata=np.dstack([np.array(PAIR_ANSWERS, dtype=object), counts.astype(object)]),
            meta=marks(lead, count=1) if lead else None,
        )
    )
    figure.add_trace(
        cell_texts(share.tolist(), text, columns, rows, scale=theme.SHARE_SCALE, mode=mode, size=15)
    )
    _shape(figure, mode)
    up, across = (
        wrapped(f"{one}: {name}", NAME_LETTERS) for one, name in zip("AB", names, strict=True)
    )
    figure.update_xaxes(title_text=across)
    figure.update_yaxes(title_text=up)
    return figure


def _shape(figure: go.Figure, mode: Mode) -> None:
    figure.update_layout(
        template=theme.template(mode),
        plot_bgcolor=theme.GRID[mode],  # shows between the cells
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    both = {
        "tickfont": {"color": theme.TEXT[mode], "size": 13},
        "title": {"font": {"size": 13}},
        "showgrid": False,
        "fixedrange": True,
    }
    figure.update_xaxes(both)
    figure.update_yaxes(both, autorange="reversed")


def _signed(value: int) -> str:
    """Return "+3", a true minus sign, nothing for zero."""
    return f"{'+' if value > 0 else MINUS}{abs(value)}" if value else ""
