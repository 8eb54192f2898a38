"""What is known of one run: score chips, and the folded list of parameters and provenance."""

from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.formats import (
    MISSING,
    format_count,
    format_score,
    format_seconds,
    format_size,
)
from dashboard.glossary import metric_href
from dashboard.state import Results

CHIPS = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "top2": "Among first two",
    "log_loss": "Log loss",
    "ece": "Calibration error",
    "ari": "Adjusted Rand",
    "nmi": "NMI",
    "purity": "Purity",
}
UNNAMED = {
    "size_bytes": "size",
    "train_s": "training time",
    "predict_ms": "prediction time",
    "served": "live prediction",
}


def score_chips(scores: pd.DataFrame, run_id: str) -> html.Div:
    """Return the overall scores of a run in one unit, with intervals, and where they come from.

    Parameters
    ----------
    scores : DataFrame
        Columns ``metric, value, ci_low, ci_high``.
    run_id : str
    """
    rows = {str(row["metric"]): row for _, row in scores.iterrows()}
    chips = []
    for metric in (metric for metric in CHIPS if metric in rows):
        row = rows[metric]
        text = format_score(row["value"], row["ci_low"], row["ci_high"])
        number, _, interval = text.partition(" ")
        value = [html.Span(f"{number} "), html.Small(interval)]
        name = _explained(CHIPS[metric], metric)
        chips.append(html.Div([html.Dt(name), html.Dd(value)], className="chip"))
    source = html.Button(
        "Where these come from",
        type="button",
        className="source-button",
        **data(card_action="provenance", runs=run_id),
    )
    return html.Div([html.Dl(chips, className="chips"), source], className="chips-row")


def _explained(name: str, metric: str) -> Component | str:
    """Return a metric's name as a link to what it means."""
    href = metric_href(metric)
    title = f"What is {name}?"
    return name if href is None else dcc.Link(name, href=href, title=title, className="explained")


def run_facts(results: Results, run_id: str) -> html.Dl:
    """Return everything else about a run as a list of names and values."""
    rows: list[Component] = []
    for name, value in fact_rows(results, run_id).items():
        rows += [html.Dt(name), html.Dd(value)]
    return html.Dl(rows, className="facts")


def fact_rows(results: Results, run_id: str) -> dict[str, str]:
    """Return names and values of a run's metadata, in reading order."""
    metadata, run = results.metadata[run_id], results.run
    hashes = run.get("inputs_sha256") or {}
    source = f"{metadata['dataset']}.{metadata['representation']}"
    data_set = results.datasets[metadata["dataset"]]
    rows = {
        "Run": run_id,
        "Parameters": _pairs(metadata["params"]),
        "Random seed": str(metadata["seed"]),
        "Data": f"{data_set['title']}{' (synthetic)' if data_set['synthetic'] else ''}. "
        f"{data_set['source']}",
        "Representation": results.representations[metadata["representation"]]["title"],
        "Rows, features, tracks": ", ".join(
            format_count(metadata[key]) for key in ("n_samples", "n_features", "n_tracks")
        ),
        "Training tracks": format_count(metadata["n_training_tracks"]),
        "Training time, all folds": format_seconds(metadata["train_s"]),
        "Prediction, per sample": _milliseconds(metadata["predict_ms"]),
        "Size": format_size(metadata["size_bytes"]),
        "Runs on the Predict page": "yes" if metadata["served"] else "no",
        "Leaks that the protocol permits": _leaks(metadata["permitted_leaks"]),
        "Published figure": _published(metadata["published"]),
        "Code": str(run.get("commit") or "outside a git checkout")
        + (" with uncommitted changes" if run.get("uncommitted_changes") else ""),
        "Computed": str(run.get("finished_at", MISSING)),
        "Input, SHA-256": str(hashes.get(source, MISSING)),
    }
    return rows | {
        f"No {UNNAMED.get(field) or CHIPS.get(field, field).lower()}": str(reason)
        for field, reason in metadata["missing"].items()
    }


def _pairs(values: Any) -> str:
    if not isinstance(values, dict) or not values:
        return MISSING
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _leaks(leaks: dict[str, int]) -> str:
    """Return how many test tracks share something with training."""
    if not leaks:
        return "none found"
    found = (
        f"{kind}: {format_count(count)} test {'track' if count == 1 else 'tracks'}"
        for kind, count in leaks.items()
    )
    return "; ".join(found)


def _published(published: dict[str, Any] | None) -> str:
    return MISSING if not published else _pairs(published)


def _milliseconds(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3g} ms"
