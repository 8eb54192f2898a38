"""Why the models gave their answers to a clip, in words; every word is computed from the answer.

``answer`` is the JSON of ``POST /api/predict``. One model speaks for all where a sentence can name
only one: the one that is right most often, whose interval stands beside it.
"""

from itertools import groupby
from typing import Any

from dashboard.components.formats import format_clock, format_score
from dashboard.figures.predict import Answer, honest_text, model_name
from dashboard.words.cautions import with_score
from dashboard.words.feature_words import WORDS, compared
from dashboard.words.wording import counted, joined

Model = dict[str, Any]
MOST_FEATURES = 3  # that a sentence names
MOST_GENRES = 4


def by_honesty(answer: Answer) -> list[Model]:
    """Return the models, that with the highest honest accuracy first; unknown ones last."""
    return sorted(
        answer["models"],
        key=lambda model: -(model["honest_accuracy"]["value"] or 0.0),
    )


def spans_of(model: Model, role: str) -> list[tuple[float, float]]:
    """Return where windows of a role lie, neighbours joined."""
    windows = enumerate(model["why"]["windows"])
    with_role = [(place, window) for place, window in windows if window["role"] == role]
    spans = []
    for _, run in groupby(enumerate(with_role), lambda pair: pair[1][0] - pair[0]):
        members = [window for _, (_, window) in run]
        spans.append((members[0]["start_s"], members[-1]["end_s"]))
    return spans


def spans_text(spans: list[tuple[float, float]]) -> str:
    """Return "0:09 to 0:18 and 0:21 to 0:24"."""
    return joined([f"{format_clock(start)} to {format_clock(end)}" for start, end in spans])


def windows_sentence(answer: Answer) -> str:
    """Return which windows decided, of the best model that hears several."""
    several = [model for model in by_honesty(answer) if len(model["windows"]) > 1]
    if not several:
        return "Each model hears the clip as one window, so no part of it decided alone."
    model = several[0]
    said = f"{_named(model)}: {_decided(model)}"
    changing = [bool(spans_of(other, "decided")) for other in several[1:]]
    return f"{said} {_of_the_others(changing)}" if changing else said


def _of_the_others(changing: list[bool]) -> str:
    """Return how many of the other models have windows that decided."""
    would = "would change without a few of them."
    if len(changing) == 1:
        answer = "would change" if changing[0] else "would not change"
        return f"The answer of the other model with several windows {answer} without a few of them."
    others = f"{len(changing)} other models with several windows"
    if all(changing):
        return f"The answers of all {others} {would}"
    return f"The answers of {sum(changing) or 'none'} of the {others} {would}"


def _decided(model: Model) -> str:
    """Return what decided in one model, and what spoke against its answer."""
    decided, against = spans_of(model, "decided"), _against(model)
    if decided:
        rival = model["why"]["rival"]
        said = f"{spans_text(decided)} decided: without them it would be {rival}."
    else:
        said = f"no few windows decided: whichever half is left out, it stays {model['genre']}."
    return f"{said} {against}" if against else said


def _against(model: Model) -> str:
    spans = spans_of(model, "against")
    if not spans:
        return ""
    heard = [window["genre"] for window in model["why"]["windows"] if window["role"] == "against"]
    genres = sorted(set(heard), key=lambda genre: (-heard.count(genre), genre))[:MOST_GENRES]
    return f"Against it spoke {spans_text(spans)} ({', '.join(genres)})."


def features_model(answer: Answer) -> Model | None:
    """Return the best model whose answer can be compared with the usual range of its genre."""
    known = [model for model in by_honesty(answer) if model["why"]["features"] is not None]
    return known[0] if known else None


def features_sentence(model: Model) -> str:
    """Return the features farthest from the usual range of the genre that a model answered."""
    whose = model["why"]["compared_with"]["genre"]
    features = model["why"]["features"]
    start = f"{_named(model)} hears {whose}."
    if not features:
        return f"{start} Every feature of the clip lies in the usual range of {whose}."
    n_worded = sum(one["feature"] in WORDS for one in features)
    shown = told_first(features)[: min(MOST_FEATURES, n_worded or MOST_FEATURES)]
    words = [compared(one["feature"], one["percentile"], whose, about=True) for one in shown]
    rest = len(features) - len(shown)
    more = f" {counted(rest, 'more feature')} outside its usual range." if rest else ""
    return f"{start} For that the clip is unusual: {joined(words)}.{more}"


def told_first(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return features, those that a musician has words for first, else in their order."""
    return sorted(features, key=lambda one: one["feature"] not in WORDS)


def sets_sentence(answer: Answer) -> str:
    """Return the genres that the set of the best model holds, and how often such sets are right."""
    known = [model for model in by_honesty(answer) if model["prediction_set"]]
    if not known:
        return ""
    model, chosen = known[0], known[0]["prediction_set"]
    genres, coverage = chosen["genres"], chosen["coverage"]
    held = " or ".join([", ".join(genres[:-1]), genres[-1]] if len(genres) > 1 else genres)
    score = format_score(coverage["value"], coverage["ci_low"], coverage["ci_high"])
    heard = held or "no genre, none is as probable as the right one usually is"
    sets = f"{round(100 * chosen['target'])} % sets"
    coverage_sentence = (
        f"Its {sets} hold the right genre for {score} of the tracks in the test "
        f"“{model['honest_accuracy']['label']}”, with {chosen['mean_size']:.1f} genres on average."
    )
    how_often = with_score(answer, coverage_sentence, f"how often its {sets} hold the right genre")
    return f"{model_name(model)}: {heard}. {how_often}"


def differing(answer: Answer) -> list[tuple[Model, Model, dict[str, Any] | None]]:
    """Return the best model beside each that disagrees with it, and what is known of the two."""
    best, *others = by_honesty(answer)
    found = []
    for other in others:
        for pair in answer.get("disagreement") or ():
            if {pair["a"], pair["b"]} == {best["id"], other["id"]}:
                found.append((best, other, _oriented(pair, best["id"])))
    return found


def _oriented(pair: dict[str, Any], first: str) -> dict[str, Any] | None:
    """Return what is known of a pair, as ``right_a`` that of the first model."""
    known: dict[str, Any] | None = pair["known"]
    if known is None or pair["a"] == first:
        return known
    return {**known, "right_a": known["right_b"], "right_b": known["right_a"]}


def disagreement_sentence(answer: Answer) -> str:
    """Return how often the best model and the next best that disagrees do so, and who is right."""
    pairs = differing(answer)
    best = by_honesty(answer)[0]
    if not pairs:
        return f"No model disagrees with {model_name(best)} ({honest_text(best)}) on this clip."
    _, other, known = pairs[0]
    start = (
        f"{model_name(best)} hears {best['genre']} and {model_name(other)} {other['genre']}"
        f"{_how_many_more(len(pairs) - 1)}."
    )
    if known is None:
        return f"{start} How often they disagree is not in these results. Run “make results”."
    right, wrong = known["right_a"], known["right_b"]
    return (
        f"{start} These two disagree on {_score(known['share'])} of the tracks in the test "
        f"“{best['honest_accuracy']['label']}”, and {_then(best, other, right, wrong)}"
    )


def _then(best: Model, other: Model, right: dict[str, Any], wrong: dict[str, Any]) -> str:
    """Return which of two is right more often when they disagree, if the intervals say so."""
    if right["value"] is None or wrong["value"] is None:
        return "it is not known who is right then."
    shares = f"{_score(right)} against {_score(wrong)}"
    if right["ci_low"] > wrong["ci_high"]:
        return f"then {best['title']} is right more often: {shares}."
    if wrong["ci_low"] > right["ci_high"]:
        return (
            f"then {other['title']} is right more often: {_score(wrong)} against {_score(right)}."
        )
    return f"then neither is clearly right more often: {shares}."


def _how_many_more(count: int) -> str:
    if not count:
        return ""
    hears = "hears" if count == 1 else "hear"
    return f"; {counted(count, 'more model')} {hears} another genre than it, too"


def _score(share: dict[str, Any]) -> str:
    return format_score(share["value"], share["ci_low"], share["ci_high"])


def _named(model: Model) -> str:
    """Return a model with how often it is right."""
    return f"{model_name(model)} ({honest_text(model)})"
