"""How often any two models give the same answer."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.cells import cell_texts
from dashboard.figures.labels import wrapped
from dashboard.figures.marks import marks
from dashboard.theme import Mode

CLICK_SAME = "Click for the songs on which they agree"
NAME_LETTERS = 20  # in a line of a name beside its row
MOST_WRITTEN = 12  # models whose cells have room for a number


def agreement_figure(
    pairs: pd.DataFrame, names: dict[str, str], *, mode: Mode, lead: str = ""
) -> go.Figure:
    """Return models by models, shaded by the share of equal answers.

    Parameters
    ----------
    pairs : DataFrame
        As ``pairs.pairs_of`` returns them: each pair from both sides.
    names : dict of str to str
        Name by run id, in the order of rows and columns.
    mode : "light" or "dark"
    lead : str
        Address of the songs on which two models agree, with a place for both; "" for none.
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
            text=[[_hover(pair, names, bool(lead)) for pair in row] for row in found],
            customdata=[[_both(pair) for pair in row] for row in found],
            meta=marks(lead) if lead else None,
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
    shape_matrix(figure, models, mode)
    return figure


def _both(pair: pd.Series | None) -> list[str]:
    """Return the served ids of a pair that agrees on a song, for an address; "" for none."""
    if pair is None or not pair["agreement"]:
        return [""]
    return [",".join(str(pair[name]).rpartition(".")[0] for name in ("id_a", "id_b"))]


def _hover(pair: pd.Series | None, names: dict[str, str], leads: bool) -> str:
    if pair is None:
        return ""
    more = f"<br>{CLICK_SAME}" if leads and pair["agreement"] else ""
    return (
        f"<b>{names[pair['id_a']]}</b> and <b>{names[pair['id_b']]}</b><br>same answer: "
        f"{pair['agreement']:.0%}<br>both right {pair['both_right']:,}, only the first "
        f"{pair['only_a']:,}, only the second {pair['only_b']:,}, neither {pair['neither']:,}{more}"
    )


def shape_matrix(figure: go.Figure, models: list[str], mode: Mode) -> None:
    """Give a matrix of models its axes: the first at the top left; rows named, columns numbered.

    Names below the columns would take half of the picture, and all of it on a phone.
    """
    rows = [f"{wrapped(name, NAME_LETTERS)}  {k}" for k, name in enumerate(models, start=1)]
    columns = [str(k) for k in range(1, len(models) + 1)]
    figure.update_layout(
        template=theme.template(mode),
        plot_bgcolor=theme.GRID[mode],  # shows between the cells, also where these are empty
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    both = {
        "tickfont": {"color": theme.TEXT[mode], "size": 12},
        "showgrid": False,
        "fixedrange": True,
    }
    figure.update_xaxes(both, side="top", tickvals=models, ticktext=columns, tickangle=0)
    figure.update_yaxes(both, autorange="reversed", tickvals=models, ticktext=rows)
