"""One score of every genre for several models: dots in groups, or shades where they are many."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.cells import cell_texts
from dashboard.figures.labels import wrapped
from dashboard.figures.marks import CLICK, marks
from dashboard.theme import Mode

MOST_DOTS = 8  # models; more dots in a row would cover each other
LETTERS_A_LINE = 34  # of the legend: what a phone shows
SPREAD = 0.66  # rows: from the first model's dot to the last one's


def grouped_genres_figure(
    scores: pd.DataFrame, genres: list[str], *, metric: str, mode: Mode, lead: str = ""
) -> go.Figure:
    """Return a row per genre, with a dot and an interval per model.

    Colour stands for the family, shape for the model. Beyond ``MOST_DOTS`` models each is a
    column of shades instead.

    Parameters
    ----------
    scores : DataFrame
        Columns ``short, family, genre, value, ci_low, ci_high``, model by model; with ``lead``
        also ``models``: what a mark puts into the address.
    genres : list of str
        From top to bottom.
    metric : str
        As the axis calls it.
    mode : "light" or "dark"
    lead : str
        Address of the songs behind a mark, with places for model and genre; "" for none.
    """
    models = list(dict.fromkeys(scores["short"]))
    if len(models) > MOST_DOTS:
        return _shades(scores, genres, models, metric=metric, mode=mode, lead=lead)
    row = {genre: len(genres) - 1 - place for place, genre in enumerate(genres)}
    figure = go.Figure()
    for number, model in enumerate(models):
        shift = 0.0 if len(models) == 1 else SPREAD * (0.5 - number / (len(models) - 1))
        own = scores[scores["short"] == model]
        look = (shift, theme.SYMBOLS[number])
        figure.add_trace(_dots(own, row, look, metric=metric, mode=mode, lead=lead))
    for place in range(1, len(genres)):
        figure.add_hline(y=place - 0.5, line={"color": theme.GRID[mode], "width": 1})
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
    )
    figure.update_xaxes(
        range=[-0.02, 1.02], dtick=0.2, fixedrange=True, zeroline=False, title_text=metric
    )
    figure.update_yaxes(
        tickvals=list(row.values()),
        ticktext=list(row),
        range=[-0.6, len(genres) - 0.4],
        fixedrange=True,
        zeroline=False,
        showgrid=False,
        tickfont={"color": theme.TEXT[mode]},
    )
    return figure


def _dots(
    rows: pd.DataFrame,
    row: dict[str, int],
    look: tuple[float, str],
    *,
    metric: str,
    mode: Mode,
    lead: str,
) -> go.Scatter:
    """Return the dots of one model with their intervals; ``look`` is their shift and symbol."""
    shift, symbol = look
    colour = theme.family_colour(rows["family"].iloc[0], mode)
    return go.Scatter(
        x=rows["value"],
        y=[row[genre] + shift for genre in rows["genre"]],
        name=wrapped(rows["short"].iloc[0], LETTERS_A_LINE),
        mode="markers",
        marker={"symbol": symbol, "size": 9, "color": colour},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["ci_high"] - rows["value"],
            "arrayminus": rows["value"] - rows["ci_low"],
            "thickness": 1.5,
            "width": 0,
        },
        customdata=rows[["short", "genre", "ci_low", "ci_high", *_models(lead)]],
        hovertemplate=(
            "<b>%{customdata[0]}</b><br>%{customdata[1]}: " + metric + " %{x:.2f} "
            f"[%{{customdata[2]:.2f}}, %{{customdata[3]:.2f}}]{_click(lead)}<extra></extra>"
        ),
        meta=marks(lead) if lead else None,
    )


def _models(lead: str) -> list[str]:
    return ["models"] if lead else []


def _click(lead: str) -> str:
    return f"<br>{CLICK}" if lead else ""


def _places(scores: pd.DataFrame, genres: list[str], models: list[str]) -> list[list[list[str]]]:
    """Return name, genre, nothing, nothing and models of each cell, as a dot has them."""
    led = scores.drop_duplicates("short").set_index("short")["models"]
    return [[[model, genre, "", "", led[model]] for model in models] for genre in genres]


def _shades(
    scores: pd.DataFrame,
    genres: list[str],
    models: list[str],
    *,
    metric: str,
    mode: Mode,
    lead: str,
) -> go.Figure:
    """Return genres by models, shaded by the score."""
    wide = scores.pivot(index="genre", columns="short", values="value").loc[genres, models]
    figure = go.Figure(
        go.Heatmap(
            z=wide.to_numpy(),
            x=models,
            y=genres,
            colorscale=theme.SHARE_SCALE[mode],
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=1,
            showscale=False,
            customdata=_places(scores, genres, models) if lead else None,
            meta=marks(lead) if lead else None,
            hovertemplate=(
                "<b>%{x}</b><br>%{y}: " + metric + f" %{{z:.2f}}{_click(lead)}<extra></extra>"
            ),
        )
    )
    values = wide.to_numpy().tolist()
    texts = [[f"{value:.2f}" for value in row] for row in values]
    figure.add_trace(cell_texts(values, texts, models, genres, scale=theme.SHARE_SCALE, mode=mode))
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(fixedrange=True, showgrid=False, tickangle=-45)
    figure.update_yaxes(fixedrange=True, showgrid=False, autorange="reversed")
    return figure
