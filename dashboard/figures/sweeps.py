"""Accuracy by one setting, and clusters by their number."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.figures.reliability import faint
from dashboard.theme import Mode

SETTINGS = {
    "tree_depth": "depth of the tree",
    "n_neighbours": "number of neighbours",
    "n_tracks": "training songs",
}
DASHES = ("dash", "dot", "dashdot", "longdash")


def sweep_figure(
    points: pd.DataFrame, labels: dict[str, str], *, chosen: str, mode: Mode
) -> go.Figure:
    """Return a panel per setting with validation accuracy by protocol.

    The chosen protocol stands out, with its interval and, dotted, the accuracy on what it learned
    from.

    Parameters
    ----------
    points : DataFrame
        Columns ``sweep, protocol, value, accuracy, ci_low, ci_high, training_accuracy``.
    labels : dict of str to str
        Short name of each protocol, in the order of the legend.
    chosen : str
        A protocol; where it was not swept, all are drawn alike.
    mode : "light" or "dark"
    """
    sweeps = list(dict.fromkeys(points["sweep"]))
    figure = make_subplots(rows=1, cols=len(sweeps), horizontal_spacing=0.1)
    others = [name for name in labels if name != chosen]
    for column, sweep in enumerate(sweeps, start=1):
        panel = points[points["sweep"] == sweep].sort_values("value")
        traces = [
            _line(panel[panel["protocol"] == name], labels[name], DASHES[place % len(DASHES)], mode)
            for place, name in enumerate(others)
        ]
        traces += _marked(panel[panel["protocol"] == chosen], labels.get(chosen, chosen), mode)
        for trace in traces:
            figure.add_trace(trace, row=1, col=column)
            figure.data[-1].showlegend = bool(trace.showlegend is not False and column == 1)
        figure.update_xaxes(title_text=SETTINGS.get(sweep, sweep), row=1, col=column)
    figure.update_layout(
        template=theme.template(mode),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 56, "b": 8},
    )
    figure.update_xaxes(fixedrange=True, rangemode="tozero", title_font_size=13)
    figure.update_yaxes(range=[0, 1.02], fixedrange=True)
    figure.update_yaxes(
        title={"text": "accuracy on validation songs", "font": {"size": 13}}, row=1, col=1
    )
    return figure


def _line(rows: pd.DataFrame, name: str, dash: str, mode: Mode) -> go.Scatter:
    return go.Scatter(
        x=rows["value"],
        y=rows["accuracy"],
        name=name,
        mode="lines",
        line={"color": theme.MUTED[mode], "width": 1.5, "dash": dash},
        hovertemplate=f"{name}<br>%{{x}}: %{{y:.2f}}<extra></extra>",
    )


def _marked(rows: pd.DataFrame, name: str, mode: Mode) -> list[go.Scatter]:
    """Return the band, the dotted line of the training rows, and the line of one protocol."""
    if rows.empty:
        return []
    colour = theme.ACCENT[mode]
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    return [
        go.Scatter(x=rows["value"], y=rows["ci_low"], **band),
        go.Scatter(
            x=rows["value"], y=rows["ci_high"], fill="tonexty", fillcolor=faint(colour), **band
        ),
        go.Scatter(
            x=rows["value"],
            y=rows["training_accuracy"],
            name="on its training rows",
            mode="lines",
            line={"color": colour, "width": 1.2, "dash": "dot"},
            hovertemplate="training rows<br>%{x}: %{y:.2f}<extra></extra>",
        ),
        go.Scatter(
            x=rows["value"],
            y=rows["accuracy"],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2.4},
            marker={"color": colour, "size": 6},
            customdata=rows[["ci_low", "ci_high"]],
            hovertemplate=(
                f"{name}<br>%{{x}}: %{{y:.2f}} [%{{customdata[0]:.2f}}, %{{customdata[1]:.2f}}]"
                "<extra></extra>"
            ),
        ),
    ]


def cluster_sweep_figure(points: pd.DataFrame, *, chosen: int, mode: Mode) -> go.Figure:
    """Return two panels by number of clusters: inertia (the elbow) and silhouette.

    Parameters
    ----------
    points : DataFrame
        Columns ``n_clusters, inertia, silhouette``.
    chosen : int
        Number of clusters to mark.
    mode : "light" or "dark"
    """
    rows = points.sort_values("n_clusters")
    figure = make_subplots(
        rows=1, cols=2, horizontal_spacing=0.12, subplot_titles=["Inertia", "Silhouette"]
    )
    for column, name in enumerate(("inertia", "silhouette"), start=1):
        figure.add_trace(
            go.Scatter(
                x=rows["n_clusters"],
                y=rows[name],
                name=name,
                mode="lines+markers",
                showlegend=False,
                line={"color": theme.ACCENT[mode], "width": 2},
                marker={"color": theme.ACCENT[mode], "size": 5},
                hovertemplate="%{x} clusters: %{y:.4~g}<extra></extra>",
            ),
            row=1,
            col=column,
        )
        if (rows["n_clusters"] == chosen).any():
            figure.add_vline(
                x=chosen, row=1, col=column,
                line={"color": theme.MUTED[mode], "width": 1, "dash": "dash"},
            )  # fmt: skip
    figure.update_layout(template=theme.template(mode), margin={"l": 8, "r": 16, "t": 32, "b": 8})
    figure.update_annotations(font={"size": 14, "color": theme.TEXT[mode]})
    figure.update_xaxes(title={"text": "clusters", "font": {"size": 13}}, fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    return figure
