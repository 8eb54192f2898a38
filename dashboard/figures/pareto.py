"""Quality against cost: what nothing beats is a stepped line, the rest stands faint below it."""

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.formats import format_score
from dashboard.figures.marks import marks
from dashboard.rows.costs import Cost
from dashboard.theme import Mode

MOST_NAMED = 8  # of the front; more would stand on each other
DECADES = (-4, 13)
FAINT = 0.45


def pareto_figure(
    runs: pd.DataFrame,
    cost: Cost,
    *,
    tested: str,
    mode: Mode,
    lead: str = "",
    narrow: bool = False,
) -> go.Figure:
    """Return the picture.

    Parameters
    ----------
    runs : DataFrame
        Columns ``short, family, served_id, value, ci_low, ci_high, cost, front``.
    cost : Cost
        What the horizontal axis says.
    tested : str
        Short name of the protocol.
    mode : "light" or "dark"
    lead : str
        Address of a model, with a place for its id; "" for none.
    narrow : bool
        A phone: the front is named on hover only.
    """
    known = runs.dropna(subset=["cost"])
    front = known[known["front"]].sort_values(["cost", "value"])
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=front["cost"],
            y=front["value"],
            mode="lines",
            line={"shape": "hv", "color": theme.MUTED[mode], "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    for family in dict.fromkeys(known["family"]):
        rows = known[known["family"] == family]
        figure.add_trace(_points(rows[~rows["front"]], family, cost, mode, on_front=False))
        figure.add_trace(_points(rows[rows["front"]], family, cost, mode, on_front=True))
    if lead:
        figure.update_traces(meta=marks(lead), selector={"mode": "markers"})
    if not narrow:
        for annotation in _names(front, mode):
            figure.add_annotation(annotation)
    _lay_out(figure, known, cost, tested, mode, narrow=narrow)
    return figure


def _points(
    rows: pd.DataFrame, family: str, cost: Cost, mode: Mode, *, on_front: bool
) -> go.Scatter:
    """Return the models of one family, with intervals where they are on the front."""
    colour = theme.family_colour(family, mode)
    said = [
        f"{row['short']}<br>{format_score(row['value'], row['ci_low'], row['ci_high'])}<br>"
        f"{cost.text(row['cost'])} {cost.said}"
        for _, row in rows.iterrows()
    ]
    look: dict[str, Any] = {"color": colour, "size": 11 if on_front else 8}
    bars: dict[str, Any] | None = None
    if on_front:
        look |= {"line": {"width": 1.5, "color": theme.TEXT[mode]}}
        bars = {
            "type": "data", "symmetric": False, "array": rows["ci_high"] - rows["value"],
            "arrayminus": rows["value"] - rows["ci_low"], "thickness": 1.2, "width": 0,
            "color": colour,
        }  # fmt: skip
    else:
        look |= {"opacity": FAINT, "symbol": "circle"}
    return go.Scatter(
        x=rows["cost"],
        y=rows["value"],
        name=family,
        legendgroup=family,
        showlegend=not on_front,
        mode="markers",
        marker=look,
        error_y=bars,
        text=said,
        customdata=rows[["served_id"]],
        hovertemplate="%{text}<extra></extra>",
    )


def _names(front: pd.DataFrame, mode: Mode) -> list[dict[str, Any]]:
    """Return the names of the models on the front, the best ones where there are too many."""
    named = front.sort_values("value").tail(MOST_NAMED)
    return [
        {
            "x": _power(row["cost"]), "y": row["ci_high"], "text": row["short"].split(" · ")[0],
            "showarrow": False, "xanchor": "left", "yanchor": "bottom", "textangle": -28,
            "font": {"size": 12, "color": theme.TEXT[mode]},
        }
        for _, row in named.iterrows()
    ]  # fmt: skip


def _power(value: float) -> float:
    """Return the place of a value on a logarithmic axis, as annotations want it."""
    return math.log10(value)


def _lay_out(
    figure: go.Figure, known: pd.DataFrame, cost: Cost, tested: str, mode: Mode, *, narrow: bool
) -> None:
    decades = [10.0**power for power in range(*DECADES, 2 if narrow else 1)]
    figure.update_layout(
        template=theme.template(mode),
        legend=theme.legend_below(list(known["family"])) | {"y": -0.2},
        margin={"l": 8, "r": 24, "t": 16, "b": 8},
    )
    figure.update_xaxes(
        title={"text": cost.title, "font": {"size": 13}}, type="log", tickangle=0,
        tickvals=decades, ticktext=[cost.tick(value) for value in decades],
    )  # fmt: skip
    figure.update_yaxes(
        title={"text": f"share of songs named rightly, {tested}", "font": {"size": 13}},
        range=[0, 1.02], dtick=0.2, ticklabelstandoff=4,
    )  # fmt: skip
