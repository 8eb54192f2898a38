"""One run's predictions -> its scores and every analysis that needs nothing but them."""

from dataclasses import dataclass, field

import pandas as pd

from pipeline import metrics
from pipeline.analysis.conformal import prediction_sets
from pipeline.analysis.coverage import accuracy_by_coverage
from pipeline.analysis.importance import model_importance_rows, permutation_importance_rows
from pipeline.analysis.ranking import ranking_curves, ranking_scores
from pipeline.analysis.reliability import calibration
from pipeline.artifacts import RunId
from pipeline.cache import digest, source_digest, versions
from pipeline.calibration import is_pool
from pipeline.datasets import Dataset
from pipeline.models import MODELS
from pipeline.pictures import confusion_picture
from pipeline.plan import KEYED
from pipeline.scoring import score_table, scored_rows, units_of
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.tasks import Task
from pipeline.train import Run

LISTED_FEATURES = 25  # of the importances that a fitted model gives itself


@dataclass(frozen=True)
class Assessment:
    """What is known of a run.

    Attributes
    ----------
    scores : DataFrame
        ``SCORE_COLUMNS``.
    confusions : dict of str to DataFrame
        By unit: column ``true``, then a column of counts by predicted genre.
    picture : bytes or None
        PNG of the first unit's counts.
    analyses : dict of str to DataFrame
        By kind.
    """

    scores: pd.DataFrame
    confusions: dict[str, pd.DataFrame] = field(default_factory=dict)
    picture: bytes | None = None
    analyses: dict[str, pd.DataFrame] = field(default_factory=dict)


def assessment_task(run: Run, dataset: Dataset, groups: TrackGroups) -> Task:
    """Return the work of assessing a run."""
    group = resampled_unit(run.run_id.protocol, groups)
    name = str(run.run_id)
    table = dataset.tables[run.run_id.representation]
    source = source_digest(("pipeline.assess",), KEYED | {"pipeline.train", "pipeline.tasks"})
    return Task(
        label=name,
        key=digest(
            [name, run.key, group, list(table.genres), _picture_title(run)],
            [source, versions(("crepes",))],
        ),
        function=assessed,
        arguments={
            "run_id": name,
            "predictions": run.predictions,
            "group_of_track": group,
            "genres": list(table.genres),
            "permuted": run.permuted,
            "importances": run.importances,
            "is_variant": run.run_id.variant is not None,
            "title": _picture_title(run),
        },
    )


def resampled_unit(protocol: str, groups: TrackGroups) -> pd.Series:
    """Return, by track, the number of the independent unit of a protocol."""
    return groups.table[PROTOCOLS[protocol].independent_unit]


def assessed(
    *,
    run_id: str,
    predictions: pd.DataFrame,
    group_of_track: pd.Series,
    genres: list[str],
    permuted: pd.DataFrame | None,
    importances: pd.DataFrame | None,
    is_variant: bool,
    title: str,
) -> Assessment:
    """Return everything that is known of a run by itself."""
    scores = score_table(predictions, run_id=run_id, group_of_track=group_of_track, genres=genres)
    if is_variant:
        return Assessment(scores)
    confusions = {
        unit: _confusion(predictions, unit, group_of_track, genres)
        for unit in units_of(predictions)
    }
    first = next(iter(confusions.values()))
    picture = confusion_picture(first[genres].to_numpy(), genres, title=title)
    analyses = _analyses(run_id, predictions, group_of_track)
    if permuted is not None:
        own = [permutation_importance_rows(run_id, permuted, group_of_track)]
        if importances is not None:
            by_fold = [frame for _, frame in importances.groupby("fold")]
            listed = model_importance_rows(run_id, by_fold).sort_values("value", ascending=False)
            own.append(listed.groupby("kind").head(LISTED_FEATURES))
        analyses["importances"] = pd.concat(own, ignore_index=True)
    return Assessment(scores, confusions, picture, analyses)


def _analyses(
    run_id: str, predictions: pd.DataFrame, group_of_track: pd.Series
) -> dict[str, pd.DataFrame]:
    roc, precision_recall = ranking_curves(run_id, predictions)
    scaled = not is_pool(RunId.parse(run_id).model)
    reliability, reliability_scores = calibration(
        run_id, predictions, group_of_track, scaled=scaled
    )
    return {
        "roc": roc,
        "precision_recall": precision_recall,
        "ranking_scores": ranking_scores(run_id, predictions, group_of_track),
        "calibration": reliability,
        "calibration_scores": reliability_scores,
        "prediction_sets": prediction_sets(run_id, predictions, group_of_track),
        "coverage": accuracy_by_coverage(run_id, predictions, group_of_track),
    }


def _confusion(
    predictions: pd.DataFrame, unit: str, group_of_track: pd.Series, genres: list[str]
) -> pd.DataFrame:
    scored = scored_rows(predictions, unit, group_of_track)
    counts = metrics.confusion_counts(scored.y_true, scored.y_pred, len(genres))
    table = pd.DataFrame(counts, columns=genres)
    table.insert(0, "true", genres)
    return table


def _picture_title(run: Run) -> str:
    unit = units_of(run.predictions)[0]
    label = PROTOCOLS[run.run_id.protocol].label
    return f"{MODELS[run.run_id.model].title}, {run.run_id.representation}\n{label}: {unit}s"
