"""What something is worth: differences of accuracy with intervals, and likeness by band."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.labels import wrapped
from dashboard.figures.reliability import faint
from dashboard.sound.mel_axis import BandAxis
from dashboard.theme import Mode

LETTERS_A_LINE = 26  # leave half of a phone to the figure


def worth_figure(rows: pd.DataFrame, *, title: str, mode: Mode) -> go.Figure:
    """Return a row per name: a difference with its interval, beside a line at nothing.

    Parameters
    ----------
    rows : DataFrame
        Columns ``name, below`` (a second, fainter line), ``value, ci_low, ci_high, own`` (whether
        the row is in colour); from top to bottom.
    title : str
        Of the axis.
    mode : "light" or "dark"
    """
    place = list(range(len(rows)))
    colours = [theme.ACCENT[mode] if own else theme.MUTED[mode] for own in rows["own"]]
    figure = go.Figure(
        go.Scatter(
            x=rows["value"],
            y=place,
            name="difference",
            mode="markers",
            marker={"size": 10, "color": colours},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": rows["ci_high"] - rows["value"],
                "arrayminus": rows["value"] - rows["ci_low"],
                "thickness": 1.5,
                "width": 0,
                "color": theme.MUTED[mode],
            },
            customdata=rows[["name", "ci_low", "ci_high", "below"]],
            hovertemplate=(
                "<b>%{customdata[0]}</b><br>%{customdata[3]}<br>difference %{x:.3f} "
                "[%{customdata[1]:.3f}, %{customdata[2]:.3f}]<extra></extra>"
            ),
        )
    )
    _lay_out(figure, mode, title)
    low, high = min(rows["ci_low"].min(), 0), max(rows["ci_high"].max(), 0)
    margin = 0.05 * (high - low)
    figure.update_xaxes(
        range=[low - margin, high + margin],
        zeroline=True, zerolinewidth=2, zerolinecolor=theme.MUTED[mode],
    )  # fmt: skip
    ticks = [
        f"{_bold(wrapped(name, LETTERS_A_LINE), own)}<br>{below}"
        for name, below, own in zip(rows["name"], rows["below"], rows["own"], strict=True)
    ]
    figure.update_yaxes(
        tickvals=place, ticktext=ticks, range=[len(rows) - 0.4, -0.6], zeroline=False
    )
    return figure


def band_correlation_figure(bands: pd.DataFrame, axis: BandAxis, *, mode: Mode) -> go.Figure:
    """Return the correlation of picture and audio by band, with its interval as an area.

    Parameters
    ----------
    bands : DataFrame
        Columns ``band, value, ci_low, ci_high``, from the lowest band.
    axis : BandAxis
    mode : "light" or "dark"
    """
    bound = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure = go.Figure(
        [
            go.Scatter(x=bands["band"], y=bands["ci_low"], **bound),
            go.Scatter(
                x=bands["band"], y=bands["ci_high"], **bound,
                fill="tonexty", fillcolor=faint(theme.ACCENT[mode]),
            ),
            go.Scatter(
                x=bands["band"], y=bands["value"], name="correlation", mode="lines",
                line={"color": theme.ACCENT[mode], "width": 2},
                hovertemplate="band %{x}: %{y:.3f}<extra></extra>",
            ),
        ]
    )  # fmt: skip
    _lay_out(figure, mode, axis.title)
    places, names = axis.ticks(apart=axis.n_bands / 10)
    figure.update_xaxes(tickvals=places, ticktext=names, tickangle=0)
    figure.update_yaxes(
        title={"text": "correlation of levels", "font": {"size": 13}},
        range=[min(0.0, float(bands["ci_low"].min())), 1.02],
    )
    return figure


def _bold(text: str, is_bold: bool) -> str:
    return f"<b>{text}</b>" if is_bold else text


def _lay_out(figure: go.Figure, mode: Mode, title: str) -> None:
    figure.update_layout(
        template=theme.template(mode), margin={"l": 8, "r": 16, "t": 8, "b": 8}, showlegend=False
    )
    figure.update_xaxes(title={"text": title, "font": {"size": 13}}, fixedrange=True)
    figure.update_yaxes(
        fixedrange=True, tickfont={"color": theme.TEXT[mode], "size": 13}, ticklabelstandoff=6
    )
