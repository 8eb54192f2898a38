"""What the Clusters page shows for a choice: plain functions from results to text and figures."""

from typing import Literal

import pandas as pd
from dash.development.base_component import Component

from dashboard import cluster_sentences, model_sentences, selection, theme
from dashboard.analyses import rows_of_features, rows_of_run
from dashboard.components.card import CardContent
from dashboard.components.controls import options_of
from dashboard.components.facts import score_chips
from dashboard.components.formats import format_count, format_percent
from dashboard.figures.embedding import embedding_figure
from dashboard.figures.matching import matching_figure
from dashboard.figures.sweeps import cluster_sweep_figure
from dashboard.pages.model_updates import cluster_counts, composition_content
from dashboard.query import Parameter
from dashboard.state import Results

MOST_POINTS = 1500  # as SVG, what a phone still pans without a pause


def clusterings(results: Results) -> pd.DataFrame:
    """Return the unsupervised runs."""
    runs = results.runs
    return runs[(runs["technique"] == "unsupervised") & (runs["variant"] == "")]


def features_parameter(results: Results) -> Parameter:
    """Return the choice of what the clusters were made of."""
    runs = clusterings(results)
    several = len(results.datasets) > 1
    names = {}
    for _, run in runs.iterrows():
        name = selection.short(results, run["representation"])
        suffix = f" · {selection.data_title(results, run['dataset'])}" if several else ""
        names[f"{run['dataset']}.{run['representation']}"] = name + suffix
    return Parameter("features", "Features", names, next(iter(names), ""))


def model_parameter(results: Results, features: str) -> Parameter:
    """Return the choice of clustering among those of one representation."""
    runs = clusterings(results)
    own = runs[runs["dataset"] + "." + runs["representation"] == features]
    names = dict(zip(own["model"], own["title"], strict=True))
    return Parameter("model", "Clustering", names, next(iter(names), ""))


def update_options(results: Results, features: str, model: str) -> tuple[list[dict[str, str]], str]:
    """Return options and value of the clustering for another representation."""
    offered = model_parameter(results, features)
    return options_of(offered), model if model in offered.options else offered.default


def update_agreement(
    results: Results, features: str, model: str
) -> tuple[str, Component, str, str]:
    """Return the sentence on ARI and NMI, chips, the sentence on purity, the window's title."""
    run = shown_run(results, features, model)
    scores = model_sentences.cluster_scores(results.scores, run["id"])
    return (
        model_sentences.agreement_sentence(scores),
        score_chips(scores.reset_index()),
        model_sentences.purity_sentence(cluster_counts(results, run["id"])),
        f"{run['title']} · {selection.short(results, run['representation'])} · GenreLens",
    )


def update_map(
    results: Results, features: str, model: str, colour: str, dimensions: str, mode: object
) -> CardContent:
    """Return the scatter of principal components, coloured by genre or by cluster."""
    run = shown_run(results, features, model)
    rows = results.embedding(run["dataset"], run["representation"])
    rows = rows.merge(results.clusters(run["id"]), on=["track_id", "segment"])
    drawn, how = drawn_rows(rows)
    drawn = drawn.assign(cluster=[cluster_name(number) for number in drawn["cluster"]])
    by_genre = colour != "cluster"
    clusters = [cluster_name(number) for number in range(int(rows["cluster"].max()) + 1)]
    groups = sorted(set(rows["genre"])) if by_genre else clusters
    shown = theme.as_mode(mode)
    colours, symbols = theme.group_looks(groups, shown, are_genres=by_genre)
    points = drawn.assign(
        group=drawn["genre"] if by_genre else drawn["cluster"],
        text=drawn["track_id"] + "<br>" + drawn["genre"] + ", " + drawn["cluster"],
    )
    axes: Literal[2, 3] = 3 if dimensions == "3" else 2
    figure = embedding_figure(points, groups, colours, symbols, dimensions=axes, mode=shown)
    variance = results.explained_variance(run["dataset"], run["representation"])[:axes]
    said = (
        f"Each point is {how}, placed by the first {axes} principal components, which hold "
        f"{format_percent(sum(variance))} of the variance of the features, and coloured by "
        f"{colour}. Points that are apart here differ; points that meet may differ in what is "
        "not drawn."
    )
    table = drawn[["track_id", "segment", "genre", "cluster", "pc1", "pc2", "pc3"]]
    names = ["Track", "Segment", "Genre", "Cluster", "Component 1", "Component 2", "Component 3"]
    return CardContent(said, figure, table.set_axis(names, axis=1))


def drawn_rows(rows: pd.DataFrame, most: int = MOST_POINTS) -> tuple[pd.DataFrame, str]:
    """Return the rows to draw, and what one of them is: "a whole clip (1,000 of them)".

    Of segments the first of each track is drawn, so that every song counts once; of what is still
    too much every k-th row. Nothing is left to chance: reload shows the same points.
    """
    segments = bool((rows["segment"] >= 0).any())
    drawn = rows.sort_values(["track_id", "segment"], kind="stable")
    if segments:
        drawn = drawn.drop_duplicates("track_id")
    every = -(-len(drawn) // most)
    drawn = drawn.iloc[::every]
    what = "the first 3-second segment of a song" if segments else "a whole clip"
    total = format_count(len(rows))
    if len(drawn) == len(rows):
        return drawn, f"{what} (all {total} are drawn)"
    return drawn, f"{what} ({format_count(len(drawn))} of {total} rows are drawn)"


def cluster_name(number: int) -> str:
    """Return a cluster's name; readers count from one."""
    return f"Cluster {number + 1}"


def update_composition(results: Results, features: str, model: str, mode: object) -> CardContent:
    """Return the genres within each cluster."""
    return composition_content(results, shown_run(results, features, model)["id"], mode)


def update_sweep(results: Results, features: str, model: str, mode: object) -> CardContent | None:
    """Return inertia and silhouette by number of clusters; None where they were not computed."""
    run = shown_run(results, features, model)
    points = rows_of_features(results, "cluster_sweep", run["dataset"], run["representation"])
    if points.empty:
        return None
    chosen = len(results.outcomes[run["id"]]["clusters"])
    table = points[["n_clusters", "inertia", "silhouette"]].sort_values("n_clusters")
    return CardContent(
        cluster_sentences.sweep_sentence(points, chosen),
        cluster_sweep_figure(points, chosen=chosen, mode=theme.as_mode(mode)),
        table.set_axis(["Clusters", "Inertia", "Silhouette"], axis=1),
    )


def update_matching(
    results: Results, features: str, model: str, mode: object
) -> CardContent | None:
    """Return clusters assigned to genres one to one; None where they were not matched."""
    run = shown_run(results, features, model)
    matched = rows_of_run(results, "cluster_matching", run["id"])
    if matched.empty:
        return None
    unit = selection.UNITS[selection.units_of(results, [run["id"]])[0]]
    table = matched.assign(cluster=[cluster_name(number) for number in matched["cluster"]])
    table["genre"] = table["genre"].replace("", "none left")
    columns = ["cluster", "genre", "n_matched", "n_cluster", "n_genre"]
    names = ["Cluster", "Genre", "In both", "In the cluster", "In the genre"]
    return CardContent(
        cluster_sentences.matching_sentence(matched, unit),
        matching_figure(matched, mode=theme.as_mode(mode)),
        table[columns].set_axis(names, axis=1),
    )


def update_shown(results: Results, features: str, model: str) -> tuple[bool, bool]:
    """Return whether to hide the sweep and the matching, which not all results hold."""
    run = shown_run(results, features, model)
    swept = rows_of_features(results, "cluster_sweep", run["dataset"], run["representation"])
    return swept.empty, rows_of_run(results, "cluster_matching", run["id"]).empty


def shown_run(results: Results, features: str, model: str) -> pd.Series:
    """Return the run; while menus change, the representation's first stands in for an unknown."""
    runs = clusterings(results)
    own = runs[runs["dataset"] + "." + runs["representation"] == features]
    exact = own[own["model"] == model]
    return (own if exact.empty else exact).iloc[0]
