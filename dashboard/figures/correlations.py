"""Which features say the same: a matrix of correlations, families together."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

LEAST_SHARE = 0.03  # of the features, for a family to be named: others would overlap
MOST_NAMES = 24  # of features that fit beside the matrix; more are named by family only
MOST_NAMES_NARROW = 8
SMALL, MOST_SMALL = 10, 36  # px of names where families are scattered, and how many of them fit


def correlation_figure(
    matrix: pd.DataFrame,
    families: list[str],
    *,
    mode: Mode,
    narrow: bool = False,
    clustered: bool = False,
) -> go.Figure:
    """Return the matrix on a map that is centred on 0.

    Parameters
    ----------
    matrix : DataFrame
        Features by features, -1..1, NaN where one is constant; families stand together.
    families : list of str
        Family of each row.
    mode : "light" or "dark"
    narrow : bool
        A phone: fewer names, the scale above.
    clustered : bool
        The order is that of a clustering: families are scattered, so rows have their own names.
    """
    few = len(matrix) <= (MOST_NAMES_NARROW if narrow else MOST_NAMES)
    figure = go.Figure(_cells(matrix, mode, narrow=narrow))
    ticks = _families(families) if not clustered and not few else _names(matrix, few=few)
    if clustered and narrow and not few:
        ticks = {}
    if not clustered:
        for edge in _edges(families):
            line = {"color": theme.MUTED[mode], "width": 1}
            figure.add_hline(y=edge, line=line)
            figure.add_vline(x=edge, line=line)
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    own = clustered and not few  # names of single features, in small letters
    both = {
        "showgrid": False, "fixedrange": True, "ticks": "", "ticklabelstandoff": 4,
        "tickvals": [matrix.index[place] for place in ticks], "ticktext": list(ticks.values()),
        "tickfont": {"color": theme.TEXT[mode], "size": SMALL if own else 12},
        "constrain": "domain",
    }  # fmt: skip
    figure.update_xaxes(both, tickangle=-90 if own else -60, constraintoward="left")
    figure.update_yaxes(both, autorange="reversed", scaleanchor="x", constraintoward="top")
    return figure


def _cells(matrix: pd.DataFrame, mode: Mode, *, narrow: bool) -> go.Heatmap:
    """Return the cells, 0 in the middle of the scale."""
    return go.Heatmap(
        z=matrix.to_numpy(dtype=np.float32).round(3),
        x=list(matrix.index),
        y=list(matrix.index),
        zmin=-1,
        zmax=1,
        zmid=0,
        colorscale=theme.SIGNED_SCALE[mode],
        colorbar=_scale(narrow=narrow),
        hovertemplate="%{x}<br>%{y}<br>correlation %{z:.2f}<extra></extra>",
    )


def _starts(families: list[str]) -> list[int]:
    """Return the rows at which another family begins."""
    return [k for k in range(len(families)) if k == 0 or families[k] != families[k - 1]]


def _edges(families: list[str]) -> list[float]:
    """Return the lines between families; none where each feature is its own."""
    starts = _starts(families)
    return [start - 0.5 for start in starts[1:]] if len(starts) < len(families) else []


def _names(matrix: pd.DataFrame, *, few: bool) -> dict[int, str]:
    """Return the names of the rows by their place: all, or every k-th where they are many."""
    step = 1 if few else -(-len(matrix) // MOST_SMALL)
    return {place: str(matrix.index[place]) for place in range(0, len(matrix), step)}


def _families(families: list[str]) -> dict[int, str]:
    """Return the name of each family at its middle row; "" where it is too small for one."""
    starts = _starts(families)
    ends = [*starts[1:], len(families)]
    return {
        (start + end - 1) // 2: families[start]
        if end - start >= LEAST_SHARE * len(families)
        else ""
        for start, end in zip(starts, ends, strict=True)
    }


def _scale(*, narrow: bool) -> dict[str, object]:
    """Return the legend of the colours."""
    look: dict[str, object] = {"thickness": 12, "dtick": 0.5, "outlinewidth": 0, "y": 1.0}
    if narrow:
        return look | {"orientation": "h", "yanchor": "bottom", "thickness": 8, "len": 0.9}
    return look | {"yanchor": "top", "len": 0.7}
