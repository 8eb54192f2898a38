"""What the Model page shows of differences: order in time, ingredients, picture against audio."""

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.formats import format_score
from dashboard.figures.worth import band_correlation_figure, worth_figure
from dashboard.kept import FEW, kept
from dashboard.pages.model_updates import shown_run
from dashboard.rows import selection
from dashboard.rows.analyses import NETWORKS, TRACK, rows_of_network
from dashboard.sound.mel_axis import N_MELS, mel_axis
from dashboard.state import Results
from dashboard.words import worth_sentences

SHUFFLED = "shuffled"
INTERVAL = ["95 % low", "95 % high"]


def shuffled_effects(results: Results, run: pd.Series) -> pd.DataFrame:
    """Return what shuffling does to each network under one protocol, as the run's model was tested.

    Empty where the run's model was not shuffled. Columns: those of ``variant_effects`` and
    ``served_id, protocol``; a protocol other than the run's stands in where the run's own has none.
    """
    effects = results.analysis("variant_effects")
    effects = effects[(effects["variant"] == SHUFFLED) & (effects["unit"] == TRACK)]
    known = results.runs.set_index("id")[["served_id", "protocol"]]
    effects = effects.join(known, on="base_id", how="inner")
    own = effects[effects["served_id"] == run["served_id"]]
    if own.empty:
        return own
    tested = own["protocol"].tolist()
    protocol = run["protocol"] if run["protocol"] in tested else tested[-1]
    return effects[effects["protocol"] == protocol].reset_index(drop=True)


@kept(FEW)
def update_order(results: Results, model: str, protocol: str, mode: object) -> CardContent | None:
    """Return what order in time is worth; None for a model that was not trained on shuffled clips.

    A positive number is lost by shuffling.
    """
    effects = shuffled_effects(results, shown_run(results, model, protocol))
    if effects.empty:
        return None
    effects = effects.sort_values(["difference", "served_id"], kind="stable")
    runs = results.runs.set_index("id", drop=False)
    own = effects["served_id"] == model
    rows = pd.DataFrame(
        {
            "name": [selection.short_name(results, runs.loc[name]) for name in effects["base_id"]],
            "below": [
                f"{format_score(row['base_value'])} in order, {format_score(row['value'])} shuffled"
                for _, row in effects.iterrows()
            ],
            "value": -effects["difference"],
            "ci_low": -effects["ci_high"],
            "ci_high": -effects["ci_low"],
            "own": own,
        }
    )
    table = pd.DataFrame(
        {
            "Network": rows["name"],
            "In order": effects["base_value"],
            "Shuffled": effects["value"],
            "Order is worth": rows["value"],
            INTERVAL[0]: rows["ci_low"],
            INTERVAL[1]: rows["ci_high"],
            "Songs": effects["n_units"].astype(int),
        }
    )
    tested = selection.label(results, str(effects["protocol"].iloc[0]))
    return CardContent(
        worth_sentences.order_sentence(effects[own].iloc[0], int((~own).sum()), tested),
        worth_figure(rows, title="accuracy in order − shuffled", mode=theme.as_mode(mode)),  # noqa: RUF001 (a minus)
        table,
        runs=tuple(dict.fromkeys([*effects["base_id"], *effects["id"]])),
    )


def ablations_of(results: Results, model: str) -> pd.DataFrame:
    """Return the ingredients of a model, the most valuable first."""
    table = results.analysis("ablations")
    own = table[table["id"] == model]
    return own.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


@kept(FEW)
def update_ingredients(results: Results, model: str, mode: object) -> CardContent | None:
    """Return what each ingredient is worth; None for a model that none was taken from."""
    found = ablations_of(results, model)
    if found.empty:
        return None
    rows = found.rename(columns={"title": "name", "difference": "value"}).assign(
        below=[
            f"{format_score(row['with_accuracy'])} with, "
            f"{format_score(row['without_accuracy'])} without"
            for _, row in found.iterrows()
        ],
        own=(found["ci_low"] > 0) | (found["ci_high"] < 0),
    )
    columns = {
        "title": "Ingredient", "with_accuracy": "With", "sd_with": "SD over seeds",
        "without_accuracy": "Without", "sd_without": "SD without", "difference": "Worth",
        "ci_low": INTERVAL[0], "ci_high": INTERVAL[1], "n_seeds": "Seeds", "n_units": "Songs",
    }  # fmt: skip
    return CardContent(
        worth_sentences.ingredients_sentence(found),
        worth_figure(rows, title="accuracy with − without", mode=theme.as_mode(mode)),  # noqa: RUF001 (a minus)
        found[list(columns)].rename(columns=columns),
        runs=(f"{model}.{NETWORKS}",),
    )


@kept(FEW)
def update_picture_audio(results: Results, model: str, mode: object) -> CardContent | None:
    """Return how alike picture and audio are to a model; None where that was not measured."""
    rows = rows_of_network(results, "picture_audio", model)
    if rows.empty:
        return None
    bands = rows[rows["quantity"] == "band_correlation"].sort_values("band", kind="stable")
    words = {
        "agreement": "same answer",
        "probability_difference": "difference of probabilities",
        "band_correlation": "correlation of levels",
    }
    table = rows.assign(
        quantity=rows["quantity"].replace(words),
        band=["" if band < 0 else str(int(band) + 1) for band in rows["band"]],
    )
    columns = ["quantity", "band", "value", "ci_low", "ci_high", "n_units"]
    shown = theme.as_mode(mode)
    # An empty line and not nothing: the page waits until each figure in sight has a trace.
    blank = theme.blank_figure(shown).add_scatter(x=[], y=[])
    return CardContent(
        worth_sentences.picture_audio_sentence(rows),
        blank if bands.empty else band_correlation_figure(bands, mel_axis(N_MELS), mode=shown),
        table[columns].set_axis(["What", "Band", "Value", *INTERVAL, "Clips"], axis=1),
        runs=(f"{model}.{NETWORKS}",),
    )
