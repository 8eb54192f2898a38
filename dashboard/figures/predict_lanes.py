"""What the models hear along one clip: its mel spectrogram above a lane of windows for each model.

``answer`` is the JSON of ``POST /api/predict`` with its spectrogram. Pure functions; no Dash here.
"""

import base64
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.colour_pairs import ink_on
from dashboard.figures.predict import (
    Answer,
    honest_text,
    layout_name,
    model_name,
    short_name,
    winner,
)
from dashboard.theme import Mode

SPECTROGRAM_PX = 200
LANE_PX = {"wide": 60, "narrow": 100}  # a lane with its heading of one or three lines
# Fixed, so that the playhead of assets/predict-playhead.js lies over the time axis.
CLIP_MARGIN_PX = {"left": 60, "right": 8, "top": 8, "bottom": 48}
LANE_SHARES = {"wide": (0.45, 0.72, 0.5), "narrow": (0.63, 0.81, 0.3)}  # heading, middle, height
PLOT_PX = {"wide": 1_150, "narrow": 300}  # about the width that the time axis gets
CHARACTER_PX = 8
ABBREVIATION = 3  # letters of a genre where its name does not fit
FREQUENCY_TICKS_HZ = (200, 1_000, 3_000, 8_000)
WEAKEST = 0.15  # opacity of a probability of 0: what is there must be seen


def clip_height_px(n_models: int, *, narrow: bool) -> int:
    """Return the height of ``clip_figure``."""
    lanes = n_models * LANE_PX[layout_name(narrow=narrow)]
    return SPECTROGRAM_PX + lanes + CLIP_MARGIN_PX["top"] + CLIP_MARGIN_PX["bottom"]


def clip_style() -> dict[str, str]:
    """Return where the parts of ``clip_figure`` lie, as variables of assets/predict.css."""
    style = {f"--plot-{side}": f"{px}px" for side, px in CLIP_MARGIN_PX.items()}
    style["--spectrogram"] = f"{SPECTROGRAM_PX}px"
    for size, px in LANE_PX.items():
        _heading, middle, height = LANE_SHARES[size]
        style[f"--lane-{size}"] = f"{px}px"
        style[f"--lane-from-{size}"] = f"{100 * (middle - height / 2):.0f}%"
        style[f"--lane-to-{size}"] = f"{100 * (middle + height / 2):.0f}%"
    return style


def clip_figure(answer: Answer, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return the mel spectrogram above one lane per model, on one time axis.

    A lane's colour is the genre that a window sounds like most, its strength the probability; a
    window under the pointer says the probability of every genre.
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
        figure.add_trace(spectrogram(answer["mel"], mode), row=1, col=1)
        figure.update_yaxes(row=1, col=1, **frequency_axis(answer["mel"]["frequencies_hz"]))
    for lane, model in enumerate(models):
        figure.add_trace(_lane(model, lane, mode, size), row=2, col=1)
        figure.add_annotation(**_lane_heading(model, lane, mode, narrow=narrow))
        _label_runs(figure, model, lane, duration_s=answer["duration_s"], size=size, mode=mode)
    figure.update_yaxes(
        row=2, col=1, range=[len(models), 0], visible=False, showgrid=False, fixedrange=True
    )
    figure.update_xaxes(
        range=[0, answer["duration_s"]], fixedrange=True, showgrid=False, zeroline=False,
        automargin=False,
    )  # fmt: skip
    figure.update_xaxes(row=2, col=1, title="seconds", ticks="outside")
    figure.update_layout(
        template=theme.template(mode), showlegend=False, bargap=0, barmode="overlay",
        dragmode=False, margin={side[0]: px for side, px in CLIP_MARGIN_PX.items()},
    )  # fmt: skip
    return figure


def spectrogram(mel: dict[str, Any], mode: Mode) -> go.Heatmap:
    """Return the picture of the mel spectrogram of an answer."""
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


def frequency_axis(frequencies_hz: Sequence[float]) -> dict[str, Any]:
    """Return ticks at round frequencies, on the rows of the bands nearest to them."""
    bands = np.asarray(frequencies_hz)
    ticks = [hz for hz in FREQUENCY_TICKS_HZ if hz <= bands[-1]]
    rows = [float(np.interp(hz, bands, np.arange(len(bands)))) for hz in ticks]
    names = [f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz} Hz" for hz in ticks]
    return {
        "tickvals": rows, "ticktext": names, "fixedrange": True, "showgrid": False,
        "automargin": False, "ticklabelstandoff": 4,
    }  # fmt: skip


def window_text(window: dict[str, Any]) -> str:
    """Return the probabilities of a window, one a line, the most probable genre first and bold."""
    ranked = sorted(window["probabilities"].items(), key=lambda pair: -pair[1])
    lines = [f"{genre} {probability:.2f}" for genre, probability in ranked]
    return "<br>".join([f"<b>{lines[0]}</b>", *lines[1:]])


def _lane(model: dict[str, Any], lane: int, mode: Mode, size: str) -> go.Bar:
    """Return a lane's windows as bars that lie along the time axis."""
    windows = model["windows"]
    _heading, middle, height = LANE_SHARES[size]
    colours = theme.genre_colours(list(model["probabilities"]), mode)
    best = [winner(window) for window in windows]
    return go.Bar(
        base=[window["start_s"] for window in windows],
        x=[window["end_s"] - window["start_s"] for window in windows],
        y=[lane + middle] * len(windows),
        width=height,
        orientation="h",
        marker={
            "color": [theme.rgba(colours[genre], _strength(p)) for genre, p in best],
            "line": {"width": 1, "color": theme.SURFACE[mode]},
        },
        customdata=[[w["start_s"], w["end_s"], window_text(w)] for w in windows],
        hovertemplate=(
            f"{model_name(model)}<br>%{{customdata[0]:.0f}} to %{{customdata[1]:.0f}} s<br>"
            "%{customdata[2]}<extra></extra>"
        ),
    )


def _lane_heading(model: dict[str, Any], lane: int, mode: Mode, *, narrow: bool) -> dict[str, Any]:
    genre, probability = winner(model)
    muted = theme.MUTED[mode]
    heard = f"{genre} {probability:.2f}"
    if narrow:
        text = (
            f"<b>{short_name(model)}</b><br><b>{heard}</b>"
            f"<br><span style='color:{muted}'>{honest_text(model)}</span>"
        )
    else:
        text = (
            f"<b>{model_name(model)}: {heard}</b>&nbsp;&nbsp;·&nbsp;&nbsp;"
            f"<span style='color:{muted}'>right for {honest_text(model)}</span>"
        )
    place = LANE_SHARES[layout_name(narrow=narrow)][0]
    return {
        "text": text, "x": 0, "xref": "x2 domain", "y": lane + place, "yref": "y2",
        "xanchor": "left", "yanchor": "bottom", "align": "left", "showarrow": False,
        "font": {"size": 14}, "borderpad": 0, "xshift": -CLIP_MARGIN_PX["left"] if narrow else -1,
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
            y=lane + LANE_SHARES[size][1],
            xref="x2",
            yref="y2",
            showarrow=False,
            font={"size": 14, "color": _text_colour(colours, genre, strength, mode)},
            captureevents=False,
        )


def _strength(probability: float) -> float:
    return WEAKEST + (1 - WEAKEST) * probability


def _text_colour(
    colours: dict[Mode, dict[str, str]], genre: str, opacity: float, mode: Mode
) -> str:
    """Return white or black; one of them has a contrast of at least 4.5 to any ground."""
    grounds = {
        shown: opacity * np.array(theme.channels(colours[shown][genre]))
        + (1 - opacity) * np.array(theme.channels(theme.SURFACE[shown]))
        for shown in theme.MODES
    }
    named = {
        shown: "#" + "".join(f"{round(float(channel)):02x}" for channel in ground)
        for shown, ground in grounds.items()
    }
    return ink_on(named, mode)
