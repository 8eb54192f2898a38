"""What the Robustness page shows for a choice: plain functions from results to text and figures."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import robustness_sentences as sentences
from dashboard import theme
from dashboard.altered import (
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
from dashboard.components.card import CardContent, Empty
from dashboard.figures.grouped_genres import MOST_DOTS, grouped_genres_figure
from dashboard.kept import FEW, kept
from dashboard.query import listed
from dashboard.state import Results

Models = str | Sequence[str]
Card = tuple[CardContent | Empty, dict[str, str]]
MISSING = Empty(
    "answers to altered clips. They need the clips themselves (data/README.md)", "make results-deep"
)
ROW_PX, MODEL_PX, AROUND_PX = 18, 5, 120


class NothingChosen(Empty):
    """A card that waits for a choice of models."""

    @property
    def sentence(self) -> str:
        """What to do."""
        return sentences.NOTHING_CHOSEN


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
        f"Robustness{what} · GenreLens",
    )


@kept(FEW)
def update_unchanged(results: Results, models: Models, alteration: str, mode: object) -> Card:
    """Return the share of answers that stay, by alteration and model, and the figure's height."""
    rows = chosen_answers(results, models, alteration)
    rows = rows[rows["alteration"] != UNALTERED]
    if rows.empty:
        return _nothing(results)
    columns = ["condition", "short", *UNCHANGED, "n_units", "n_groups"]
    heads = ["Alteration", "Model", "Unchanged", "95 % low", "95 % high", "Clips", "Artists"]
    content = CardContent(
        sentences.unchanged_sentence(rows),
        _figure(as_score(rows, UNCHANGED), "unchanged answers", mode),
        rows[columns].set_axis(heads, axis=1),
        runs=tuple(dict.fromkeys(rows["id"])),
    )
    return content, _style(rows)


@kept(FEW)
def update_accuracy(results: Results, models: Models, alteration: str, mode: object) -> Card:
    """Return accuracy, beside the unaltered, by alteration and model, and the figure's height."""
    rows = chosen_answers(results, models, alteration)
    if rows.empty:
        return _nothing(results)
    columns = ["condition", "short", *ACCURACY, *DIFFERENCE, "n_units", "n_groups"]
    heads = [
        "Alteration", "Model", "Accuracy", "95 % low", "95 % high", "Difference to unaltered",
        "difference, 95 % low", "difference, 95 % high", "Clips", "Artists",
    ]  # fmt: skip
    content = CardContent(
        sentences.accuracy_sentence(rows),
        _figure(as_score(rows, ACCURACY), "accuracy", mode),
        rows[columns].set_axis(heads, axis=1),
        runs=tuple(dict.fromkeys(rows["id"])),
    )
    return content, _style(rows)


def _figure(rows: pd.DataFrame, metric: str, mode: object) -> go.Figure:
    """Return a row an alteration and level, with a dot and an interval a model."""
    scores = rows.rename(columns={"condition": "genre"})
    conditions = list(dict.fromkeys(scores["genre"]))
    return grouped_genres_figure(scores, conditions, metric=metric, mode=theme.as_mode(mode))


def _style(rows: pd.DataFrame) -> dict[str, str]:
    """Return the height that so many rows of so many models need."""
    n_models = min(rows["short"].nunique(), MOST_DOTS)
    height_px = AROUND_PX + rows["condition"].nunique() * (ROW_PX + MODEL_PX * n_models)
    return {"height": f"{height_px}px"}


def _nothing(results: Results) -> Card:
    """Return why a card is empty: nothing was computed, or no model is chosen."""
    computed = not altered_answers(results).empty
    return (NothingChosen("") if computed else MISSING), {"height": "300px"}
