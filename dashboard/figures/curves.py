"""ROC and precision-recall: one line a genre, and their mean."""

from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

Curve = Literal["roc", "precision_recall"]
MACRO, MICRO = "macro", "micro"
MEAN = "mean"
AXES: dict[Curve, tuple[str, str]] = {
    "roc": ("false_positive_rate", "true_positive_rate"),
    "precision_recall": ("recall", "precision"),
}
AXIS_TITLES = {
    "false_positive_rate": "false positive rate",
    "true_positive_rate": "true positive rate (recall)",
    "recall": "recall",
    "precision": "precision",
}
DASHES = ("solid", "dash", "dot")  # a second cue beside the colour


def curves_figure(
    points: pd.DataFrame, areas: dict[str, float], *, curve: Curve, mode: Mode
) -> go.Figure:
    """Return the curves of one run; the legend goes from the largest to the smallest area.

    Parameters
    ----------
    points : DataFrame
        Columns ``genre`` ("macro" is the mean; "micro" is not drawn) and the two of ``AXES``.
    areas : dict of str to float
        Area under the curve by genre; "" is their mean.
    curve : "roc" or "precision_recall"
    mode : "light" or "dark"
    """
    genres = sorted(set(points["genre"]) - {MACRO, MICRO})
    colours = theme.genre_colours(genres, mode)
    dashes = {genre: DASHES[place % len(DASHES)] for place, genre in enumerate(genres)}
    figure = go.Figure()
    if curve == "roc":
        figure.add_shape(
            type="line", x0=0, y0=0, x1=1, y1=1, layer="below",
            line={"color": theme.MUTED[mode], "width": 1, "dash": "dot"},
        )  # fmt: skip
    for genre in sorted(genres, key=lambda genre: (-areas.get(genre, 0.0), genre)):
        line = {"color": colours[genre], "width": 1.6, "dash": dashes[genre]}
        figure.add_trace(_line(points, genre, _with_area(genre, areas.get(genre)), curve, line))
    if (points["genre"] == MACRO).any():
        line = {"color": theme.TEXT[mode], "width": 4, "dash": "solid"}
        figure.add_trace(_line(points, MACRO, _with_area(MEAN, areas.get("")), curve, line))
    figure.update_layout(
        template=theme.template(mode),
        legend=theme.legend_below([trace.name for trace in figure.data]) | {"y": -0.17},
        margin={"l": 8, "r": 16, "t": 16, "b": 8},
    )
    x, y = AXES[curve]
    small = {"size": 13}
    figure.update_xaxes(
        title={"text": AXIS_TITLES[x], "font": small}, range=[-0.01, 1.01], fixedrange=True
    )
    figure.update_yaxes(
        title={"text": AXIS_TITLES[y], "font": small}, range=[0, 1.02], fixedrange=True
    )
    return figure


def _with_area(name: str, area: float | None) -> str:
    return name if area is None else f"{name} {area:.2f}"


def _line(
    points: pd.DataFrame, genre: str, name: str, curve: Curve, line: dict[str, object]
) -> go.Scatter:
    x, y = AXES[curve]
    rows = points[points["genre"] == genre]
    return go.Scatter(
        x=rows[x],
        y=rows[y],
        name=name,
        mode="lines",
        line=line,
        hovertemplate=f"{name}<br>{y.replace('_', ' ')} %{{y:.2f}} at {x.replace('_', ' ')} "
        "%{x:.2f}<extra></extra>",
    )
