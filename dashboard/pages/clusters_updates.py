"""What the Clusters page shows for a choice: plain functions from results to text and figures."""

from typing import Literal

import pandas as pd
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.card import CardContent, Empty
from dashboard.components.controls import options_of
from dashboard.components.facts import score_chips
from dashboard.components.formats import format_count, format_percent
from dashboard.figures.embedding import embedding_figure
from dashboard.figures.marks import AREA, place
from dashboard.figures.matching import matching_figure
from dashboard.figures.sweeps import cluster_sweep_figure
from dashboard.kept import FEW, kept
from dashboard.leads import in_column, tracks_of
from dashboard.pages.model_updates import cluster_counts, composition_content
from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_features, rows_of_run
from dashboard.state import Results
from dashboard.words import cluster_sentences, model_sentences
from pipeline.artifacts import embedding_path

NETWORK_EMBEDDING = "network_embedding"  # what a network made of songs it was not trained on
MOST_POINTS = 1500  # as SVG, what a phone still pans without a pause
NO_CLUSTERS = Empty("clusters of these features", "make results")
NO_SWEEP = Empty("other numbers of clusters of these features", "make results")
NO_MATCHING = Empty("a matching of these clusters with genres", "make results")


def has_map(results: Results, dataset: str, representation: str) -> bool:
    """Return whether there are principal components to draw."""
    return embedding_path(results.folder, dataset, representation).is_file()


def clusterings(results: Results) -> pd.DataFrame:
    """Return the unsupervised runs whose rows can be drawn as a map."""
    runs = results.runs
    runs = runs[(runs["technique"] == "unsupervised") & (runs["variant"] == "")]
    there = [
        has_map(results, dataset, representation)
        for dataset, representation in zip(runs["dataset"], runs["representation"], strict=True)
    ]
    return runs[pd.Series(there, index=runs.index, dtype=bool)]  # also where there are none


def features_parameter(results: Results) -> Parameter:
    """Return the choice of what to draw: what was clustered, then what has a map only."""
    runs = clusterings(results)
    pairs = list(zip(runs["dataset"], runs["representation"], strict=True))
    pairs += [
        (dataset, representation)
        for dataset in results.datasets
        for representation in results.representations
        if has_map(results, dataset, representation)
    ]
    several = len(results.datasets) > 1
    names = {}
    for dataset, representation in dict.fromkeys(pairs):
        name = selection.short(results, representation)
        suffix = f" · {selection.data_title(results, dataset)}" if several else ""
        names[f"{dataset}.{representation}"] = name + suffix
    return Parameter("features", "Features", names, next(iter(names), ""))


def model_parameter(results: Results, features: str) -> Parameter:
    """Return the choice of clustering among those of one representation; there may be none."""
    runs = clusterings(results)
    own = runs[runs["dataset"] + "." + runs["representation"] == features]
    names = dict(zip(own["model"], own["title"], strict=True))
    return Parameter("model", "Clustering", names, next(iter(names), ""))


def update_options(
    results: Results, features: str, model: str | None
) -> tuple[list[dict[str, str]], str | None, bool]:
    """Return options and value of the clustering for another representation, whether to hide it.

    No clustering at all is None, which the browser leaves out of the address.
    """
    offered = model_parameter(results, features)
    value = model if model in offered.options else offered.default
    return options_of(offered), value or None, not offered.options


def update_agreement(
    results: Results, features: str, model: str | None
) -> tuple[str, Component | None, str, str]:
    """Return the sentence on ARI and NMI, chips, the sentence on purity, the window's title."""
    run = shown_run(results, features, model)
    dataset, representation = features.split(".", 1)
    short = selection.short(results, representation)
    note = ""
    if representation == NETWORK_EMBEDDING:
        rows = results.embedding(dataset, representation)
        note = cluster_sentences.held_out_sentence(rows["track_id"].nunique())
    if run is None:
        return cluster_sentences.NO_CLUSTERING, None, note, f"{short} · GenreLens"
    scores = model_sentences.cluster_scores(results.scores, run["id"])
    purity = model_sentences.purity_sentence(cluster_counts(results, run["id"]))
    return (
        model_sentences.agreement_sentence(scores),
        score_chips(scores.reset_index(), str(run["id"])),
        f"{note} {purity}".strip(),
        f"{run['title']} · {short} · GenreLens",
    )


@kept(FEW)
def update_map(
    results: Results,
    features: str,
    model: str | None,
    colour: str,
    dimensions: str,
    mode: object,
) -> CardContent:
    """Return the scatter of principal components, coloured by genre or by cluster."""
    dataset, representation = features.split(".", 1)
    rows, names = _map_rows(results, features, model)
    drawn, how = drawn_rows(rows)
    by_genre = colour != "cluster" or not names
    groups = sorted(set(rows["genre"])) if by_genre else names
    shown = theme.as_mode(mode)
    colours, symbols = theme.group_looks(groups, shown, are_genres=by_genre)
    described = drawn["genre"] + (", " + drawn["cluster"] if names else "")
    points = drawn.assign(
        group=drawn["genre"] if by_genre else drawn["cluster"],
        text=drawn["track_id"] + "<br>" + described,
    )
    axes: Literal[2, 3] = 3 if dimensions == "3" else 2
    address = tracks_of(results, dataset)
    figure = embedding_figure(
        points,
        groups,
        colours,
        symbols,
        dimensions=axes,
        mode=shown,
        lead=address(track=place(0)),
        area=address(near=f"{features}:{AREA}"),
    )
    variance = results.explained_variance(dataset, representation)[:axes]
    columns = {"track_id": "Track", "segment": "Segment", "genre": "Genre", "cluster": "Cluster"}
    columns |= {f"pc{k}": f"Component {k}" for k in (1, 2, 3)}
    kept = [name for name in columns if name in drawn]
    table = drawn[kept].rename(columns=columns)
    return CardContent(
        _map_sentence(how, variance, "genre" if by_genre else "cluster"),
        figure,
        table,
        runs=selection.run_ids(shown_run(results, features, model)),
        leads=in_column(table, "Track", [address(track=name) for name in table["Track"]]),
    )


def _map_sentence(how: str, variance: list[float], colour: str) -> str:
    return (
        f"The map shows {format_percent(sum(variance))} of the variance of the features: points "
        "that are apart differ, points that meet may differ in what is not drawn. Each point is "
        f"{how}, placed by the first {len(variance)} principal components and coloured by {colour}."
    )


def _map_rows(results: Results, features: str, model: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of a map, with their clusters' names where there are any, and all names."""
    rows = results.embedding(*features.split(".", 1))
    run = shown_run(results, features, model)
    if run is None:
        return rows, []
    rows = rows.merge(results.clusters(run["id"]), on=["track_id", "segment"])
    names = [cluster_name(number) for number in range(int(rows["cluster"].max()) + 1)]
    return rows.assign(cluster=[names[number] for number in rows["cluster"]]), names


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


@kept(FEW)
def update_composition(
    results: Results, features: str, model: str | None, mode: object
) -> CardContent | Empty:
    """Return the genres within each cluster, where these features were clustered."""
    run = shown_run(results, features, model)
    return NO_CLUSTERS if run is None else composition_content(results, run["id"], mode)


@kept(FEW)
def update_sweep(
    results: Results, features: str, model: str | None, mode: object
) -> CardContent | Empty:
    """Return inertia and silhouette by number of clusters, where they were computed."""
    run = shown_run(results, features, model)
    points = rows_of_features(results, "cluster_sweep", *features.split(".", 1))
    if points.empty or run is None:
        return NO_SWEEP
    chosen = len(results.outcomes[run["id"]]["clusters"])
    table = points[["n_clusters", "inertia", "silhouette"]].sort_values("n_clusters")
    return CardContent(
        cluster_sentences.sweep_sentence(points, chosen),
        cluster_sweep_figure(points, chosen=chosen, mode=theme.as_mode(mode)),
        table.set_axis(["Clusters", "Inertia", "Silhouette"], axis=1),
        runs=selection.run_ids(run),
    )


@kept(FEW)
def update_matching(
    results: Results, features: str, model: str | None, mode: object
) -> CardContent | Empty:
    """Return clusters assigned to genres one to one, where they were matched."""
    run = shown_run(results, features, model)
    if run is None:
        return NO_CLUSTERS
    matched = rows_of_run(results, "cluster_matching", run["id"])
    if matched.empty:
        return NO_MATCHING
    unit = selection.UNITS[selection.units_of(results, [run["id"]])[0]]
    table = matched.assign(cluster=[cluster_name(number) for number in matched["cluster"]])
    table["genre"] = table["genre"].replace("", "none left")
    columns = ["cluster", "genre", "n_matched", "n_cluster", "n_genre"]
    names = ["Cluster", "Genre", "In both", "In the cluster", "In the genre"]
    return CardContent(
        cluster_sentences.matching_sentence(matched, unit),
        matching_figure(matched, mode=theme.as_mode(mode)),
        table[columns].set_axis(names, axis=1),
        runs=selection.run_ids(run),
    )


def shown_run(results: Results, features: str, model: str | None) -> pd.Series | None:
    """Return the run; while menus change, the representation's first stands in for an unknown.

    None where the representation was not clustered.
    """
    runs = clusterings(results)
    own = runs[runs["dataset"] + "." + runs["representation"] == features]
    exact = own[own["model"] == model]
    found = own if exact.empty else exact
    return None if found.empty else found.iloc[0]
