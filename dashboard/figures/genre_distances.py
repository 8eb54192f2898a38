"""How far genres lie apart, and which models' mistakes stay near: a matrix and two columns."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.components.formats import format_score
from dashboard.figures.cells import cell_texts
from dashboard.figures.labels import wrapped
from dashboard.figures.marks import marks
from dashboard.theme import Mode

LETTERS, LETTERS_NARROW = 40, 20  # in a line of a name
MOST_DRAWN, MOST_DRAWN_NARROW = 12, 8  # models in two columns; the table lists all


def distance_matrix_figure(matrix: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return the distances between genres, the mean over pairs being 1.

    Parameters
    ----------
    matrix : DataFrame
        Genres by genres, 0 on the diagonal.
    mode : "light" or "dark"
    """
    genres = list(matrix.index)
    largest = float(matrix.to_numpy().max()) or 1.0
    values = matrix.to_numpy(dtype=float)
    texts = [["" if row == column else f"{matrix.loc[row, column]:.1f}" for column in genres]
             for row in genres]  # fmt: skip
    figure = go.Figure(
        [
            go.Heatmap(
                z=values.round(3), x=genres, y=genres, zmin=0, zmax=largest,
                colorscale=theme.SHARE_SCALE[mode],
                showscale=False, xgap=1, ygap=1,
                hovertemplate="%{y} and %{x}<br>distance %{z:.2f}<extra></extra>",
            ),
            cell_texts(
                [list(row) for row in values / largest], texts, genres, genres,
                scale=theme.SHARE_SCALE, mode=mode,
            ),
        ]
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(mode),
        plot_bgcolor=theme.GRID[mode],
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    both = {
        "showgrid": False, "fixedrange": True, "ticks": "", "ticklabelstandoff": 4,
        "tickfont": {"color": theme.TEXT[mode], "size": 12}, "dtick": 1,
    }  # fmt: skip
    figure.update_xaxes(both, tickangle=-60)
    figure.update_yaxes(both, autorange="reversed")
    return figure


def distance_scores_figure(
    rows: pd.DataFrame, *, mode: Mode, lead: str = "", narrow: bool = False
) -> go.Figure:
    """Return mean cost per song and, beside it, accuracy; the cheapest model stands on top.

    Parameters
    ----------
    rows : DataFrame
        Columns ``short, family, served_id, cost, cost_low, cost_high, value, ci_low, ci_high``;
        the cheapest first.
    mode : "light" or "dark"
    lead : str
        Address of a model, with a place for its id; "" for none.
    narrow : bool
        A phone: names in more lines, of smaller letters.
    """
    drawn = rows.head(MOST_DRAWN_NARROW if narrow else MOST_DRAWN)
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.06,
        subplot_titles=["mean cost of a song", "accuracy"],
    )  # fmt: skip
    columns = (("cost", "cost_low", "cost_high"), ("value", "ci_low", "ci_high"))
    for place, names in enumerate(columns, start=1):
        figure.add_trace(_dots(drawn, names, mode), row=1, col=place)
    if lead:
        figure.update_traces(meta=marks(lead))
    figure.update_layout(
        template=theme.template(mode), showlegend=False, margin={"l": 8, "r": 16, "t": 32, "b": 8}
    )
    figure.update_annotations(font={"size": 13, "color": theme.MUTED[mode]})
    figure.update_xaxes(rangemode="tozero", fixedrange=True, nticks=3 if narrow else 5, tickangle=0)
    figure.update_yaxes(
        type="category", autorange="reversed", fixedrange=True, showgrid=False,
        tickfont={"size": 10 if narrow else 13, "color": theme.TEXT[mode]},
        tickvals=list(drawn["short"]),
        ticktext=[wrapped(name, LETTERS_NARROW if narrow else LETTERS) for name in drawn["short"]],
    )  # fmt: skip
    return figure


def _dots(rows: pd.DataFrame, names: tuple[str, str, str], mode: Mode) -> go.Scatter:
    value, low, high = (rows[name] for name in names)
    said = [
        f"{short}<br>{format_score(*three)}"
        for short, three in zip(rows["short"], zip(value, low, high, strict=True), strict=True)
    ]
    return go.Scatter(
        x=value,
        y=rows["short"],
        mode="markers",
        marker={"size": 9, "color": [theme.family_colour(name, mode) for name in rows["family"]]},
        error_x={
            "type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low,
            "thickness": 1.2, "width": 0, "color": theme.MUTED[mode],
        },
        text=said,
        customdata=rows[["served_id"]],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
