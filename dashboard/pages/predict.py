"""The page where a visitor drops clips and sees what each model hears in them.

The browser's part is assets/predict*.js: they take files (``pages.predict_intake``), send them one
after another, keep the answers of this tab, and put the one on show into a store; from there on
this is a page like the others. Elements that the scripts fill are empty here and have no callback.
"""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.components import answer as answer_texts
from dashboard.components.attributes import aria
from dashboard.components.card import CardContent, card_outputs, card_values, figure_card
from dashboard.components.controls import page_frame
from dashboard.figures import predict as figures
from dashboard.figures import predict_lanes as lanes
from dashboard.pages import predict_intake, predict_listening, predict_robustness, predict_why
from dashboard.query import read_choice
from dashboard.shell import MODE, NARROW
from dashboard.state import State, current_state
from dashboard.theme import as_mode
from dashboard.words.cautions import cautioned
from pipeline import artifacts
from pipeline.predict import SEE_THE_PICTURE

PATH = "/predict"
NAME = "Predict"
TITLE = "What do the models hear? · GenreLens"
DESCRIPTION = "Drop a song and see which genre each model hears in it, second by second."

PAGE = "predict"
CLIP, PROBABILITIES = "predict-clip", "predict-probabilities"
DRAWN = (CLIP, PROBABILITIES, *predict_why.CARDS)  # from the answer
CARDS = (*DRAWN, *predict_listening.CARDS, *predict_robustness.CARDS)


def layout(**query: Any) -> Component:
    """Return the page.

    Raises
    ------
    ResultsError
        If there is no served model.
    """
    results = current_state().current()
    models = artifacts.read_cards(results.folder)
    choice = read_choice(query, (), CARDS)
    children = [
        html.H1("What do the models hear in your music?"),
        html.P(predict_intake.limits_sentence(), className="fine"),
        predict_intake.drop_zone(TITLE),
        predict_intake.examples(),
        predict_intake.recorder(),
        predict_intake.status(),
        predict_intake.clips_table(models),
        _result(models, choice.tables),
        predict_intake.overlay(),
        dcc.Store(id="predict-answer"),
    ]
    return page_frame(PAGE, PATH, children, parameters=(), choice=choice)


def register_callbacks(app: Dash, state: State) -> None:
    """Register the page's callbacks on the app."""
    app.clientside_callback(
        ClientsideFunction("genrelensPredict", "mount"),
        Output("predict-drop", "className"),
        Input("predict-drop", "id"),
    )

    predict_listening.register(app)
    predict_robustness.register(app)

    @app.callback(
        Output("predict-result", "hidden"),
        Output("predict-summary", "children"),
        *card_outputs(CLIP),
        *card_outputs(PROBABILITIES),
        *predict_why.outputs(),
        Input("predict-answer", "data"),
        MODE,
        Input(NARROW, "data"),
        prevent_initial_call=True,
    )
    def draw(answer: dict[str, Any] | None, mode: str, narrow: bool) -> tuple[Any, ...]:
        return update_result(answer, mode, narrow=bool(narrow))


def update_result(answer: dict[str, Any] | None, mode: str, *, narrow: bool) -> tuple[Any, ...]:
    """Return whether the result is hidden, its summary, and the values of all cards."""
    if not answer:
        return (True, [], *[no_update] * 3 * len(DRAWN))
    chosen = as_mode(mode)
    clip = CardContent(
        cautioned(answer, answer_texts.clip_sentence(answer)),
        lanes.clip_figure(answer, mode=chosen, narrow=narrow),
        answer_texts.windows_table(answer),
        runs=answer_texts.honest_runs(answer),
    )
    probabilities = CardContent(
        cautioned(answer, answer_texts.probabilities_sentence(answer)),
        figures.probabilities_figure(answer, mode=chosen, narrow=narrow),
        answer_texts.probabilities_table(answer),
        runs=answer_texts.honest_runs(answer),
    )
    why = predict_why.update(answer, chosen, narrow=narrow)
    return (False, update_summary(answer), *card_values(clip), *card_values(probabilities), *why)


def update_summary(answer: dict[str, Any]) -> list[Component]:
    """Return the sentences above the figures."""
    closest = answer_texts.closest_sentence(answer)
    first, heard = answer_texts.leading_sentences(answer)
    return [
        html.P(first, className="predict-headline"),
        html.P(heard, className="predict-heard", hidden=not heard),
        *answer_texts.flag_notes(answer),
        html.P(answer_texts.trust_sentence(answer), className="predict-trust"),
        html.P(closest, className="fine", hidden=not closest),
        html.P(answer_texts.timing_sentence(answer), className="fine"),
    ]


def _result(models: list[dict[str, Any]], tables: frozenset[str]) -> html.Div:
    """Return the empty result."""
    n_models = len(models)
    n_asked = sum(one["representation"] in SEE_THE_PICTURE for one in models)
    heights = {
        card: {narrow: height(n_models, narrow=narrow) for narrow in (False, True)}
        for card, height in (
            (CLIP, lanes.clip_height_px),
            (PROBABILITIES, figures.probabilities_height_px),
        )
    }
    clip = figure_card(
        PAGE,
        CLIP,
        "Along the clip",
        height_px=heights[CLIP][False],
        controls=[_player()],
        as_table=CLIP in tables,
    )
    probabilities = figure_card(
        PAGE,
        PROBABILITIES,
        "How sure each model is",
        height_px=heights[PROBABILITIES][False],
        as_table=PROBABILITIES in tables,
    )
    summary = html.Div(id="predict-summary", className="predict-summary", **aria(live="polite"))
    return html.Div(
        [
            _name(),
            summary,
            clip,
            probabilities,
            *predict_why.cards(tables, n_models),
            *predict_listening.cards(tables, n_asked),
            *predict_robustness.cards(tables, n_models),
        ],
        id="predict-result",
        hidden=True,
        style={
            "--clip-height": f"{heights[CLIP][True]}px",
            "--probabilities-height": f"{heights[PROBABILITIES][True]}px",
            **predict_why.heights(n_models),
            **lanes.clip_style(),
        },
    )


def _name() -> html.Div:
    """Return the name of the clip on show, what removes it, and the way back to all clips."""
    remove = html.Button("Remove", type="button", id="predict-remove", className="tool-button")
    back = html.Button(
        "Back to all clips", type="button", id="predict-back", className="tool-button", hidden=True
    )
    name = html.Span(id="predict-name", tabIndex=-1)  # takes the focus from the table of clips
    return html.Div([name, remove, back], className="predict-shown")


def _player() -> html.Div:
    """Return the player, and beside it what the models hear at its place in the clip."""
    return html.Div(
        [
            html.Audio(id="predict-audio", controls=True, **aria(label="The clip")),
            html.Span(id="predict-here", className="predict-here"),
            html.Span(
                "This browser cannot play this kind of file. The models have heard it; move along "
                "the picture to see what.",
                id="predict-unplayed",
                className="fine",
                hidden=True,
            ),
        ],
        className="predict-player",
    )
