"""What the Data page shows for a choice: plain functions from results to text and figures."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.controls import options_of
from dashboard.figures.correlations import correlation_figure
from dashboard.figures.counts import copies_figure, genre_counts_figure
from dashboard.figures.distributions import distribution_figure
from dashboard.figures.marks import Y, place
from dashboard.figures.suspicious import suspicious_figure
from dashboard.kept import FEW, kept
from dashboard.leads import in_column, tracks_of
from dashboard.pages.data_choices import (
    by_family,
    feature_parameter,
    features_parameter,
    resolved,
)
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_dataset, rows_of_features
from dashboard.state import Results
from dashboard.words import data_sentences
from pipeline.artifacts import embedding_path

MOST_PAIRS = 300  # of correlated features in the table
MOST_DRAWN = 20  # suspicious tracks
QUANTILES = ["p5", "p25", "p50", "p75", "p95"]


def update_options(
    results: Results, dataset: str, features: str, feature: str, address: dict[str, Any]
) -> tuple[list[dict[str, str]], str, bool, list[dict[str, str]], str, dict[str, Any]]:
    """Return what can be chosen within a data set: options and value of representation and feature.

    Returns
    -------
    tuple
        Options and value of the representation, whether to hide it (there is one only), options
        and value of the feature, and what the page keeps of its address, with their defaults.
    """
    dataset, chosen = resolved(results, dataset, features)
    offered = features_parameter(results, dataset)
    named = feature_parameter(results, dataset, chosen)
    defaults = {"features": offered.default, "feature": named.default}
    return (
        options_of(offered),
        chosen,
        len(offered.options) < 2,
        options_of(named),
        feature if feature in named.options else named.default,
        {**address, "values": {**address["values"], **defaults}},
    )


def update_header(results: Results, dataset: str, features: str) -> tuple[str, str]:
    """Return where the data come from, and the window's title."""
    dataset, features = resolved(results, dataset, features)
    entry, title = results.datasets[dataset], selection.data_title(results, dataset)
    shown = results.representations[features] if features else {"title": "no features"}
    short = selection.short(results, features) if features else "no features"
    return (
        f"{title}: {entry['source']}. Features: {shown['title']}.",
        f"Data: {title}, {short} · GenreLens",
    )


def genre_counts(
    results: Results, dataset: str, features: str
) -> tuple[pd.Series, pd.Series | None] | None:
    """Return songs by genre and, where songs have several rows, rows by genre; None if unknown."""
    if embedding_path(results.folder, dataset, features).is_file():
        rows = results.embedding(dataset, features)
        songs = rows.drop_duplicates("track_id")["genre"].value_counts()
        return songs, rows["genre"].value_counts() if len(rows) > songs.sum() else None
    table = rows_of_features(results, "feature_distributions", dataset, features)
    runs = results.runs
    own = runs[(runs["dataset"] == dataset) & (runs["representation"] == features)]
    if table.empty or "segment" in selection.units_of(results, own["id"]):
        return None
    first = table[table["feature"] == table["feature"].iloc[0]]
    return first.set_index("genre")["n"].astype(int), None


@kept(FEW)
def update_genres(
    results: Results, dataset: str, features: str, mode: object
) -> CardContent | None:
    """Return songs by genre; None where they are not known."""
    counted = genre_counts(results, *resolved(results, dataset, features))
    if counted is None:
        return None
    songs, rows = counted
    address = tracks_of(results, resolved(results, dataset, features)[0])
    table = pd.DataFrame({"Genre": songs.index, "Songs": songs.to_numpy()})
    if rows is not None:
        table["Rows"] = rows.reindex(songs.index).to_numpy()
    return CardContent(
        data_sentences.genres_sentence(songs, "songs", rows),
        genre_counts_figure(songs, title="songs", mode=theme.as_mode(mode), lead=address(true=Y)),
        table,
        leads=in_column(table, "Genre", [address(true=genre) for genre in table["Genre"]]),
        of_data=True,
    )


@kept(FEW)
def update_distribution(
    results: Results, dataset: str, features: str, feature: str, mode: object
) -> CardContent | None:
    """Return one feature by genre; None where distributions were not computed."""
    dataset, features = resolved(results, dataset, features)
    rows = rows_of_features(results, "feature_distributions", dataset, features)
    if rows.empty:
        return None
    offered = feature_parameter(results, dataset, features)
    shown = feature if feature in offered.options else offered.default
    rows = rows[rows["feature"] == shown]
    table = rows.sort_values("p50", ascending=False)[["genre", "n", *QUANTILES, "mean", "sd"]]
    address = tracks_of(results, dataset)
    names = ["Genre", "Rows", "5 %", "25 %", "Median", "75 %", "95 %", "Mean", "SD"]
    return CardContent(
        data_sentences.distribution_sentence(rows, shown),
        distribution_figure(rows, shown, mode=theme.as_mode(mode), lead=address(true=Y)),
        table.set_axis(names, axis=1),
        leads=in_column(table, "genre", [address(true=genre) for genre in table["genre"]]),
        of_data=True,
    )


@kept(FEW)
def update_correlations(
    results: Results, dataset: str, features: str, mode: object, narrow: bool = False
) -> CardContent | None:
    """Return the matrix of correlations; None where it was not computed."""
    dataset, features = resolved(results, dataset, features)
    pairs = rows_of_features(results, "feature_correlations", dataset, features)
    if pairs.empty:
        return None
    known = rows_of_features(results, "feature_distributions", dataset, features)
    family_of = dict(zip(known["feature"], known["family"], strict=True))
    family_of |= {name: name for name in pairs["feature_a"] if name not in family_of}
    family_of |= {name: name for name in pairs["feature_b"] if name not in family_of}
    names = by_family(family_of)
    strongest = pairs.sort_values("correlation", key=lambda r: -r.abs(), kind="stable")
    table = strongest.head(MOST_PAIRS)[["feature_a", "feature_b", "correlation"]]
    said = data_sentences.correlation_sentence(strongest, len(names))
    if len(strongest) > MOST_PAIRS:
        said += f" The table lists the {MOST_PAIRS} strongest pairs."
    return CardContent(
        said,
        correlation_figure(
            correlation_matrix(pairs, names),
            [family_of[name] for name in names],
            mode=theme.as_mode(mode),
            narrow=narrow,
        ),
        table.set_axis(["Feature", "Other feature", "Correlation"], axis=1),
        of_data=True,
    )


def correlation_matrix(pairs: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return each pair's correlation on both sides of a diagonal of ones."""
    half = pairs.pivot(index="feature_a", columns="feature_b", values="correlation")
    half = half.reindex(index=names, columns=names).astype(float)
    matrix = half.combine_first(half.T).to_numpy(copy=True)
    for own in range(len(names)):
        matrix[own, own] = 1.0
    return pd.DataFrame(matrix, index=names, columns=names)


@kept(FEW)
def update_duplicates(
    results: Results, dataset: str, features: str, mode: object
) -> tuple[CardContent | None, list[dict[str, Any]]]:
    """Return tracks with copies by genre, and a grid row per group; None where there are none."""
    dataset, _ = resolved(results, dataset, features)
    copies = rows_of_dataset(results, "duplicates", dataset)
    if copies.empty:
        return None, []
    conflicting = copies["conflicting"].astype(bool)
    counts = pd.DataFrame(
        {
            "same": copies[~conflicting]["genre"].value_counts(),
            "other": copies[conflicting]["genre"].value_counts(),
        }
    )
    counts = counts.fillna(0).astype(int)
    table = copies.assign(conflicting=["yes" if odd else "no" for odd in conflicting])
    columns = ["group", "track_id", "genre", "conflicting", "found_in", "share"]
    names = ["Group", "Track", "Genre", "Conflicting", "Found in", "Share of segments"]
    table = table[columns].assign(group=table["group"] + 1).set_axis(names, axis=1)
    address = tracks_of(results, dataset)
    groups = copies.groupby("group")["track_id"].agg(list)
    behind = [
        address(ids=groups[group], track=track)
        for group, track in zip(copies["group"], copies["track_id"], strict=True)
    ]
    content = CardContent(
        data_sentences.duplicates_sentence(copies),
        copies_figure(
            counts,
            mode=theme.as_mode(mode),
            ids=_ids_of(copies, counts),
            lead=address(ids=[place(0)]),
        ),
        table,
        leads=in_column(table, "Track", behind),
        of_data=True,
    )
    rows = [_group_row(rows, address) for _, rows in copies.groupby("group")]
    return content, rows


def _ids_of(copies: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Return, in the shape of ``counts``, the tracks that are counted, by commas."""
    where = copies["conflicting"].astype(bool).map({False: "same", True: "other"})
    ids = copies["track_id"].groupby([copies["genre"], where]).agg(",".join)
    return ids.unstack(fill_value="").reindex(
        index=counts.index, columns=counts.columns, fill_value=""
    )


def _group_row(rows: pd.DataFrame, address: Callable[..., str]) -> dict[str, Any]:
    """Return one group of copies as a row of the grid."""
    return {
        "link": address(ids=rows["track_id"]),
        "tracks": " = ".join(rows["track_id"]),
        "genres": ", ".join(dict.fromkeys(rows["genre"])),
        "conflicting": "two labels" if bool(rows["conflicting"].any()) else "",
        "share": float(rows["share"].min()),
    }


@kept(FEW)
def update_suspicious(
    results: Results, dataset: str, features: str, mode: object
) -> tuple[CardContent | None, list[dict[str, Any]]]:
    """Return the most suspicious labels, and a grid row for each; None where there are none."""
    dataset, _ = resolved(results, dataset, features)
    labels = rows_of_dataset(results, "suspicious_labels", dataset).sort_values("rank")
    if labels.empty:
        return None, []
    entry = results.datasets[dataset]
    said = data_sentences.suspicious_sentence(
        labels, rows_of_dataset(results, "label_checks", dataset), entry["n_tracks"]
    )
    if len(labels) > MOST_DRAWN:
        said += f" Drawn are the {MOST_DRAWN} most suspicious."
    address = tracks_of(results, dataset)
    figure = suspicious_figure(
        labels.head(MOST_DRAWN),
        list(entry["genres"]),
        mode=theme.as_mode(mode),
        lead=address(flag="label", track=Y),
    )
    behind = [address(flag="label", track=track) for track in labels["track_id"]]
    labels = labels.assign(duplicate=["yes" if copy else "no" for copy in labels["duplicate"]])
    names = {
        "rank": "Rank", "track_id": "Track", "genre": "Genre", "suggested": "Suggested",
        "confidence_given": "P(genre)", "confidence_suggested": "P(suggested)",
        "margin": "Margin", "n_families_agree": "Families agreeing",
        "n_families": "Families", "duplicate": "Has a copy",
    }  # fmt: skip
    grid: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()}
        for row in labels[list(names)].assign(link=behind).astype(object).to_dict("records")
    ]
    table = labels[list(names)].rename(columns=names)
    return CardContent(said, figure, table, leads=in_column(table, "Track", behind)), grid
