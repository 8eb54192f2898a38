"""The cards of the Model page below the scores: their sections, and which of them a run has.

A card that a run has nothing for is hidden, and its section says why where a visitor would look
for it. Sections about networks are hidden as a whole where a run has none of their cards.
"""

from dataclasses import dataclass

import pandas as pd

from dashboard.pages.model_worth import ablations_of, shuffled_effects
from dashboard.rows.analyses import NETWORKS, rows_of_model
from dashboard.state import Results

CURVES, CALIBRATION, SETS, ABSTENTION = "curves", "calibration", "sets", "abstention"
IMPORTANCES, SWEEPS, TRIALS, TRAINING = "importances", "sweeps", "trials", "training"
ARCHITECTURE, FILTERS, SALIENCY = "architecture", "filters", "saliency"
ORDER, INGREDIENTS, PICTURE_AUDIO = "order", "ingredients", "picture-audio"


@dataclass(frozen=True)
class SectionOfCards:
    """A heading with an introduction, and the cards below it by id, with their titles."""

    name: str
    link: str
    heading: str
    introduction: str
    cards: dict[str, str]
    optional: bool = False


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
        "network",
        "Network",
        "How the network is built, and where it looks",
        "Layers, kernels and weights are those of the network trained for “new artist, faults "
        "removed”, whichever protocol is chosen above.",
        {
            ARCHITECTURE: "Architecture",
            TRAINING: "Training",
            SALIENCY: "Where it looked",
            FILTERS: "First-layer filters",
        },
        optional=True,
    ),
    SectionOfCards(
        "worth",
        "What it gains by",
        "What its parts are worth",
        "Differences are paired: the same songs, with and without.",
        {
            ORDER: "What order in time is worth",
            INGREDIENTS: "What each ingredient is worth",
            PICTURE_AUDIO: "Picture against audio",
        },
        optional=True,
    ),
    SectionOfCards(
        "inside",
        "Inside the model",
        "What it goes by, and how it was made",
        "Importances count whole songs; settings are judged inside training parts only.",
        {
            IMPORTANCES: "What it goes by",
            SWEEPS: "One setting at a time",
            TRIALS: "The search for its settings",
        },
    ),
)
CARDS = [card for section in SECTIONS for card in section.cards]
OF_RUN = {  # card -> the analysis of one run that it needs
    CURVES: "roc", CALIBRATION: "calibration", SETS: "prediction_sets", ABSTENTION: "coverage",
    IMPORTANCES: "importances",
}  # fmt: skip
OF_MODEL = {SWEEPS: "sweeps", TRIALS: "search_trials"}  # whatever the protocol
OF_NETWORK = {
    ARCHITECTURE: "architectures", FILTERS: "filters", SALIENCY: "saliency",
    PICTURE_AUDIO: "picture_audio",
}  # fmt: skip
WORDS = {
    CURVES: "ROC and precision-recall curves", CALIBRATION: "calibration",
    SETS: "prediction sets", ABSTENTION: "accuracy by coverage", IMPORTANCES: "importances",
    SWEEPS: "sweep over one setting", TRIALS: "search for settings",
}  # fmt: skip
# Of networks: what is not there, and where it would come from.
REASONS = {
    ARCHITECTURE: "a drawing of the layers (“make results-deep” draws networks on spectrograms)",
    TRAINING: "training curves (the network was not trained in epochs under this protocol)",
    FILTERS: "first-layer filters (only networks that begin with a convolution have them)",
    SALIENCY: "a map of where it looked (“make results-deep” looks into networks on spectrograms)",
    ORDER: "the same model on shuffled pieces (“make results-deep-full” trains networks that "
    "read the order of a clip a second time without it)",
    INGREDIENTS: "ablations (“make results-deep-full” takes our own networks apart)",
    PICTURE_AUDIO: "a comparison of picture and audio (only for what answers uploaded clips)",
}


def is_there(results: Results, run: pd.Series, card: str) -> bool:
    """Return whether a run has what a card shows."""
    if card == TRAINING:
        return run["technique"] != "unsupervised" and results.history(run["id"]) is not None
    if card == ORDER:
        return not shuffled_effects(results, run).empty
    if card == INGREDIENTS:
        return not ablations_of(results, run["served_id"]).empty
    if card in OF_MODEL:
        return not rows_of_model(results, OF_MODEL[card], run).empty
    if card in OF_NETWORK:
        return f"{run['served_id']}.{NETWORKS}" in results.analysed_runs(OF_NETWORK[card])
    return run["id"] in results.analysed_runs(OF_RUN[card])


def introduction(results: Results, run: pd.Series, section: SectionOfCards) -> str:
    """Return what a section shows of a run, and what it does not show and why."""
    absent = [card for card in section.cards if not is_there(results, run, card)]
    if not absent:
        return section.introduction
    introduced = set(section.cards) - set(absent) - {TRAINING}  # curves speak for themselves
    before = f"{section.introduction} " if introduced else ""
    if section.optional:
        return f"{before}Not here: {'; '.join(REASONS[card] for card in absent)}."
    listed = [WORDS[card] for card in absent]
    named = f"{', '.join(listed[:-1])} or {listed[-1]}" if len(listed) > 1 else listed[0]
    because = results.metadata[run["id"]]["missing"].get("log_loss")
    if section.name == "probabilities" and because:
        return f"{before}This run has no {named}: {because}."
    return (
        f"{before}These results hold no {named} of this model: “make results” computes what every "
        "model can have, “make results-full” also searches and sweeps, for some models."
    )
