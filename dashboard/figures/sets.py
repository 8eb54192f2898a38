"""Prediction sets: how often they hold the true genre, and how large they have to be for it."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.theme import Mode

ALL_GENRES = "all genres"


def sets_figure(sets: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return two panels with a row per genre: coverage with interval, and mean size.

    Parameters
    ----------
    sets : DataFrame
        Columns ``genre`` ("" is all), ``target, coverage, ci_low, ci_high, mean_size, n``.
    mode : "light" or "dark"
    """
    rows = sets.assign(
        name=[f"<b>{ALL_GENRES}</b>" if genre == "" else genre for genre in sets["genre"]],
        colour=[theme.TEXT[mode] if genre == "" else theme.ACCENT[mode] for genre in sets["genre"]],
    ).sort_values("genre", ascending=False)  # the first from below is the last
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, column_widths=[0.62, 0.38], horizontal_spacing=0.04,
        subplot_titles=["Sets with the true genre", "Mean size"],
    )  # fmt: skip
    figure.add_trace(_coverage(rows, theme.MUTED[mode]), row=1, col=1)
    figure.add_trace(_sizes(rows), row=1, col=2)
    target = float(rows["target"].iloc[0])
    figure.add_vline(
        x=target, line={"color": theme.MUTED[mode], "width": 1, "dash": "dash"}, row=1, col=1
    )
    figure.update_layout(
        template=theme.template(mode),
        showlegend=False,
        bargap=0.45,
        margin={"l": 8, "r": 16, "t": 32, "b": 8},
    )
    figure.update_annotations(font={"size": 12, "color": theme.MUTED[mode]})
    figure.update_xaxes(fixedrange=True, zeroline=False)
    figure.update_xaxes(
        range=[0, 1.02], tickvals=[0, 0.5, target], tickangle=0, tickformat=".0%", row=1, col=1
    )
    figure.update_xaxes(range=[0, 1.18 * rows["mean_size"].max()], nticks=5, row=1, col=2)
    figure.update_yaxes(fixedrange=True, tickfont={"color": theme.TEXT[mode]}, ticklabelstandoff=4)
    return figure


def _coverage(rows: pd.DataFrame, bars: str) -> go.Scatter:
    return go.Scatter(
        x=rows["coverage"],
        y=rows["name"],
        mode="markers",
        name="coverage",
        marker={"size": 9, "color": rows["colour"]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["ci_high"] - rows["coverage"],
            "arrayminus": rows["coverage"] - rows["ci_low"],
            "thickness": 1.5,
            "color": bars,
            "width": 0,
        },
        customdata=rows[["ci_low", "ci_high", "n"]],
        hovertemplate=(
            "%{y}<br>%{x:.2f} [%{customdata[0]:.2f}, %{customdata[1]:.2f}] of "
            "%{customdata[2]:,} songs<extra></extra>"
        ),
    )


def _sizes(rows: pd.DataFrame) -> go.Bar:
    return go.Bar(
        x=rows["mean_size"],
        y=rows["name"],
        orientation="h",
        name="mean size",
        marker={"color": rows["colour"]},
        text=[f"{size:.1f}" for size in rows["mean_size"]],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.2f} genres in a set<extra></extra>",
    )
