"""The sections of Explore: their cards with controls, and what is said where one is not there."""

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.card import CardContent, figure_card
from dashboard.components.controls import control_id, menu, options_of, switch
from dashboard.figures.clip_panels import HEIGHT_PX
from dashboard.figures.parallel import parallel_figure
from dashboard.kept import FEW, kept
from dashboard.pages import model_inside
from dashboard.pages.explore_choices import (
    described_features,
    scored,
    searched_parameter,
)
from dashboard.query import Choice, Parameter, listed
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_dataset, rows_of_features
from dashboard.state import Results
from dashboard.words.data_sentences import absence

PAGE = "explore"
PLANE, DISTRIBUTION, CORRELATIONS = "plane", "explore-distribution", "explore-correlations"
CLIP, COST, ABSTAIN, TRIALS = "clip", "cost", "abstain", "explore-trials"
DISTANCES, MISTAKES = "genre-distances", "mistakes"
STOPS = "abstain-stops"  # dcc.Store: sentence and points at each stop of the slider
CARDS = {
    PLANE: ("Two features as a plane", 640),
    DISTRIBUTION: ("One feature by genre", 600),
    CORRELATIONS: ("Features that say the same", 600),
    CLIP: ("One clip in six pictures", HEIGHT_PX),
    COST: ("Quality against cost", 560),
    ABSTAIN: ("When a model may keep silent", 460),
    DISTANCES: ("How far genres lie apart", 560),
    MISTAKES: ("What mistakes cost", 560),
    TRIALS: ("Settings that were tried", 440),
}
WIDE = {PLANE, CLIP, COST, TRIALS, ABSTAIN}
SECTIONS = {
    "features": ("Songs by their features", "Features", (PLANE, DISTRIBUTION, CORRELATIONS)),
    "clip": ("A clip, seen and measured", "Clip", (CLIP,)),
    "cost": ("What quality costs", "Cost", (COST, TRIALS)),
    "mistakes": ("Mistakes, and keeping silent", "Mistakes", (ABSTAIN, DISTANCES, MISTAKES)),
}
KINDS = {  # what a card needs; of a data set, of its features, of its runs
    PLANE: "track_features",
    DISTRIBUTION: "feature_distributions",
    CORRELATIONS: "feature_correlations",
    DISTANCES: "genre_distances",
    MISTAKES: "distance_scores",
    ABSTAIN: "coverage",
    TRIALS: "search_trials",
}


@dataclass(frozen=True)
class Shown:
    """What is hidden, in the order of ``CARDS``, and what each section says about it."""

    cards: list[bool]
    hides_model: bool
    reasons: list[str]


def update_header(results: Results, dataset: str, protocol: str) -> tuple[str, str]:
    """Return what the page is about, and the window's title."""
    title = selection.data_title(results, dataset)
    tested = selection.label(results, selection.protocol_of(results, protocol))
    said = (
        f"{title}. Scores count whole songs under “{tested}”; in brackets: 95 % intervals. A click "
        "on a song leads to its track, on a model to its page; in the tables these are links."
    )
    return said, f"Explore: {title}, {tested} · GenreLens"


@kept(FEW)
def update_shown(results: Results, dataset: str, protocol: str, colour: str) -> Shown:
    """Return which cards to hide, and what to run where results do not hold what one needs."""
    there = _there(results, dataset, protocol)
    title = selection.data_title(results, dataset)
    reasons = []
    for _, _, cards in SECTIONS.values():
        missing = [KINDS[card] for card in cards if not there[card] and card in KINDS]
        said = [absence(not results.analysis(kind).empty, kind, title) for kind in missing]
        reasons.append(" ".join(said))
    return Shown([not there[card] for card in CARDS], colour != "answer", reasons)


def _there(results: Results, dataset: str, protocol: str) -> dict[str, bool]:
    """Return whether results hold what each card needs."""
    runs = scored(results, dataset, selection.protocol_of(results, protocol))
    features = described_features(results, dataset)
    there = {CLIP: True, COST: len(runs) > 0}
    for card in (PLANE, DISTRIBUTION, CORRELATIONS):
        there[card] = len(rows_of_features(results, KINDS[card], dataset, features)) > 0
    for card in (DISTANCES, TRIALS):
        there[card] = len(rows_of_dataset(results, KINDS[card], dataset)) > 0
    for card in (ABSTAIN, MISTAKES):
        there[card] = bool(results.analysed_runs(KINDS[card]) & set(runs["id"]))
    return there


@kept(FEW)
def update_trials(
    results: Results, dataset: str, searched: str | None, mode: object, narrow: bool = False
) -> CardContent | None:
    """Return the trials of a search as on the Model page; None where none was searched."""
    offered = searched_parameter(results, dataset)
    model = searched if searched in offered.options else offered.default
    if not model:
        return None
    trials = results.analysis("search_trials")
    own = trials[
        trials["dataset"] + "." + trials["representation"] + "." + trials["model"] == model
    ]
    slug = str(results.protocols[own["protocol"].iloc[-1]]["slug"])
    chosen = (results, model, slug, mode, bool(narrow))
    return model_inside.update_trials(*chosen, draw=parallel_figure)


def jump_links() -> html.Nav:
    """Return links to the sections of this page; assets/jump.js follows them."""
    links: list[Component] = [
        html.A(word, href=f"#explore-{name}", className="jump-link")
        for name, (_, word, _) in SECTIONS.items()
    ]
    return html.Nav(links, className="jump-links", **aria(label="On this page"))


def sections(offered: list[Parameter], choice: Choice, shown: Shown) -> list[html.Section]:
    """Return all sections with their empty cards."""
    controls = _controls({parameter.name: parameter for parameter in offered}, choice, shown)
    hidden = dict(zip(CARDS, shown.cards, strict=True))
    made = []
    for (name, (title, _, cards)), reason in zip(SECTIONS.items(), shown.reasons, strict=True):
        slots = [
            html.Div(
                figure_card(
                    PAGE, card, CARDS[card][0], height_px=CARDS[card][1],
                    as_table=card in choice.tables, controls=controls.get(card, ()),
                ),
                id=f"{card}-slot",
                className="slot slot-wide" if card in WIDE else "slot",
                hidden=hidden[card],
            )
            for card in cards
        ]  # fmt: skip
        made.append(_section(f"explore-{name}", title, reason, slots))
    return made


def _section(name: str, title: str, reason: str, slots: list[html.Div]) -> html.Section:
    return html.Section(
        [
            html.H2(title, id=f"{name}-heading", className="section-heading"),
            html.P(reason, id=f"{name}-said", className="fine"),
            html.Div(slots, className="slots"),
        ],
        id=name,
        className="model-section",
        tabIndex=-1,
        **aria(labelledby=f"{name}-heading"),
    )


def _controls(
    offered: dict[str, Parameter], choice: Choice, shown: Shown
) -> dict[str, list[Component]]:
    """Return the controls of each card."""

    def chosen(name: str) -> html.Label:
        return menu(PAGE, offered[name], choice[name])

    return {
        PLANE: [
            chosen("x"),
            chosen("y"),
            switch(PAGE, offered["colour"], choice["colour"]),
            html.Div(chosen("model"), id="explore-model", hidden=shown.hides_model),
        ],
        DISTRIBUTION: [chosen("feature")],
        CLIP: [chosen("clip")],
        COST: [switch(PAGE, offered["cost"], choice["cost"])],
        ABSTAIN: [
            _slider(offered["answered"], choice["answered"]),
            _picker(offered["models"], choice["models"]),
        ],
        TRIALS: [chosen("searched")],
    }


def _slider(parameter: Parameter, value: str) -> html.Label:
    """Return the slider with what it stands at; its stops are the options of the parameter."""
    stops = list(map(int, parameter.options))
    return html.Label(
        [
            html.Span(
                [
                    f"{parameter.label}: ",
                    html.Output(parameter.options[value], id="answered-shown"),
                ],
                className="control-label",
            ),
            dbc.Input(
                id=control_id(PAGE, parameter.name),
                type="range",
                min=stops[0],
                max=stops[-1],
                step=stops[1] - stops[0],
                value=value,
                className="range",
            ),
        ],
        className=f"control control-{parameter.name}",
    )


def _picker(parameter: Parameter, value: str) -> html.Details:
    """Return the folded list of models to tick."""
    ticks = dbc.Checklist(
        id=control_id(PAGE, parameter.name),
        options=options_of(parameter),
        value=listed(value),
        className="pick-list",
    )
    fieldset = html.Fieldset(
        [html.Legend("Models", className="visually-hidden"), ticks], className="control"
    )
    return html.Details([html.Summary("Choose models"), fieldset], className="picker")
