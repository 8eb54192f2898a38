"""What alterations do to answers, as the pages show it: rows by model, named; no statistics."""

from collections.abc import Sequence

import pandas as pd

from dashboard.kept import kept
from dashboard.query import Parameter, listed
from dashboard.rows import selection
from dashboard.rows.comparison import unique_names
from dashboard.state import Results
from pipeline.audio.alterations import ALTERATIONS

KIND, UNALTERED, ALL = "robustness", "none", "all"
UNALTERED_LABEL = "Unaltered"
AT_FIRST = 4  # models that the page starts with, each of another family
UNCHANGED = ["unchanged", "unchanged_low", "unchanged_high"]
ACCURACY = ["accuracy", "ci_low", "ci_high"]
DIFFERENCE = ["difference", "difference_low", "difference_high"]
SCORE = ["value", "ci_low", "ci_high"]


@kept()
def altered_answers(results: Results) -> pd.DataFrame:
    """Return the analysis "robustness" of models that the results know.

    More columns: ``served_id, title, family, dataset, protocol`` and ``condition``, an alteration
    and its level in words; from the mildest to the strongest level of each alteration.
    """
    known = results.runs[["id", "served_id", "title", "family", "dataset", "protocol"]]
    table = results.analysis(KIND).merge(known, on="id")
    names = [
        condition_label(*pair) for pair in zip(table["alteration"], table["level"], strict=True)
    ]
    return table.assign(condition=names)


def condition_label(alteration: str, level: float) -> str:
    """Return "MP3, 32 kbit/s"; what this program does not know keeps the name it has."""
    if alteration == UNALTERED:
        return UNALTERED_LABEL
    known = ALTERATIONS.get(alteration)
    return known.label(level) if known else f"{alteration}, {level:g}"


@kept()
def models_parameter(results: Results) -> Parameter:
    """Return the choice of models; it starts with the best, unaltered, of some families."""
    table = altered_answers(results)
    plain = table[table["alteration"] == UNALTERED]
    runs = results.runs.set_index("id", drop=False)
    options = {
        str(row["served_id"]): selection.model_name(results, runs.loc[row["id"]])
        for _, row in plain.iterrows()
    }
    best = plain.sort_values("accuracy", ascending=False, kind="stable")
    best = best.drop_duplicates("family").head(AT_FIRST)
    return Parameter("models", "Models", options, ",".join(best["served_id"]), several=True)


@kept()
def alteration_parameter(results: Results) -> Parameter:
    """Return the choice of alteration; it starts with all of them."""
    there = set(altered_answers(results)["alteration"])
    options = {ALL: "all"}
    options |= {name: one.title for name, one in ALTERATIONS.items() if name in there}
    return Parameter("alteration", "Alteration", options, ALL)


@kept()
def chosen_answers(results: Results, models: str | Sequence[str], alteration: str) -> pd.DataFrame:
    """Return the rows of some models, in the order chosen, with ``short``, a name of its own each.

    Those of one alteration, and of the clips as they are, unless ``alteration`` is "all".
    """
    table = altered_answers(results)
    there = [model for model in listed(models) if model in set(table["served_id"])]
    names = dict(zip(there, unique_names(results, there), strict=True))
    rows = table[table["served_id"].isin(there)]
    if alteration != ALL:
        rows = rows[rows["alteration"].isin([alteration, UNALTERED])]
    place = rows["served_id"].map(there.index)
    rows = rows.assign(place=place, short=rows["served_id"].map(names))
    return rows.sort_values("place", kind="stable").drop(columns="place").reset_index(drop=True)


def as_score(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows with one of their scores as ``value, ci_low, ci_high``."""
    others = rows.drop(columns=[name for name in SCORE if name in rows])
    return others.assign(**dict(zip(SCORE, (rows[name] for name in columns), strict=True)))
