"""One clip in six pictures above each other, on one axis of time. Must not import Dash."""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.sound.clips import ClipView
from dashboard.sound.mel_axis import LEVEL_RANGE_DB
from dashboard.theme import Mode
from pipeline.features.pictures import (
    PITCH_CLASSES,
    Grid,
    Waveform,
    band_ticks,
    frequency_name,
)

PANELS = {
    "waveform": ("Waveform", 1.0),
    "linear": ("Spectrogram, even in hertz", 1.5),
    "log": ("Spectrogram, even in octaves", 1.5),
    "mel": ("Mel spectrogram", 1.5),
    "mfcc": ("MFCC, from the second on", 1.2),
    "chroma": ("Chroma", 1.2),
}
HEIGHT_PX = 1080
SPACING = 0.035
LINEAR_TICKS_HZ = (0, 2_000, 4_000, 6_000, 8_000, 10_000)
LOG_TICKS_HZ = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def clip_panels_figure(view: ClipView, *, mode: Mode) -> go.Figure:
    """Return the six pictures; a zoom into the time of one is a zoom into all."""
    figure = make_subplots(
        rows=len(PANELS),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=SPACING,
        row_heights=[height for _, height in PANELS.values()],
        subplot_titles=[title for title, _ in PANELS.values()],
    )
    rows = {name: row for row, name in enumerate(PANELS, start=1)}
    for name, (trace, axis) in _pictures(view, mode).items():
        figure.add_trace(trace, row=rows[name], col=1)
        figure.update_yaxes(axis, row=rows[name], col=1)
    _lay_out(figure, view, mode)
    return figure


def _pictures(view: ClipView, mode: Mode) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Return what is drawn in each panel, and its axis."""
    pictures = view.pictures
    bound = max(1.0, -float(pictures.waveform.low.min()), float(pictures.waveform.high.max()))
    amplitude = {"range": [-bound, bound], "tickvals": [-1, 0, 1]}
    made = {"waveform": (_outline(pictures.waveform, mode), amplitude)}
    for name, grid, ticks in (
        ("linear", pictures.spectrogram, _hertz_ticks(pictures.spectrogram, LINEAR_TICKS_HZ)),
        ("log", view.octaves, _hertz_ticks(view.octaves, LOG_TICKS_HZ)),
        ("mel", pictures.mel, band_ticks(pictures.mel.rows)),
    ):
        shades = theme.SHARE_SCALE[mode]
        levels = _cells(grid, grid.values, smooth="fast", colorscale=shades, limits=LEVEL_RANGE_DB)
        made[name] = (levels, _ticks(*ticks))
    made["mfcc"] = (_coefficients(pictures.mfcc, mode), {"tickvals": [2, 5, 10, 15, 20]})
    made["chroma"] = (_classes(pictures.chroma, mode), _pitches())
    return made


def _coefficients(grid: Grid, mode: Mode) -> go.Heatmap:
    """Return the coefficients from the second on: the first, the level, would hide the others."""
    values = grid.values[:, 1:]
    largest = float(np.percentile(np.abs(values), 99)) or 1.0
    return _cells(
        grid, np.round(values), colorscale=theme.SIGNED_SCALE[mode], limits=(-largest, largest),
        first=2,
    )  # fmt: skip


def _classes(grid: Grid, mode: Mode) -> go.Heatmap:
    """Return the energy by pitch class in steps of 4 %."""
    steps = 4 * np.round(25 * grid.values)
    return _cells(grid, steps, colorscale=theme.SHARE_SCALE[mode], limits=(0, 100))


def _pitches() -> dict[str, Any]:
    """Return an axis that names the pitch classes without a sign."""
    naturals = [place for place, name in enumerate(PITCH_CLASSES) if len(name) == 1]
    return _ticks(naturals, [PITCH_CLASSES[place] for place in naturals])


def _outline(outline: Waveform, mode: Mode) -> go.Scatter:
    """Return the area from the smallest to the largest sample."""
    times_s = np.concatenate([outline.times_s, outline.times_s[::-1]])
    return go.Scatter(
        x=times_s.astype(np.float32).round(2),
        y=np.concatenate([outline.high, outline.low[::-1]]).round(3),
        fill="toself",
        mode="lines",
        line={"width": 0.5, "color": theme.ACCENT[mode]},
        fillcolor=theme.ACCENT[mode],
        hoverinfo="skip",
    )


def _cells(
    grid: Grid,
    values: np.ndarray,
    *,
    colorscale: list[str],
    limits: tuple[float, float],
    first: int = 0,
    smooth: Literal["fast"] | Literal[False] = False,
) -> go.Heatmap:
    """Return a picture with rows of equal height, a byte a cell."""
    step_s = float(grid.times_s[1] - grid.times_s[0]) if len(grid.times_s) > 1 else 1.0
    return go.Heatmap(
        z=np.ascontiguousarray(np.clip(values, -127, 127).astype(np.int8).T),
        x0=float(grid.times_s[0]),
        dx=step_s,
        y0=first,
        dy=1,
        zmin=limits[0],
        zmax=limits[1],
        colorscale=colorscale,
        showscale=False,
        zsmooth=smooth,  # "fast": an image that the browser scales; few rows stay sharp
        hoverinfo="skip",  # fifty thousand cells; the picture is for the eye
    )


def _hertz_ticks(grid: Grid, ticks_hz: tuple[int, ...]) -> tuple[list[float], list[str]]:
    """Return the rows (between two, too) at which frequencies lie, and their names."""
    shown = [hz for hz in ticks_hz if hz <= grid.rows[-1]]
    places = np.interp(shown, grid.rows, np.arange(len(grid.rows)))
    return [float(place) for place in places], [frequency_name(hz) for hz in shown]


def _ticks(places: Any, names: Any) -> dict[str, Any]:
    return {"tickvals": list(places), "ticktext": list(names)}


def _lay_out(figure: go.Figure, view: ClipView, mode: Mode) -> None:
    figure.update_layout(
        template=theme.template(mode), showlegend=False, margin={"l": 8, "r": 8, "t": 28, "b": 8}
    )
    figure.update_annotations(
        x=0, xanchor="left", font={"size": 13, "color": theme.MUTED[mode]}, yshift=-2
    )
    figure.update_xaxes(range=[0, view.duration_s], showgrid=False, zeroline=False)
    figure.update_xaxes(title={"text": "time (s)", "font": {"size": 13}}, row=len(PANELS), col=1)
    figure.update_yaxes(
        showgrid=False, zeroline=False, fixedrange=True, ticklabelstandoff=4,
        tickfont={"size": 11},
    )  # fmt: skip
