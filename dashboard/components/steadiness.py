"""The answer of ``POST /api/robustness`` as a sentence and tables; all is computed from it."""

from typing import Any

import pandas as pd

from dashboard.components.formats import format_clock
from dashboard.figures.predict import model_name
from dashboard.words.robustness_sentences import inside
from dashboard.words.wording import counted, joined, named
from pipeline.audio.alterations import ALTERATIONS

SAME = "same"
Answer = dict[str, Any]


def steadiness_sentence(answer: Answer) -> str:
    """Return how many alterations change nothing, who is steadiest, and the first to turn."""
    rows, names = answer["alterations"], names_of(answer)
    if not rows:
        return f"The time did not suffice for any alteration of {_piece(answer)}."
    kept = [row for row in rows if not row["changed"]]
    said = [f"{_piece(answer).capitalize()}, altered in {counted(len(rows), 'way')}:"]
    if len(kept) == len(rows):
        said.append("every model keeps its answer.")
    else:
        verb = "changes" if len(kept) == 1 else "change"
        said.append(f"{len(kept)} of them {verb} no answer. {_fewest_turns(answer)}")
        changes = {name: _changes(rows, model) for model, name in names.items()}
        least, most = min(changes.values()), max(changes.values())
        if least < most:
            said.append(
                f"Most steady: {_who(changes, least)} ({_turns(least)}); least steady: "
                f"{_who(changes, most)} ({_turns(most)})."
            )
    if answer["left_out"]:
        said.append(f"The time did not suffice for {named(answer['left_out'], 'alteration')}.")
    return " ".join(said)


def steadiness_table(answer: Answer) -> pd.DataFrame:
    """Return a row an alteration: for each model "same", or the genre that it turns to."""
    names = names_of(answer)
    plain = {names[model["id"]]: model["genre"] for model in answer["models"]}
    rows = [{"Alteration": "Unaltered", **plain}]
    for row in answer["alterations"]:
        changed = set(row["changed"])
        heard = {
            name: row["genres"][model] if model in changed else SAME
            for model, name in names.items()
        }
        rows.append({"Alteration": row["label"], **heard})
    return pd.DataFrame(rows)


def kept_levels(answer: Answer) -> pd.DataFrame:
    """Return, by model and alteration, how many of the levels tried keep the answer.

    Columns: ``model, alteration`` (its title), ``kept, tried``.
    """
    rows = []
    for model, name in names_of(answer).items():
        for alteration in dict.fromkeys(row["alteration"] for row in answer["alterations"]):
            own = [row for row in answer["alterations"] if row["alteration"] == alteration]
            kept = len(own) - _changes(own, model)
            rows.append((name, ALTERATIONS[alteration].title, kept, len(own)))
    return pd.DataFrame(rows, columns=["model", "alteration", "kept", "tried"])


def names_of(answer: Answer) -> dict[str, str]:
    """Return the models' names by id, in order."""
    return {model["id"]: model_name(model) for model in answer["models"]}


def _piece(answer: Answer) -> str:
    """Return what was altered, "the clip" or the part of it."""
    if answer["to_s"] - answer["from_s"] >= answer["duration_s"] - 0.1:
        return "the clip"
    return f"the clip from {format_clock(answer['from_s'])} to {format_clock(answer['to_s'])}"


def _fewest_turns(answer: Answer) -> str:
    """Return the alteration that turns the fewest models, and to what."""
    names = names_of(answer)
    row = min(
        (row for row in answer["alterations"] if row["changed"]), key=lambda r: len(r["changed"])
    )
    n_kept = len(names) - len(row["changed"])
    start = (
        f"The answer of {n_kept} of {counted(len(names), 'model')} survives {inside(row['label'])}"
        if n_kept
        else f"No answer survives {inside(row['label'])}"
    )
    turned = [f"{names[model]} turns to {row['genres'][model]}" for model in row["changed"]]
    return f"{start}; {joined(turned)}." if len(turned) <= 3 else f"{start}."


def _changes(rows: list[dict[str, Any]], model: str) -> int:
    return sum(model in row["changed"] for row in rows)


def _who(changes: dict[str, int], number: int) -> str:
    return named([name for name, own in changes.items() if own == number], "model")


def _turns(number: int) -> str:
    return f"{number} changed" if number else "none changed"
