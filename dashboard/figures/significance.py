"""Which model is better than which: verdicts of the paired tests as words, signs and colours."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.formats import MINUS
from dashboard.figures.agreement import shape_matrix
from dashboard.figures.cells import cell_texts
from dashboard.theme import Mode

STRENGTH = {"better": 0.66, "tied": 0.0, "worse": -0.66}  # of the colour scale's ends
SIGNS = {"better": "+", "tied": "=", "worse": MINUS}
MOST_P, MOST_WORDS = 5, 8  # models whose cells have room for p-values, and for words


def p_text(p: float) -> str:
    """Return "p = 0.003", with two digits from 0.1 on."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def verdict_text(verdict: str, p: float) -> str:
    """Return a verdict as a reader says it: "tied", "better, p = 0.003"."""
    return verdict if verdict == "tied" else f"{verdict}, {p_text(p)}"


def significance_figure(
    pairs: pd.DataFrame, names: dict[str, str], *, mode: Mode, narrow: bool = False
) -> go.Figure:
    """Return models by models: what the row's model is against the column's.

    Parameters
    ----------
    pairs : DataFrame
        As ``pairs.pairs_of`` returns them: each pair from both sides.
    names : dict of str to str
        Name by run id, in the order of rows and columns.
    mode : "light" or "dark"
    narrow : bool
        For a phone: signs instead of words.
    """
    by_pair = {(row["id_a"], row["id_b"]): row for _, row in pairs.iterrows()}
    found = [[by_pair.get((a, b)) for b in names] for a in names]
    models = list(names.values())
    z = [[None if p is None else STRENGTH[str(p["verdict"])] for p in row] for row in found]
    figure = go.Figure(
        go.Heatmap(
            z=z,
            x=models,
            y=models,
            customdata=[[_hover(pair, names) for pair in row] for row in found],
            colorscale=theme.DIVERGING[mode],
            zmin=-1,
            zmax=1,
            xgap=1,
            ygap=1,
            showscale=False,
            hoverongaps=False,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    places = [[None if value is None else (value + 1) / 2 for value in row] for row in z]
    texts = [[_cell(pair, len(names), narrow=narrow) for pair in row] for row in found]
    figure.add_trace(cell_texts(places, texts, models, models, scale=theme.DIVERGING, mode=mode))
    shape_matrix(figure, models, mode)
    return figure


def _cell(pair: pd.Series | None, models: int, *, narrow: bool) -> str:
    if pair is None:
        return ""
    verdict = str(pair["verdict"])
    if models > MOST_WORDS or narrow:
        return SIGNS[verdict]
    if models > MOST_P:
        return verdict
    return verdict_text(verdict, pair["p_holm"]).replace(", ", "<br>")


def _hover(pair: pd.Series | None, names: dict[str, str]) -> str:
    if pair is None:
        return ""
    against = {"better": "better than", "worse": "worse than", "tied": "tied with"}
    return (
        f"<b>{names[pair['id_a']]}</b> is {against[pair['verdict']]} "
        f"<b>{names[pair['id_b']]}</b><br>{p_text(pair['p_holm'])} after Holm<br>"
        f"accuracy {pair['accuracy_a']:.2f} against {pair['accuracy_b']:.2f}"
    )
