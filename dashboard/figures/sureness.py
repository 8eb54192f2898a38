"""How sure a model is of its answers, and how often it is then right: counts of songs."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

FEW = 6  # songs in the tallest bar
BARS = ((True, "right", "ACCENT", ""), (False, "wrong", "MUTED", "/"))


def sureness_figure(counts: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return bars over steps of probability: right answers, and on top of them wrong ones, hatched.

    Parameters
    ----------
    counts : DataFrame
        Index: the steps as text, in order; columns ``right`` and ``wrong``.
    mode : "light" or "dark"
    """
    figure = go.Figure()
    for is_right, name, colour, pattern in BARS:
        shade = getattr(theme, colour)[mode]
        figure.add_trace(
            go.Bar(
                x=list(counts.index),
                y=counts["right" if is_right else "wrong"],
                name=name,
                marker={
                    "color": shade if is_right else theme.SURFACE[mode],
                    "line": {"color": shade, "width": 1.5},
                    "pattern": {"shape": pattern, "fgcolor": shade, "size": 6},
                },
                hovertemplate="%{y} " + name + "<br>probability %{x}<extra></extra>",
            )
        )
    figure.update_layout(
        template=theme.template(mode), barmode="stack", bargap=0.15,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
    )  # fmt: skip
    figure.update_xaxes(title_text="probability of the answer", type="category", fixedrange=True)
    figure.update_yaxes(title_text="songs", fixedrange=True, rangemode="tozero")
    if counts.to_numpy().sum(axis=1).max() <= FEW:  # no half songs
        figure.update_yaxes(dtick=1)
    return figure
