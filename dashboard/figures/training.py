"""Loss and accuracy of a network by epoch, one thin line per fold."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.theme import Mode

PANELS = (("loss", "Loss"), ("accuracy", "Accuracy"))


def training_figure(history: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return two panels, loss and accuracy, for training and validation.

    Parameters
    ----------
    history : DataFrame
        Columns ``fold, epoch, loss, accuracy, val_loss, val_accuracy``.
    mode : "light" or "dark"
    """
    figure = make_subplots(rows=1, cols=2, subplot_titles=[title for _, title in PANELS])
    parts = {
        "training": ("", theme.MUTED[mode], "dot"),
        "validation": ("val_", theme.ACCENT[mode], "solid"),
    }
    for name, (prefix, colour, dash) in parts.items():
        for number, (fold, rows) in enumerate(history.groupby("fold", sort=True)):
            for column, (metric, _) in enumerate(PANELS, start=1):
                line = go.Scatter(
                    x=rows["epoch"],
                    y=rows[prefix + metric],
                    name=name,
                    legendgroup=name,
                    showlegend=number == 0 and column == 1,
                    mode="lines",
                    line={"color": colour, "width": 1.2, "dash": dash},
                    hovertemplate=f"{name}, fold {fold}<br>epoch %{{x}}: %{{y:.3f}}<extra></extra>",
                )
                figure.add_trace(line, row=1, col=column)
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": -0.18, "yanchor": "top", "x": 0},
        margin={"l": 8, "r": 8, "t": 40, "b": 56},
    )
    figure.update_xaxes(title={"text": "epoch", "font": {"size": 13}}, fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    figure.update_yaxes(range=[0, 1.02], row=1, col=2)
    return figure
