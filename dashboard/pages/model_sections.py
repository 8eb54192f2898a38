"""The Model page below the scores: two sections of cards, of which a run has some or all.

A card that a run has nothing for is hidden, and the section says why where a visitor would look
for it. Every card sits in a slot, "<card id>-slot", whose ``hidden`` a callback sets.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.analyses import rows_of_model, rows_of_run
from dashboard.components.attributes import aria
from dashboard.components.card import card_outputs, card_values, figure_card
from dashboard.components.controls import control_input, switch
from dashboard.pages import model_curves, model_inside
from dashboard.pages.model_updates import shown_run, update_training
from dashboard.query import Choice
from dashboard.state import Results, State

CURVES, CALIBRATION, SETS, ABSTENTION = "curves", "calibration", "sets", "abstention"
IMPORTANCES, SWEEPS, TRIALS, TRAINING = "importances", "sweeps", "trials", "training"
HEIGHTS_PX = {CURVES: 560, CALIBRATION: 460, SETS: 560, ABSTENTION: 460, TRIALS: 420}
HEIGHT_PX = 420
PARAMETERS = [model_curves.CURVE, model_inside.IMPORTANCE]
IMPORTANCE_SWITCH = "model-importance-switch"


@dataclass(frozen=True)
class SectionOfCards:
    """A heading with an introduction, and the cards below it by id, with their titles."""

    name: str
    link: str
    heading: str
    introduction: str
    cards: dict[str, str]


SECTIONS = (
    SectionOfCards(
        "probabilities",
        "Probabilities",
        "How far its probabilities can be trusted",
        "These figures count whole songs, whichever unit is chosen above.",
        {
            CURVES: "Every threshold, genre by genre",
            SETS: "Sets of genres that hold the true one",
            CALIBRATION: "Sure and right",
            ABSTENTION: "When it may say “I do not know”",
        },
    ),
    SectionOfCards(
        "inside",
        "Inside the model",
        "What it goes by, and how it was made",
        "Importances count whole songs; settings are judged inside training parts only.",
        {
            IMPORTANCES: "What it goes by",
            SWEEPS: "One setting at a time",
            TRAINING: "Training",
            TRIALS: "The search for its settings",
        },
    ),
)
CARDS = [card for section in SECTIONS for card in section.cards]
KINDS = {  # card -> the analysis that it needs; training has its own callback
    CURVES: "roc", CALIBRATION: "calibration", SETS: "prediction_sets", ABSTENTION: "coverage",
    IMPORTANCES: "importances", SWEEPS: "sweeps", TRIALS: "search_trials",
}  # fmt: skip
OF_MODEL = {SWEEPS, TRIALS}  # not of one run
WORDS = {
    CURVES: "ROC and precision-recall curves", CALIBRATION: "calibration",
    SETS: "prediction sets", ABSTENTION: "accuracy by coverage", IMPORTANCES: "importances",
    SWEEPS: "a sweep over one setting", TRIALS: "a search for settings",
}  # fmt: skip


def is_there(results: Results, run: pd.Series, card: str) -> bool:
    """Return whether a run has what a card shows."""
    if card == TRAINING:
        return run["technique"] != "unsupervised" and results.history(run["id"]) is not None
    kind = KINDS[card]
    if card in OF_MODEL:
        return not rows_of_model(results, kind, run).empty
    return not rows_of_run(results, kind, run["id"]).empty


def introduction(results: Results, run: pd.Series, section: SectionOfCards) -> str:
    """Return what a section shows of a run, and what it does not show and why."""
    absent = [card for card in section.cards if card in KINDS and not is_there(results, run, card)]
    if not absent:
        return section.introduction
    introduced = any(is_there(results, run, card) for card in section.cards)
    before = f"{section.introduction} " if introduced else ""
    listed = [WORDS[card] for card in absent]
    named = f"{', '.join(listed[:-1])} or {listed[-1]}" if len(listed) > 1 else listed[0]
    because = results.metadata[run["id"]]["missing"].get("log_loss")
    if section.name == "probabilities" and because:
        return f"{before}This run has no {named}: {because}."
    return (
        f"{before}These results hold no {named} of this model: “make results” computes what every "
        "model can have, “make results-full” also searches and sweeps, for some models."
    )


def update_shown(results: Results, model: str, protocol: str) -> dict[str, Any]:
    """Return, by id, whether slots, sections and links are hidden, and what introductions say."""
    run = shown_run(results, model, protocol)
    clusters = run["technique"] == "unsupervised"
    shown: dict[str, Any] = {}
    for section in SECTIONS:
        shown[f"model-{section.name}"] = shown[f"model-{section.name}-link"] = clusters
        said = "" if clusters else introduction(results, run, section)
        shown[f"model-{section.name}-said"] = said
        for card in section.cards:
            shown[f"{card}-slot"] = clusters or not is_there(results, run, card)
    shown["model-training-slot"] = shown.pop(f"{TRAINING}-slot")
    shown[IMPORTANCE_SWITCH] = model_inside.update_importance_switch(results, model, protocol)
    return shown


def jump_links(results: Results, model: str, protocol: str) -> html.Nav:
    """Return links to the sections of this page; assets/jump.js follows them."""
    shown = update_shown(results, model, protocol)
    links: list[Component] = [html.A("Scores", href="#model-scores", className="jump-link")]
    links += [
        html.A(
            section.link,
            href=f"#model-{section.name}",
            className="jump-link",
            id=f"model-{section.name}-link",
            hidden=shown[f"model-{section.name}-link"],
        )
        for section in SECTIONS
    ]
    links.append(html.A("Parameters", href="#model-provenance", className="jump-link"))
    return html.Nav(links, className="jump-links", **aria(label="On this page"))


def sections(page: str, choice: Choice, shown: dict[str, Any]) -> list[html.Section]:
    """Return both sections with their empty cards, hidden where the run has nothing for them."""
    controls: dict[str, list[Component]] = {
        CURVES: [switch(page, model_curves.CURVE, choice["curve"])],
        IMPORTANCES: [
            html.Div(
                switch(page, model_inside.IMPORTANCE, choice["importance"]),
                id=IMPORTANCE_SWITCH,
                hidden=shown[IMPORTANCE_SWITCH],
            )
        ],
    }
    return [
        html.Section(
            [
                html.H2(
                    section.heading,
                    className="section-heading",
                    id=f"model-{section.name}-heading",
                ),
                html.P(
                    shown[f"model-{section.name}-said"],
                    className="fine",
                    id=f"model-{section.name}-said",
                ),
                html.Div(
                    [
                        html.Div(
                            figure_card(
                                page, card, title, height_px=HEIGHTS_PX.get(card, HEIGHT_PX),
                                as_table=card in choice.tables, controls=controls.get(card, ()),
                            ),
                            id=_slot(card),
                            className="slot slot-wide" if card == TRIALS else "slot",
                            hidden=shown[_slot(card)],
                        )
                        for card, title in section.cards.items()
                    ],
                    className="slots",
                ),
            ],
            id=f"model-{section.name}",
            className="model-section",
            hidden=shown[f"model-{section.name}"],
            tabIndex=-1,
            **aria(labelledby=f"model-{section.name}-heading"),
        )
        for section in SECTIONS
    ]  # fmt: skip


def _slot(card: str) -> str:
    return "model-training-slot" if card == TRAINING else f"{card}-slot"


def register_callbacks(app: Dash, state: State, page: str) -> None:
    """Connect the controls of the page with the cards of these sections."""
    model, protocol, curve, importance = (
        control_input(page, name) for name in ("model", "protocol", "curve", "importance")
    )
    mode = Input(shell.COLOUR_MODE, "data")
    updates = {
        CALIBRATION: model_curves.update_calibration,
        SETS: model_curves.update_sets,
        ABSTENTION: model_curves.update_abstention,
        SWEEPS: model_inside.update_sweeps,
        TRAINING: update_training,
    }
    for card, update in updates.items():

        @app.callback(card_outputs(card), model, protocol, mode)
        def plain(*chosen: str, update: Any = update) -> tuple[Any, ...]:
            return card_values(update(state.current(), *chosen), chosen[-1])

    @app.callback(card_outputs(CURVES), model, protocol, curve, mode)
    def curves(*chosen: str) -> tuple[Any, ...]:
        return card_values(model_curves.update_curves(state.current(), *chosen), chosen[-1])

    @app.callback(card_outputs(IMPORTANCES), model, protocol, importance, mode)
    def importances(*chosen: str) -> tuple[Any, ...]:
        return card_values(model_inside.update_importances(state.current(), *chosen), chosen[-1])

    @app.callback(card_outputs(TRIALS), model, protocol, mode, Input(shell.NARROW, "data"))
    def trials(model: str, protocol: str, mode: str, narrow: bool) -> tuple[Any, ...]:
        chosen = (state.current(), model, protocol, mode, bool(narrow))
        return card_values(model_inside.update_trials(*chosen), mode)

    _register_shown(app, state, model, protocol)


def _register_shown(app: Dash, state: State, model: Input, protocol: Input) -> None:
    """Hide what a run has nothing for."""
    hidden = [f"{card}-slot" for card in CARDS if card != TRAINING] + [IMPORTANCE_SWITCH]
    for section in SECTIONS:
        hidden += [f"model-{section.name}", f"model-{section.name}-link"]
    said = [f"model-{section.name}-said" for section in SECTIONS]

    @app.callback(
        *[Output(name, "hidden") for name in hidden],
        *[Output(name, "children") for name in said],
        model,
        protocol,
    )
    def shown(model: str, protocol: str) -> tuple[Any, ...]:
        values = update_shown(state.current(), model, protocol)
        return tuple(values[name] for name in (*hidden, *said))
