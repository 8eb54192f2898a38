"""What the Robustness page shows for a choice: plain functions from results to text and figures."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.card import CardContent, Empty, Sentence
from dashboard.figures.grouped_genres import MOST_DOTS, grouped_genres_figure
from dashboard.kept import FEW, kept
from dashboard.query import listed
from dashboard.rows.altered import (
    ACCURACY,
    ALL,
    DIFFERENCE,
    UNALTERED,
    UNCHANGED,
    alteration_parameter,
    altered_answers,
    as_score,
    chosen_answers,
    models_parameter,
)
from dashboard.state import Results
from dashboard.words import robustness_sentences as sentences
from dashboard.words.wording import counted

Models = str | Sequence[str]
MISSING = Empty(
    "answers to altered clips. They need the clips themselves (data/README.md)", "make results-deep"
)
ROW_PX, MODEL_PX, AROUND_PX = 18, 5, 160


def update_header(
    results: Results, models: Models, alteration: str
) -> tuple[str, str, str, str, str]:
    """Return headline, method, what may be concluded, the picker's summary, window's title."""
    offered = models_parameter(results).options
    n_chosen = sum(model in offered for model in listed(models))
    summary = f"Choose models: {n_chosen} of {len(offered)}"
    if altered_answers(results).empty:
        return MISSING.sentence, "", "", summary, "Robustness · GenreLens"
    rows = chosen_answers(results, models, alteration)
    named = alteration_parameter(results).options.get(alteration, alteration)
    what = "" if alteration == ALL else f": {named}"
    return (
        sentences.headline(rows),
        sentences.method(results, rows),
        sentences.conclusions(rows),
        summary,
        f"Robustness of {counted(n_chosen, 'model')}{what} · GenreLens",
    )


@kept(FEW)
def update_unchanged(
    results: Results, models: Models, alteration: str, mode: object
) -> CardContent | Empty | Sentence:
    """Return the share of answers that stay, by alteration and model; unaltered all of them do."""
    rows = chosen_answers(results, models, alteration)
    if rows.empty:
        return _nothing(results)
    rows.loc[rows["alteration"] == UNALTERED, UNCHANGED] = 1.0  # by definition, not by measuring
    columns = ["condition", "short", *UNCHANGED, "n_units", "n_groups"]
    heads = ["Alteration", "Model", "Unchanged", "95 % low", "95 % high", "Clips", "Artists"]
    return CardContent(
        sentences.unchanged_sentence(rows),
        _figure(as_score(rows, UNCHANGED), "unchanged answers", mode),
        rows[columns].set_axis(heads, axis=1),
        runs=tuple(dict.fromkeys(rows["id"])),
    )


@kept(FEW)
def update_accuracy(
    results: Results, models: Models, alteration: str, mode: object
) -> CardContent | Empty | Sentence:
    """Return accuracy, beside the unaltered, by alteration and model."""
    rows = chosen_answers(results, models, alteration)
    if rows.empty:
        return _nothing(results)
    columns = ["condition", "short", *ACCURACY, *DIFFERENCE, "n_units", "n_groups"]
    heads = [
        "Alteration", "Model", "Accuracy", "95 % low", "95 % high", "Difference to unaltered",
        "difference, 95 % low", "difference, 95 % high", "Clips", "Artists",
    ]  # fmt: skip
    return CardContent(
        sentences.accuracy_sentence(rows),
        _figure(as_score(rows, ACCURACY), "accuracy", mode),
        rows[columns].set_axis(heads, axis=1),
        runs=tuple(dict.fromkeys(rows["id"])),
    )


def _figure(rows: pd.DataFrame, metric: str, mode: object) -> go.Figure:
    """Return a row an alteration and level, with a dot and an interval a model."""
    scores = rows.rename(columns={"condition": "genre"})
    conditions = list(dict.fromkeys(scores["genre"]))
    return grouped_genres_figure(scores, conditions, metric=metric, mode=theme.as_mode(mode))


def update_height(results: Results, models: Models, alteration: str) -> int:
    """Return the height of both figures, px; they have the same rows."""
    rows = chosen_answers(results, models, alteration)
    n_models = min(rows["short"].nunique(), MOST_DOTS)
    return AROUND_PX + max(1, rows["condition"].nunique()) * (ROW_PX + MODEL_PX * n_models)


def _nothing(results: Results) -> Empty | Sentence:
    """Return why a card is empty: nothing was computed, or no model is chosen."""
    return MISSING if altered_answers(results).empty else Sentence(sentences.NOTHING_CHOSEN)
