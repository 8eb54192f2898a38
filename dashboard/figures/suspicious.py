"""Tracks whose label is probably wrong: the probability of the given and of another genre."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import marks
from dashboard.theme import Mode


def suspicious_figure(
    labels: pd.DataFrame, genres: list[str], *, mode: Mode, lead: str = ""
) -> go.Figure:
    """Return a row per track with two ends: its own genre, open, and the suggested one, filled.

    Parameters
    ----------
    labels : DataFrame
        Columns ``track_id, genre, suggested, confidence_given, confidence_suggested``; the most
        suspicious comes first.
    genres : list of str
        All of the data set, for their colours and symbols.
    mode : "light" or "dark"
    lead : str
        Address of these tracks, with a place for the one to open; "" for none.
    """
    rows = labels.iloc[::-1]
    figure = go.Figure()
    for _, row in rows.iterrows():
        figure.add_trace(
            go.Scatter(
                x=[row["confidence_given"], row["confidence_suggested"]],
                y=[row["track_id"]] * 2,
                name=row["track_id"],
                mode="lines",
                line={"color": theme.GRID[mode], "width": 3},
                hoverinfo="skip",
            )
        )
    figure.add_trace(_ends(rows, "genre", "confidence_given", "given", genres, mode))
    figure.add_trace(_ends(rows, "suggested", "confidence_suggested", "suggested", genres, mode))
    if lead:
        figure.update_traces(meta=marks(lead), selector={"hoverinfo": None})
    figure.update_layout(
        template=theme.template(mode), showlegend=False, margin={"l": 8, "r": 16, "t": 8, "b": 8}
    )
    figure.update_xaxes(
        title={"text": "probability", "font": {"size": 13}},
        range=[-0.05, 1.14], tickvals=[0, 0.25, 0.5, 0.75, 1], fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        type="category", fixedrange=True, showgrid=False,
        tickfont={"color": theme.TEXT[mode], "size": 12},
    )  # fmt: skip
    return figure


def _ends(
    rows: pd.DataFrame, genre: str, confidence: str, what: str, genres: list[str], mode: Mode
) -> go.Scatter:
    """Return one end of every row, in the genre's look; the suggested one is named."""
    colours, symbols = theme.genre_colours(genres, mode), theme.genre_symbols(genres)
    open_ends = genre == "genre"
    return go.Scatter(
        x=rows[confidence],
        y=rows["track_id"],
        name=what,
        mode="markers" if open_ends else "markers+text",
        text=None if open_ends else [f" {g}" for g in rows[genre]],
        textposition="middle right",
        textfont={"size": 12, "color": theme.TEXT[mode]},
        cliponaxis=False,
        marker={
            "size": 10,
            "color": theme.SURFACE[mode] if open_ends else [colours[g] for g in rows[genre]],
            "symbol": [symbols[g].removesuffix("-open") for g in rows[genre]],
            "line": {"width": 2, "color": [colours[g] for g in rows[genre]]},
        },
        customdata=rows[["genre", "suggested"]],
        hovertemplate=(
            "%{y}, given as %{customdata[0]}, suggested %{customdata[1]}<br>probability of the "
            + what
            + " genre: %{x:.2f}<extra></extra>"
        ),
    )
