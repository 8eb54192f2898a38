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
    names = list(matrix.index)
    figure = go.Figure(
        go.Heatmap(
            z=matrix.to_numpy(dtype=np.float32).round(3),
            x=names,
            y=names,
            zmin=-1,
            zmax=1,
            zmid=0,
            colorscale=theme.SIGNED_SCALE[mode],
            colorbar=_scale(narrow=narrow),
            hovertemplate="%{x}<br>%{y}<br>correlation %{z:.2f}<extra></extra>",
        )
    )
    starts = [k for k in range(len(names)) if k == 0 or families[k] != families[k - 1]]
    ends = [*starts[1:], len(names)]
    few = len(names) <= (MOST_NAMES_NARROW if narrow else MOST_NAMES)
    if clustered and narrow and not few:
        ticks: dict[str, list[str]] = {"tickvals": [], "ticktext": []}
    elif clustered or few:
        shown = names[:: 1 if few else -(-len(names) // MOST_SMALL)]
        ticks = {"tickvals": shown, "ticktext": shown}
    else:
        middles = [names[(start + end - 1) // 2] for start, end in zip(starts, ends, strict=True)]
        wide = [
            end - start >= LEAST_SHARE * len(names) for start, end in zip(starts, ends, strict=True)
        ]
        words = [
            families[start] if shown else "" for start, shown in zip(starts, wide, strict=True)
        ]
        ticks = {"tickvals": middles, "ticktext": words}
    for start in starts[1:] if len(starts) < len(names) and not clustered else []:
        line = {"color": theme.MUTED[mode], "width": 1}
        figure.add_hline(y=start - 0.5, line=line)
        figure.add_vline(x=start - 0.5, line=line)
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    both = {"showgrid": False, "fixedrange": True, "ticks": "", "ticklabelstandoff": 4, **ticks}
    both["tickfont"] = {"color": theme.TEXT[mode], "size": 12 if few or not clustered else SMALL}
    figure.update_xaxes(both, tickangle=-60 if few or not clustered else -90)
    figure.update_yaxes(
        both, autorange="reversed", scaleanchor="x", constrain="domain", constraintoward="top"
    )
    figure.update_xaxes(constrain="domain", constraintoward="left")
    return figure


def _scale(*, narrow: bool) -> dict[str, object]:
    """Return the legend of the colours."""
    look: dict[str, object] = {"thickness": 12, "dtick": 0.5, "outlinewidth": 0, "y": 1.0}
    if narrow:
        return look | {"orientation": "h", "yanchor": "bottom", "thickness": 8, "len": 0.9}
    return look | {"yanchor": "top", "len": 0.7}
