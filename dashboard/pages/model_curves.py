"""What the Model page shows of a run's probabilities: curves, calibration, sets, abstention."""

from typing import cast

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.figures.curves import Curve, curves_figure
from dashboard.figures.reliability import STAGES, abstention_figure, reliability_figure
from dashboard.figures.sets import ALL_GENRES, sets_figure
from dashboard.kept import FEW, kept
from dashboard.pages.model_updates import shown_run
from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_run
from dashboard.state import Results
from dashboard.words import curve_sentences

CURVES: dict[str, Curve] = {"roc": "roc", "pr": "precision_recall"}
AREA = {"roc": "roc_auc", "precision_recall": "average_precision"}
AREA_NAMES = {"roc_auc": "Area under ROC", "average_precision": "Average precision"}
CURVE = Parameter("curve", "Curve", {"roc": "ROC", "pr": "precision and recall"}, "roc")
INTERVAL = ["95 % low", "95 % high"]


@kept(FEW)
def update_curves(
    results: Results, model: str, protocol: str, curve: str, mode: object
) -> CardContent | None:
    """Return the curves of every genre; None for a run without them."""
    run = shown_run(results, model, protocol)
    kind = CURVES.get(curve, "roc")
    points = rows_of_run(results, kind, run["id"])
    if points.empty:
        return None
    areas = rows_of_run(results, "ranking_scores", run["id"])
    own = areas[areas["metric"] == AREA[kind]].sort_values("value", ascending=False)
    figure = curves_figure(
        points,
        {str(row["genre"]): float(row["value"]) for _, row in own.iterrows()},
        curve=kind,
        mode=theme.as_mode(mode),
    )
    said = curve_sentences.ranking_sentence(areas, AREA[kind], _label(results, run))
    return CardContent(said, figure, _areas_table(areas, AREA[kind]), runs=selection.run_ids(run))


def _areas_table(areas: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return both areas by genre, those of the curve that is shown first."""
    rows = areas.assign(
        genre=areas["genre"].replace("", "mean of genres"),
        place=[0 if metric == first else 1 for metric in areas["metric"]],
        score=areas["metric"].map(AREA_NAMES),
    ).sort_values(["place", "value"], ascending=[True, False], kind="stable")
    table = rows[["genre", "score", "value", "ci_low", "ci_high"]]
    return table.set_axis(["Genre", "Score", "Value", *INTERVAL], axis=1)


@kept(FEW)
def update_calibration(
    results: Results, model: str, protocol: str, mode: object
) -> CardContent | None:
    """Return reliability before and after temperature scaling; None for a run without it."""
    run = shown_run(results, model, protocol)
    bins = rows_of_run(results, "calibration", run["id"])
    if bins.empty:
        return None
    scores = rows_of_run(results, "calibration_scores", run["id"])
    table = bins.assign(stage=bins["stage"].map(STAGES), bin=bins["bin"] + 1)
    table = table[["stage", "bin", "confidence", "accuracy", "ci_low", "ci_high", "n"]]
    return CardContent(
        curve_sentences.calibration_sentence(scores, _label(results, run)),
        reliability_figure(bins, mode=theme.as_mode(mode)),
        table.set_axis(
            ["Probabilities", "Tenth", "Confidence", "Accuracy", *INTERVAL, "Songs"], axis=1
        ),
        runs=selection.run_ids(run),
    )


@kept(FEW)
def update_sets(results: Results, model: str, protocol: str, mode: object) -> CardContent | None:
    """Return coverage and size of the prediction sets by genre; None for a run without them."""
    run = shown_run(results, model, protocol)
    sets = rows_of_run(results, "prediction_sets", run["id"]).sort_values("genre")
    if sets.empty:
        return None
    table = sets.assign(genre=sets["genre"].replace("", ALL_GENRES))
    table = table[["genre", "target", "coverage", "ci_low", "ci_high", "mean_size", "n"]]
    return CardContent(
        curve_sentences.sets_sentence(sets, _label(results, run)),
        sets_figure(sets, mode=theme.as_mode(mode)),
        table.set_axis(
            ["Genre", "Target", "Coverage", *INTERVAL, "Genres in a set", "Songs"], axis=1
        ),
        runs=selection.run_ids(run),
    )


@kept(FEW)
def update_abstention(
    results: Results, model: str, protocol: str, mode: object
) -> CardContent | None:
    """Return accuracy by the share of songs answered; None for a run without it."""
    run = shown_run(results, model, protocol)
    levels = rows_of_run(results, "coverage", run["id"])
    if levels.empty:
        return None
    table = levels.sort_values("coverage", ascending=False)
    table = table[["coverage", "threshold", "accuracy", "ci_low", "ci_high", "n"]]
    return CardContent(
        curve_sentences.abstention_sentence(levels, _label(results, run)),
        abstention_figure(levels, mode=theme.as_mode(mode)),
        table.set_axis(["Answered", "Confidence", "Accuracy", *INTERVAL, "Songs"], axis=1),
        runs=selection.run_ids(run),
    )


def _label(results: Results, run: pd.Series) -> str:
    return selection.label(results, cast(str, run["protocol"]))
