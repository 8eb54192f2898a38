"""What the models hear in one clip, averaged over it: a panel of probabilities for each model.

``answer`` is the JSON of ``POST /api/predict``; what is heard along the clip is in
``predict_lanes``. Pure functions; no Dash here.
"""

import math
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.components.formats import format_score
from dashboard.theme import Mode

Answer = dict[str, Any]

WIDE_COLUMNS = 3
PANEL_PX = {"wide": 300, "narrow": 290}  # one model's bars with its two lines of heading
PROBABILITIES_LEFT_PX = 76  # room of the genres


def layout_name(*, narrow: bool) -> str:
    """Return the key of the size tables."""
    return "narrow" if narrow else "wide"


def probabilities_height_px(n_models: int, *, narrow: bool) -> int:
    """Return the height of ``probabilities_figure``."""
    rows = n_models if narrow else math.ceil(n_models / WIDE_COLUMNS)
    return max(1, rows) * PANEL_PX[layout_name(narrow=narrow)] + 40


def model_name(model: dict[str, Any]) -> str:
    """Return a model's title with the length of its windows, which tells two of one kind apart."""
    return f"{model['title']}, {model['window_s']:g}-s windows"


def short_name(model: dict[str, Any]) -> str:
    """Return the same for narrow places."""
    return f"{model['title']}, {model['window_s']:g} s"


def honest_text(model: dict[str, Any]) -> str:
    """Return how often a model is right, "0.53 [0.47, 0.58] new artist, faults removed"."""
    honest = model["honest_accuracy"]
    score = format_score(honest["value"], honest["ci_low"], honest["ci_high"])
    return f"{score} {honest['label']}"


def probabilities_figure(answer: Answer, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return one panel of bars per model, all with the same axis and the same order of genres."""
    models = answer["models"]
    n_columns = 1 if narrow else min(WIDE_COLUMNS, max(1, len(models)))
    n_rows = math.ceil(len(models) / n_columns)
    height = probabilities_height_px(len(models), narrow=narrow)
    figure = make_subplots(
        rows=n_rows,
        cols=n_columns,
        shared_xaxes="all",
        shared_yaxes=True,
        horizontal_spacing=0.04,
        vertical_spacing=min(66 / height, 1 / max(1, n_rows - 1)),
        subplot_titles=[_panel_title(model, mode, narrow=narrow) for model in models],
    )
    for number, model in enumerate(models):
        row, column = divmod(number, n_columns)
        figure.add_trace(_bars(model, mode), row=row + 1, col=column + 1)
    figure.update_annotations(
        xanchor="left", align="left", yanchor="bottom", font_size=14, borderpad=0,
        xshift=-PROBABILITIES_LEFT_PX if narrow else -1,
    )  # fmt: skip
    for annotation, number in zip(figure.layout.annotations, range(len(models)), strict=True):
        axis = figure.layout[f"xaxis{number + 1 if number else ''}"]
        annotation.x = axis.domain[0]
    figure.update_xaxes(range=[0, 1.12], tickvals=[0, 0.25, 0.5, 0.75, 1], fixedrange=True)
    figure.update_yaxes(
        autorange="reversed", fixedrange=True, showgrid=False, ticklabelstandoff=6, automargin=False
    )
    figure.update_layout(
        template=theme.template(mode), showlegend=False, bargap=0.25,
        margin={"l": PROBABILITIES_LEFT_PX, "r": 8, "t": 56, "b": 32},
    )  # fmt: skip
    return figure


def winner(window: dict[str, Any]) -> tuple[str, float]:
    """Return the most probable genre of a window (or a whole clip) and its probability."""
    probabilities: dict[str, float] = window["probabilities"]
    genre = max(probabilities, key=lambda name: probabilities[name])
    return genre, probabilities[genre]


def _panel_title(model: dict[str, Any], mode: Mode, *, narrow: bool) -> str:
    muted = theme.MUTED[mode]
    name = short_name(model) if narrow else model_name(model)
    return f"<b>{name}</b><br><span style='color:{muted}'>{honest_text(model)}</span>"


def _bars(model: dict[str, Any], mode: Mode) -> go.Bar:
    genres = list(model["probabilities"])
    values = list(model["probabilities"].values())
    colours = theme.genre_colours(genres, mode)
    return go.Bar(
        x=values,
        y=genres,
        orientation="h",
        marker={"color": [colours[genre] for genre in genres]},
        text=[f"<b>{p:.2f}</b>" if p == max(values) else f"{p:.2f}" for p in values],
        textposition="outside",
        textfont={"color": theme.TEXT[mode]},
        cliponaxis=False,
        hovertemplate=f"{model_name(model)}<br>%{{y}} %{{x:.3f}}<extra></extra>",
    )
