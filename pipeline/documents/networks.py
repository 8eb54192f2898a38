"""Tables of a document about networks: ingredients, order in time, nine genres, sound."""

from collections.abc import Callable

from pipeline.artifacts import RunId
from pipeline.documents.sources import BLANK, Sources, matching, points_text, score_text, table_text


def ablations(sources: Sources, served_id: str) -> str:
    """Return what each ingredient of a model is worth on validation tracks, most first."""
    rows = matching(sources, "ablations", (f"id={served_id}",))
    cells = [
        [
            row["title"],
            f"{row['with_accuracy']:.3f} ± {row['sd_with']:.3f}",
            f"{row['without_accuracy']:.3f} ± {row['sd_without']:.3f}",
            points_text(row),
        ]
        for _, row in rows.sort_values("difference", ascending=False).iterrows()
    ]
    return table_text(["ingredient", "with", "without", "worth [95 %]"], cells)


def effects(sources: Sources, variant: str) -> str:
    """Return what a variant changes for every model that has it."""
    rows = matching(sources, "variant_effects", (f"variant={variant}", "unit=track"))
    cells = []
    for _, row in rows.sort_values("difference").iterrows():
        run_id = RunId.parse(row["base_id"])
        cells.append(
            [
                sources.metadata(row["base_id"])["title"],
                sources.content["representations"][run_id.representation]["short"],
                f"{row['base_value']:.3f}",
                f"{row['value']:.3f}",
                points_text(row),
            ]
        )
    return table_text(["model", "data", "as it is", variant.replace("_", " "), "change"], cells)


def picture_audio(sources: Sources) -> str:
    """Return how far a clip's picture and its sound get the same answer."""
    rows = matching(sources, "picture_audio", ())
    cells = []
    for run_id, own in rows.groupby("id", sort=False):
        agreement, difference = (
            own[own["quantity"] == quantity].iloc[0]
            for quantity in ("agreement", "probability_difference")
        )
        bands = own.loc[own["quantity"] == "band_correlation", "value"]
        cells.append(
            [
                sources.metadata(str(run_id))["title"],
                score_text(agreement),
                f"{difference['value']:.4f}",
                f"{bands.min():.3f}" if len(bands) else BLANK,
            ]
        )
    heads = ["model", "same answer [95 %]", "mean difference of probabilities"]
    return table_text([*heads, "least correlation of a band"], cells)


FIELDS: dict[str, Callable[..., str]] = {
    "ablations": ablations,
    "effects": effects,
    "picture-audio": picture_audio,
}
