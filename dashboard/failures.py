"""What a visitor reads where something could not be drawn: in its card, or on top of the page."""

from typing import Any

from flask import current_app

from dashboard.components.alternatives import ALTERNATIVES
from dashboard.components.card import NUMBERS, failure_id
from dashboard.operation.record import current_id
from dashboard.operation.requests import failure_text
from dashboard.state import ResultsError

CARD_FILLERS = (NUMBERS, ALTERNATIVES)  # types of the stores through which callbacks fill a card


def failure_props(error: Exception, outputs: Any, elsewhere: str) -> list[tuple[Any, Any]]:
    """Return the components that say what went wrong, with their properties.

    The stack trace goes to the log only.

    Parameters
    ----------
    error : Exception
    outputs : dict or list
        What was to be filled; see ``failed_cards``.
    elsewhere : str
        Id of the element that says so where that is no card.
    """
    if isinstance(error, ResultsError):
        text = f"{error} Then reload this page."
    else:
        current_app.logger.error("a callback failed", exc_info=error)
        text = failure_text("The server could not draw this.", current_id())
    said = {"children": text, "hidden": False}
    places: list[Any] = [*failed_cards(outputs)]
    return [(place, said) for place in places or [elsewhere]]


def failed_cards(outputs: Any) -> list[dict[str, str]]:
    """Return the ids of the elements that say so in the cards that a callback was to fill.

    Parameters
    ----------
    outputs : dict or list
        ``dash.ctx.outputs_list``: one output, or lists of outputs.
    """
    if isinstance(outputs, list):
        return [place for output in outputs for place in failed_cards(output)]
    target = outputs.get("id") if isinstance(outputs, dict) else None
    is_card = isinstance(target, dict) and target.get("type") in CARD_FILLERS
    return [failure_id(str(target["card"]))] if isinstance(target, dict) and is_card else []
