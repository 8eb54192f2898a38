"""What the Tracks page says of an opened track only when it is asked to."""

from typing import Any

from dash import Dash
from dash.development.base_component import Component

from dashboard.components.controls import control_input
from dashboard.components.fold import register_fold
from dashboard.components.track_panel import ALL_MODELS, OTHER_FEATURES
from dashboard.pages.tracks_all import update_all
from dashboard.pages.tracks_features import update_others
from dashboard.state import State


def register_folds(app: Dash, state: State, page: str) -> None:
    """Connect the folds of the opened track with the choices that they depend on."""
    data, protocol, track = (control_input(page, name) for name in ("data", "protocol", "track"))

    def all_models(*choice: Any) -> list[Component]:
        return update_all(state.current(), *choice)

    def others(*choice: Any) -> list[Component]:
        return update_others(state.current(), *choice)

    register_fold(app, ALL_MODELS, [data, protocol, track], all_models)
    register_fold(app, OTHER_FEATURES, [data, track], others)
