"""The answer to one clip as sentences, notes and tables; every word is computed from the answer."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.formats import (
    HUGE_DISTANCE,
    format_distance,
    format_score,
    format_seconds,
)
from dashboard.figures.predict import Answer, model_name, winner
from dashboard.words.cautions import spoilt_by, with_score
from dashboard.words.wording import joined

NUMBER_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip


def number_word(count: int) -> str:
    """Return a small number as a word."""
    return NUMBER_WORDS[count] if 0 <= count < len(NUMBER_WORDS) else str(count)


def headline(answer: Answer) -> str:
    """Return what the models hear: "Three of four models hear metal, one hears rock."."""
    counts = Counter(model["genre"] for model in answer["models"]).most_common()
    total = len(answer["models"])
    genre, votes = counts[0]
    if total == 1:
        return f"The model hears {genre}."
    if votes == total:
        return f"All {number_word(total)} models hear {genre}."
    if votes == 1:
        genres = joined([name for name, _count in counts])
        return f"The {number_word(total)} models disagree: {genres}."
    if counts[1][1] == votes:
        groups = joined([_votes(count, name) for name, count in counts])
        return f"{number_word(total).capitalize()} models are divided: {groups}."
    others = joined([_votes(count, name) for name, count in counts[1:]])
    start = number_word(votes).capitalize()
    return f"{start} of {number_word(total)} models hear {genre}, {others}."


def leading_sentences(answer: Answer) -> tuple[str, str]:
    """Return what stands first and, where the clip itself does, what the models would say."""
    flag, heard = spoilt_by(answer), headline(answer)
    if flag is None:
        return heard, ""
    return flag["message"], f"What the models would say: {heard[0].lower()}{heard[1:]}"


def trust_sentence(answer: Answer) -> str:
    """Return how often the best of the models is right on music that it has not heard.

    Where the clip is no such music, that is said.
    """
    known = [model for model in answer["models"] if model["honest_accuracy"]["value"] is not None]
    if not known:
        return ""
    best = max(known, key=lambda model: model["honest_accuracy"]["value"])
    honest = best["honest_accuracy"]
    score = format_score(honest["value"], honest["ci_low"], honest["ci_high"])
    scored = (
        f"{model_name(best)}, {_first_among(best, known)}, hears {best['genre']} "
        f"({best['probabilities'][best['genre']]:.2f}); it is right for {score} of the "
        f"{honest['unit']}s in the test “{honest['label']}”."
    )
    return with_score(answer, scored, "how often the models are right")


def _first_among(best: dict[str, Any], known: Sequence[dict[str, Any]]) -> str:
    """Return that a model has the highest score, or has it together with others."""
    score = format_score(best["honest_accuracy"]["value"])
    n_tied = sum(format_score(model["honest_accuracy"]["value"]) == score for model in known)
    if n_tied == 1:
        return "the one with the highest score of them"
    return f"one of the {number_word(n_tied)} with the highest score, {score}"


def closest_sentence(answer: Answer) -> str:
    """Return the training tracks that lie closest, or that none is close at all."""
    if answer["closest"] and answer["closest"][0]["distance"] >= HUGE_DISTANCE:
        distance = format_distance(answer["closest"][0]["distance"])
        return f"No track of our data is close: the distance to each is {distance}."
    tracks = [
        f"{track['track_id']} ({track['genre']}, distance {format_distance(track['distance'])})"
        for track in answer["closest"]
    ]
    return f"Closest in our data: {', '.join(tracks)}." if tracks else ""


def timing_sentence(answer: Answer) -> str:
    """Return how long the analysis took."""
    total = format_seconds(answer["timings_ms"]["total"] / 1000)
    return f"{answer['duration_s']:.1f} s of audio, analysed in {total} and not kept."


def flag_notes(answer: Answer) -> list[Component]:
    """Return a note for each thing that a reader must know, but for one that stands first."""
    first = spoilt_by(answer)
    notes = [flag for flag in answer["flags"] if flag is not first]
    return [html.P(flag["message"], className="note") for flag in notes]


def probabilities_sentence(answer: Answer) -> str:
    """Return how sure the models are, for the card of probabilities."""
    best = [(winner(model)[1], model) for model in answer["models"]]
    surest = max(best, key=lambda pair: pair[0])
    least = min(best, key=lambda pair: pair[0])
    text = f"Surest is {model_name(surest[1])}: {surest[1]['genre']} {surest[0]:.2f}"
    if len(best) > 1:
        text += f"; least sure {model_name(least[1])}: {least[1]['genre']} {least[0]:.2f}"
    return (
        f"{text}. Calibrated probabilities, averaged over the windows of the clip; in grey, how "
        "often the model is right."
    )


def clip_sentence(answer: Answer) -> str:
    """Return how steady the models are along the clip."""
    heard = [[winner(window)[0] for window in model["windows"]] for model in answer["models"]]
    several = [
        (model, genres)
        for model, genres in zip(answer["models"], heard, strict=True)
        if len(genres) > 1
    ]
    if not several:
        return "Each model hears the clip as one window."
    model, genres = max(several, key=lambda pair: (len(set(pair[1])), _changes(pair[1])))
    if len(set(genres)) == 1:
        return "Every model hears one genre all along. Strong colour: high probability."
    return (
        f"{model_name(model)} hears {number_word(len(set(genres)))} genres along the clip and "
        f"changes {_times(_changes(genres))}. Colour: genre; strength: probability."
    )


def probabilities_table(answer: Answer) -> pd.DataFrame:
    """Return one row per model and genre."""
    rows = [
        (model_name(model), genre, probability, *_honest(model))
        for model in answer["models"]
        for genre, probability in model["probabilities"].items()
    ]
    honest = ["model's accuracy", "interval from", "to", "protocol"]
    return pd.DataFrame(rows, columns=["model", "genre", "probability", *honest])


def windows_table(answer: Answer) -> pd.DataFrame:
    """Return one row per model and window, with the probability of every genre."""
    rows = [
        {
            "model": model_name(model),
            "from (s)": window["start_s"],
            "to (s)": window["end_s"],
            "genre": winner(window)[0],
            **window["probabilities"],
        }
        for model in answer["models"]
        for window in model["windows"]
    ]
    return pd.DataFrame(rows)


def honest_runs(answer: Answer) -> tuple[str, ...]:
    """Return the ids of the runs that say how far each model of the answer can be trusted."""
    return tuple(
        f"{model['id']}.{model['honest_accuracy']['protocol']}"
        for model in answer["models"]
        if model["honest_accuracy"].get("protocol")
    )


def _honest(model: dict[str, Any]) -> tuple[float, float, float, str]:
    honest = model["honest_accuracy"]
    return honest["value"], honest["ci_low"], honest["ci_high"], honest["label"]


def _votes(count: int, genre: str) -> str:
    return f"{number_word(count)} {'hears' if count == 1 else 'hear'} {genre}"


def _changes(genres: Sequence[str]) -> int:
    return sum(a != b for a, b in pairwise(genres))


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{number_word(count)} times")
