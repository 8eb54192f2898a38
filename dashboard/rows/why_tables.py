"""Why the models gave their answers to a clip, as tables: the numbers behind each card."""

import pandas as pd

from dashboard.figures.predict import Answer, model_name
from dashboard.words.feature_words import compared
from dashboard.words.why_sentences import Model, differing

SCORE = ("value", "ci_low", "ci_high")


def roles_table(answer: Answer) -> pd.DataFrame:
    """Return a row for each model and window, with its part in the answer."""
    rows = [
        (model_name(model), *(window[key] for key in ("start_s", "end_s", "role", "genre")),
         window["margin"], model["why"]["rival"])
        for model in answer["models"]
        for window in model["why"]["windows"]
    ]  # fmt: skip
    names = ["model", "from (s)", "to (s)", "part in the answer", "heard", "lead", "rival"]
    return pd.DataFrame(rows, columns=names)


def features_table(model: Model) -> pd.DataFrame:
    """Return a row for each feature outside the usual range, in words and numbers."""
    whose = model["why"]["compared_with"]["genre"]
    rows = [
        (
            one["feature"],
            one["value"],
            one["percentile"],
            compared(one["feature"], one["percentile"], whose, about=True),
        )
        for one in model["why"]["features"]
    ]
    return pd.DataFrame(rows, columns=["feature", "value", f"share of {whose} below", "in words"])


def sets_table(answer: Answer) -> pd.DataFrame:
    """Return a row for each model with its set, and how often such sets hold the right genre."""
    rows = [
        (model_name(model), ", ".join(chosen["genres"]) or "none",
         *(chosen["coverage"][key] for key in SCORE), chosen["mean_size"], chosen["n_tracks"],
         model["honest_accuracy"]["label"])
        for model in answer["models"]
        if (chosen := model["prediction_set"])
    ]  # fmt: skip
    names = ["model", "set", "coverage", "interval from", "to", "mean size", "tracks", "protocol"]
    return pd.DataFrame(rows, columns=names)


def disagreement_table(answer: Answer) -> pd.DataFrame:
    """Return a row for each model that disagrees with the best one."""
    rows = [
        (model_name(best), best["genre"], model_name(other), other["genre"],
         *(known[part][key] for part in ("share", "right_a", "right_b") for key in SCORE),
         known["n_tracks"])
        for best, other, known in differing(answer)
        if known is not None
    ]  # fmt: skip
    columns = ["model", "hears", "other model", "hears (other)"]
    for part in ("they disagree", "then it is right", "then the other is right"):
        columns += [part, f"{part}, from", f"{part}, to"]
    return pd.DataFrame(rows, columns=[*columns, "tracks"])
