"""What the Model page shows for a choice: plain functions from results to text and figures."""

from collections.abc import Callable
from typing import Literal

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.controls import options_of
from dashboard.components.facts import run_facts, score_chips
from dashboard.figures.composition import composition_figure
from dashboard.figures.confusion import confusion_figure, shares_of_rows
from dashboard.figures.genres import METRICS, genre_scores_figure
from dashboard.figures.marks import X, Y, place
from dashboard.kept import FEW, kept
from dashboard.leads import SONGS_NOTE, SPOKEN_OF, confusion_leads, in_column, run_address
from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.state import Results
from dashboard.words import model_sentences


@kept()
def model_parameter(results: Results) -> Parameter:
    """Return the choice of model.

    It starts with the best on the least leaky protocol, of those that are scored in every unit
    where there are any: at first sight each switch has something to choose. Models stand together
    by what they hear.
    """
    runs = results.runs[results.runs["variant"] == ""].drop_duplicates("served_id")
    runs = runs.assign(group=runs["dataset"] + "." + runs["representation"])
    names, headings = {}, {}
    for _, rows in runs.groupby("group", sort=False):
        headings[rows["served_id"].iloc[0]] = selection.group_name(results, rows.iloc[0])
        for _, run in rows.iterrows():
            names[run["served_id"]] = selection.model_name(results, run)
    scored = selection.scored_runs(results, unit="track")
    default = next(iter(names), "")
    by_segment = set(selection.scored_runs(results, unit="segment")["served_id"])
    if by_segment:
        scored = scored[scored["served_id"].isin(by_segment)]
    if len(scored):
        honest = scored[scored["order"] == scored["order"].max()]
        default = honest.sort_values("value", kind="stable").iloc[-1]["served_id"]
    return Parameter("model", "Model", names, default, headings=headings)


def run_parameters(results: Results, served_id: str) -> list[Parameter]:
    """Return the protocols and units that one model has been tested with."""
    runs = results.runs[(results.runs["served_id"] == served_id) & (results.runs["variant"] == "")]
    protocols = sorted(set(runs["protocol"]), key=lambda name: results.protocols[name]["order"])
    return [
        selection.protocol_parameter(results, protocols),
        selection.unit_parameter(results, runs["id"]),
    ]


def update_options(
    results: Results, model: str, protocol: str, unit: str
) -> tuple[list[dict[str, str]], str, list[dict[str, str]], str]:
    """Return options and value of the protocol and of the unit for another model.

    What was chosen stays where the new model has it.
    """
    protocols, units = run_parameters(results, model)
    return (
        options_of(protocols),
        protocol if protocol in protocols.options else protocols.default,
        options_of(units),
        unit if unit in units.options else units.default,
    )


def update_header(
    results: Results, model: str, protocol: str, unit: str
) -> tuple[str, str, Component, Component, str]:
    """Return heading, subtitle, chips, folded facts and window title."""
    run = shown_run(results, model, protocol)
    name = selection.model_name(results, run)
    tested = selection.label(results, run["protocol"])
    scores = results.scores
    own = scores[(scores["id"] == run["id"]) & (scores["unit"] == unit) & (scores["genre"] == "")]
    said = f"{run['family'].capitalize()} family, {run['technique']}. "
    if results.protocols[run["protocol"]]["supervised"]:
        said += f"Scores under “{tested}”, counting {selection.UNITS[unit]}. "
    said += "In brackets: 95 % intervals. "
    said += str(results.protocols[run["protocol"]]["explanation"])
    title = f"{name} · {tested} · GenreLens"
    return name, said, score_chips(own, str(run["id"])), run_facts(results, run["id"]), title


def update_sections(results: Results, model: str, protocol: str) -> tuple[bool, bool]:
    """Return whether to hide the supervised cards, and the card of clusters."""
    clusters = shown_run(results, model, protocol)["technique"] == "unsupervised"
    return clusters, not clusters


@kept(FEW)
def update_genres(
    results: Results, model: str, protocol: str, unit: str, order: str, mode: object
) -> CardContent | None:
    """Return scores by genre; None for a model without them."""
    run = shown_run(results, model, protocol)
    scores = selection.genre_scores(results, run["id"], unit)
    if scores.empty:
        return None
    genres = sorted(set(scores["genre"]))
    if order == "score":
        f1 = scores[scores["metric"] == "f1"].set_index("genre")["value"]
        genres.sort(key=lambda genre: -f1[genre])
    said = model_sentences.genres_sentence(scores, selection.label(results, run["protocol"]), unit)
    table = scores.assign(place=scores["genre"].map(genres.index)).sort_values(["place", "metric"])
    behind = list(zip(table["metric"], table["genre"], strict=True))
    table["metric"] = table["metric"].map(METRICS)
    table = table.drop(columns="place").set_axis(
        ["Score", "Genre", "Value", "95 % low", "95 % high"], axis=1
    )
    table = table[["Genre", "Score", "Value", "95 % low", "95 % high"]]
    address = run_address(results, run)
    leads = {metric: address(**{SPOKEN_OF[metric]: place(0)}) for metric in METRICS}
    own = [address(**{SPOKEN_OF[metric]: genre}) for metric, genre in behind]
    return CardContent(
        said,
        genre_scores_figure(scores, genres, mode=theme.as_mode(mode), leads=leads),
        table,
        runs=selection.run_ids(run),
        leads=in_column(table, "Value", own),
    )


@kept(FEW)
def update_confusion(
    results: Results, model: str, protocol: str, unit: str, show: str, mode: object
) -> tuple[CardContent | None, list[Component]]:
    """Return the confusion matrix and its worst three; None for a model without one."""
    run = shown_run(results, model, protocol)
    if run["technique"] == "unsupervised":
        return None, []
    counts = results.confusion(run["id"], unit)
    cells: Literal["counts", "shares"] = "shares" if show == "shares" else "counts"
    songs, address = results.confusion(run["id"], "track"), run_address(results, run)
    figure = confusion_figure(
        counts,
        show=cells,
        mode=theme.as_mode(mode),
        songs=songs,
        lead=address(true=Y, predicted=X),
    )
    accuracy = selection.overall_score(results, run["id"], "accuracy", unit)
    said = model_sentences.confusion_sentence(
        counts, selection.label(results, run["protocol"]), unit, accuracy
    )
    table = counts if cells == "counts" else shares_of_rows(counts)
    content = CardContent(
        f"{said} {SONGS_NOTE}" if unit == "segment" else said,
        figure,
        table.rename_axis("True genre").reset_index(),
        runs=selection.run_ids(run),
        leads=confusion_leads(address, songs),
    )
    worst = model_sentences.worst_confusions(counts, unit)
    return content, [_confusion_item(address, songs, *pair, text) for pair, text in worst.items()]


def _confusion_item(
    address: Callable[..., str], songs: pd.DataFrame, true: str, predicted: str, text: str
) -> html.Li:
    """Return a confusion as a line that leads to its songs; of segments there may be none."""
    if not songs.loc[true, predicted]:
        return html.Li(text)
    href = address(true=true, predicted=predicted)
    return html.Li(html.A(text, href=href, className="lead-link"))


@kept(FEW)
def update_clusters(
    results: Results, model: str, protocol: str, mode: object
) -> CardContent | None:
    """Return the genres within each cluster; None for a supervised model."""
    run = shown_run(results, model, protocol)
    if run["technique"] != "unsupervised":
        return None
    return composition_content(results, run["id"], mode)


def composition_content(results: Results, run_id: str, mode: object) -> CardContent:
    """Return the genres within each cluster of a run, for this page and for Clusters."""
    counts = cluster_counts(results, run_id)
    unit = selection.units_of(results, [run_id])[0]
    return CardContent(
        model_sentences.composition_sentence(counts, selection.UNITS[unit]),
        composition_figure(counts, mode=theme.as_mode(mode)),
        counts.rename_axis("Cluster").reset_index(),
        runs=(run_id,),
    )


def cluster_counts(results: Results, run_id: str) -> pd.DataFrame:
    """Return samples by cluster ("Cluster 1", ...) and genre."""
    clusters = results.outcomes[run_id]["clusters"]
    table = pd.DataFrame.from_dict(clusters, orient="index").fillna(0).astype(int)
    table = table.sort_index(key=lambda index: index.astype(int))
    table.index = pd.Index([f"Cluster {int(number) + 1}" for number in table.index])
    return table[sorted(table.columns)]


def shown_run(results: Results, model: str, protocol: str) -> pd.Series:
    """Return the run; while menus change, the model's last one stands in for an unknown."""
    run = selection.find_run(results, model, selection.protocol_of(results, protocol))
    return results.runs[results.runs["served_id"] == model].iloc[-1] if run is None else run
