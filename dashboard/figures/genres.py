"""Precision, recall and F1 of every genre as dots with intervals."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import CLICK_GENRE, marks
from dashboard.theme import Mode

METRICS = {"f1": "F1", "precision": "precision", "recall": "recall"}
SYMBOLS = {"f1": "circle", "precision": "triangle-up-open", "recall": "square-open"}
OFFSETS = {"f1": 0.0, "precision": 0.24, "recall": -0.24}  # rows between one genre and the next: 1


def genre_scores_figure(
    scores: pd.DataFrame,
    genres: list[str],
    *,
    mode: Mode,
    leads: Mapping[str, str] | None = None,
) -> go.Figure:
    """Return a row per genre with a dot and an interval per metric.

    Parameters
    ----------
    scores : DataFrame
        Columns ``metric, genre, value, ci_low, ci_high``.
    genres : list of str
        From top to bottom.
    mode : "light" or "dark"
    leads : mapping of str to str, optional
        By metric, the address of the songs that it is a share of, with a place for the genre.
    """
    row = {genre: len(genres) - 1 - place for place, genre in enumerate(genres)}
    figure = go.Figure()
    for metric in METRICS:
        own, lead = scores[scores["metric"] == metric], (leads or {}).get(metric, "")
        figure.add_trace(_dots(own, metric, row, mode, lead))
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
    )
    figure.update_xaxes(range=[-0.02, 1.02], dtick=0.2, fixedrange=True, zeroline=False)
    figure.update_yaxes(
        tickvals=list(row.values()),
        ticktext=list(row),
        range=[-0.6, len(genres) - 0.4],
        fixedrange=True,
        zeroline=False,
        tickfont={"color": theme.TEXT[mode]},
    )
    return figure


def _dots(
    rows: pd.DataFrame, metric: str, row: dict[str, int], mode: Mode, lead: str
) -> go.Scatter:
    """Return the dots of one metric with their intervals."""
    name = METRICS[metric]
    colour = theme.ACCENT[mode] if metric == "f1" else theme.MUTED[mode]
    return go.Scatter(
        x=rows["value"],
        y=[row[genre] + OFFSETS[metric] for genre in rows["genre"]],
        name=name,
        mode="markers",
        marker={"symbol": SYMBOLS[metric], "size": 9, "color": colour},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["ci_high"] - rows["value"],
            "arrayminus": rows["value"] - rows["ci_low"],
            "thickness": 1.5,
            "width": 0,
        },
        customdata=rows[["genre", "ci_low", "ci_high"]],
        hovertemplate=(
            "%{customdata[0]}<br>" + name + " %{x:.2f} "
            "[%{customdata[1]:.2f}, %{customdata[2]:.2f}]"
            + (f"<br>{CLICK_GENRE[metric]}" if lead else "")
            + "<extra></extra>"
        ),
        meta=marks(lead) if lead else None,
    )
