"""Models under one protocol: accuracy and macro-F1 as dots, where there is no fall to draw."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

LOOKS = {"accuracy": ("Accuracy", "circle", 0.14), "macro_f1": ("Macro-F1", "diamond-open", -0.14)}


def single_figure(runs: pd.DataFrame, *, mode: Mode, unit: str) -> go.Figure:
    """Return a row per model, the best at the top, with a dot and an interval per score.

    Parameters
    ----------
    runs : DataFrame
        Columns ``served_id, short, family, metric, value, ci_low, ci_high``.
    mode : "light" or "dark"
    unit : str
        What is counted: "whole songs".
    """
    accuracy = runs[runs["metric"] == "accuracy"].sort_values("value", kind="stable")
    row = {model: place for place, model in enumerate(accuracy["served_id"])}
    figure = go.Figure()
    for metric in LOOKS:
        own = runs[(runs["metric"] == metric) & runs["served_id"].isin(row)]
        figure.add_trace(_dots(own, metric, row, mode))
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
    )
    figure.update_xaxes(
        range=[-0.02, 1.02], dtick=0.2, tickformat=".1f", fixedrange=True, zeroline=False,
        title_text=f"Score, counting {unit}",
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(row.values()),
        ticktext=accuracy["short"].tolist(),
        range=[-0.6, len(row) - 0.4],
        fixedrange=True,
        zeroline=False,
        tickfont={"color": theme.TEXT[mode], "size": 13},
    )
    return figure


def _dots(rows: pd.DataFrame, metric: str, row: dict[str, int], mode: Mode) -> go.Scatter:
    """Return the dots of one score with their intervals."""
    name, symbol, offset = LOOKS[metric]
    colours = [theme.family_colour(family, mode) for family in rows["family"]]
    return go.Scatter(
        x=rows["value"],
        y=[row[model] + offset for model in rows["served_id"]],
        name=name,
        mode="markers",
        marker={"symbol": symbol, "size": 9, "color": colours},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["ci_high"] - rows["value"],
            "arrayminus": rows["value"] - rows["ci_low"],
            "thickness": 1.5,
            "width": 0,
            "color": theme.MUTED[mode],
        },
        customdata=rows[["served_id", "short", "ci_low", "ci_high"]],
        hovertemplate=(
            "<b>%{customdata[1]}</b><br>" + name + " %{x:.2f} "
            "[%{customdata[2]:.2f}, %{customdata[3]:.2f}]<extra></extra>"
        ),
    )
