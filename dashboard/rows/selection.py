"""Results -> the rows that one page shows: filtered, joined, subtracted; no statistics.

A unit is what a score counts: "track" (a whole song) or "segment" (three seconds of one).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from dashboard.kept import kept
from dashboard.query import Parameter
from dashboard.state import Results

UNITS = {"track": "whole songs", "segment": "3-second segments"}
SCORE = ["value", "ci_low", "ci_high"]
ALL = "all"
# Both divide at random what the published studies divided: segments, or whole clips.
RANDOM_PROTOCOLS = ("segment_random", "clip_random")


@dataclass(frozen=True)
class Stage:
    """One step from the published way of testing to new artists: a column of the Overview.

    Attributes
    ----------
    slug, label : str
        In addresses, and on the page.
    protocols : tuple of str
        The first of them under which a model has a run gives its score.
    """

    slug: str
    label: str
    protocols: tuple[str, ...]


def stages(results: Results) -> list[Stage]:
    """Return the steps of all data sets, from most to least leaky.

    Random segments and random whole clips are one step, "as published": a model of segments was
    published on segments, a model of whole clips on clips.
    """
    used = supervised_protocols(results)
    random = tuple(name for name in RANDOM_PROTOCOLS if name in used)
    groups = [random] if random else []
    groups += [(name,) for name in used if name not in random]
    return [
        Stage(str(results.protocols[names[0]]["slug"]), label(results, names[0]), names)
        for names in groups
    ]


def used_stages(results: Results, dataset: str) -> list[Stage]:
    """Return the steps for which a data set has runs."""
    runs = results.runs[results.runs["dataset"] == dataset]
    used = set(runs.loc[runs["variant"] == "", "protocol"])
    return [stage for stage in stages(results) if used & set(stage.protocols)]


def blank_reason(results: Results, dataset: str, stage: Stage) -> str:
    """Return why a data set has no run at a step; "" where nobody gave a reason."""
    blanks = results.content.get("blanks", [])
    found = {
        blank["protocol"]: str(blank["reason"]) for blank in blanks if blank["dataset"] == dataset
    }
    return "; ".join(found[name] for name in stage.protocols if name in found)


def stage_runs(
    results: Results, *, dataset: str, unit: str, metric: str = "accuracy", features: str = ALL
) -> pd.DataFrame:
    """Return one row per model and step, as ``scored_runs`` does.

    More columns: ``stage`` (its slug), ``tested`` (short name of the protocol), ``short`` (name).
    """
    runs = scored_runs(results, unit=unit, metric=metric, representation=features)
    runs = runs[runs["dataset"] == dataset]
    steps = stages(results)
    of_protocol = {name: stage.slug for stage in steps for name in stage.protocols}
    tested = [label(results, name) for name in runs["protocol"]]
    runs = runs.assign(stage=runs["protocol"].map(of_protocol), tested=tested)
    runs["short"] = _named(results, runs, short_name)
    # scored_runs is in the order of the protocols, so the first of a stage is its own choice
    return runs.drop_duplicates(["served_id", "stage"]).reset_index(drop=True)


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


def group_name(results: Results, run: pd.Series) -> str:
    """Return the name of all models that hear the same: "3-s features · GTZAN"."""
    name = short(results, run["representation"])
    return name if len(results.datasets) == 1 else f"{name} · {data_title(results, run['dataset'])}"


def short_name(results: Results, run: pd.Series) -> str:
    """Return the name for beside a line: "LightGBM · 3-s", without brackets and data set."""
    features = short(results, run["representation"])
    if not features.endswith(" and features"):
        features = features.removesuffix(" features")
    return f"{str(run['title']).split(' (')[0]} · {features}"


def _named(results: Results, runs: pd.DataFrame, name: Callable[..., str]) -> list[str]:
    """Return the name of each run; a model has many runs and is named once."""
    models = runs.drop_duplicates("served_id")
    names = {run["served_id"]: name(results, run) for _, run in models.iterrows()}
    return [names[served_id] for served_id in runs["served_id"]]


def data_title(results: Results, dataset: str) -> str:
    """Return a data set's title, with the word synthetic where it is made up."""
    entry = results.datasets[dataset]
    return f"{entry['title']} (synthetic)" if entry["synthetic"] else str(entry["title"])


@kept()
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
    table["name"] = _named(results, table, model_name)
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


def run_ids(*runs: pd.Series | None) -> tuple[str, ...]:
    """Return the ids of runs, without those that there are not."""
    return tuple(str(run["id"]) for run in runs if run is not None)


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


def stage_parameter(results: Results, dataset: str) -> Parameter:
    """Return the choice of step among those of a data set; the default is the least leaky one."""
    options = {stage.slug: stage.label for stage in used_stages(results, dataset)}
    return Parameter("protocol", "Tested on", options, next(reversed(options), ""))


def dataset_parameter(results: Results) -> Parameter:
    """Return the choice of data set among those with classifiers; it starts with the first."""
    runs = results.runs[results.runs["protocol"].isin(supervised_protocols(results))]
    names = [name for name in results.datasets if name in set(runs["dataset"])]
    options = {name: data_title(results, name) for name in names}
    return Parameter("data", "Data", options, next(iter(options), ""))


def representation_parameter(results: Results, runs: pd.DataFrame) -> Parameter:
    """Return the filter by representation; it starts with all of them."""
    names = list(dict.fromkeys(runs["representation"]))
    if len(names) == 1:  # "all" and the only one would be the same
        return Parameter("features", "Features", {ALL: short(results, names[0])}, ALL)
    options = {ALL: "all"} | {name: short(results, name) for name in names}
    return Parameter("features", "Features", options, ALL)
