"""Results -> the rows that one page shows: filtered, joined, subtracted; no statistics.

A unit is what a score counts: "track" (a whole song) or "segment" (three seconds of one).
"""

from collections.abc import Iterable

import pandas as pd

from dashboard.query import Parameter
from dashboard.state import Results

UNITS = {"track": "whole songs", "segment": "3-second segments"}
SCORE = ["value", "ci_low", "ci_high"]
ALL = "all"


def supervised_protocols(results: Results) -> list[str]:
    """Return the protocols that some supervised run used, from most to least leaky."""
    used = set(results.runs["protocol"])
    ids = [
        name
        for name, protocol in results.protocols.items()
        if name in used and protocol["supervised"]
    ]
    return sorted(ids, key=lambda name: results.protocols[name]["order"])


def label(results: Results, protocol: str) -> str:
    """Return the short name of a protocol."""
    return str(results.protocols[protocol]["label"])


def short(results: Results, representation: str) -> str:
    """Return the shortest name of a representation, "3-s features"."""
    entry = results.representations[representation]
    return str(entry.get("short") or entry["title"])


def model_name(results: Results, run: pd.Series) -> str:
    """Return a model's name with what it hears: "LightGBM, 3-s features"."""
    name = f"{run['title']} · {short(results, run['representation'])}"
    return name if len(results.datasets) == 1 else f"{name} · {data_title(results, run['dataset'])}"


def data_title(results: Results, dataset: str) -> str:
    """Return a data set's title, with the word synthetic where it is made up."""
    entry = results.datasets[dataset]
    return f"{entry['title']} (synthetic)" if entry["synthetic"] else str(entry["title"])


def scored_runs(
    results: Results, *, unit: str, metric: str = "accuracy", representation: str = ALL
) -> pd.DataFrame:
    """Return one row per supervised run that has this overall score in this unit.

    Columns: those of ``results.runs``, ``value``, ``ci_low``, ``ci_high`` and ``name``; ordered
    from the most to the least leaky protocol.
    """
    scores = results.scores
    wanted = scores[
        (scores["unit"] == unit) & (scores["metric"] == metric) & (scores["genre"] == "")
    ]
    runs = results.runs[results.runs["variant"] == ""]
    if representation != ALL:
        runs = runs[runs["representation"] == representation]
    protocols = supervised_protocols(results)
    runs = runs[runs["protocol"].isin(protocols)]
    table = runs.merge(wanted[["id", *SCORE]], on="id")
    table["name"] = [model_name(results, run) for _, run in table.iterrows()]
    table["order"] = table["protocol"].map(protocols.index)
    return table.sort_values(["order", "served_id"], kind="stable").reset_index(drop=True)


def genre_scores(results: Results, run_id: str, unit: str) -> pd.DataFrame:
    """Return ``metric, genre, value, ci_low, ci_high`` of one run, every genre."""
    scores = results.scores
    rows = scores[(scores["id"] == run_id) & (scores["unit"] == unit) & (scores["genre"] != "")]
    return rows[["metric", "genre", *SCORE]].reset_index(drop=True)


def overall_score(results: Results, run_id: str, metric: str, unit: str) -> pd.Series | None:
    """Return ``value, ci_low, ci_high, unit`` of one score over all genres, or None."""
    scores = results.scores
    rows = scores[
        (scores["id"] == run_id)
        & (scores["metric"] == metric)
        & (scores["unit"] == unit)
        & (scores["genre"] == "")
    ]
    return None if rows.empty else rows.iloc[0]


def find_run(results: Results, served_id: str, protocol: str) -> pd.Series | None:
    """Return the plain run of a model under a protocol, or None."""
    runs = results.runs
    rows = runs[
        (runs["served_id"] == served_id) & (runs["protocol"] == protocol) & (runs["variant"] == "")
    ]
    return None if rows.empty else rows.iloc[0]


def units_of(results: Results, ids: Iterable[str]) -> list[str]:
    """Return the units in which any of these runs is scored, songs first."""
    there = set(results.scores.loc[results.scores["id"].isin(list(ids)), "unit"])
    return [unit for unit in UNITS if unit in there]


def unit_parameter(results: Results, ids: Iterable[str]) -> Parameter:
    """Return the choice of what a score counts."""
    units = units_of(results, ids) or ["track"]
    return Parameter("unit", "Count", {unit: UNITS[unit] for unit in units}, units[0])


def protocol_parameter(results: Results, protocols: list[str]) -> Parameter:
    """Return the choice of protocol; the default is the least leaky one."""
    slugs = {str(results.protocols[name]["slug"]): label(results, name) for name in protocols}
    default = list(slugs)[-1] if slugs else ""
    return Parameter("protocol", "Tested on", slugs, default)


def protocol_of(results: Results, slug: str) -> str:
    """Return the protocol whose slug stands in an address.

    Raises
    ------
    KeyError
        If no protocol has it.
    """
    for name, protocol in results.protocols.items():
        if protocol["slug"] == slug:
            return name
    raise KeyError(slug)


def representation_parameter(results: Results, runs: pd.DataFrame) -> Parameter:
    """Return the filter by representation; it starts with all of them."""
    names = list(dict.fromkeys(runs["representation"]))
    options = {ALL: "all"} | {name: short(results, name) for name in names}
    return Parameter("features", "Features", options, ALL)
