"""Trials of a search as parallel coordinates: a line per trial, an axis per setting."""

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

LETTER_PX = 7
DECADES = 1.5  # a range of more than these many powers of ten gets a logarithmic axis


def trials_figure(
    trials: pd.DataFrame, score: str, *, mode: Mode, narrow: bool = False
) -> go.Figure:
    """Return parallel coordinates; the stronger the colour of a line, the better its score.

    Parameters
    ----------
    trials : DataFrame
        A row per trial: settings (numbers or text), and the score in the last column.
    score : str
        Name of the score's column, as its axis says it.
    mode : "light" or "dark"
    narrow : bool
        A phone: names of the axes are slanted.
    """
    line = {
        "color": trials[score],
        "colorscale": [[0, theme.FAINT[mode]], [0.5, theme.MUTED[mode]], [1, theme.ACCENT[mode]]],
        "showscale": False,
    }
    figure = go.Figure(
        go.Parcoords(
            dimensions=[axis(name, trials[name]) for name in trials.columns],
            line=line,
            labelangle=-28 if narrow else 0,
            labelside="top",
            labelfont={"size": 12 if narrow else 13, "color": theme.TEXT[mode]},
            tickfont={"size": 11 if narrow else 12, "color": theme.TEXT[mode]},
            rangefont={"size": 1, "color": theme.SURFACE[mode]},  # the ticks say it already
            unselected={"line": {"color": theme.GRID[mode], "opacity": 0.5}},
        )
    )
    words = [len(word) for word in figure.data[0].dimensions[0].ticktext or ()]
    left = max(40, 8 + LETTER_PX * max(words, default=0))  # ticks stand left of their axis
    figure.update_layout(
        template=theme.template(mode),
        margin={"l": left, "r": 52, "t": 96 if narrow else 56, "b": 24},
    )
    return figure


def axis(name: str, values: pd.Series) -> dict[str, Any]:
    """Return one axis: linear or logarithmic for numbers, steps for words."""
    if pd.api.types.is_numeric_dtype(values) and values.notna().all():
        if values.min() > 0 and math.log10(values.max() / values.min()) > DECADES:
            return _logarithmic(name, values)
        low, high = float(values.min()), float(values.max())
        return {"label": name, "values": values, "range": [low, high if high > low else low + 1]}
    words = [str(value) for value in values]
    steps = sorted(set(words), key=_as_number)
    return {
        "label": name,
        "values": [steps.index(word) for word in words],
        "tickvals": list(range(len(steps))),
        "ticktext": steps,
        "range": [-0.2, len(steps) - 0.8],
    }


def _logarithmic(name: str, values: pd.Series) -> dict[str, Any]:
    low, high = math.floor(math.log10(values.min())), math.ceil(math.log10(values.max()))
    decades = range(low, high + 1)
    return {
        "label": name,
        "values": [math.log10(value) for value in values],
        "tickvals": list(decades),
        "ticktext": [f"{10.0**power:g}" for power in decades],
        "range": [low, high],
    }


def _as_number(word: str) -> tuple[bool, float, str]:
    """Sort numbers before words, and by size."""
    try:
        return False, float(word), word
    except ValueError:
        return True, 0.0, word
