"""Whether probabilities mean what they say: reliability, and accuracy when a model may abstain."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

STAGES = {"before": "as trained", "after": "after temperature scaling"}


def reliability_figure(bins: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return accuracy by confidence, before and after temperature scaling.

    Parameters
    ----------
    bins : DataFrame
        Columns ``stage, confidence, accuracy, ci_low, ci_high, n``.
    mode : "light" or "dark"
    """
    figure = go.Figure()
    figure.add_shape(
        type="line", x0=0, y0=0, x1=1, y1=1, layer="below",
        line={"color": theme.MUTED[mode], "width": 1, "dash": "dot"},
    )  # fmt: skip
    looks = {
        "before": (theme.MUTED[mode], "circle-open", "dot"),
        "after": (theme.ACCENT[mode], "circle", "solid"),
    }
    for stage, (colour, symbol, dash) in looks.items():
        rows = bins[bins["stage"] == stage].sort_values("confidence")
        figure.add_trace(
            go.Scatter(
                x=rows["confidence"],
                y=rows["accuracy"],
                name=STAGES[stage],
                mode="lines+markers",
                line={"color": colour, "width": 1.5, "dash": dash},
                marker={"color": colour, "symbol": symbol, "size": 9},
                error_y=_bars(rows),
                customdata=rows[["n", "ci_low", "ci_high"]],
                hovertemplate=(
                    "%{customdata[0]:,} songs, sure to %{x:.2f}<br>right: %{y:.2f} "
                    f"[%{{customdata[1]:.2f}}, %{{customdata[2]:.2f}}]<br>{STAGES[stage]}"
                    "<extra></extra>"
                ),
            )
        )
    figure.add_annotation(
        x=1, y=0.02, text="dotted: as often right as sure", showarrow=False, xanchor="right",
        yanchor="bottom", font={"size": 13, "color": theme.MUTED[mode]},
    )  # fmt: skip
    _lay_out(figure, mode)
    figure.update_xaxes(title_text="confidence")
    figure.update_yaxes(title_text="share named rightly")
    return figure


def abstention_figure(levels: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return accuracy by the share of songs that are answered, with its interval as a band.

    Parameters
    ----------
    levels : DataFrame
        Columns ``coverage, threshold, accuracy, ci_low, ci_high, n``.
    mode : "light" or "dark"
    """
    rows = levels.sort_values("coverage")
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure = go.Figure(
        [
            go.Scatter(x=rows["coverage"], y=rows["ci_low"], **band),
            go.Scatter(
                x=rows["coverage"], y=rows["ci_high"], fill="tonexty",
                fillcolor=faint(theme.ACCENT[mode]), **band,
            ),
            go.Scatter(
                x=rows["coverage"],
                y=rows["accuracy"],
                name="accuracy of the answers",
                mode="lines+markers",
                line={"color": theme.ACCENT[mode], "width": 2},
                marker={"color": theme.ACCENT[mode], "size": 7},
                showlegend=False,
                customdata=rows[["n", "threshold", "ci_low", "ci_high"]],
                hovertemplate=(
                    "%{x:.0%} answered (%{customdata[0]:,} songs, sure to %{customdata[1]:.2f} "
                    "or more)<br>right: %{y:.2f} [%{customdata[2]:.2f}, %{customdata[3]:.2f}]"
                    "<extra></extra>"
                ),
            ),
        ]
    )  # fmt: skip
    _lay_out(figure, mode)
    figure.update_xaxes(title_text="share of songs answered")
    figure.update_yaxes(title_text="share of answers that are right")
    figure.update_xaxes(tickformat=".0%")
    return figure


def faint(colour: str) -> str:
    """Return "#rrggbb" as a colour that lets most of what is behind it through."""
    return theme.rgba(colour, 0.18)


def _bars(rows: pd.DataFrame) -> dict[str, object]:
    return {
        "type": "data", "symmetric": False, "array": rows["ci_high"] - rows["accuracy"],
        "arrayminus": rows["accuracy"] - rows["ci_low"], "thickness": 1.2, "width": 0,
    }  # fmt: skip


def _lay_out(figure: go.Figure, mode: Mode) -> None:
    """Set what both figures share: two axes of shares, legend above."""
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
    )
    axis = {
        "range": [0, 1.02],
        "dtick": 0.2,
        "fixedrange": True,
        "title": {"font": {"size": 13}},
        "ticklabelstandoff": 4,
    }
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
