"""What the models hear in one clip: probabilities by model, and windows along the clip.

``answer`` is the JSON of ``POST /api/predict`` with its spectrogram. Pure functions; no Dash here.
"""

import base64
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.colour_pairs import ink_on
from dashboard.components.formats import format_score
from dashboard.theme import Mode

Answer = dict[str, Any]

WIDE_COLUMNS = 3
PANEL_PX = {"wide": 300, "narrow": 290}  # one model's bars with its two lines of heading
SPECTROGRAM_PX = 200
LANE_PX = {"wide": 60, "narrow": 78}  # a lane with its heading of one or two lines
TIME_AXIS_PX = 56
PLOT_PX = {"wide": 1_150, "narrow": 300}  # about the width that the time axis gets
LEFT_PX = {"clip": 60, "probabilities": 76}  # room of the axis labels
CHARACTER_PX = 8
ABBREVIATION = 3  # letters of a genre where its name does not fit
FREQUENCY_TICKS_HZ = (200, 1_000, 3_000, 8_000)
WEAKEST = 0.15  # opacity of a probability of 0: what is there must be seen


def layout_name(*, narrow: bool) -> str:
    """Return the key of the size tables."""
    return "narrow" if narrow else "wide"


def probabilities_height_px(n_models: int, *, narrow: bool) -> int:
    """Return the height of ``probabilities_figure``."""
    rows = n_models if narrow else math.ceil(n_models / WIDE_COLUMNS)
    return max(1, rows) * PANEL_PX[layout_name(narrow=narrow)] + 40


def clip_height_px(n_models: int, *, narrow: bool) -> int:
    """Return the height of ``clip_figure``."""
    return SPECTROGRAM_PX + n_models * LANE_PX[layout_name(narrow=narrow)] + TIME_AXIS_PX


def model_name(model: dict[str, Any]) -> str:
    """Return a model's title with the length of its windows, which tells two of one kind apart."""
    return f"{model['title']}, {model['window_s']:g}-s windows"


def _short_name(model: dict[str, Any]) -> str:
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
        xshift=-LEFT_PX["probabilities"] if narrow else -1,
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
        margin={"l": LEFT_PX["probabilities"], "r": 8, "t": 56, "b": 32},
    )  # fmt: skip
    return figure


def clip_figure(answer: Answer, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return the mel spectrogram above one lane per model, on one time axis.

    A lane's colour is the genre that a window sounds like most, its strength the probability.
    """
    models = answer["models"]
    size = layout_name(narrow=narrow)
    lanes = len(models) * LANE_PX[size]
    figure = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0,
        row_heights=[SPECTROGRAM_PX, max(1, lanes)],
    )
    if "mel" in answer:
        figure.add_trace(_spectrogram(answer["mel"], mode), row=1, col=1)
        figure.update_yaxes(row=1, col=1, **_frequency_axis(answer["mel"]["frequencies_hz"]))
    for lane, model in enumerate(models):
        figure.add_trace(_lane(model, lane, mode), row=2, col=1)
        figure.add_annotation(**_lane_heading(model, lane, mode, narrow=narrow))
        _label_runs(figure, model, lane, duration_s=answer["duration_s"], size=size, mode=mode)
    figure.update_yaxes(
        row=2, col=1, range=[len(models), 0], visible=False, showgrid=False, fixedrange=True
    )
    figure.update_xaxes(
        range=[0, answer["duration_s"]], fixedrange=True, showgrid=False, zeroline=False
    )
    figure.update_xaxes(row=2, col=1, title="seconds", ticks="outside")
    figure.update_layout(
        template=theme.template(mode), showlegend=False, bargap=0, barmode="overlay",
        margin={"l": LEFT_PX["clip"], "r": 8, "t": 8, "b": 48},
    )  # fmt: skip
    return figure


def winner(window: dict[str, Any]) -> tuple[str, float]:
    """Return the most probable genre of a window (or a whole clip) and its probability."""
    probabilities: dict[str, float] = window["probabilities"]
    genre = max(probabilities, key=lambda name: probabilities[name])
    return genre, probabilities[genre]


def _panel_title(model: dict[str, Any], mode: Mode, *, narrow: bool) -> str:
    muted = theme.MUTED[mode]
    name = _short_name(model) if narrow else model_name(model)
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


def _spectrogram(mel: dict[str, Any], mode: Mode) -> go.Heatmap:
    levels = np.frombuffer(base64.b64decode(mel["levels"]), dtype=np.uint8).reshape(mel["shape"])
    return go.Heatmap(
        z=levels,
        x=mel["times_s"],
        zmin=0,
        zmax=255,
        colorscale=theme.SHARE_SCALE[mode],
        showscale=False,
        hoverinfo="skip",  # 77,000 cells; the picture is for the eye
    )


def _frequency_axis(frequencies_hz: Sequence[float]) -> dict[str, Any]:
    """Return ticks at round frequencies, on the rows of the bands nearest to them."""
    bands = np.asarray(frequencies_hz)
    ticks = [hz for hz in FREQUENCY_TICKS_HZ if hz <= bands[-1]]
    rows = [float(np.interp(hz, bands, np.arange(len(bands)))) for hz in ticks]
    names = [f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz} Hz" for hz in ticks]
    return {
        "tickvals": rows, "ticktext": names, "fixedrange": True, "showgrid": False,
        "automargin": False, "ticklabelstandoff": 4,
    }  # fmt: skip


def _lane(model: dict[str, Any], lane: int, mode: Mode) -> go.Bar:
    """Return a lane's windows as bars that lie along the time axis."""
    windows = model["windows"]
    colours = theme.genre_colours(list(model["probabilities"]), mode)
    best = [winner(window) for window in windows]
    return go.Bar(
        base=[window["start_s"] for window in windows],
        x=[window["end_s"] - window["start_s"] for window in windows],
        y=[lane + 0.72] * len(windows),
        width=0.5,
        orientation="h",
        marker={
            "color": [_rgba(colours[genre], _strength(p)) for genre, p in best],
            "line": {"width": 1, "color": theme.SURFACE[mode]},
        },
        customdata=[[w["start_s"], w["end_s"], *top] for w, top in zip(windows, best, strict=True)],
        hovertemplate=(
            f"{model_name(model)}<br>%{{customdata[0]:.0f}} to %{{customdata[1]:.0f}} s: "
            "%{customdata[2]} %{customdata[3]:.2f}<extra></extra>"
        ),
    )


def _lane_heading(model: dict[str, Any], lane: int, mode: Mode, *, narrow: bool) -> dict[str, Any]:
    genre, probability = winner(model)
    break_or_gap = "<br>" if narrow else "&nbsp;&nbsp;·&nbsp;&nbsp;"
    name = _short_name(model) if narrow else model_name(model)
    text = (
        f"<b>{name}: {genre} {probability:.2f}</b>{break_or_gap}"
        f"<span style='color:{theme.MUTED[mode]}'>{honest_text(model)}</span>"
    )
    return {
        "text": text, "x": 0, "xref": "x2 domain", "y": lane + 0.45, "yref": "y2",
        "xanchor": "left", "yanchor": "bottom", "align": "left", "showarrow": False,
        "font": {"size": 14}, "borderpad": 0, "xshift": -LEFT_PX["clip"] if narrow else -1,
    }  # fmt: skip


def _label_runs(
    figure: go.Figure,
    model: dict[str, Any],
    lane: int,
    *,
    duration_s: float,
    size: str,
    mode: Mode,
) -> None:
    """Write the genre into each run of equal windows that is wide enough for it."""
    genres = list(model["probabilities"])
    colours = {shown: theme.genre_colours(genres, shown) for shown in theme.MODES}
    for genre, run in groupby(model["windows"], key=lambda window: winner(window)[0]):
        windows = list(run)
        start, end = windows[0]["start_s"], windows[-1]["end_s"]
        room = int((end - start) / duration_s * PLOT_PX[size] / CHARACTER_PX)
        if room < ABBREVIATION:
            continue
        middle = windows[len(windows) // 2]  # its own middle, so that no edge crosses the word
        wide_enough = room // len(windows) >= len(genre)
        strength = _strength(winner(middle)[1])
        figure.add_annotation(
            text=genre if len(genre) <= room else genre[:ABBREVIATION],
            x=(middle["start_s"] + middle["end_s"]) / 2 if wide_enough else (start + end) / 2,
            y=lane + 0.72,
            xref="x2",
            yref="y2",
            showarrow=False,
            font={"size": 14, "color": _text_colour(colours, genre, strength, mode)},
            captureevents=False,
        )


def _strength(probability: float) -> float:
    return WEAKEST + (1 - WEAKEST) * probability


def _channels(colour: str) -> np.ndarray:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{opacity:.3f})"


def _text_colour(
    colours: dict[Mode, dict[str, str]], genre: str, opacity: float, mode: Mode
) -> str:
    """Return white or black; one of them has a contrast of at least 4.5 to any ground."""
    grounds = {
        shown: opacity * _channels(colours[shown][genre])
        + (1 - opacity) * _channels(theme.SURFACE[shown])
        for shown in theme.MODES
    }
    named = {
        shown: "#" + "".join(f"{round(float(channel)):02x}" for channel in ground)
        for shown, ground in grounds.items()
    }
    return ink_on(named, mode)
