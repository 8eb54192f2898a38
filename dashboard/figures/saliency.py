"""Where a network looked in one clip: the spectrogram, and below it the weight of each place."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.sound.mel_axis import LEVEL_RANGE_DB, BandAxis
from dashboard.theme import Mode

HALF = 0.5
# On the blue of the levels, for every kind of colour vision.


@dataclass(frozen=True)
class LookedAt:
    """One clip as arrays of shape (n_bands, n_columns), lowest band first.

    Attributes
    ----------
    starts_s : ndarray of shape (n_columns,)
        Starts of the columns in seconds, even.
    level_db, weight : ndarray of shape (n_bands, n_columns)
    """

    starts_s: np.ndarray
    level_db: np.ndarray
    weight: np.ndarray

    @property
    def step_s(self) -> float:
        """Width of a column in seconds."""
        return float(np.median(np.diff(self.starts_s))) if len(self.starts_s) > 1 else 1.0


def looked_at(rows: pd.DataFrame) -> LookedAt:
    """Return one clip's arrays from rows of ``column_s, band, level_db, weight``."""
    wide = rows.pivot(index="band", columns="column_s", values=["level_db", "weight"])
    wide = wide.sort_index().sort_index(axis=1)
    level, weight = wide["level_db"], wide["weight"]
    return LookedAt(
        starts_s=level.columns.to_numpy(dtype=float),
        level_db=level.to_numpy(dtype=float),
        weight=weight.to_numpy(dtype=float),
    )


def shortest_run(weights: np.ndarray, share: float = HALF) -> tuple[int, int]:
    """Return first and last place of the shortest run that holds a share of the sum.

    Of runs as short the one that holds most; everything where all weights are 0.
    """
    total = weights.sum()
    if not total > 0:
        return 0, len(weights) - 1
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    for length in range(1, len(weights) + 1):
        held = sums[length:] - sums[:-length]
        if held.max() >= share * total * (1 - 1e-9):
            first = int(held.argmax())
            return first, first + length - 1
    return 0, len(weights) - 1


def heaviest(weight: np.ndarray, share: float = HALF) -> tuple[float, float]:
    """Return the weight from which places count, so that they hold a share, and their part of all.

    The smallest area that holds a share of the weight: the heaviest places first.
    """
    ranked = np.sort(weight.ravel())[::-1]
    sums = np.cumsum(ranked)
    if not sums[-1] > 0:
        return 0.0, 1.0
    n = int(np.searchsorted(sums, share * sums[-1] * (1 - 1e-9))) + 1
    return float(ranked[n - 1]), n / len(ranked)


def saliency_figure(clip: LookedAt, axis: BandAxis, *, mode: Mode) -> go.Figure:
    """Return both panels on the same axes; outlined is the area that holds half of the weight."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.09,
        subplot_titles=["What it heard", "What its answer needs"],
    )  # fmt: skip
    times_s = clip.starts_s + clip.step_s / 2
    low, high = map(float, LEVEL_RANGE_DB)
    if clip.level_db.max() > 0 or clip.level_db.min() < low:  # standardised, not relative
        low, high = float(clip.level_db.min()), float(clip.level_db.max())
    panels = (
        (clip.level_db, theme.SHARE_SCALE[mode], (low, high), "dB", "level"),
        (clip.weight, theme.WEIGHT_SCALE[mode], (0.0, 1.0), "weight", "weight"),
    )
    for row, (z, scale, limits, unit, name) in enumerate(panels, start=1):
        cells = go.Heatmap(
            z=z, x=times_s, zmin=limits[0], zmax=limits[1], colorscale=scale, name=name,
            hoverinfo="skip",
            colorbar={
                "title": {"text": unit, "side": "right", "font": {"size": 12}}, "thickness": 12,
                "len": 0.42, "y": 0.77 if row == 1 else 0.23, "nticks": 5,
            },
        )  # fmt: skip
        figure.add_trace(cells, row=row, col=1)
        figure.add_trace(_outline(clip, times_s, mode if row == 1 else None), row=row, col=1)
    _shape(figure, clip, axis, mode)
    return figure


def _outline(clip: LookedAt, times_s: np.ndarray, mode: Mode | None) -> go.Contour:
    """Return the line around the places that hold half of the weight; thin on the weights."""
    level, _ = heaviest(clip.weight)
    colour = "#888888" if mode is None else theme.OUTLINE[mode]
    return go.Contour(
        z=clip.weight, x=times_s, name="holds half of the weight", hoverinfo="skip",
        showscale=False, line={"color": colour, "width": 1 if mode is None else 2},
        contours={"start": level, "end": level, "size": 1, "coloring": "none"},
    )  # fmt: skip


def _shape(figure: go.Figure, clip: LookedAt, axis: BandAxis, mode: Mode) -> None:
    places, names = axis.ticks()
    figure.update_layout(
        template=theme.template(mode), margin={"l": 8, "r": 8, "t": 32, "b": 8}, showlegend=False
    )
    figure.update_annotations(font_size=14)
    end_s = clip.starts_s[-1] + clip.step_s
    figure.update_xaxes(range=[clip.starts_s[0], end_s], showgrid=False, zeroline=False)
    figure.update_xaxes(title={"text": "time (s)", "font": {"size": 13}}, row=2, col=1)
    figure.update_yaxes(
        tickvals=places, ticktext=names, showgrid=False, zeroline=False,
        range=[-0.5, axis.n_bands - 0.5], title={"text": axis.title, "font": {"size": 13}},
    )  # fmt: skip
