"""The rows of the Overview's table of models: every score as a number and as text."""

from typing import Any

import pandas as pd

from dashboard.components.formats import (
    MISSING,
    format_percent,
    format_points,
    format_score,
    format_seconds,
    format_size,
    is_number,
)
from dashboard.components.model_table import field_of
from dashboard.kept import FEW, kept
from dashboard.rows import selection
from dashboard.rows.pairs import UNIT, standings
from dashboard.rows.selection import Stage
from dashboard.state import Results
from dashboard.words.sentences import ONE_UNIT, score_of

CHOSEN = "chosen on validation"
NOT_RUN = "This model was not run in this way."


@kept(FEW)
def grid_rows(
    results: Results, dataset: str, stage: Stage, *, unit: str, features: str, validated: set[str]
) -> list[dict[str, Any]]:
    """Return one row per model of a data set, the best under ``stage`` first.

    A field ``x`` holds the number or None, ``x_text`` what is shown, ``x_why`` what a pointer is
    told of it.
    """
    runs = selection.stage_runs(results, dataset=dataset, unit=unit, features=features)
    places = standings(results, runs[runs["stage"] == stage.slug]) if unit == UNIT else {}
    f1 = selection.scored_runs(results, unit=unit, metric="macro_f1").set_index("id")
    published = published_runs(results)
    rows = []
    for served_id, own in runs.groupby("served_id", sort=False):
        by_stage = {str(run["stage"]): run for _, run in own.iterrows()}
        run = by_stage.get(stage.slug)
        marks = [] if run is None else [places.get(run["id"], "")]
        marks += [CHOSEN] if served_id in validated else []
        row = {
            "id": served_id,
            "run": None if run is None else run["id"],
            "model": own.iloc[0]["title"],
            "link": _link(results, own.iloc[-1] if run is None else run, unit),
            "standing": " · ".join(filter(None, marks)),
            "data": selection.short(results, own.iloc[0]["representation"]),
        }
        for each in selection.stages(results):
            row |= _score(results, dataset, each, by_stage.get(each.slug))
        score = f1.loc[run["id"]] if run is not None and run["id"] in f1.index else None
        rows.append(row | _rest(results, run, score) | _published(results, published, served_id))
    key = field_of(stage)
    return sorted(rows, key=lambda row: -row[key] if is_number(row[key]) else 1.0)


def _link(results: Results, run: pd.Series, unit: str) -> str:
    slug = results.protocols[run["protocol"]]["slug"]
    return f"/model?model={run['served_id']}&protocol={slug}&unit={unit}"


def _score(
    results: Results, dataset: str, stage: Stage, run: pd.Series | None
) -> dict[str, float | str | None]:
    """Return the fields of one step."""
    name = field_of(stage)
    if run is None:
        why = selection.blank_reason(results, dataset, stage) or NOT_RUN
        return {name: None, f"{name}_text": MISSING, f"{name}_why": why}
    return {name: run["value"], f"{name}_text": score_of(run), f"{name}_why": run["tested"]}


def _rest(results: Results, run: pd.Series | None, f1: pd.Series | None) -> dict[str, Any]:
    """Return macro-F1, training time and size of the run under the chosen protocol."""
    metadata = {} if run is None else results.metadata[run["id"]]
    seconds, size = metadata.get("train_s"), metadata.get("size_bytes")
    return {
        "macro_f1": None if f1 is None else f1["value"],
        "macro_f1_text": MISSING if f1 is None else score_of(f1),
        "macro_f1_why": "Mean of the F1 of all genres, each counting alike.",
        "train_s": seconds if is_number(seconds) else None,
        "train_s_text": format_seconds(seconds),
        "train_s_why": "All folds together.",
        "size": size,
        "size_text": format_size(size),
        "size_why": str(metadata.get("missing", {}).get("size_bytes", "")),
    }


def published_runs(results: Results) -> dict[str, str]:
    """Return, by model, the first plain run that reproduces a published figure."""
    plain = results.runs[results.runs["variant"] == ""]
    found: dict[str, str] = {}
    for served_id, name in zip(plain["served_id"], plain["id"], strict=True):
        if results.metadata[name]["published"]:
            found.setdefault(str(served_id), str(name))
    return found


def _published(results: Results, published: dict[str, str], served_id: object) -> dict[str, Any]:
    """Return the published figure with ours minus it, both in the published unit and way."""
    name = published.get(str(served_id))
    if name:
        return _published_fields(results, name, results.metadata[name]["published"])
    why = "No figure was published for this model on these features."
    return {"published": None, "published_text": MISSING, "published_why": why}


def _published_fields(results: Results, run_id: str, figure: dict[str, Any]) -> dict[str, Any]:
    unit = figure["unit"]
    ours = selection.overall_score(results, run_id, "accuracy", unit)
    change = None if ours is None else ours["value"] - figure["accuracy"]
    tested = selection.label(results, results.metadata[run_id]["protocol"])
    return {
        "published": figure["accuracy"],
        "published_text": f"{format_score(figure['accuracy'])} (ours {format_points(change)})",
        "published_why": (
            f"{figure['source']}: {format_percent(figure['accuracy'])} of {ONE_UNIT[unit]}, "
            f"{format_percent(figure['test_share'])} held out. Ours “{tested}”: "
            f"{MISSING if ours is None else score_of(ours)}."
        ),
    }
