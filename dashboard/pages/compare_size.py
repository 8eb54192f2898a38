"""Compare's card of the size control: what fewer training tracks alone cost each chosen model."""

from collections.abc import Sequence

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.formats import format_count, format_score, format_whole_points
from dashboard.figures.worth import worth_figure
from dashboard.kept import FEW, kept
from dashboard.rows import selection
from dashboard.rows.comparison import Compared, compared
from dashboard.rows.size_control import VARIANT, explained, size_effect
from dashboard.state import Results
from dashboard.words.wording import joined

UNIT = "track"  # what the control counts, whatever the page counts


def size_rows(results: Results, comparison: Compared) -> pd.DataFrame:
    """Return the size control of each compared model that has one, in the order chosen.

    Columns: those of ``variant_effects``, ``served_id``, ``short`` and ``tested`` (short name of
    the protocol under which both sizes were tested).
    """
    effects = results.analysis("variant_effects")
    effects = effects[(effects["variant"] == VARIANT) & (effects["unit"] == UNIT)]
    known = results.runs.set_index("id")[["served_id", "protocol"]]
    rows = effects.join(known, on="base_id", how="inner")
    rows = comparison.runs[["served_id", "short"]].merge(rows, on="served_id")
    return rows.assign(tested=[selection.label(results, name) for name in rows["protocol"]])


@kept(FEW)
def update_size(
    results: Results, models: str | Sequence[str], protocol: str, unit: str, mode: object
) -> CardContent | None:
    """Return the loss by fewer training tracks; None where no chosen model has a size control."""
    comparison = compared(results, models, protocol, unit)
    rows = size_rows(results, comparison)
    if rows.empty:
        return None
    loss = pd.DataFrame(
        {
            "name": rows["short"],
            "below": [_both(row) for _, row in rows.iterrows()],
            "value": -rows["difference"],
            "ci_low": -rows["ci_high"],
            "ci_high": -rows["ci_low"],
            "own": rows["ci_high"] < 0,
        }
    )
    table = pd.DataFrame(
        {
            "Model": rows["short"],
            "Tested on": rows["tested"],
            "Training tracks": rows["base_n_training_tracks"].astype(int),
            "Accuracy": rows["base_value"],
            "Fewer tracks": rows["n_training_tracks"].astype(int),
            "Accuracy with fewer": rows["value"],
            "Lost": loss["value"],
            "95 % low": loss["ci_low"],
            "95 % high": loss["ci_high"],
            "Songs": rows["n_units"].astype(int),
        }
    )
    return CardContent(
        size_sentence(results, rows, comparison),
        worth_figure(loss, title="accuracy lost", mode=theme.as_mode(mode)),
        table,
        runs=tuple(dict.fromkeys([*rows["base_id"], *rows["id"]])),
    )


def _both(row: pd.Series) -> str:
    """Return both scores with their training sizes."""
    return "<br>→ ".join(
        f"{format_score(row[score])} ({format_count(row[size])} tracks)"
        for score, size in (
            ("base_value", "base_n_training_tracks"),
            ("value", "n_training_tracks"),
        )
    )


def size_sentence(results: Results, rows: pd.DataFrame, comparison: Compared) -> str:
    """Return what each model loses, and how much of its fall under the protocol that is."""
    lost = [
        f"{row['short']} {format_whole_points(-row['difference'])} "
        f"[{format_whole_points(-row['ci_high'])}, {format_whole_points(-row['ci_low'])}]"
        for _, row in rows.iterrows()
    ]
    sizes = dict.fromkeys(
        f"{format_count(row['n_training_tracks'])} instead of "
        f"{format_count(row['base_n_training_tracks'])} tracks"
        for _, row in rows.iterrows()
    )
    tested = dict.fromkeys(f"“{name}”" for name in rows["tested"])
    said = (
        f"Tested alike ({joined(list(tested))}) but trained on {joined(list(sizes))}, points of "
        f"whole songs lost: {joined(lost)}."
    )
    return " ".join([said, *_falls(results, rows, comparison)])


def _falls(results: Results, rows: pd.DataFrame, comparison: Compared) -> list[str]:
    """Return, for each model, how much of its fall to the chosen protocol the control explains."""
    said = []
    for _, row in rows.iterrows():
        chosen = comparison.run_of(row["served_id"])
        if chosen is None:
            continue
        runs = selection.stage_runs(results, dataset=chosen["dataset"], unit=UNIT)
        own = runs[runs["id"] == chosen["id"]]
        effect = None if own.empty else size_effect(results, runs, own.iloc[0])
        if effect is not None and effect.fall > 0:
            said.append(f"{row['short']}: of its {explained(effect, runs)}")
    return said
