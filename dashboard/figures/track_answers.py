"""The probability of every genre that models give one track: a row a genre, a mark a model."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.labels import wrapped
from dashboard.theme import Mode

LEGEND_LETTERS = 36  # of a line
SPREAD = 0.62  # of a row's height, over which the marks of several models stand


def track_answers_figure(
    probabilities: pd.DataFrame, table: pd.DataFrame, genre: str, *, mode: Mode
) -> go.Figure:
    """Return a row per genre, the true one bold, with a mark and a line from zero for each model.

    Parameters
    ----------
    probabilities : DataFrame of shape (n_models, n_genres)
        Index: names of models.
    table : DataFrame
        A row a model, in the same order: ``name, family``.
    genre : str
        The true one.
    mode : "light" or "dark"
    """
    genres = list(probabilities.columns)
    figure = go.Figure()
    for place, (name, family) in enumerate(zip(table["name"], table["family"], strict=True)):
        offset = SPREAD * ((place + 0.5) / len(table) - 0.5)
        rows = [row + offset for row in range(len(genres))]
        values = [float(value) for value in probabilities.iloc[place]]
        colour = theme.family_colour(family, mode)
        figure.add_trace(_stems(rows, values, colour, name))
        figure.add_trace(_marks(rows, values, genres, colour, place, name))
    figure.update_layout(
        template=theme.template(mode),
        legend={**theme.legend_below(["m" * LEGEND_LETTERS]), "y": -0.12},
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
    )
    figure.update_xaxes(
        range=[-0.03, 1.03], dtick=0.25, fixedrange=True, zeroline=False, title_text="probability"
    )
    figure.update_yaxes(
        tickvals=list(range(len(genres))),
        ticktext=[f"<b>{name} (true)</b>" if name == genre else name for name in genres],
        range=[len(genres) - 0.5, -0.5],
        fixedrange=True,
        zeroline=False,
        showgrid=False,
        tickfont={"color": theme.TEXT[mode], "size": 13},
    )
    return figure


def _stems(rows: list[float], values: list[float], colour: str, name: str) -> go.Scatter:
    """Return the lines from zero to each mark."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, value in zip(rows, values, strict=True):
        x += [0.0, value, None]
        y += [row, row, None]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"color": colour, "width": 2}, hoverinfo="skip",
        showlegend=False, legendgroup=name, name=f"{name}, lines",
    )  # fmt: skip


def _marks(
    rows: list[float], values: list[float], genres: list[str], colour: str, place: int, name: str
) -> go.Scatter:
    return go.Scatter(
        x=values,
        y=rows,
        mode="markers",
        name=wrapped(name, LEGEND_LETTERS),
        legendgroup=name,
        cliponaxis=False,
        marker={"color": colour, "size": 9, "symbol": theme.SYMBOLS[place % len(theme.SYMBOLS)]},
        customdata=genres,
        hovertemplate=f"<b>{name}</b><br>%{{customdata}} %{{x:.2f}}<extra></extra>",
    )
