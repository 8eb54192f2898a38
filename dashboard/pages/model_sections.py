"""The Model page below the scores: sections of cards, of which a run has some or all.

Every card sits in a slot, "<card id>-slot", whose ``hidden`` a callback sets.
"""

from typing import Any

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.components.attributes import aria
from dashboard.components.card import card_outputs, card_values, figure_card
from dashboard.components.controls import (
    address_id,
    control_id,
    control_input,
    menu,
    switch,
)
from dashboard.components.opening import Opening
from dashboard.kept import kept
from dashboard.pages import model_curves, model_inside, model_network, model_worth
from dashboard.pages.model_cards import (
    ABSTENTION,
    ARCHITECTURE,
    CALIBRATION,
    CARDS,
    CURVES,
    FILTERS,
    IMPORTANCES,
    INGREDIENTS,
    ORDER,
    PICTURE_AUDIO,
    SALIENCY,
    SECTIONS,
    SETS,
    SWEEPS,
    TRAINING,
    TRIALS,
    SectionOfCards,
    introduction,
    is_there,
)
from dashboard.pages.model_updates import shown_run
from dashboard.query import Choice, Parameter
from dashboard.state import Results
from dashboard.state import State as ResultsState

HEIGHTS_PX = {
    CURVES: 560, CALIBRATION: 460, SETS: 560, ABSTENTION: 460, TRIALS: 420, SALIENCY: 560,
    FILTERS: 380,
}  # fmt: skip
HEIGHT_PX = 420
PARAMETERS = [model_curves.CURVE, model_inside.IMPORTANCE]
IMPORTANCE_SWITCH = "model-importance-switch"


@kept()
def update_shown(results: Results, model: str, protocol: str) -> dict[str, Any]:
    """Return, by id, whether slots, sections and links are hidden, and what introductions say."""
    run = shown_run(results, model, protocol)
    clusters = run["technique"] == "unsupervised"
    shown: dict[str, Any] = {}
    for section in SECTIONS:
        there = {card: not clusters and is_there(results, run, card) for card in section.cards}
        hidden = clusters or (section.optional and not any(there.values()))
        shown[f"model-{section.name}"] = shown[f"model-{section.name}-link"] = hidden
        said = "" if hidden else introduction(results, run, section)
        shown[f"model-{section.name}-said"] = said
        shown |= {_slot(card): not known for card, known in there.items()}
    shown[IMPORTANCE_SWITCH] = model_inside.update_importance_switch(results, model, protocol)
    return shown


def jump_links(shown: dict[str, Any]) -> html.Nav:
    """Return links to the sections of this page; assets/jump.js follows them."""
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


def sections(
    page: str, choice: Choice, shown: dict[str, Any], track: Parameter
) -> list[html.Section]:
    """Return all sections with their empty cards, hidden where the run has nothing for them."""
    controls: dict[str, list[Component]] = {
        CURVES: [switch(page, model_curves.CURVE, choice["curve"])],
        SALIENCY: [menu(page, track, choice.values.get(track.name, track.default))],
        IMPORTANCES: [
            html.Div(
                switch(page, model_inside.IMPORTANCE, choice["importance"]),
                id=IMPORTANCE_SWITCH,
                hidden=shown[IMPORTANCE_SWITCH],
            )
        ],
    }
    return [_section(page, section, choice, shown, controls) for section in SECTIONS]


def _section(
    page: str,
    section: SectionOfCards,
    choice: Choice,
    shown: dict[str, Any],
    controls: dict[str, list[Component]],
) -> html.Section:
    name = f"model-{section.name}"
    slots = [
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
    ]  # fmt: skip
    return html.Section(
        [
            html.H2(section.heading, className="section-heading", id=f"{name}-heading"),
            html.P(shown[f"{name}-said"], className="fine", id=f"{name}-said"),
            html.Div(slots, className=f"slots slots-{section.name}"),
        ],
        id=name,
        className="model-section",
        hidden=shown[name],
        tabIndex=-1,
        **aria(labelledby=f"{name}-heading"),
    )


def _slot(card: str) -> str:
    return f"{card}-slot"


def register_callbacks(app: Dash, opening: Opening, state: ResultsState, page: str) -> None:
    """Connect the controls of the page with the cards of these sections."""
    names = ("model", "protocol", "curve", "importance")
    model, protocol, curve, importance = (control_input(page, name) for name in names)
    mode, narrow = shell.MODE, Input(shell.NARROW, "data")
    updates = {
        CALIBRATION: model_curves.update_calibration,
        SETS: model_curves.update_sets,
        ABSTENTION: model_curves.update_abstention,
        SWEEPS: model_inside.update_sweeps,
        TRAINING: model_network.update_training,
        ORDER: model_worth.update_order,
    }
    for card, update in updates.items():

        @opening.callback(card_outputs(card), model, protocol, mode)
        def plain(*chosen: str, update: Any = update) -> tuple[Any, ...]:
            return card_values(update(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(CURVES), model, protocol, curve, mode)
    def curves(*chosen: str) -> tuple[Any, ...]:
        return card_values(model_curves.update_curves(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(IMPORTANCES), model, protocol, importance, mode)
    def importances(*chosen: str) -> tuple[Any, ...]:
        return card_values(model_inside.update_importances(state.current(), *chosen), chosen[-1])

    @opening.callback(card_outputs(TRIALS), model, protocol, mode, narrow)
    def trials(model: str, protocol: str, mode: str, narrow: bool) -> tuple[Any, ...]:
        chosen = (state.current(), model, protocol, mode, bool(narrow))
        return card_values(model_inside.update_trials(*chosen), mode)

    _register_network(app, opening, state, page)
    _register_shown(app, state, model, protocol)


def _register_network(app: Dash, opening: Opening, state: ResultsState, page: str) -> None:
    """Connect the cards of networks that are the same under every protocol."""
    model, track = control_input(page, "model"), control_input(page, model_network.TRACK)
    mode, narrow = shell.MODE, Input(shell.NARROW, "data")
    updates = {
        INGREDIENTS: model_worth.update_ingredients,
        PICTURE_AUDIO: model_worth.update_picture_audio,
    }
    for card, update in updates.items():

        @opening.callback(card_outputs(card), model, mode)
        def plain(model: str, mode: str, update: Any = update) -> tuple[Any, ...]:
            return card_values(update(state.current(), model, mode), mode)

    @opening.callback(
        [*card_outputs(ARCHITECTURE), Output(f"{ARCHITECTURE}-figure", "style")], model, mode
    )
    def architecture(model: str, mode: str) -> tuple[Any, ...]:
        content, style = model_network.update_architecture(state.current(), model, mode)
        return *card_values(content, mode), style

    @opening.callback(card_outputs(FILTERS), model, mode, narrow)
    def filters(model: str, mode: str, narrow: bool) -> tuple[Any, ...]:
        content = model_network.update_filters(state.current(), model, mode, bool(narrow))
        return card_values(content, mode)

    @opening.callback(card_outputs(SALIENCY), model, track, mode)
    def saliency(model: str, track: str | None, mode: str) -> tuple[Any, ...]:
        content = model_network.update_saliency(state.current(), model, track, mode)
        return card_values(content, mode)

    @app.callback(
        Output(control_id(page, model_network.TRACK), "options"),
        Output(control_id(page, model_network.TRACK), "value"),
        Output(address_id(page), "data"),
        model,
        State(control_id(page, model_network.TRACK), "value"),
        State(address_id(page), "data"),
        prevent_initial_call=True,
    )
    def tracks(model: str, track: str | None, address: dict[str, Any]) -> tuple[Any, ...]:
        return model_network.update_track(state.current(), model, track, address)


def _register_shown(app: Dash, state: ResultsState, model: Input, protocol: Input) -> None:
    """Hide what a run has nothing for."""
    hidden = [*map(_slot, CARDS), IMPORTANCE_SWITCH]
    for section in SECTIONS:
        hidden += [f"model-{section.name}", f"model-{section.name}-link"]
    said = [f"model-{section.name}-said" for section in SECTIONS]

    @app.callback(
        *[Output(name, "hidden") for name in hidden],
        *[Output(name, "children") for name in said],
        model,
        protocol,
        prevent_initial_call=True,
    )
    def shown(model: str, protocol: str) -> tuple[Any, ...]:
        values = update_shown(state.current(), model, protocol)
        return tuple(values[name] for name in (*hidden, *said))
