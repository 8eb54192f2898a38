"""How far a score moves when only the seed changes, beside the published figure."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.labels import wrapped
from dashboard.theme import Mode

NAME_LETTERS = 24  # in a line beside its row
MARGIN = 0.02  # of the axis, either side of what is drawn


def seeds_figure(ranges: pd.DataFrame, *, mode: Mode, unit: str) -> go.Figure:
    """Return a row per model: lowest to highest score as a bar, the mean, the published figure.

    Parameters
    ----------
    ranges : DataFrame
        Columns ``name, short, tested, family, mean, low, high, published, n_seeds``; from top to
        bottom.
    mode : "light" or "dark"
    unit : str
        What is counted: "whole songs".
    """
    place = [len(ranges) - 1 - number for number in range(len(ranges))]
    colours = [theme.family_colour(family, mode) for family in ranges["family"]]
    figure = go.Figure(
        go.Scatter(
            x=ranges["mean"],
            y=place,
            name="ours: lowest, mean, highest",
            mode="markers",
            marker={"size": 10, "color": colours},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": ranges["high"] - ranges["mean"],
                "arrayminus": ranges["mean"] - ranges["low"],
                "thickness": 3,
                "width": 6,
                "color": theme.MUTED[mode],
            },
            customdata=ranges[["name", "low", "high", "n_seeds"]],
            hovertemplate=(
                "<b>%{customdata[0]}</b><br>mean %{x:.3f}, %{customdata[1]:.3f} to "
                "%{customdata[2]:.3f} over %{customdata[3]} seeds<extra></extra>"
            ),
        )
    )
    known = ranges["published"].notna().to_numpy()
    figure.add_trace(
        go.Scatter(
            x=ranges["published"][known],
            y=[height for height, there in zip(place, known, strict=True) if there],
            name="published",
            mode="markers",
            marker={"symbol": "diamond-open", "size": 13, "color": theme.TEXT[mode],
                    "line": {"width": 2}},
            hovertemplate="published %{x:.3f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
    )
    names = ranges["short"].map(lambda name: wrapped(name, NAME_LETTERS))
    ticks = (
        names + "<br>" + ranges["tested"].map(lambda name: wrapped(name, NAME_LETTERS))
    ).tolist()
    drawn = ranges[["low", "high", "published"]].stack()
    figure.update_xaxes(
        range=[drawn.min() - MARGIN, drawn.max() + MARGIN], fixedrange=True,
        zeroline=False, nticks=4, tickangle=0,
        title_text=wrapped(f"Share of {unit} named rightly", NAME_LETTERS),
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=place, ticktext=ticks, range=[-0.6, len(ranges) - 0.4],
        fixedrange=True, zeroline=False, tickfont={"color": theme.TEXT[mode]},
    )  # fmt: skip
    return figure
