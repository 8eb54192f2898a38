"""What can be chosen on the Explore page; each choice depends on those before it.

The data set decides on protocols, features and clips; data set and protocol on the models.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.components.controls import options_of
from dashboard.kept import kept
from dashboard.pages.data_choices import by_family
from dashboard.query import Parameter, listed, read_choice
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_features
from dashboard.sound.clips import clip_parameter
from dashboard.state import Results

COLOUR = Parameter("colour", "Colour", {"genre": "genre", "answer": "right or wrong"}, "genre")
COST = Parameter(
    "cost",
    "Cost",
    {"training": "training time", "answer": "time per clip", "size": "size"},
    "training",
)
ANSWERED = Parameter(
    "answered",
    "Share of songs answered",
    {str(percent): f"{percent} %" for percent in range(5, 101, 5)},
    "60",
)
# A first look that tells genres apart: how bright a song is, against how full its chords are.
FIRST_X = ("spectral_centroid_mean", "energy")
FIRST_Y = ("chroma_stft_mean", "acousticness")
MOST_COMPARED = 3  # models whose curves are drawn at first sight
FOLLOWING = ("protocol", "x", "y", "feature", "model", "models", "searched", "clip")


def described_features(results: Results, dataset: str) -> str:
    """Return the representation whose features are explored: one row a song where there is one."""
    table = results.analysis("feature_distributions")
    names = list(table.loc[table["dataset"] == dataset, "representation"].unique())
    ranked = results.analysis("track_features")
    whole = set(ranked["representation"].unique())
    names = [name for name in names if name in whole] or names
    whole_clips = [name for name in names if not name.endswith("_3s")]
    return next(iter(whole_clips or names), "")


def feature_parameters(results: Results, dataset: str) -> list[Parameter]:
    """Return the choices of the two features of the plane and of the one shown by genre."""
    rows = rows_of_features(
        results, "feature_distributions", dataset, described_features(results, dataset)
    ).drop_duplicates("feature")
    family_of = dict(zip(rows["feature"], rows["family"], strict=True))
    names = by_family(family_of)
    headings: dict[str, str] = {}
    for name in names:
        if family_of[name] not in headings.values():
            headings[name] = str(family_of[name])
    if len(headings) == len(names):  # a heading above every feature says nothing
        headings = {}
    options = {name: name for name in names}
    first = next(iter(names), "")
    last = names[-1] if names else ""
    x = next((name for name in FIRST_X if name in options), first)
    y = next((name for name in FIRST_Y if name in options and name != x), last)
    return [
        Parameter("x", "Across", options, x, headings=headings),
        Parameter("y", "Up", options, y, headings=headings),
        Parameter("feature", "Feature", options, x, headings=headings),
    ]


@kept()
def scored(results: Results, dataset: str, protocol: str) -> pd.DataFrame:
    """Return the runs of a data set under a protocol that count whole songs, the best first."""
    runs = selection.scored_runs(results, unit="track")
    runs = runs[(runs["dataset"] == dataset) & (runs["protocol"] == protocol)]
    runs = runs.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    runs["short"] = [selection.short_name(results, run) for _, run in runs.iterrows()]
    return runs


def protocol_parameter(results: Results, dataset: str) -> Parameter:
    """Return the choice of protocol among those of a data set; the default leaks least."""
    runs = results.runs[results.runs["dataset"] == dataset]
    used = set(runs.loc[runs["variant"] == "", "protocol"])
    names = [name for name in selection.supervised_protocols(results) if name in used]
    return selection.protocol_parameter(results, names)


@kept()
def model_parameters(results: Results, dataset: str, slug: str) -> list[Parameter]:
    """Return the choices of the model whose answers are drawn, and of those that may abstain."""
    runs = scored(results, dataset, selection.protocol_of(results, slug)) if slug else None
    if runs is None or runs.empty:
        return [Parameter("model", "Model", {}, ""), _several({}, "")]
    names = dict(zip(runs["served_id"], runs["short"], strict=True))
    known = results.analysed_runs("coverage")
    able = {
        row["served_id"]: row["short"]
        for _, row in runs.iterrows()
        if row["id"] in known and row["family"] != "dummy"
    }
    return [
        Parameter("model", "Model", names, next(iter(names))),
        _several(able, ",".join(list(able)[:MOST_COMPARED])),
    ]


def _several(options: dict[str, str], default: str) -> Parameter:
    return Parameter("models", "Models", options, default, several=True)


@kept()
def searched_parameter(results: Results, dataset: str) -> Parameter:
    """Return the choice among the models whose settings were searched."""
    trials = results.analysis("search_trials")
    trials = trials[trials["dataset"] == dataset]
    searched = set(
        trials["dataset"] + "." + trials["representation"] + "." + trials["model"]
        if len(trials)
        else []
    )
    runs = results.runs[results.runs["served_id"].isin(searched)].drop_duplicates("served_id")
    names = {run["served_id"]: selection.short_name(results, run) for _, run in runs.iterrows()}
    return Parameter("searched", "Search", names, next(iter(names), ""))


def parameters(results: Results, query: Mapping[str, object]) -> list[Parameter]:
    """Return what a visitor can choose here, in the order of the page."""
    datasets = selection.dataset_parameter(results)
    dataset = read_choice(query, [datasets])["data"]
    protocols = protocol_parameter(results, dataset)
    slug = read_choice(query, [protocols])["protocol"]
    x, y, feature = feature_parameters(results, dataset)
    model, models = model_parameters(results, dataset, slug)
    return [
        datasets, protocols, x, y, COLOUR, model, feature, clip_parameter(dataset), COST, models,
        ANSWERED, searched_parameter(results, dataset),
    ]  # fmt: skip


def update_options(results: Results, dataset: str, protocol: str, *chosen: Any) -> tuple[Any, ...]:
    """Return options and values of what depends on data set and protocol, and the new defaults.

    Parameters
    ----------
    results : Results
    dataset, protocol : str
    *chosen
        The value of each of ``FOLLOWING``, then what the page keeps of its address.

    Returns
    -------
    tuple
        The options of each of ``FOLLOWING``, the value of each, what the page keeps of its address.
    """
    *values, address = chosen
    query: dict[str, object] = {"data": dataset, "protocol": protocol}
    query |= {name: _asked(value) for name, value in zip(FOLLOWING, values, strict=True) if value}
    query["protocol"] = protocol
    offered = {parameter.name: parameter for parameter in parameters(results, query)}
    choice = read_choice(query, offered.values())
    shown = [
        listed(choice[name]) if offered[name].several else choice[name] or None
        for name in FOLLOWING
    ]
    defaults = {name: offered[name].default for name in FOLLOWING}
    address = {**address, "values": {**address["values"], **defaults}}
    return *[options_of(offered[name]) for name in FOLLOWING], *shown, address


def _asked(value: Any) -> str:
    """Return the value of a control as an address says it."""
    return ",".join(value) if isinstance(value, list) else str(value)
