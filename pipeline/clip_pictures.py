"""Pictures of a clip as PNG or SVG, for documents: matplotlib draws, nothing is computed here.

Colours are perceptually even: magma for levels, cividis for shares, a two-sided scale for MFCC.
matplotlib is imported when a function is called.
"""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from pipeline.artifacts import write_atomic
from pipeline.audio import stream_windows
from pipeline.config import ANALYSIS
from pipeline.features.pictures import (
    LOWEST_HZ,
    PITCH_CLASSES,
    TICKS_HZ,
    ClipPictures,
    Grid,
    Waveform,
    band_ticks,
    clip_pictures,
    frequency_name,
)

SIZE_INCHES, DPI = (8.0, 3.0), 120
LEVELS, SHARES, SIGNED = "magma", "cividis", "PuOr_r"
LINE = "#0b5cad"


def write_clip_pictures(
    clip: Path, out: Path, *, format: Literal["png", "svg"] = "png"
) -> list[Path]:
    """Draw the first 30 s of a clip and return the files: ``<stem>_<what>.png`` in ``out``.

    Raises
    ------
    AudioError
        If the clip cannot be used.
    OSError
        If ``out`` cannot be written.
    """
    _, y = next(stream_windows(clip, sr=ANALYSIS.sr, window_s=30))
    shown = clip_pictures(y, sr=ANALYSIS.sr)
    written = []
    for name, figure in clip_figures(shown, title=clip.stem):
        path = out / f"{clip.stem}_{name}.{format}"
        _save(figure, path, format)
        written.append(path)
    return written


def clip_figures(shown: ClipPictures, *, title: str) -> Iterator[tuple[str, Any]]:
    """Yield name and matplotlib figure of each picture of a clip."""
    drawings: list[tuple[str, str, Callable[[Any], None]]] = [
        ("waveform", "waveform", lambda axes: _draw_waveform(axes, shown.waveform)),
        ("spectrogram_linear", "spectrogram", lambda axes: _draw_spectrum(axes, shown.spectrogram)),
        (
            "spectrogram_log",
            "spectrogram, octaves of equal height",
            lambda axes: _draw_spectrum(axes, shown.spectrogram, octaves=True),
        ),
        ("mel", "mel spectrogram", lambda axes: _draw_bands(axes, shown.mel)),
        ("mfcc", "MFCC 2 to 20", lambda axes: _draw_mfcc(axes, shown.mfcc)),
        ("chroma", "chroma", lambda axes: _draw_chroma(axes, shown.chroma)),
    ]
    for name, what, draw in drawings:
        axes = _empty_axes(f"{title}: {what}", shown.waveform)
        draw(axes)
        yield name, axes.figure


def _empty_axes(title: str, outline: Waveform) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=11, loc="left", parse_math=False)  # "$" is a part of names
    axes.set_xlabel("time [s]")
    axes.set_xlim(0, outline.times_s[-1] + outline.times_s[0])
    return axes


def _draw_waveform(axes: Any, outline: Waveform) -> None:
    axes.fill_between(outline.times_s, outline.low, outline.high, color=LINE, linewidth=0.4)
    axes.axhline(0, color="#566069", linewidth=0.5)
    bound = max(1.0, float(np.abs([outline.low.min(), outline.high.max()]).max()))
    axes.set_ylim(-bound, bound)
    axes.set_ylabel("amplitude [full scale]")


def _draw_spectrum(axes: Any, grid: Grid, *, octaves: bool = False) -> None:
    _draw_cells(axes, grid, grid.rows, LEVELS, (-80, 0))
    if octaves:
        axes.set_yscale("log")
        axes.set_ylim(LOWEST_HZ, grid.rows[-1])
        axes.minorticks_off()
        axes.set_yticks(TICKS_HZ, [frequency_name(hz) for hz in TICKS_HZ])
    else:
        ticks = np.arange(0, grid.rows[-1], 2_000)
        axes.set_yticks(ticks, [frequency_name(hz) for hz in ticks])
    axes.set_ylabel("frequency")


def _draw_bands(axes: Any, grid: Grid) -> None:
    """Draw mel bands at equal height, with ticks at round frequencies."""
    bands = np.arange(len(grid.rows))
    _draw_cells(axes, grid, bands, LEVELS, (-80, 0))
    axes.set_yticks(*band_ticks(grid.rows))
    axes.set_ylabel("frequency (mel bands)")


def _draw_mfcc(axes: Any, grid: Grid) -> None:
    """Draw all coefficients but the first, which is the level and would hide the others."""
    rest = Grid(grid.values[:, 1:], grid.times_s, grid.rows[1:], grid.unit)
    bound = float(np.percentile(np.abs(rest.values), 99)) or 1.0
    _draw_cells(axes, rest, rest.rows, SIGNED, (-bound, bound))
    axes.set_yticks([2, 5, 10, 15, 20])
    axes.set_ylabel("coefficient")


def _draw_chroma(axes: Any, grid: Grid) -> None:
    _draw_cells(axes, grid, grid.rows, SHARES, (0, 1))
    axes.set_yticks(grid.rows, PITCH_CLASSES, fontsize=8)
    axes.set_ylabel("pitch class")


def _draw_cells(
    axes: Any, grid: Grid, rows: np.ndarray, colours: str, limits: tuple[float, float]
) -> None:
    mesh = axes.pcolormesh(
        grid.times_s,
        rows,
        grid.values.T,
        cmap=colours,
        vmin=limits[0],
        vmax=limits[1],
        shading="nearest",
        rasterized=True,  # a hundred thousand cells as SVG shapes would be megabytes
    )
    bar = axes.figure.colorbar(mesh, ax=axes, pad=0.015, aspect=14)
    bar.set_label(grid.unit, fontsize=9)


def _save(figure: Any, path: Path, format: Literal["png", "svg"]) -> None:
    from matplotlib import rc_context

    # Neither date, version nor random ids inside, so that equal clips give equal files.
    metadata = {"Date": None} if format == "svg" else {"Software": None}
    with rc_context({"svg.hashsalt": path.name}), warnings.catch_warnings():
        # Names in scripts that matplotlib's font lacks are drawn as boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        write_atomic(
            path,
            lambda temporary: figure.savefig(temporary, format=format, metadata=metadata),
        )
