"""How often any two models give the same answer."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.cells import cell_texts
from dashboard.theme import Mode

MOST_WRITTEN = 12  # models whose cells have room for a number


def agreement_figure(pairs: pd.DataFrame, names: dict[str, str], *, mode: Mode) -> go.Figure:
    """Return models by models, shaded by the share of equal answers.

    Parameters
    ----------
    pairs : DataFrame
        As ``pairs.pairs_of`` returns them: each pair from both sides.
    names : dict of str to str
        Name by run id, in the order of rows and columns.
    mode : "light" or "dark"
    """
    by_pair = {(row["id_a"], row["id_b"]): row for _, row in pairs.iterrows()}
    found = [[by_pair.get((a, b)) for b in names] for a in names]
    share = [[None if pair is None else float(pair["agreement"]) for pair in r] for r in found]
    models = list(names.values())
    figure = go.Figure(
        go.Heatmap(
            z=share,
            x=models,
            y=models,
            text=[[_hover(pair, names) for pair in row] for row in found],
            colorscale=theme.SHARE_SCALE[mode],
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=1,
            showscale=False,
            hoverongaps=False,
            hovertemplate="%{text}<extra></extra>",
        )
    )
    if len(models) <= MOST_WRITTEN:
        texts = [["" if part is None else f"{round(100 * part)} %" for part in r] for r in share]
        figure.add_trace(
            cell_texts(share, texts, models, models, scale=theme.SHARE_SCALE, mode=mode)
        )
    shape_matrix(figure, mode)
    return figure


def _hover(pair: pd.Series | None, names: dict[str, str]) -> str:
    if pair is None:
        return ""
    return (
        f"<b>{names[pair['id_a']]}</b> and <b>{names[pair['id_b']]}</b><br>same answer: "
        f"{pair['agreement']:.0%}<br>both right {pair['both_right']:,}, only the first "
        f"{pair['only_a']:,}, only the second {pair['only_b']:,}, neither {pair['neither']:,}"
    )


def shape_matrix(figure: go.Figure, mode: Mode) -> None:
    """Give a matrix of models its axes: the first model at the top left, names in full."""
    figure.update_layout(
        template=theme.template(mode),
        plot_bgcolor=theme.GRID[mode],  # shows between the cells, also where these are empty
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    both = {
        "tickfont": {"color": theme.TEXT[mode], "size": 12},
        "showgrid": False,
        "fixedrange": True,
        "dtick": 1,
    }
    figure.update_xaxes(both, tickangle=-40)
    figure.update_yaxes(both, autorange="reversed")
