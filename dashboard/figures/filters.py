"""Kernels of a network's first convolution as small multiples on one scale."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

ROOM, ROOM_NARROW = (560, 340), (300, 340)  # width and height in px for all kernels
CELLS_NAMED = 10_000  # words for each of more would be megabytes
PICTURES = ("images_kaggle",)  # whose rows are rows of pixels, the highest first


@dataclass(frozen=True)
class FilterWords:
    """What the sides of a kernel are called: a step of time, a row, and what lies upwards."""

    step: str
    row: str
    up: str
    axis: str


def filter_words(representation: str) -> FilterWords:
    """Return the words for the kernels of networks on a representation."""
    if representation in PICTURES:
        return FilterWords("pixel", "pixel", "higher", "frequency →")
    if representation.startswith("mfcc"):
        return FilterWords("step", "coefficient", "the higher coefficient", "coefficient →")
    return FilterWords("step", "band", "higher", "frequency →")


def kernels(filters: pd.DataFrame, representation: str) -> np.ndarray:
    """Return the weights as an array of shape (n_filters, n_columns of time, n_bands).

    Parameters
    ----------
    filters : DataFrame
        Columns ``filter, row, column, weight``: row is time and column the band, from the lowest;
        in pictures row is the row of pixels, from the highest, and column is time.
    representation : str
    """
    wide = filters.pivot(index=["filter", "row"], columns="column", values="weight").sort_index()
    n_filters = filters["filter"].nunique()
    weights = wide.to_numpy(dtype=float).reshape(n_filters, -1, wide.shape[1])
    return weights.transpose(0, 2, 1)[:, :, ::-1] if representation in PICTURES else weights


def filters_figure(
    weights: np.ndarray, words: FilterWords, *, mode: Mode, narrow: bool = False
) -> go.Figure:
    """Return a grid of kernels: time to the right, bands upwards, the page's colour for 0.

    Parameters
    ----------
    weights : ndarray of shape (n_filters, n_columns of time, n_bands)
    words : FilterWords
    mode : "light" or "dark"
    narrow : bool
        For a phone: fewer in a row.
    """
    n, wide, high = weights.shape
    gap = max(1, round(0.2 * max(wide, high)))
    per_row = kernels_per_row(n, wide + gap, high + gap, ROOM_NARROW if narrow else ROOM)
    n_rows = -(-n // per_row)
    shape = (n_rows * (high + gap) - gap, per_row * (wide + gap) - gap)
    z = np.full(shape, np.nan, dtype=np.float32)
    said = np.full(shape, "", dtype=object) if weights.size <= CELLS_NAMED else None
    frames = []
    for number, kernel in enumerate(weights):
        left, bottom = (number % per_row) * (wide + gap), (n_rows - 1 - number // per_row)
        bottom *= high + gap
        z[bottom : bottom + high, left : left + wide] = kernel.T
        if said is not None:
            said[bottom : bottom + high, left : left + wide] = _names(number, kernel, words)
        frames.append((left - 0.5, bottom - 0.5, left + wide - 0.5, bottom + high - 0.5))
    figure = go.Figure(_cells(z, said, float(np.abs(weights).max()) or 1.0, mode))
    for x0, y0, x1, y1 in frames:
        figure.add_shape(
            type="rect", x0=x0, y0=y0, x1=x1, y1=y1, line={"width": 1, "color": theme.MUTED[mode]}
        )
    _shape(figure, words.axis, mode)
    return figure


def _names(number: int, kernel: np.ndarray, words: FilterWords) -> list[list[str]]:
    wide, high = kernel.shape
    return [
        [
            f"kernel {number + 1}<br>{words.step} {t + 1}, {words.row} {b + 1} from below"
            for t in range(wide)
        ]
        for b in range(high)
    ]


def kernels_per_row(n: int, wide: int, high: int, room: tuple[int, int]) -> int:
    """Return how many kernels of a size side by side make all of them largest."""

    def scale(per_row: int) -> float:
        return min(room[0] / (per_row * wide), room[1] / (-(-n // per_row) * high))

    return max(range(1, n + 1), key=scale)


def _cells(z: np.ndarray, said: np.ndarray | None, limit: float, mode: Mode) -> go.Heatmap:
    name = "weight" if said is None else "%{text}"
    return go.Heatmap(
        z=z, text=said, colorscale=theme.DIVERGING[mode], zmin=-limit, zmax=limit,
        hoverongaps=False, hovertemplate=f"{name}: %{{z:.3f}}<extra></extra>",
        colorbar={
            "title": {"text": "weight", "side": "right", "font": {"size": 12}}, "thickness": 12,
            "nticks": 5, "len": 0.7,
        },
    )  # fmt: skip


def _shape(figure: go.Figure, upwards: str, mode: Mode) -> None:
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": True}
    figure.update_xaxes(bare, title={"text": "time →", "font": {"size": 13}}, constrain="domain")
    figure.update_yaxes(
        bare, title={"text": upwards, "font": {"size": 13}},
        scaleanchor="x", constrain="domain",
    )  # fmt: skip
