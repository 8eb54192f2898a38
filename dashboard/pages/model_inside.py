"""What the Model page shows of a model itself: importances, search trials, sweeps."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.figures.importances import fitted_figure, permutation_figure
from dashboard.figures.sweeps import SETTINGS, sweep_figure
from dashboard.figures.trials import trials_figure
from dashboard.kept import FEW, kept
from dashboard.pages.model_updates import shown_run
from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.rows.analyses import TRACK, rows_of_model, rows_of_run, trials_of
from dashboard.state import Results
from dashboard.words import curve_sentences

FAMILIES, FEATURES = "families", "features"
IMPORTANCE = Parameter(
    "importance",
    "Weigh",
    {FAMILIES: "families, permuted", FEATURES: "features, as fitted"},
    FAMILIES,
)
PERMUTATION = "permutation"
TOP_FEATURES = 15
SCORE = "accuracy"  # as the axis of the trials calls it


def importance_kinds(results: Results, run: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return permuted families and fitted weights of a run, both from the largest down."""
    rows = rows_of_run(results, "importances", run["id"])
    rows = rows.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    permuted = rows["kind"] == PERMUTATION
    return rows[permuted].reset_index(drop=True), rows[~permuted].reset_index(drop=True)


@kept(FEW)
def update_importances(
    results: Results, model: str, protocol: str, importance: str, mode: object
) -> CardContent | None:
    """Return what the model goes by, as chosen or as far as it is known; None if it is not."""
    run = shown_run(results, model, protocol)
    drops, weights = importance_kinds(results, run)
    if drops.empty and weights.empty:
        return None
    if weights.empty or (importance != FEATURES and len(drops)):
        label = selection.label(results, run["protocol"])
        said = curve_sentences.permutation_sentence(drops, label)
        if importance == FEATURES:
            said = f"This model has no coefficients or importances of its own. {said}"
        table = drops[["family", "value", "ci_low", "ci_high", "n_repeats"]].set_axis(
            ["Family", "Accuracy lost", "95 % low", "95 % high", "Repeats"], axis=1
        )
        return CardContent(
            said,
            permutation_figure(drops, mode=theme.as_mode(mode)),
            table,
            runs=selection.run_ids(run),
        )
    kind = str(weights["kind"].iloc[0])
    said = curve_sentences.fitted_sentence(weights, TOP_FEATURES, kind)
    axis = curve_sentences.FITTED.get(kind, kind)
    figure = fitted_figure(weights.head(TOP_FEATURES), title=axis, mode=theme.as_mode(mode))
    table = weights[["feature", "family", "value"]]
    return CardContent(
        said,
        figure,
        table.set_axis(["Feature", "Family", "Share"], axis=1),
        runs=selection.run_ids(run),
    )


def update_importance_switch(results: Results, model: str, protocol: str) -> bool:
    """Return whether to hide the switch: there is one way to weigh only."""
    drops, weights = importance_kinds(results, shown_run(results, model, protocol))
    return drops.empty or weights.empty


@kept(FEW)
def update_trials(
    results: Results,
    model: str,
    protocol: str,
    mode: object,
    narrow: bool = False,
    *,
    draw: Callable[..., go.Figure] = trials_figure,
) -> CardContent | None:
    """Return every trial of the model's search; None for a model that was not searched."""
    run = shown_run(results, model, protocol)
    trials = trials_of(results, run)
    if trials.empty:
        return None
    settings = list(trials.columns[3:-4])
    tried = selection.label(results, trials["protocol"].iloc[0])
    axes = trials[[*settings, "score"]].rename(columns={"score": SCORE})
    table = trials[["rank", "trial", *settings, "score", "score_sd", "fit_s"]]
    names = {
        "rank": "Rank", "trial": "Trial", "score": "Accuracy", "score_sd": "SD over folds",
        "fit_s": "Training, s",
    }  # fmt: skip
    return CardContent(
        curve_sentences.trials_sentence(trials, settings, tried),
        draw(axes, SCORE, mode=theme.as_mode(mode), narrow=narrow),
        table.rename(columns=names),
        runs=selection.run_ids(run),
    )


@kept(FEW)
def update_sweeps(results: Results, model: str, protocol: str, mode: object) -> CardContent | None:
    """Return accuracy by one setting; None for a model that none was changed of."""
    run = shown_run(results, model, protocol)
    points = rows_of_model(results, "sweeps", run)
    if (points["unit"] == TRACK).any():
        points = points[points["unit"] == TRACK]
    if points.empty:
        return None
    used = sorted(set(points["protocol"]), key=lambda name: results.protocols[name]["order"])
    labels = {name: selection.label(results, name) for name in used}
    table = points.assign(
        protocol=points["protocol"].map(labels), sweep=points["sweep"].replace(SETTINGS)
    )
    columns = ["sweep", "value", "protocol", "accuracy", "ci_low", "ci_high", "training_accuracy"]
    names = ["Setting", "Value", "Protocol", "Accuracy", "95 % low", "95 % high", "On training"]
    return CardContent(
        curve_sentences.sweep_sentence(points, labels, run["protocol"]),
        sweep_figure(points, labels, chosen=run["protocol"], mode=theme.as_mode(mode)),
        table[columns].set_axis(names, axis=1),
        runs=selection.run_ids(run),
    )
