"""The page where a visitor drops a clip and sees what each model hears in it.

The browser's part is assets/predict.js: it sends the file, shows the progress, and puts the answer
into a store; from there on this is a page like the others. Elements that the script fills are empty
here and have no callback.
"""

import json
from typing import Any

import dash
from dash import ClientsideFunction, Dash, Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.components import answer as answer_texts
from dashboard.components.attributes import aria, data
from dashboard.components.card import (
    CardContent,
    card_outputs,
    card_values,
    figure_card,
)
from dashboard.components.controls import page_frame
from dashboard.figures import predict as figures
from dashboard.query import read_choice
from dashboard.shell import MODE
from dashboard.state import State, current_state
from dashboard.theme import as_mode
from pipeline import artifacts
from pipeline.audio import ACCEPTED_FORMATS, AUDIO_SUFFIXES
from pipeline.config import LIMITS, REPOSITORY

PATH = "/predict"
NAME = "Predict"
TITLE = "What do the models hear? · GenreLens"
DESCRIPTION = "Drop a clip and see which genre each model hears in it."

PAGE = "predict"
CLIP, PROBABILITIES = "predict-clip", "predict-probabilities"
CARDS = (CLIP, PROBABILITIES)
EXAMPLES = REPOSITORY / "assets" / "examples" / "examples.json"


def layout(**query: Any) -> Component:
    """Return the page.

    Raises
    ------
    ResultsError
        If there is no served model.
    """
    results = current_state().current()
    n_models = len(artifacts.read_cards(results.folder))
    choice = read_choice(query, (), CARDS)
    children = [
        html.H1("What do the models hear in your music?"),
        html.P(_limits(), className="fine"),
        _drop_zone(),
        _examples(),
        _status(),
        _result(n_models, choice.tables),
        dcc.Store(id="predict-answer"),
        dcc.Store(id="predict-narrow"),
    ]
    return page_frame(PAGE, PATH, children, parameters=(), choice=choice)


def register_callbacks(app: Dash, state: State) -> None:
    """Register the page's callbacks on the app."""
    app.clientside_callback(
        ClientsideFunction("genrelensPredict", "mount"),
        Output("predict-narrow", "data"),
        Input("predict-drop", "id"),
    )

    @app.callback(
        Output("predict-result", "hidden"),
        Output("predict-summary", "children"),
        *card_outputs(CLIP),
        *card_outputs(PROBABILITIES),
        Input("predict-answer", "data"),
        MODE,
        Input("predict-narrow", "data"),
    )
    def draw(answer: dict[str, Any] | None, mode: str, narrow: bool) -> tuple[Any, ...]:
        return update_result(answer, mode, narrow=bool(narrow))


def update_result(answer: dict[str, Any] | None, mode: str, *, narrow: bool) -> tuple[Any, ...]:
    """Return whether the result is hidden, its summary, and the values of both cards."""
    if not answer:
        return (True, [], *[no_update] * 6)
    chosen = as_mode(mode)
    clip = CardContent(
        answer_texts.clip_sentence(answer),
        figures.clip_figure(answer, mode=chosen, narrow=narrow),
        answer_texts.windows_table(answer),
        runs=answer_texts.honest_runs(answer),
    )
    probabilities = CardContent(
        answer_texts.probabilities_sentence(answer),
        figures.probabilities_figure(answer, mode=chosen, narrow=narrow),
        answer_texts.probabilities_table(answer),
        runs=answer_texts.honest_runs(answer),
    )
    return (False, update_summary(answer), *card_values(clip), *card_values(probabilities))


def update_summary(answer: dict[str, Any]) -> list[Component]:
    """Return the sentences above the figures."""
    closest = answer_texts.closest_sentence(answer)
    return [
        html.P(answer_texts.headline(answer), className="predict-headline"),
        *answer_texts.flag_notes(answer),
        html.P(answer_texts.trust_sentence(answer), className="predict-trust"),
        html.P(closest, className="fine", hidden=not closest),
        html.P(answer_texts.timing_sentence(answer), className="fine"),
    ]


def _limits() -> str:
    return (
        f"{', '.join(ACCEPTED_FORMATS)}; up to {LIMITS.max_bytes // 2**20} MB and "
        f"{LIMITS.max_duration_s / 60:g} minutes, at least {LIMITS.min_duration_s:g} s. "
        "Analysed in memory, not kept. Your clip is never in the link."
    )


def _drop_zone() -> html.Div:
    """Return where a file goes; the script puts the browser's own file input into the slot."""
    suffixes = ",".join(AUDIO_SUFFIXES)
    slot = html.Span(
        id="predict-slot",
        **data(
            accept=f"audio/*,{suffixes}",
            max_bytes=str(LIMITS.max_bytes),
            action=f"{dash.get_app().config.requests_pathname_prefix}api/predict",
        ),
    )
    return html.Div(
        [
            slot,
            html.Label(
                "Choose a file", htmlFor="predict-input", id="predict-label", className="choose"
            ),
            html.Span("or drop a song here", className="drop-hint"),
        ],
        id="predict-drop",
        className="drop-zone",
    )


def _examples() -> html.Div | None:
    """Return a button for each example clip that is there."""
    if not EXAMPLES.is_file():
        return None
    buttons = [
        html.Button(
            example["title"],
            type="button",
            className="tool-button",
            title=example["caption"],
            **data(example=dash.get_asset_url(f"examples/{example['file']}")),
        )
        for example in json.loads(EXAMPLES.read_text(encoding="utf-8"))
    ]
    hint = html.Span("No file at hand? Try a synthetic one:", className="fine")
    return html.Div([hint, *buttons], className="predict-examples")


def _status() -> html.Div:
    """Return where progress and errors appear; its height is kept, so nothing jumps."""
    bar = html.Div(html.Div(id="predict-bar"), className="predict-track", **aria(hidden="true"))
    return html.Div(
        [
            html.Div(
                [
                    bar,
                    html.Span(id="predict-step"),
                    html.Button(
                        "Cancel", type="button", id="predict-cancel", className="tool-button"
                    ),
                ],
                id="predict-progress",
                className="predict-progress idle",
            ),
            html.Div(
                id="predict-live", className="visually-hidden", role="status", **aria(live="polite")
            ),
            html.Div(id="predict-error", className="message idle", role="alert", tabIndex=-1),
        ],
        className="predict-status",
    )


def _result(n_models: int, tables: frozenset[str]) -> html.Div:
    """Return the empty result."""
    wide = {
        CLIP: figures.clip_height_px(n_models, narrow=False),
        PROBABILITIES: figures.probabilities_height_px(n_models, narrow=False),
    }
    narrow = {
        "--clip-height": f"{figures.clip_height_px(n_models, narrow=True)}px",
        "--probabilities-height": f"{figures.probabilities_height_px(n_models, narrow=True)}px",
    }
    titles = {CLIP: "Along the clip", PROBABILITIES: "How sure each model is"}
    cards = [
        figure_card(PAGE, card, titles[card], height_px=wide[card], as_table=card in tables)
        for card in CARDS
    ]
    player = html.Div(
        [html.Span(id="predict-name"), html.Audio(id="predict-audio", controls=True)],
        className="predict-player",
    )
    summary = html.Div(id="predict-summary", className="predict-summary", **aria(live="polite"))
    return html.Div([player, summary, *cards], id="predict-result", hidden=True, style=narrow)
