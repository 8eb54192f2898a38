"""Trials of a search as parallel coordinates of plain lines, without WebGL: drawn at once anywhere.

The Model page draws the same trials with axes that can be brushed (figures/trials.py).
"""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.trials import axis
from dashboard.theme import Mode

MOST_TICKS = 6  # of one axis: each value where there are no more, else the two ends
ROOM = 0.06


def parallel_figure(
    trials: pd.DataFrame, score: str, *, mode: Mode, narrow: bool = False
) -> go.Figure:
    """Return a line per trial over an axis per setting: the best third strong, the worst faint.

    Parameters
    ----------
    trials : DataFrame
        A row per trial, the best first: settings (numbers or text), and the score last.
    score : str
        Name of the score's column.
    mode : "light" or "dark"
    narrow : bool
        A phone: names of the axes are slanted.
    """
    axes = [axis(str(name), trials[name]) for name in trials.columns]
    places = pd.DataFrame({number: _places(dimension) for number, dimension in enumerate(axes)})
    figure = go.Figure()
    for number in reversed(range(len(trials))):  # the best on top
        figure.add_trace(
            _line(trials.iloc[number], places.iloc[number], _look(number, trials, mode))
        )
    for number, dimension in enumerate(axes):
        figure.add_shape(
            type="line", x0=number, x1=number, y0=0, y1=1, layer="below",
            line={"color": theme.MUTED[mode], "width": 1},
        )  # fmt: skip
        for place, text in _ticks(dimension, trials[dimension["label"]]):
            figure.add_annotation(
                x=number, y=place, text=text, showarrow=False, xanchor="right", xshift=-4,
                font={"size": 10 if narrow else 12, "color": theme.TEXT[mode]},
                bgcolor=theme.SURFACE[mode], borderpad=0,
            )  # fmt: skip
    figure.update_layout(
        template=theme.template(mode),
        showlegend=False,
        margin={"l": 8, "r": 24, "t": 8, "b": 8},
    )
    figure.update_xaxes(
        side="top", tickvals=list(range(len(axes))), ticktext=[one["label"] for one in axes],
        range=[-0.45, len(axes) - 0.8], showgrid=False, zeroline=False, fixedrange=True,
        tickangle=-35 if narrow else 0, tickfont={"color": theme.TEXT[mode], "size": 13},
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[-ROOM, 1 + ROOM], fixedrange=True)
    return figure


def _places(dimension: dict[str, Any]) -> list[float]:
    """Return where each trial crosses an axis, 0 to 1."""
    low, high = dimension["range"]
    return [(float(value) - low) / (high - low) for value in dimension["values"]]


def _ticks(dimension: dict[str, Any], values: pd.Series) -> list[tuple[float, str]]:
    """Return places and texts of ticks: every value where there are few, else the two ends."""
    low, high = dimension["range"]
    if "tickvals" in dimension:
        pairs = zip(dimension["tickvals"], dimension["ticktext"], strict=True)
    else:
        ordered = sorted(set(values))
        shown = ordered if len(ordered) <= MOST_TICKS else [ordered[0], ordered[-1]]
        pairs = zip(shown, [f"{value:.3g}" for value in shown], strict=True)
    return [((float(place) - low) / (high - low), str(text)) for place, text in pairs]


def _look(number: int, trials: pd.DataFrame, mode: Mode) -> dict[str, Any]:
    """Return the line of a trial by its place among all: strong, grey or faint."""
    if number == 0:
        return {"color": theme.ACCENT[mode], "width": 3}
    third = 3 * number // len(trials)
    colour = (theme.ACCENT, theme.MUTED, theme.FAINT)[third][mode]
    return {"color": colour, "width": 1.2}


def _line(trial: pd.Series, places: pd.Series, look: dict[str, Any]) -> go.Scatter:
    said = "<br>".join(
        f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}"
        for name, value in trial.items()
    )
    return go.Scatter(
        x=list(places.index),
        y=[float(place) for place in places],
        mode="lines",
        line=look,
        text=[said] * len(places),
        hovertemplate="%{text}<extra></extra>",
    )
