"""The frame of an opened track, and the dialog that lists the keys of its page."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.components.fold import fold

ALL_MODELS, OTHER_FEATURES = "track-all-models", "track-other-features"  # ids of folds
KEYS = (
    ("J", "next song of the list"),
    ("K", "previous song"),
    ("Space", "play or pause"),
    ("1 to 9", "let that model lead: the filters speak of it"),
    ("Escape", "close the song"),
    ("?", "this list"),
)


def track_panel(card: Component, *, is_open: bool) -> html.Section:
    """Return the place of the opened track: heading, buttons, what a callback fills, the card."""
    steps = html.Div(
        [
            _button("Previous", "previous", "Previous song of the list (K)"),
            html.Span(id="track-place", className="track-place", **aria(live="polite")),
            _button("Next", "next", "Next song of the list (J)"),
            _button("Close", "close", "Close this song (Escape)"),
        ],
        className="card-tools",
    )
    return html.Section(
        [
            html.Div(
                [html.H2(id="track-heading", tabIndex=-1, **aria(live="polite")), steps],
                className="card-head",
            ),
            html.Div(id="track-sound", className="track-sound"),
            html.P(id="track-absent", className="fine"),
            html.Div(card, id="track-answers-slot", className="track-answers", hidden=True),
            fold(ALL_MODELS, "All models under this protocol"),
            html.Div(id="track-content", className="track-content"),
            fold(OTHER_FEATURES, "Its other features"),
        ],
        id="track-panel",
        className="track-panel",
        hidden=not is_open,
        **aria(labelledby="track-heading"),
    )


def _button(text: str, action: str, title: str) -> html.Button:
    return html.Button(
        text, type="button", className="tool-button", title=title, **data(track_action=action)
    )


def keys_button() -> html.Button:
    """Return the button that opens the list of keys."""
    return html.Button(
        "Keys", type="button", className="tool-button", title="Keys of this page (?)",
        **data(track_action="help"),
    )  # fmt: skip


def keys_dialog(keys: Sequence[tuple[str, str]] = KEYS) -> html.Dialog:
    """Return the closed dialog; assets/tracks_keys.js opens it and remembers the tick box."""
    rows: list[Any] = []
    for key, meaning in keys:
        rows += [html.Dt(html.Kbd(key)), html.Dd(meaning)]
    switch = html.Button(
        "Switch the keys off",
        type="button",
        id="track-keys-switch",
        className="tool-button",
    )
    close = html.Form(html.Button("Close", className="tool-button"), method="dialog")
    return html.Dialog(
        [
            html.H2("Keys", id="track-keys-heading"),
            html.Dl(rows, className="keys"),
            html.Div([switch, close], className="card-tools"),
        ],
        id="track-keys",
        **aria(labelledby="track-keys-heading"),
    )
