"""How much of the fall to new artists is the smaller training set: the size control's answer.

Only looked up and subtracted. A control speaks for a protocol that trains on as many tracks; for
any other it says nothing, and neither do we.
"""

from dataclasses import dataclass

import pandas as pd

from dashboard.components.formats import format_count, format_score, format_whole_points
from dashboard.state import Results

VARIANT = "size_control"
SAME_SIZE = 0.05  # relative: some tables lack a track or two of the list


@dataclass(frozen=True)
class SizeEffect:
    """One model's fall and the part of it that fewer training tracks explain, in shares.

    Attributes
    ----------
    base_id, run_id : str
        The run before and after the fall.
    fall : float
        How much lower the later score is.
    by_size, by_size_low, by_size_high : float
        Loss by the smaller training set alone, with its interval.
    n_training_tracks, base_n_training_tracks : int
        Of the control, and of the run that it is compared with.
    """

    base_id: str
    run_id: str
    fall: float
    by_size: float
    by_size_low: float
    by_size_high: float
    n_training_tracks: int
    base_n_training_tracks: int


def size_effect(results: Results, runs: pd.DataFrame, run: pd.Series) -> SizeEffect | None:
    """Return what the size control says about one run's fall; None where none speaks for it.

    Parameters
    ----------
    runs : DataFrame
        As ``selection.stage_runs`` returns them, in one unit.
    run : Series
        The row of ``runs`` after the fall.
    """
    effects = results.analysis("variant_effects")
    own = runs[(runs["served_id"] == run["served_id"]) & (runs["id"] != run["id"])]
    effects = effects[
        (effects["variant"] == VARIANT)
        & (effects["unit"] == "track")
        & effects["base_id"].isin(own["id"])
    ]
    if effects.empty:
        return None
    effect = effects.iloc[0]
    trained = int(effect["n_training_tracks"])
    if abs(trained / run["n_training_tracks"] - 1) > SAME_SIZE:
        return None
    base = own[own["id"] == effect["base_id"]].iloc[0]
    return SizeEffect(
        base_id=str(base["id"]),
        run_id=str(run["id"]),
        fall=float(base["value"] - run["value"]),
        by_size=-float(effect["difference"]),
        by_size_low=-float(effect["ci_high"]),
        by_size_high=-float(effect["ci_low"]),
        n_training_tracks=trained,
        base_n_training_tracks=int(effect["base_n_training_tracks"]),
    )


def remainder_sentence(results: Results, runs: pd.DataFrame, step: str) -> str:
    """Return how much of the best model's fall the size control explains, and what is left.

    Parameters
    ----------
    runs : DataFrame
        As ``selection.stage_runs`` returns them, counting tracks.
    step : str
        Slug of the step that the fall leads to.
    """
    later = runs[runs["stage"] == step].sort_values("value", ascending=False, kind="stable")
    for place, (_, run) in enumerate(later.iterrows()):
        effect = size_effect(results, runs, run)
        if effect is not None and effect.fall > 0:
            of_whom = "" if place == 0 else ", the best of those with a size control"
            return f"{run['short']}{of_whom}: of its {explained(effect, runs)}"
    return ""


def explained(effect: SizeEffect, runs: pd.DataFrame) -> str:
    """Return "fall of 20 points from ... to ..., 7 [5, 9] come with ...", without its subject.

    Parameters
    ----------
    effect : SizeEffect
    runs : DataFrame
        As ``selection.stage_runs`` returns them, counting tracks.
    """
    rows = {str(row["id"]): row for _, row in runs.iterrows()}
    base, run = rows[effect.base_id], rows[effect.run_id]
    by_size, low, high = map(
        format_whole_points, (effect.by_size, effect.by_size_low, effect.by_size_high)
    )
    fell = (
        f"fall of {format_whole_points(effect.fall)} points from “{base['tested']}” "
        f"({format_score(base['value'], base['ci_low'], base['ci_high'])}) to “{run['tested']}”, "
    )
    sizes = (
        f"the smaller training set ({format_count(effect.n_training_tracks)} instead of "
        f"{format_count(effect.base_n_training_tracks)} tracks)"
    )
    if effect.by_size <= 0:
        return f"{fell}nothing measurable comes with {sizes}: {by_size} [{low}, {high}]."
    left = format_whole_points(max(effect.fall - effect.by_size, 0.0))
    return (
        f"{fell}{by_size} [{low}, {high}] come with {sizes}; {left} are left for everything else "
        "that changes there, new artists among it."
    )
