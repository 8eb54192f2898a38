"""What a model goes by: families of features permuted, or the weights of the fitted model."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode


def permutation_figure(drops: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return a row per family: how many points of accuracy it carries, with interval.

    Parameters
    ----------
    drops : DataFrame
        Columns ``family, value, ci_low, ci_high, n_repeats``; the largest drop comes first.
    mode : "light" or "dark"
    """
    rows = drops.iloc[::-1]
    figure = go.Figure(
        go.Scatter(
            x=rows["value"],
            y=rows["family"],
            name="drop of accuracy",
            mode="markers",
            marker={"size": 10, "color": theme.ACCENT[mode]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": rows["ci_high"] - rows["value"],
                "arrayminus": rows["value"] - rows["ci_low"],
                "thickness": 1.5,
                "width": 0,
            },
            customdata=rows[["ci_low", "ci_high"]],
            hovertemplate=(
                "%{y} permuted: accuracy falls by %{x:.3f} "
                "[%{customdata[0]:.3f}, %{customdata[1]:.3f}]<extra></extra>"
            ),
        )
    )
    _lay_out(figure, mode, "accuracy lost when permuted")
    low, high = min(rows["ci_low"].min(), 0), max(rows["ci_high"].max(), 0)
    margin = 0.05 * (high - low)
    figure.update_xaxes(range=[low - margin, high + margin])
    figure.update_xaxes(zeroline=True, zerolinewidth=2, zerolinecolor=theme.MUTED[mode])
    return figure


def fitted_figure(shares: pd.DataFrame, *, title: str, mode: Mode) -> go.Figure:
    """Return a bar per feature.

    Parameters
    ----------
    shares : DataFrame
        Columns ``feature, family, value``; the largest comes first.
    title : str
        Of the axis.
    mode : "light" or "dark"
    """
    rows = shares.iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=rows["value"],
            y=rows["feature"],
            orientation="h",
            name="share",
            marker={"color": theme.ACCENT[mode]},
            customdata=rows["family"],
            hovertemplate="%{y} (%{customdata}): %{x:.1%}<extra></extra>",
        )
    )
    _lay_out(figure, mode, title)
    figure.update_xaxes(rangemode="tozero", tickformat=".0%")
    return figure


def _lay_out(figure: go.Figure, mode: Mode, title: str) -> None:
    figure.update_layout(
        template=theme.template(mode), bargap=0.35, margin={"l": 8, "r": 16, "t": 8, "b": 8}
    )
    figure.update_xaxes(title={"text": title, "font": {"size": 13}}, fixedrange=True)
    figure.update_yaxes(
        fixedrange=True, tickfont={"color": theme.TEXT[mode], "size": 13}, ticklabelstandoff=6
    )
