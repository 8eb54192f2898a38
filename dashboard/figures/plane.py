"""Two features as a plane: a point a song, placed by its rank in each, ticks in real units."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.marks import marks
from dashboard.theme import Mode
from dashboard.words.data_sentences import quantity

TICKS = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
TICKS_NARROW = (0.05, 0.35, 0.65, 0.95)
ROOM = 0.02  # beside the first and last song, so that their marks are whole


def plane_figure(
    points: pd.DataFrame,
    groups: Sequence[str],
    scales: tuple[pd.Series, pd.Series],
    *,
    names: tuple[str, str],
    are_genres: bool,
    mode: Mode,
    lead: str = "",
    narrow: bool = False,
) -> go.Figure:
    """Return the plane, one trace per group.

    Parameters
    ----------
    points : DataFrame
        Columns ``track_id, x, y`` (0..1), ``group`` and ``text`` (what hovering says below the
        track).
    groups : sequence of str
        In the order of the legend: genres, or "right" and "wrong".
    scales : pair of Series
        Value of each feature by percentile (0..1, two digits); empty where only ranks are known.
    names : pair of str
        Of the features, for the axes.
    are_genres : bool
        Whether groups are genres, with their fixed colours and marks.
    mode : "light" or "dark"
    lead : str
        Address of a track, with a place for its id; "" for none.
    narrow : bool
        A phone: fewer ticks from left to right.
    """
    colours, symbols = _looks(groups, mode, are_genres=are_genres)
    figure = go.Figure()
    for group in groups:
        rows = points[points["group"] == group]
        figure.add_trace(_songs(rows, group, colours[group], symbols[group], lead))
    figure.update_layout(
        template=theme.template(mode),
        legend=theme.legend_below(groups),
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
    )
    figure.update_xaxes(_axis(names[0], scales[0], TICKS_NARROW if narrow else TICKS))
    figure.update_yaxes(_axis(names[1], scales[1], TICKS))
    return figure


def _songs(rows: pd.DataFrame, group: str, colour: str, symbol: str, lead: str) -> go.Scatter:
    """Return the points of one group."""
    click = "<br>Click for this song" if lead else ""
    return go.Scatter(
        x=rows["x"],
        y=rows["y"],
        name=group,
        mode="markers",
        marker={"symbol": symbol, "size": 7, "color": colour, "opacity": 0.8},
        text=rows["text"],
        customdata=rows[["track_id"]],
        meta=marks(lead) if lead else None,
        hovertemplate=f"%{{customdata[0]}}<br>%{{text}}{click}<extra></extra>",
    )


def _looks(
    groups: Sequence[str], mode: Mode, *, are_genres: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return colour and symbol of each group."""
    if are_genres:
        return theme.genre_colours(groups, mode), theme.genre_symbols(groups)
    return (
        {"right": theme.ACCENT[mode], "wrong": theme.WRONG[mode]},
        {"right": "circle-open", "wrong": "x"},
    )


def _axis(name: str, scale: pd.Series, places: Sequence[float]) -> dict[str, object]:
    """Return an axis of ranks whose ticks say the value there, or the share where it is unknown."""
    ticks = {
        place: quantity(float(scale[place])) if place in scale.index else f"{place:.0%}"
        for place in places
        if place in scale.index or scale.empty
    }
    return {
        "title": {"text": name, "font": {"size": 13}},
        "range": [-ROOM, 1 + ROOM],
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
        "zeroline": False,
        "ticklabelstandoff": 4,
        "tickangle": 0,
    }
