"""How many levels of each alteration a model's answer survives: a shaded matrix with counts."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.cells import cell_texts
from dashboard.figures.labels import wrapped
from dashboard.theme import Mode

ROW_PX, AROUND_PX = 44, 110
LETTERS_A_LINE = {False: 40, True: 19}  # of a model's name, wide and on a phone


def height_px(n_models: int) -> int:
    """Return the height that so many models need."""
    return AROUND_PX + ROW_PX * n_models


def steadiness_figure(kept: pd.DataFrame, *, mode: Mode, narrow: bool = False) -> go.Figure:
    """Return a row a model and a column an alteration, shaded by the share of levels survived.

    Parameters
    ----------
    kept : DataFrame
        Columns ``model, alteration, kept, tried``.
    mode : "light" or "dark"
    narrow : bool
        A phone: names take less room.
    """
    models, columns = list(dict.fromkeys(kept["model"])), list(dict.fromkeys(kept["alteration"]))
    said = [name.removesuffix("-s windows") + " s" if narrow else name for name in models]
    names = [wrapped(name, LETTERS_A_LINE[narrow]) for name in said]
    by = kept.set_index(["model", "alteration"])
    cells = [[by.loc[(model, column)] for column in columns] for model in models]
    shares = [[float(cell["kept"] / cell["tried"]) for cell in row] for row in cells]
    texts = [[f"{cell['kept']}/{cell['tried']}" for cell in row] for row in cells]
    figure = go.Figure(
        go.Heatmap(
            z=shares, x=columns, y=names, zmin=0, zmax=1, xgap=2, ygap=2, showscale=False,
            colorscale=theme.SHARE_SCALE[mode], customdata=texts,
            hovertemplate="<b>%{y}</b><br>%{x}: %{customdata} levels keep it<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(cell_texts(shares, texts, columns, names, scale=theme.SHARE_SCALE, mode=mode))
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(fixedrange=True, showgrid=False, tickangle=-45 if narrow else 0, side="top")
    figure.update_yaxes(
        fixedrange=True, showgrid=False, autorange="reversed",
        tickfont={"size": 11 if narrow else 13, "color": theme.TEXT[mode]},
    )  # fmt: skip
    return figure
