"""Which runs the Compare page shows: the chosen models under one protocol, on one data set."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.kept import kept
from dashboard.query import Parameter, listed
from dashboard.rows import selection
from dashboard.state import Results

AT_FIRST = 3  # models that the page starts with, each of another family


@dataclass(frozen=True)
class Compared:
    """The runs to compare, and why some of the chosen models are not among them.

    Attributes
    ----------
    protocol : str
        Short name of the protocol.
    unit : str
    runs : DataFrame
        As ``selection.scored_runs`` gives them, in the order chosen; ``short`` is a name that is
        unique among them.
    left_out : tuple of str
        One sentence for each group of models that cannot be compared here.
    """

    protocol: str
    unit: str
    runs: pd.DataFrame
    left_out: tuple[str, ...]

    @property
    def names(self) -> dict[str, str]:
        """Names by run id, in the order chosen."""
        return dict(zip(self.runs["id"], self.runs["short"], strict=True))

    def run_of(self, served_id: str) -> pd.Series | None:
        """Return the run of a chosen model, or None where it has none here."""
        rows = self.runs[self.runs["served_id"] == served_id]
        return None if rows.empty else rows.iloc[0]


@kept()
def classifiers(results: Results) -> pd.DataFrame:
    """Return one row per model that names genres, by data set, representation, family, title."""
    runs = results.runs[results.runs["variant"] == ""]
    runs = runs[runs["protocol"].isin(selection.supervised_protocols(results))]
    models = runs.drop_duplicates("served_id")
    order = {name: place for place, name in enumerate(results.datasets)}
    models = models.assign(place=models["dataset"].map(order))
    heard = {name: place for place, name in enumerate(results.representations)}
    models = models.assign(heard=models["representation"].map(heard))
    return models.sort_values(["place", "heard", "family", "title"], kind="stable")


@kept()
def models_parameter(results: Results) -> Parameter:
    """Return the choice of models; it starts with the best of three families on new artists."""
    models = classifiers(results)
    options = {run["served_id"]: selection.model_name(results, run) for _, run in models.iterrows()}
    dataset = selection.dataset_parameter(results).default
    runs = selection.stage_runs(results, dataset=dataset, unit="track")
    last = selection.stage_parameter(results, dataset).default
    best = runs[runs["stage"] == last].sort_values("value", ascending=False, kind="stable")
    best = best.drop_duplicates("family").head(AT_FIRST)
    return Parameter("models", "Models", options, ",".join(best["served_id"]), several=True)


def dataset_of(results: Results, models: str | Sequence[str]) -> str:
    """Return the data set of the first of some models; the first of all where none is chosen."""
    chosen = listed(models)
    if not chosen:
        return selection.dataset_parameter(results).default
    return chosen[0].partition(".")[0]


def protocols_of(results: Results, models: str | Sequence[str]) -> list[str]:
    """Return the protocols under which the data set of the first model was tested."""
    runs = results.runs[results.runs["dataset"] == dataset_of(results, models)]
    used = set(runs.loc[runs["variant"] == "", "protocol"])
    return [name for name in selection.supervised_protocols(results) if name in used]


def protocol_parameter(results: Results, models: str | Sequence[str]) -> Parameter:
    """Return the choice of protocol for some models; the default is the least leaky one."""
    return selection.protocol_parameter(results, protocols_of(results, models))


@kept()
def unique_names(results: Results, models: Sequence[str]) -> list[str]:
    """Return short names of models, or full ones where short ones would be the same."""
    known = {str(run["served_id"]): run for _, run in classifiers(results).iterrows()}
    names = [selection.short_name(results, known[model]) for model in models]
    if len(set(names)) == len(names):
        return names
    return [selection.model_name(results, known[model]) for model in models]


@kept()
def compared(results: Results, models: str | Sequence[str], protocol: str, unit: str) -> Compared:
    """Return the runs of the chosen models under the protocol of this slug, scored in this unit."""
    chosen = listed(models)
    dataset = dataset_of(results, models)
    name = selection.protocol_of(results, protocol)
    scored = selection.scored_runs(results, unit=unit)
    scored = scored[(scored["protocol"] == name) & (scored["dataset"] == dataset)]
    rows = {str(run["served_id"]): run for _, run in scored.iterrows()}
    there = [model for model in chosen if model in rows]
    place = {model: number for number, model in enumerate(there)}
    runs = scored[scored["served_id"].isin(there)]
    runs = runs.sort_values("served_id", key=lambda ids: ids.map(place)).reset_index(drop=True)
    runs["short"] = unique_names(results, there)
    return Compared(
        protocol=selection.label(results, name),
        unit=unit,
        runs=runs,
        left_out=_left_out(results, [model for model in chosen if model not in rows], name, unit),
    )


def _left_out(results: Results, models: list[str], protocol: str, unit: str) -> tuple[str, ...]:
    """Return why models are not compared: another data set, no such run, or no such score."""
    known = {str(run["served_id"]): run for _, run in classifiers(results).iterrows()}
    groups: dict[str, list[str]] = {}
    for model in models:
        run = selection.find_run(results, model, protocol)
        tested = selection.label(results, protocol)
        if run is not None and not selection.units_of(results, [run["id"]]):
            reason = "without scores"
        elif run is not None and unit not in selection.units_of(results, [run["id"]]):
            reason = f"without a score that counts {selection.UNITS[unit]}"
        elif run is not None:
            reason = "of another data set, and models are compared on the same music"
        else:
            reason = f"not tested under “{tested}”"
        name = selection.model_name(results, known[model]) if model in known else model
        groups.setdefault(reason, []).append(name)
    return tuple(f"Not shown, because {why}: {', '.join(names)}." for why, names in groups.items())


def seed_rows(results: Results, comparison: Compared) -> pd.DataFrame:
    """Return the seed ranges of the compared models in this unit, under any random protocol."""
    ranges = results.analysis("seed_ranges")
    served = ranges["dataset"] + "." + ranges["representation"] + "." + ranges["model"]
    kept = ranges.assign(served_id=served)[ranges["unit"] == comparison.unit]
    kept = kept.merge(comparison.runs[["served_id", "short", "family"]], on="served_id")
    tested = [selection.label(results, name) for name in kept["protocol"]]
    names = [f"{name}, {how}" for name, how in zip(kept["short"], tested, strict=True)]
    return kept.assign(tested=tested, name=names)
