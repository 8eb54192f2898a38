"""Loss and accuracy of a network by epoch, one thin line per fold, the chosen epochs ringed."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.theme import Mode

PANELS = (("loss", "Loss"), ("accuracy", "Accuracy"))
FEW_FOLDS = 3  # whose lines can be told apart at full strength


def chosen_epochs(history: pd.DataFrame) -> pd.DataFrame:
    """Return each fold's row of the epoch whose weights were kept.

    That is what ``chosen`` says where the history has that column, else the lowest validation
    loss; a fold without either has no row.
    """
    if "chosen" in history:
        return history[history["chosen"] == 1].sort_values("fold", kind="stable")
    known = history.dropna(subset=["val_loss"])
    return known.loc[known.groupby("fold")["val_loss"].idxmin()]


def training_figure(history: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return two panels, loss and accuracy, for training and validation.

    Parameters
    ----------
    history : DataFrame
        Columns ``fold, epoch, loss, accuracy, val_loss, val_accuracy`` and, if known, ``chosen``.
    mode : "light" or "dark"
    """
    figure = make_subplots(
        rows=1, cols=2, subplot_titles=[title for _, title in PANELS], horizontal_spacing=0.12
    )
    parts = {
        "training": ("", theme.MUTED[mode], "dot"),
        "validation": ("val_", theme.ACCENT[mode], "solid"),
    }
    folds = [rows for _, rows in history.sort_values("epoch").groupby("fold", sort=True)]
    opacity = 1.0 if len(folds) <= FEW_FOLDS else 0.55
    for name, (prefix, colour, dash) in parts.items():
        for number, rows in enumerate(folds):
            for column, (metric, _) in enumerate(PANELS, start=1):
                line = _line(rows, prefix + metric, name)
                line.update(
                    showlegend=number == 0 and column == 1,
                    line={"color": colour, "width": 1.2, "dash": dash},
                    opacity=opacity,
                )
                figure.add_trace(line, row=1, col=column)
    chosen = chosen_epochs(history)
    for column, (metric, _) in enumerate(PANELS, start=1):
        rings = _rings(chosen, f"val_{metric}", mode)
        figure.add_trace(rings.update(showlegend=column == 1), row=1, col=column)
    _shape(figure, mode)
    return figure


def _line(rows: pd.DataFrame, column: str, name: str) -> go.Scatter:
    fold = rows["fold"].iloc[0]
    return go.Scatter(
        x=rows["epoch"],
        y=rows[column],
        name=name,
        legendgroup=name,
        mode="lines",
        hovertemplate=f"{name}, fold {fold}<br>epoch %{{x}}: %{{y:.3f}}<extra></extra>",
    )


def _rings(chosen: pd.DataFrame, column: str, mode: Mode) -> go.Scatter:
    """Return a ring around each fold's chosen epoch."""
    return go.Scatter(
        x=chosen["epoch"],
        y=chosen[column],
        name="chosen epoch",
        legendgroup="chosen epoch",
        mode="markers",
        marker={
            "size": 9,
            "color": theme.SURFACE[mode],
            "line": {"width": 2, "color": theme.TEXT[mode]},
        },
        customdata=chosen["fold"],
        hovertemplate="fold %{customdata}<br>chosen epoch %{x}: %{y:.3f}<extra></extra>",
    )


def _shape(figure: go.Figure, mode: Mode) -> None:
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": -0.18, "yanchor": "top", "x": 0, "itemsizing": "trace"},
        margin={"l": 8, "r": 8, "t": 40, "b": 56},
    )
    figure.update_xaxes(title={"text": "epoch", "font": {"size": 13}}, fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    figure.update_yaxes(range=[0, 1.02], row=1, col=2)
