"""The cards of Explore on features: the plane, one feature by genre, what says the same."""

from typing import Any

import numpy as np
import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.figures.correlations import correlation_figure
from dashboard.figures.marks import place
from dashboard.figures.plane import plane_figure
from dashboard.kept import FEW, kept
from dashboard.leads import in_column, run_address, tracks_of
from dashboard.pages import data_updates
from dashboard.pages.data_choices import by_family
from dashboard.pages.explore_choices import described_features, feature_parameters
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_features
from dashboard.state import Results
from dashboard.words import explore_sentences
from pipeline.artifacts import embedding_path

MOST_POINTS = 2000  # as SVG; of more every k-th is drawn
WHOLE_FROM = 100  # what the table says without decimals
MOST_PAIRS = 100  # in the table, the strongest first
RIGHT, WRONG = "right", "wrong"


@kept(FEW)
def update_plane(
    results: Results,
    dataset: str,
    protocol: str,
    x: str,
    y: str,
    colour: str,
    model: str | None,
    mode: object,
    narrow: bool | None = False,
) -> CardContent | None:
    """Return two features as a plane; None where ranks of single songs were not computed."""
    features = described_features(results, dataset)
    names = _known(results, dataset, x, y)
    songs = _ranked(results, dataset, features, names)
    if songs.empty:
        return None
    run = _run(results, dataset, protocol, model) if colour == "answer" else None
    if run is None:
        said, groups = "", sorted(set(songs["group"]))
    else:
        songs, said = _with_answers(results, songs, run)
        groups = [RIGHT, WRONG]
    total = len(songs)
    drawn = songs.iloc[:: -(-total // MOST_POINTS)] if total else songs
    address = tracks_of(results, dataset) if run is None else run_address(results, run)
    across, up = (_scale(results, dataset, features, name) for name in names)
    figure = plane_figure(
        drawn, groups, (across, up), names=names, are_genres=run is None,
        mode=theme.as_mode(mode), lead=address(track=place(0)), narrow=bool(narrow),
    )  # fmt: skip
    correlation = _correlation(results, dataset, features, names)
    sentence = explore_sentences.plane_sentence(len(drawn), total, names, correlation)
    table = _plane_table(songs, names, (across, up), run)
    links = in_column(table, "Track", [address(track=name) for name in table["Track"]])
    said = f"{said} {sentence}".strip()
    runs = selection.run_ids(run)
    return CardContent(said, figure, table, runs, links, of_data=run is None)


def _known(results: Results, dataset: str, x: str, y: str) -> tuple[str, str]:
    """Return the two features; while menus change, the defaults stand in for unknown ones."""
    across, up, _ = feature_parameters(results, dataset)
    return (
        x if x in across.options else across.default,
        y if y in up.options else up.default,
    )


def _ranked(results: Results, dataset: str, features: str, names: tuple[str, str]) -> pd.DataFrame:
    """Return ``track_id, x, y, group`` (its genre) and ``text`` of every song."""
    table = rows_of_features(results, "track_features", dataset, features)
    x, y = (
        table.loc[table["feature"] == name].set_index("track_id")["percentile"] for name in names
    )
    if table.empty:
        return table
    genres = _genres(results, dataset, features)
    songs = pd.concat({"x": x, "y": y, "group": genres}, axis=1, join="inner")
    songs = songs.rename_axis("track_id").reset_index()
    songs[["x", "y"]] = songs[["x", "y"]].astype(float).round(4)
    return songs.assign(text=songs["group"], genre=songs["group"])


def _genres(results: Results, dataset: str, features: str) -> pd.Series:
    """Return the genre of every song that anything stored says it of, by track."""
    if embedding_path(results.folder, dataset, features).is_file():
        rows = results.embedding(dataset, features)
        return rows.drop_duplicates("track_id").set_index("track_id")["genre"]
    runs = results.runs
    runs = runs[(runs["dataset"] == dataset) & (runs["technique"] != "unsupervised")]
    tested = runs.drop_duplicates("protocol")["id"]
    genres = pd.concat([results.track_answers(name)["genre"] for name in tested])
    return genres[~genres.index.duplicated()]


def _run(results: Results, dataset: str, protocol: str, model: str | None) -> pd.Series | None:
    """Return the run of the chosen model; None while menus change."""
    run = selection.find_run(results, model or "", selection.protocol_of(results, protocol))
    return None if run is None or run["dataset"] != dataset else run


def _with_answers(
    results: Results, songs: pd.DataFrame, run: pd.Series
) -> tuple[pd.DataFrame, str]:
    """Return the songs that a model was tested on, by whether it was right, and the sentence."""
    answers = results.track_answers(run["id"])["answer"]
    tested = songs[songs["track_id"].isin(answers.index)].reset_index(drop=True)
    given = answers.reindex(tested["track_id"]).to_numpy()
    right = tested["genre"].to_numpy() == given
    tested = tested.assign(
        group=[RIGHT if hit else WRONG for hit in right],
        answer=given,
        text=[
            f"{genre}, named {answer}" for genre, answer in zip(tested["genre"], given, strict=True)
        ],
    )
    score = selection.overall_score(results, run["id"], "accuracy", "track")
    said = explore_sentences.answers_sentence(
        score, int(right.sum()), len(tested), selection.short_name(results, run),
        selection.label(results, run["protocol"]),
    )  # fmt: skip
    return tested, said


def _scale(results: Results, dataset: str, features: str, name: str) -> pd.Series:
    """Return the values of a feature by percentile; empty where they were not computed."""
    rows = rows_of_features(results, "feature_scales", dataset, features)
    rows = rows[rows["feature"] == name]
    return pd.Series(
        rows["value"].to_numpy(dtype=float), index=rows["percentile"].astype(float).round(2)
    )


def _correlation(
    results: Results, dataset: str, features: str, names: tuple[str, str]
) -> float | None:
    """Return the stored correlation of two features, or None."""
    pairs = rows_of_features(results, "feature_correlations", dataset, features)
    for one, other in (names, names[::-1]):
        found = pairs[(pairs["feature_a"] == one) & (pairs["feature_b"] == other)]
        if len(found):
            return float(found["correlation"].iloc[0])
    return None


def _plane_table(
    songs: pd.DataFrame,
    names: tuple[str, str],
    scales: tuple[pd.Series, pd.Series],
    run: pd.Series | None,
) -> pd.DataFrame:
    """Return rank, value and genre (and answer) of every song.

    Results hold ranks of songs, not their values, which are the data's: values are read from the
    stored quantiles, as the axes are, to three digits.
    """
    heads = {"track_id": "Track", "genre": "Genre"}
    if run is not None:
        heads |= {"answer": "Answer", "group": "Right or wrong"}
    table = songs[list(heads)].rename(columns=heads)
    axes = dict(zip(names, zip(("x", "y"), scales, strict=True), strict=True))
    for name, (axis, scale) in axes.items():
        table[f"{name} (rank)"] = songs[axis].to_numpy()
        if len(scale):
            table[f"{name} (about)"] = _about(np.interp(songs[axis], scale.index, scale))
    return table


def _about(values: np.ndarray) -> pd.Series:
    """Return values to three digits; without decimals where these say nothing."""
    digits = pd.Series([float(f"{value:.3g}") for value in values])
    return digits.astype(int) if digits.abs().median() >= WHOLE_FROM else digits


@kept(FEW)
def update_distribution(
    results: Results, dataset: str, feature: str, mode: object
) -> CardContent | None:
    """Return one feature by genre, as on the Data page."""
    features = described_features(results, dataset)
    return data_updates.update_distribution(results, dataset, features, feature, mode)


@kept(FEW)
def update_correlations(
    results: Results, dataset: str, mode: object, narrow: bool | None = False
) -> CardContent | None:
    """Return the matrix of correlations in the order of a clustering; None without correlations."""
    features = described_features(results, dataset)
    pairs = rows_of_features(results, "feature_correlations", dataset, features)
    if pairs.empty:
        return None
    family_of = _families(results, dataset, features, pairs)
    order = rows_of_features(results, "feature_order", dataset, features).sort_values("place")
    clustered = set(order["feature"]) == set(family_of)
    names = list(order["feature"]) if clustered else by_family(family_of)
    strongest = pairs.sort_values("correlation", key=lambda r: -r.abs(), kind="stable")
    said = explore_sentences.pairs_sentence(strongest, len(names), clustered=clustered)
    if len(strongest) > MOST_PAIRS:
        said += f" The table lists the {MOST_PAIRS} strongest pairs."
    table = strongest.head(MOST_PAIRS)
    table = table[["feature_a", "feature_b", "correlation"]]
    return CardContent(
        said,
        correlation_figure(
            data_updates.correlation_matrix(pairs, names),
            [family_of[name] for name in names],
            mode=theme.as_mode(mode),
            narrow=bool(narrow),
            clustered=clustered,
        ),
        table.set_axis(["Feature", "Other feature", "Correlation"], axis=1),
        of_data=True,
    )


def _families(results: Results, dataset: str, features: str, pairs: pd.DataFrame) -> dict[str, Any]:
    """Return the family of each feature; one of unknown family is its own."""
    known = rows_of_features(results, "feature_distributions", dataset, features)
    names = dict.fromkeys([*pairs["feature_a"], *pairs["feature_b"]])
    family_of = dict(zip(known["feature"], known["family"], strict=True))
    return {name: family_of.get(name, name) for name in names}
