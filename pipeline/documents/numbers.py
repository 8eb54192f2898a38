"""Single numbers of a document."""

from collections.abc import Callable

from pipeline.documents.sources import Sources, matching, points_text, score_text


def score(sources: Sources, run_id: str, unit: str, metric: str = "accuracy") -> str:
    """Return a score with its interval."""
    return score_text(sources.score(run_id, unit, metric))


def percent(sources: Sources, run_id: str, unit: str) -> str:
    """Return an accuracy in whole per cent."""
    return f"{100 * sources.score(run_id, unit)['value']:.0f} %"


def metadata(sources: Sources, run_id: str, key: str) -> str:
    """Return a field of a run's metadata."""
    value = sources.metadata(run_id)[key]
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def analysis(sources: Sources, kind: str, column: str, form: str, *conditions: str) -> str:
    """Return one number of an analysis: the row where ``column=value`` for each condition."""
    rows = matching(sources, kind, conditions)
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows of {kind} match {conditions}")
    return format(rows.iloc[0][column], form)


def count(sources: Sources, kind: str, column: str, *conditions: str) -> str:
    """Return how many different values a column has where the conditions hold."""
    return str(matching(sources, kind, conditions)[column].nunique())


def difference(sources: Sources, run_id: str, variant: str) -> str:
    """Return what a variant changes, in points with its interval."""
    conditions = (f"base_id={run_id}", f"variant={variant}", "unit=track")
    return points_text(matching(sources, "variant_effects", conditions).iloc[0])


FIELDS: dict[str, Callable[..., str]] = {
    "score": score,
    "percent": percent,
    "metadata": metadata,
    "analysis": analysis,
    "count": count,
    "difference": difference,
}
