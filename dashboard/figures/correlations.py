"""Which features say the same: a matrix of correlations, families together."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

MOST_NAMES = 24  # of features that fit beside the matrix; more are named by family only


def correlation_figure(matrix: pd.DataFrame, families: list[str], *, mode: Mode) -> go.Figure:
    """Return the matrix on a map that is centred on 0.

    Parameters
    ----------
    matrix : DataFrame
        Features by features, -1..1, NaN where one is constant; families stand together.
    families : list of str
        Family of each row.
    mode : "light" or "dark"
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
            colorbar={"thickness": 12, "dtick": 0.5, "outlinewidth": 0, "len": 0.9},
            hovertemplate="%{x}<br>%{y}<br>correlation %{z:.2f}<extra></extra>",
        )
    )
    starts = [k for k in range(len(names)) if k == 0 or families[k] != families[k - 1]]
    ends = [*starts[1:], len(names)]
    if len(names) <= MOST_NAMES:
        ticks = {"tickvals": names, "ticktext": names}
    else:
        middles = [names[(start + end - 1) // 2] for start, end in zip(starts, ends, strict=True)]
        ticks = {"tickvals": middles, "ticktext": [families[start] for start in starts]}
    for start in starts[1:] if len(starts) < len(names) else []:
        line = {"color": theme.MUTED[mode], "width": 1}
        figure.add_hline(y=start - 0.5, line=line)
        figure.add_vline(x=start - 0.5, line=line)
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    both = {"showgrid": False, "fixedrange": True, "ticks": "", **ticks}
    both["tickfont"] = {"color": theme.TEXT[mode], "size": 12}
    figure.update_xaxes(both, tickangle=-60)
    figure.update_yaxes(both, autorange="reversed")
    return figure
