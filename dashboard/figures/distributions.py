"""One feature within each genre: the middle half as a bar, nine tenths as a line, the median."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import CLICK, marks
from dashboard.theme import Mode


def distribution_figure(
    rows: pd.DataFrame, feature: str, *, mode: Mode, lead: str = ""
) -> go.Figure:
    """Return a row per genre, the highest median on top.

    Parameters
    ----------
    rows : DataFrame
        Columns ``genre, n, p5, p25, p50, p75, p95, mean``, a row per genre.
    feature : str
        Title of the axis.
    mode : "light" or "dark"
    lead : str
        Address of the songs of a genre, with a place for it; "" for none.
    """
    ordered = rows.sort_values("p50", kind="stable")
    colours = theme.genre_colours(sorted(rows["genre"]), mode)
    own = [colours[genre] for genre in ordered["genre"]]
    figure = go.Figure()
    for low, high, width in (("p5", "p95", 2), ("p25", "p75", 14)):
        for (_, row), colour in zip(ordered.iterrows(), own, strict=True):
            figure.add_trace(
                go.Scatter(
                    x=[row[low], row[high]],
                    y=[row["genre"]] * 2,
                    name=row["genre"],
                    mode="lines",
                    line={"color": colour, "width": width},
                    hoverinfo="skip",
                )
            )
    figure.add_trace(_medians(ordered, mode, lead))
    figure.update_layout(
        template=theme.template(mode), showlegend=False, margin={"l": 8, "r": 16, "t": 8, "b": 8}
    )
    figure.update_xaxes(
        title={"text": feature, "font": {"size": 13}}, fixedrange=True, zeroline=False
    )
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=list(ordered["genre"]),
        fixedrange=True, tickfont={"color": theme.TEXT[mode]}, showgrid=False,
    )  # fmt: skip
    return figure


def _medians(rows: pd.DataFrame, mode: Mode, lead: str) -> go.Scatter:
    return go.Scatter(
        x=rows["p50"],
        y=rows["genre"],
        name="median",
        mode="markers",
        marker={
            "symbol": "line-ns", "size": 18,
            "line": {"width": 3, "color": theme.SURFACE[mode]},
        },
        meta=marks(lead) if lead else None,
        customdata=rows[["p5", "p25", "p75", "p95", "n"]],
        hovertemplate=(
            "%{y}, %{customdata[4]:,} rows<br>median %{x:.4~g}<br>half of them: "
            "%{customdata[1]:.4~g} to %{customdata[2]:.4~g}<br>nine in ten: "
            f"%{{customdata[0]:.4~g}} to %{{customdata[3]:.4~g}}{f'<br>{CLICK}' if lead else ''}"
            "<extra></extra>"
        ),
    )  # fmt: skip
