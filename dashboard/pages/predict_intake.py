"""The upper half of the Predict page: how clips come in, how far they are, and their table.

The scripts assets/predict-*.js fill what is empty here, and read what they must know from the
``data-`` attributes.
"""

import json
from collections.abc import Sequence
from typing import Any

import dash
from dash import html

from dashboard import theme
from dashboard.components.attributes import aria, data
from dashboard.components.tools import tool_button
from pipeline.audio import ACCEPTED_FORMATS, AUDIO_SUFFIXES
from pipeline.config import LIMITS, REPOSITORY

EXAMPLES = REPOSITORY / "assets" / "examples" / "examples.json"
CLIPS = "predict-clips"
QUIETEST_DB = 60  # below full scale: the left end of the level meter, as in predict-record.js


def limits_sentence() -> str:
    """Return what is accepted, and what becomes of it."""
    return (
        f"{', '.join(ACCEPTED_FORMATS)}; up to {LIMITS.max_bytes // 2**20} MB and "
        f"{LIMITS.max_duration_s / 60:g} minutes, at least {LIMITS.min_duration_s:g} s; up to "
        f"{LIMITS.max_clips} files. Analysed in memory, not kept. Your clips are never in the link."
    )


def drop_zone(title: str) -> html.Div:
    """Return where files go; the script puts the browser's own file input into the slot.

    ``title`` is the window's while no clip is on show.
    """
    slot = html.Span(
        id="predict-slot",
        **data(
            accept=f"audio/*,{','.join(AUDIO_SUFFIXES)}",
            action=f"{dash.get_app().config.requests_pathname_prefix}api/predict",
            title=title,
            max_bytes=str(LIMITS.max_bytes),
            max_clips=str(LIMITS.max_clips),
            recording_min=f"{LIMITS.recording_min_s:g}",
            recording_max=f"{LIMITS.recording_max_s:g}",
        ),
    )
    choose = html.Label(
        "Choose files", htmlFor="predict-input", id="predict-label", className="choose"
    )
    record = html.Button(
        "Record", type="button", id="predict-record", className="record", title="From a microphone"
    )
    hint = html.Span("or drop or paste songs anywhere on this page", className="drop-hint")
    return html.Div([slot, choose, record, hint], id="predict-drop", className="drop-zone")


def overlay() -> html.Div:
    """Return what lies over the page while files are dragged across it."""
    return html.Div(
        html.Span("Drop to hear what the models hear"),
        id="predict-overlay",
        className="drop-overlay",
        hidden=True,
        **aria(hidden="true"),
    )


def examples() -> html.Div | None:
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


def recorder() -> html.Div:
    """Return the hidden panel that is shown while the microphone records."""
    meter = html.Meter(
        id="predict-meter", min="0", max=str(QUIETEST_DB), value="0", **aria(label="Level")
    )
    stop = html.Button(
        "Stop and analyse",
        type="button",
        id="predict-record-stop",
        className="tool-button",
        **aria(disabled="true", describedby="predict-record-hint"),
    )
    cancel = html.Button(
        "Cancel recording", type="button", id="predict-record-cancel", className="tool-button"
    )
    return html.Div(
        [
            html.Span(id="predict-record-time", className="predict-record-time"),
            meter,
            stop,
            cancel,
            html.Span(id="predict-record-hint", className="fine"),
        ],
        id="predict-recorder",
        className="predict-recorder",
        role="group",
        hidden=True,
        **aria(label="Recording"),
    )


def status() -> html.Div:
    """Return where progress and errors appear; its height is kept, so nothing jumps."""
    bar = html.Div(html.Div(id="predict-bar"), className="predict-track", **aria(hidden="true"))
    cancel = html.Button("Cancel", type="button", id="predict-cancel", className="tool-button")
    return html.Div(
        [
            html.Div(
                [bar, html.Span(id="predict-step"), cancel],
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


def clips_table(models: Sequence[dict[str, Any]]) -> html.Section:
    """Return the empty table of clips: a row each, a column for every model.

    Parameters
    ----------
    models : sequence of dict
        Cards of the served models, see ``artifacts.read_cards``.
    """
    remove = html.Button(
        "Remove all", type="button", id="predict-remove-all", className="tool-button"
    )
    tools = [
        tool_button("Download CSV", "csv", CLIPS),
        tool_button("Copy as Markdown", "markdown", CLIPS),
        remove,
    ]
    heading = html.H2("Your clips side by side", id=f"{CLIPS}-heading", className="card-heading")
    frame = html.Div(
        id=f"{CLIPS}-table",
        className="clips-frame",
        tabIndex=0,  # a region that scrolls must be reachable by keyboard
        role="group",
        **aria(labelledby=f"{CLIPS}-heading"),
        **data(models=json.dumps(_columns(models)), genres=json.dumps(_genre_colours(models))),
    )
    return html.Section(
        [
            html.Div([heading, html.Div(tools, className="card-tools")], className="card-head"),
            html.P(id=f"{CLIPS}-sentence", className="card-sentence"),
            frame,
        ],
        id=f"{CLIPS}-card",
        className="figure-card predict-clips",
        hidden=True,
        **data(page="predict", card=CLIPS),
        **aria(labelledby=f"{CLIPS}-heading"),
    )


def _columns(models: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {"id": model["id"], "name": f"{model['title']}, {model['window_s']:g} s"}
        for model in models
    ]


def _genre_colours(models: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return each genre's colours, light and dark, as the models' own figures have them."""
    colours: dict[str, list[str]] = {}
    for model in models:
        light, dark = (theme.genre_colours(model["genres"], mode) for mode in theme.MODES)
        colours |= {genre: [light[genre], dark[genre]] for genre in model["genres"]}
    return colours
