"""Clusters that stand for genres: how much of each genre its cluster holds."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode


def matching_figure(matched: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return a bar per matched genre, its share that lies in its cluster, largest on top.

    Parameters
    ----------
    matched : DataFrame
        Columns ``cluster, genre, n_matched, n_cluster, n_genre``; clusters without a genre are
        not drawn.
    mode : "light" or "dark"
    """
    rows = matched[matched["genre"] != ""]
    rows = rows.assign(share=rows["n_matched"] / rows["n_genre"]).sort_values("share")
    colours = theme.genre_colours(sorted(rows["genre"]), mode)
    figure = go.Figure(
        go.Bar(
            x=rows["share"],
            y=rows["genre"],
            orientation="h",
            name="share of the genre",
            marker={"color": [colours[genre] for genre in rows["genre"]]},
            text=[f"cluster {number + 1}" for number in rows["cluster"]],
            textposition="outside",
            cliponaxis=False,
            customdata=rows[["n_matched", "n_genre", "n_cluster", "cluster"]].assign(
                cluster=rows["cluster"] + 1
            ),
            hovertemplate=(
                "%{y}: %{customdata[0]:,} of %{customdata[1]:,} in cluster %{customdata[3]}, "
                "which holds %{customdata[2]:,}<extra></extra>"
            ),
        )
    )
    figure.update_layout(
        template=theme.template(mode), bargap=0.3, margin={"l": 8, "r": 16, "t": 8, "b": 8}
    )
    figure.update_xaxes(
        title={"text": "share of the genre that lies in its cluster", "font": {"size": 13}},
        range=[0, 1.16], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        type="category", fixedrange=True, tickfont={"color": theme.TEXT[mode]}, ticklabelstandoff=6
    )
    return figure
