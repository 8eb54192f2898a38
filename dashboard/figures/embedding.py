"""PCA coordinates as a scatter in two or three dimensions, coloured by genre or by cluster."""

from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import marks
from dashboard.theme import Mode

# The few symbols that Plotly draws in three dimensions.
SOLID_SYMBOLS = ("circle", "square", "diamond", "cross", "x", "circle-open", "square-open",
                 "diamond-open")  # fmt: skip


VIEW = {  # of three dimensions: from a corner, a little above, near enough to fill the card
    "camera": {"eye": {"x": 1.45, "y": 1.45, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.15}},
    "aspectmode": "cube",
}


def embedding_figure(
    points: pd.DataFrame,
    groups: list[str],
    colours: dict[str, str],
    symbols: dict[str, str],
    *,
    dimensions: Literal[2, 3],
    mode: Mode,
    lead: str = "",
    area: str = "",
) -> go.Figure:
    """Return the scatter, one trace per group.

    Parameters
    ----------
    points : DataFrame
        Columns ``track_id, pc1, pc2, pc3, group, text`` (what hovering says).
    groups : list of str
        In the order of the legend.
    colours, symbols : dict
        By group.
    dimensions : 2 or 3
    mode : "light" or "dark"
    lead : str
        Address of a track, with a place for its id; "" for none.
    area : str
        Address of the tracks within a lasso on the plane, with a place for it; "" for none.
    """
    figure = go.Figure()
    for number, group in enumerate(groups):
        rows = points[points["group"] == group]
        if dimensions == 3:
            marker = {"symbol": SOLID_SYMBOLS[number % len(SOLID_SYMBOLS)], "size": 3}
            trace: go.Scatter | go.Scatter3d = go.Scatter3d(z=rows["pc3"])
        else:
            marker = {"symbol": symbols[group], "size": 7}
            trace = go.Scatter()  # SVG: a picture of a thousand points needs no WebGL
        trace.update(
            x=rows["pc1"],
            y=rows["pc2"],
            name=group,
            mode="markers",
            marker={**marker, "color": colours[group], "opacity": 0.8},
            text=rows["text"],
            hovertemplate=f"%{{text}}{'<br>Click for this song' if lead else ''}<extra></extra>",
            customdata=rows[["track_id"]] if lead else None,
            meta=marks(lead) if lead else None,
        )
        figure.add_trace(trace)
    titles = [f"component {k}" for k in (1, 2, 3)]
    figure.update_layout(
        template=theme.template(mode),
        legend=theme.LEGEND_BELOW,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        scene={
            **VIEW,
            **{
                f"{axis}axis": {"title": {"text": title}}
                for axis, title in zip("xyz", titles, strict=True)
            },
        },
        uirevision=f"{dimensions}",  # a turned or zoomed view stays so when colours change
    )
    if area and dimensions == 2:
        figure.update_layout(meta=marks(area), modebar={"remove": ["none"]})
    figure.update_xaxes(title={"text": titles[0], "font": {"size": 13}}, zeroline=False)
    figure.update_yaxes(title={"text": titles[1], "font": {"size": 13}}, zeroline=False)
    return figure
