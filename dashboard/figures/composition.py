"""Which genres each cluster holds, as stacked shares."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.colour_pairs import ink_on
from dashboard.figures.confusion import shares_of_rows
from dashboard.theme import Mode


def composition_figure(counts: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return one bar per cluster, made of its genres' shares.

    Parameters
    ----------
    counts : DataFrame
        Index: name of the cluster, from top to bottom; columns: genre; values: samples.
    mode : "light" or "dark"
    """
    figure = go.Figure([_bars(counts, genre, mode) for genre in counts.columns])
    figure.update_layout(
        template=theme.template(mode),
        barmode="stack",
        bargap=0.25,
        legend=theme.LEGEND_BELOW,
        margin={"l": 8, "r": 28, "t": 32, "b": 8},
    )
    figure.update_xaxes(
        range=[0, 1.001], dtick=0.25, tickformat=".0%", fixedrange=True, showgrid=False
    )
    figure.update_yaxes(
        title={"text": "cluster (rows)", "font": {"size": 13}},
        autorange="reversed",
        fixedrange=True,
        tickfont={"color": theme.TEXT[mode]},
    )
    return figure


def _bars(counts: pd.DataFrame, genre: str, mode: Mode) -> go.Bar:
    """Return one genre's part of every bar."""
    shares = shares_of_rows(counts)[genre]
    names = list(counts.columns)
    colours = {shown: theme.genre_colours(names, shown)[genre] for shown in theme.MODES}
    labels = [f"{name} ({total:,})" for name, total in counts.sum(axis=1).items()]
    return go.Bar(
        y=[label.removeprefix("Cluster ") for label in labels],  # the axis says what they are
        x=shares,
        name=genre,
        orientation="h",
        marker={"color": colours[mode], "line": {"color": theme.SURFACE[mode], "width": 1}},
        # A genre that fills a good part of a bar is named in it: colour is not the only cue.
        text=[genre if share >= 0.17 else "" for share in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": ink_on(colours, mode), "size": 13},
        constraintext="inside",
        customdata=counts[genre],
        hovertext=labels,
        hovertemplate="%{hovertext}<br>" + genre + ": %{customdata:,} (%{x:.0%})<extra></extra>",
    )
