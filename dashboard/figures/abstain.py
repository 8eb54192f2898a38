"""Several models that may say "I do not know": accuracy by the share of songs answered.

The first shape is the line at the share that the slider stands at, the last trace marks the stored
level of each model that is nearest to it; assets/explore.js moves both.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.formats import format_score
from dashboard.figures.reliability import faint
from dashboard.theme import Mode

DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up")


def abstain_figure(
    levels: Mapping[str, pd.DataFrame],
    families: Sequence[str],
    *,
    coverage: float,
    points: Mapping[str, Sequence[float]],
    mode: Mode,
) -> go.Figure:
    """Return a curve with its band for each model, and the marker.

    Parameters
    ----------
    levels : mapping of str to DataFrame
        Columns ``coverage, threshold, accuracy, ci_low, ci_high, n`` by name of the model.
    families : sequence of str
        Of these models, in this order.
    coverage : float
        Where the line stands.
    points : mapping
        ``x``: the stored share answered by each model that is nearest, ``y``: its accuracy there.
    mode : "light" or "dark"
    """
    figure = go.Figure()
    colours = _colours(families, mode)
    for place, (name, rows) in enumerate(levels.items()):
        look = (colours[place], DASHES[place % len(DASHES)], SYMBOLS[place % len(SYMBOLS)])
        for trace in _curve(name, rows.sort_values("coverage"), look):
            figure.add_trace(trace)
    figure.add_shape(
        type="line", x0=coverage, x1=coverage, y0=0, y1=1, yref="paper",
        line={"color": theme.MUTED[mode], "width": 1},
    )  # fmt: skip
    marker: dict[str, Any] = {"size": 14, "color": colours}
    marker["line"] = {"width": 2, "color": theme.TEXT[mode]}
    marked = {"x": list(points["x"]), "y": list(points["y"])}
    figure.add_scatter(**marked, mode="markers", marker=marker, hoverinfo="skip", showlegend=False)
    figure.update_layout(
        template=theme.template(mode),
        legend=theme.legend_below(list(levels)) | {"y": -0.2},
        margin={"l": 8, "r": 16, "t": 16, "b": 8},
    )
    axis = {"fixedrange": True, "title": {"font": {"size": 13}}, "ticklabelstandoff": 4}
    figure.update_xaxes(
        axis, title_text="share of songs answered", range=[0, 1.03], tickformat=".0%", dtick=0.2
    )
    figure.update_yaxes(axis, title_text="share of answers that are right", range=[0, 1.02])
    return figure


def _colours(families: Sequence[str], mode: Mode) -> list[str]:
    """Return the colour of each model: its family's, or the palette's where two would share it."""
    colours = [theme.family_colour(family, mode) for family in families]
    if len(set(colours)) == len(colours):
        return colours
    return [theme.PALETTE[mode][place % len(theme.PALETTE[mode])] for place in range(len(families))]


def _curve(name: str, rows: pd.DataFrame, look: tuple[str, str, str]) -> list[go.Scatter]:
    """Return the band of a model's interval, and its curve."""
    colour, dash, symbol = look
    band = {
        "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        "legendgroup": name,
    }  # fmt: skip
    said = [
        f"{name}<br>{row['coverage']:.0%} answered ({row['n']:,} songs, sure to "
        f"{row['threshold']:.2f} or more)<br>right: "
        f"{format_score(row['accuracy'], row['ci_low'], row['ci_high'])}"
        for _, row in rows.iterrows()
    ]
    return [
        go.Scatter(x=rows["coverage"], y=rows["ci_low"], **band),
        go.Scatter(
            x=rows["coverage"], y=rows["ci_high"], fill="tonexty", fillcolor=faint(colour), **band
        ),
        go.Scatter(
            x=rows["coverage"],
            y=rows["accuracy"],
            name=name,
            legendgroup=name,
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": dash},
            marker={"color": colour, "size": 6, "symbol": symbol},
            text=said,
            hovertemplate="%{text}<extra></extra>",
        ),
    ]
