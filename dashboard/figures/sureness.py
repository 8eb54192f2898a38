"""How sure a model is of its answers, and how often it is then right: counts of songs."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import CLICK, marks
from dashboard.rows.sureness import STEPS
from dashboard.theme import Mode

FEW = 6  # songs in the tallest bar
BARS = ((True, "right", "ACCENT", ""), (False, "wrong", "MUTED", "/"))


def sureness_figure(counts: pd.DataFrame, addresses: Mapping[str, str], *, mode: Mode) -> go.Figure:
    """Return bars over steps of probability: right answers, and on top of them wrong ones, hatched.

    Parameters
    ----------
    counts : DataFrame
        Index: the steps, in order; columns ``right`` and ``wrong``.
    addresses : mapping
        "right" and "wrong" -> where these bars lead, with place 0 for the step; "" for nowhere.
    mode : "light" or "dark"
    """
    figure = go.Figure()
    for is_right, name, colour, pattern in BARS:
        shade = getattr(theme, colour)[mode]
        songs = counts["right" if is_right else "wrong"]
        address = addresses[name]
        click = f"<br>{CLICK}" if address else ""
        figure.add_trace(
            go.Bar(
                x=[STEPS[step] for step in counts.index],
                y=songs,
                name=name,
                marker={
                    "color": shade if is_right else theme.SURFACE[mode],
                    "line": {"color": shade, "width": 1.5},
                    "pattern": {"shape": pattern, "fgcolor": shade, "size": 6},
                },
                customdata=list(zip(counts.index, map(int, songs), strict=True)),
                meta=marks(address, count=1) if address else None,
                hovertemplate=f"%{{y:,}} {name}<br>probability %{{x}}{click}<extra></extra>",
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
