"""Songs by genre, with a part of them marked."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import CLICK, marks
from dashboard.theme import Mode


def genre_counts_figure(counts: pd.Series, *, title: str, mode: Mode, lead: str = "") -> go.Figure:
    """Return a bar per genre in its colour, the largest on top.

    Parameters
    ----------
    counts : Series
        Numbers by genre.
    title : str
        What is counted; title of the axis.
    mode : "light" or "dark"
    lead : str
        Address of the songs of a genre, with a place for it; "" for none.
    """
    rows = counts.sort_index(ascending=False).sort_values(kind="stable")
    colours = theme.genre_colours(sorted(map(str, counts.index)), mode)
    figure = go.Figure(
        go.Bar(
            x=rows.to_numpy(),
            y=list(rows.index),
            orientation="h",
            name=title,
            marker={"color": [colours[genre] for genre in rows.index]},
            text=[f"{number:,}" for number in rows],
            textposition="outside",
            cliponaxis=False,
            meta=marks(lead) if lead else None,
            hovertemplate=f"%{{y}}: %{{x:,}}{f'<br>{CLICK}' if lead else ''}<extra></extra>",
        )
    )
    _lay_out(figure, title, mode, 1.12 * rows.max())
    return figure


def copies_figure(
    copies: pd.DataFrame, *, mode: Mode, ids: pd.DataFrame | None = None, lead: str = ""
) -> go.Figure:
    """Return tracks with a copy by genre; those whose copy has another genre are hatched.

    Parameters
    ----------
    copies : DataFrame
        Index: genre; columns ``same`` and ``other``: tracks whose copies all have this genre, and
        tracks with a copy of another.
    mode : "light" or "dark"
    ids : DataFrame, optional
        The tracks that ``copies`` counts, by commas.
    lead : str
        Address of the tracks of a bar, with a place for their ids; "" for none.
    """
    rows = copies.assign(total=copies.sum(axis=1)).sort_index(ascending=False)
    rows = rows.sort_values("total", kind="stable")
    looks = {
        "same": ("copy of the same genre", theme.ACCENT[mode], ""),
        "other": ("copy of another genre", theme.TEXT[mode], "/"),
    }
    figure = go.Figure(
        [
            go.Bar(
                x=rows[column],
                y=list(rows.index),
                orientation="h",
                name=name,
                marker={
                    "color": colour,
                    "pattern": {
                        "shape": shape,
                        "fgcolor": theme.SURFACE[mode],
                        "fillmode": "overlay",
                        "size": 7,
                    },
                },
                customdata=None if ids is None else ids.loc[rows.index, [column]],
                meta=marks(lead) if lead else None,
                hovertemplate=(
                    f"%{{y}}, {name}: %{{x:,}} tracks"
                    f"{f'<br>{CLICK}' if lead else ''}<extra></extra>"
                ),
            )
            for column, (name, colour, shape) in looks.items()
        ]
    )
    _lay_out(figure, "tracks that have a copy", mode, 1.08 * rows["total"].max())
    figure.update_layout(
        barmode="stack",
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
    )
    return figure


def _lay_out(figure: go.Figure, title: str, mode: Mode, largest: float) -> None:
    figure.update_layout(
        template=theme.template(mode), bargap=0.3, margin={"l": 8, "r": 24, "t": 8, "b": 8}
    )
    figure.update_xaxes(
        title={"text": title, "font": {"size": 13}}, range=[0, largest], fixedrange=True,
        tickformat=",d" if largest >= 4 else None, nticks=7,
    )  # fmt: skip
    figure.update_yaxes(
        type="category", fixedrange=True, tickfont={"color": theme.TEXT[mode]}, ticklabelstandoff=6
    )
