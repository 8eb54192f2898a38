"""Figures of a clip: waveform, spectrograms, mel bands, MFCC, chroma.

From the arrays of ``pipeline.features.pictures``; nothing is computed here. Must not import Dash.
"""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode
from pipeline.features.pictures import (
    LOWEST_HZ,
    PITCH_CLASSES,
    TICKS_HZ,
    Grid,
    Waveform,
    band_ticks,
    frequency_name,
)

HEIGHT_PX = 260
LEVEL_RANGE_DB = (-80, 0)


def waveform_figure(outline: Waveform, *, mode: Mode) -> go.Figure:
    """Return the outline of a clip: an area from the smallest to the largest sample."""
    times_s = np.concatenate([outline.times_s, outline.times_s[::-1]])
    area = go.Scatter(
        x=times_s,
        y=np.concatenate([outline.high, outline.low[::-1]]),
        fill="toself",
        mode="lines",
        line={"width": 0.5, "color": theme.ACCENT[mode]},
        fillcolor=theme.ACCENT[mode],
        hoverinfo="skip",
    )
    figure = _figure([area], mode)
    figure.update_xaxes(range=[0, outline.times_s[-1] + outline.times_s[0]])
    bound = max(1.0, -float(outline.low.min()), float(outline.high.max()))
    figure.update_yaxes(title="amplitude (full scale)", range=[-bound, bound])
    return figure


def spectrogram_figure(
    grid: Grid, *, mode: Mode, axis: Literal["linear", "log"] = "linear"
) -> go.Figure:
    """Return a spectrogram; with "log" octaves have equal height."""
    rows, values = (grid.rows, grid.values) if axis == "linear" else _audible(grid)
    figure = _figure([_cells(grid, values, rows, theme.SHARE_SCALE[mode], LEVEL_RANGE_DB)], mode)
    ticks = np.arange(0, rows[-1], 2_000) if axis == "linear" else np.array(TICKS_HZ)
    figure.update_yaxes(title="frequency", type=axis, **_ticks(ticks, map(frequency_name, ticks)))
    if axis == "log":
        figure.update_yaxes(range=[np.log10(LOWEST_HZ), np.log10(rows[-1])])
    return figure


def mel_figure(grid: Grid, *, mode: Mode) -> go.Figure:
    """Return a mel spectrogram, each band at equal height."""
    rows = np.arange(len(grid.rows))
    cells = _cells(grid, grid.values, rows, theme.SHARE_SCALE[mode], LEVEL_RANGE_DB)
    figure = _figure([cells], mode)
    figure.update_yaxes(title="frequency (mel bands)", **_ticks(*band_ticks(grid.rows)))
    return figure


def mfcc_figure(grid: Grid, *, mode: Mode) -> go.Figure:
    """Return the coefficients from the second on: the first, the level, would hide the others."""
    values = grid.values[:, 1:]
    bound = float(np.percentile(np.abs(values), 99)) or 1.0
    cells = _cells(grid, values, grid.rows[1:], theme.SIGNED_SCALE[mode], (-bound, bound))
    figure = _figure([cells], mode)
    figure.update_yaxes(title="coefficient", tickvals=[2, 5, 10, 15, 20])
    return figure


def chroma_figure(grid: Grid, *, mode: Mode) -> go.Figure:
    """Return the energy by pitch class."""
    cells = _cells(grid, grid.values, grid.rows, theme.SHARE_SCALE[mode], (0, 1))
    figure = _figure([cells], mode)
    figure.update_yaxes(title="pitch class", **_ticks(grid.rows, PITCH_CLASSES))
    return figure


def _audible(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and values that a logarithmic axis can show: from the first bin below 40 Hz."""
    first = max(1, int(np.searchsorted(grid.rows, LOWEST_HZ)) - 1)
    return grid.rows[first:], grid.values[:, first:]


def _cells(
    grid: Grid,
    values: np.ndarray,
    rows: np.ndarray,
    colours: list[str],
    limits: tuple[float, float],
) -> go.Heatmap:
    return go.Heatmap(
        z=values.T,
        x=grid.times_s,
        y=rows,
        zmin=limits[0],
        zmax=limits[1],
        colorscale=colours,
        colorbar={
            "title": {"text": grid.unit, "side": "right", "font": {"size": 12}},
            "thickness": 12,
        },
        hoverinfo="skip",  # a hundred thousand cells; the picture is for the eye
    )


def _ticks(places: Any, names: Any) -> dict[str, Any]:
    return {"tickvals": list(places), "ticktext": list(names), "showgrid": False}


def _figure(traces: list[Any], mode: Mode) -> go.Figure:
    figure = go.Figure(traces)
    figure.update_layout(template=theme.template(mode), height=HEIGHT_PX, showlegend=False)
    figure.update_xaxes(title="time (s)", showgrid=False)
    return figure
