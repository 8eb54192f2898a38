"""What may be sent to Dash's route of callbacks: calls of callbacks that the app has.

Dash takes every body for one of its own and fails on others, which would look like failures of the
server. An old page that calls what is no longer there is told to be loaded again.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from dash import Dash
from flask import Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from dashboard.web.rates import CALLBACKS
from dashboard.web.replies import error_reply

MANY = (["ALL"], ["ALLSMALLER"])  # wildcards that stand for a list of components
PARTS = ("outputs", "inputs", "state")
EXPECTED = (
    "A call of a callback is expected, as the page itself sends it: a JSON object with 'output', "
    "'outputs', 'inputs', 'state' and 'changedPropIds'."
)


def check_callbacks(app: Dash) -> None:
    """Answer 400 to what is no call of a callback of the app, before Dash sees it."""
    view: Callable[[], Response] = app.server.view_functions[CALLBACKS]

    @wraps(view)
    def checked() -> Response:
        try:
            fault = fault_of(request.get_json(), app.callback_map)
        except (BadRequest, UnsupportedMediaType, RecursionError):
            fault = "It is no JSON, or too deep."
        if fault:
            message = f"{EXPECTED} {fault} Reload the page."
            return error_reply("bad_callback", message, 400)
        return view()

    app.server.view_functions[CALLBACKS] = checked


def fault_of(body: Any, callbacks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return why a body is no call of one of these callbacks; "" for one that is.

    Parameters
    ----------
    body : object
        As JSON holds it.
    callbacks : mapping
        ``Dash.callback_map``.
    """
    if not isinstance(body, dict):
        return "It is no object."
    output = body.get("output")
    if not isinstance(output, str) or "callback" not in callbacks.get(output, {}):
        return "There is no callback with this 'output'."
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        return "'changedPropIds' is no list of texts."
    declared = _declared(callbacks[output])
    wrong = [name for name in PARTS if not _is_as_declared(body.get(name, []), declared[name])]
    return f"'{wrong[0]}' is not what this callback has." if wrong else ""


def _declared(callback: Mapping[str, Any]) -> dict[str, Any]:
    """Return the components of a callback, by how a call names them; None where all are taken."""
    output = callback["output"]
    outputs: Any = (
        [one.to_dict() for one in output] if isinstance(output, list | tuple) else output.to_dict()
    )
    return {
        "outputs": None if callback["no_output"] else outputs,
        "inputs": callback["inputs"],
        "state": callback["state"],
    }


def _is_as_declared(sent: Any, declared: Any) -> bool:
    """Return whether components are sent as a callback declares them: one, a list, or any."""
    if declared is None:
        return True
    if isinstance(declared, Mapping):
        return _is_one_or_many(sent, declared)
    return (
        isinstance(sent, list)
        and len(sent) == len(declared)
        and all(map(_is_one_or_many, sent, declared))
    )


def _is_one_or_many(sent: Any, declared: Mapping[str, str]) -> bool:
    """Return whether a component, or a list where a wildcard stands for many, is as declared."""
    name = declared["id"]
    pattern = json.loads(name) if name.startswith("{") else name
    if isinstance(pattern, dict) and any(value in MANY for value in pattern.values()):
        return isinstance(sent, list) and all(_is_one(one, pattern, declared) for one in sent)
    return _is_one(sent, pattern, declared)


def _is_one(sent: Any, pattern: Any, declared: Mapping[str, str]) -> bool:
    """Return whether a component and its property are as declared."""
    if not isinstance(sent, dict) or not isinstance(sent.get("property"), str):
        return False
    same = sent["property"].partition("@")[0] == declared["property"].partition("@")[0]
    return same and _fits(sent.get("id"), pattern)


def _fits(name: Any, pattern: Any) -> bool:
    """Return whether the id of a component is one that a pattern stands for."""
    if not isinstance(pattern, dict):
        return bool(name == pattern)
    if not isinstance(name, dict) or set(name) != set(pattern):
        return False
    return all(
        isinstance(name[key], str | int | float) if isinstance(value, list) else name[key] == value
        for key, value in pattern.items()
    )
