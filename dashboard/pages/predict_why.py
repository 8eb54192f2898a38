"""The section "Why this answer" of the Predict page: four cards under the lanes.

The page mounts ``cards`` in its result and ``outputs`` in its callback, and fills them with what
``update`` returns. What the results do not hold is said in its card.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from dashboard.components.answer import honest_runs
from dashboard.components.card import (
    CardContent,
    Empty,
    Sentence,
    card_outputs,
    card_values,
    figure_card,
)
from dashboard.figures import why as figures
from dashboard.figures.predict import Answer
from dashboard.rows import why_tables as tables_of
from dashboard.theme import Mode
from dashboard.words import why_sentences as sentences
from dashboard.words.cautions import cautioned

PAGE = "predict"
WINDOWS, FEATURES = "predict-windows", "predict-features"
DISAGREEMENT, SETS = "predict-disagreement", "predict-sets"
CARDS = (WINDOWS, FEATURES, DISAGREEMENT, SETS)
TITLES = {
    WINDOWS: "Which seconds decided",
    FEATURES: "What is unusual for the genre",
    DISAGREEMENT: "When models disagree",
    SETS: "Genres that cannot be ruled out",
}
COMMAND = "make results"
Content = CardContent | Sentence | Empty


def cards(tables: Collection[str], n_models: int) -> list[Component]:
    """Return the section, empty; ``tables`` are the cards that start as a table."""
    heading = html.H2("Why this answer", id="predict-why", className="predict-why-heading")
    made = [
        figure_card(
            PAGE, card, TITLES[card], height_px=height_px(card, n_models, narrow=False),
            as_table=card in tables,
        )
        for card in CARDS
    ]  # fmt: skip
    return [heading, *made]


def height_px(card: str, n_models: int, *, narrow: bool) -> int:
    """Return the height of a card's figure, whatever clip comes."""
    others = min(max(n_models - 1, 1), figures.MOST_OTHERS)
    rows = {FEATURES: figures.MOST_FEATURES, DISAGREEMENT: others}.get(card, n_models)
    titled, legend = card != SETS, card in (WINDOWS, DISAGREEMENT)
    return figures.rows_height_px(rows, titled=titled, legend=legend, narrow=narrow)


def heights(n_models: int) -> dict[str, str]:
    """Return the style that tells assets/predict.css the heights on a phone."""
    return {
        f"--{card.removeprefix('predict-')}-height": f"{height_px(card, n_models, narrow=True)}px"
        for card in CARDS
    }


def outputs() -> list[Output]:
    """Return the callback outputs of all cards."""
    return [output for card in CARDS for output in card_outputs(card)]


def update(answer: Answer, mode: Mode, *, narrow: bool) -> tuple[Any, ...]:
    """Return the values of all cards, in the order of ``outputs``."""
    if not all("why" in model for model in answer["models"]):  # of a server before an upgrade
        again = Empty("why the models answered so", "the clip again")
        return tuple(value for _ in CARDS for value in card_values(again, mode))
    contents = (
        _windows(answer, mode, narrow=narrow),
        _features(answer, mode, narrow=narrow),
        _disagreement(answer, mode, narrow=narrow),
        _sets(answer, mode, narrow=narrow),
    )
    return tuple(
        value for content in contents for value in card_values(_cautioned(answer, content), mode)
    )


def _cautioned(answer: Answer, content: Content) -> Content:
    """Return a card's content, whose sentence begins with why not to rely on it, if so."""
    if isinstance(content, Empty):
        return content
    return replace(content, sentence=cautioned(answer, content.sentence))


def _windows(answer: Answer, mode: Mode, *, narrow: bool) -> CardContent:
    return CardContent(
        sentences.windows_sentence(answer),
        figures.windows_figure(answer, mode=mode, narrow=narrow),
        tables_of.roles_table(answer),
        runs=honest_runs(answer),
    )


def _features(answer: Answer, mode: Mode, *, narrow: bool) -> CardContent | Empty:
    model = sentences.features_model(answer)
    if model is None:
        return Empty("where the features of each genre usually lie", COMMAND)
    return CardContent(
        sentences.features_sentence(model),
        figures.features_figure(model, mode=mode, narrow=narrow),
        tables_of.features_table(model),
        runs=honest_runs({"models": [model]}),
    )


def _disagreement(answer: Answer, mode: Mode, *, narrow: bool) -> CardContent | Sentence:
    sentence = sentences.disagreement_sentence(answer)
    if not sentences.differing(answer):
        return Sentence(sentence)
    return CardContent(
        sentence,
        figures.disagreement_figure(answer, mode=mode, narrow=narrow),
        tables_of.disagreement_table(answer),
        runs=honest_runs(answer),
    )


def _sets(answer: Answer, mode: Mode, *, narrow: bool) -> CardContent | Empty:
    sentence = sentences.sets_sentence(answer)
    if not sentence:
        return Empty("sets of 90 % of the served models", COMMAND)
    return CardContent(
        sentence,
        figures.sets_figure(answer, mode=mode, narrow=narrow),
        tables_of.sets_table(answer),
        runs=tuple(m["prediction_set"]["id"] for m in answer["models"] if m["prediction_set"]),
    )
