"""What a page shows when it is opened, in one answer instead of one for each card.

A page registers its callbacks with ``Opening.callback`` as with ``app.callback``: each is then
asked only when one of its inputs changes. What all of them give for the first choices comes in one
answer to ``opening_store``, and the browser puts every part where it belongs (assets/opening.js):
what is in sight at once, the rest when the browser has time or it is scrolled to. A part whose
inputs have changed meanwhile is left out, for its own callback was asked then.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, no_update
from dash.dependencies import DashDependency

from dashboard.failures import failure_props
from dashboard.shell import MESSAGE

Key = tuple[str, str]  # a component and its property, as texts
Function = Callable[..., Any]


def opening_store(page: str) -> dcc.Store:
    """Return what a page must hold whose callbacks are registered with ``Opening``."""
    return dcc.Store(id=_opening_id(page))


class Opening:
    """The callbacks of one page, which are answered together when it is opened."""

    def __init__(self, app: Dash, page: str) -> None:
        self._app, self._page = app, page
        self._parts: list[tuple[list[Output], list[DashDependency], Function]] = []

    def callback(
        self, outputs: Output | Sequence[Output], *dependencies: Any
    ) -> Callable[[Function], Function]:
        """Return a decorator, as ``app.callback``; its function gives a value for each output.

        Parameters
        ----------
        outputs : Output or sequence of Output
        *dependencies : Input or State, or lists of them
            A list hands over its values one by one, too.
        """
        several = list(outputs) if isinstance(outputs, Sequence) else [outputs]
        flat = _flat(dependencies)

        def register(function: Function) -> Function:
            def values(*chosen: Any) -> list[Any]:
                given = function(*chosen)
                return list(given) if isinstance(outputs, Sequence) else [given]

            self._app.callback(several, *flat, prevent_initial_call=True)(values)
            self._parts.append((several, flat, values))
            return function

        return register

    def register(self) -> None:
        """Register what answers for all; call this after the last ``callback``."""
        states = {
            _key(each): State(each.component_id, each.component_property)
            for _, dependencies, _ in self._parts
            for each in dependencies
        }
        store = _opening_id(self._page)

        @self._app.callback(Output(store, "data"), Input(store, "id"), *states.values())
        def opened(_id: Any, *chosen: Any) -> list[dict[str, Any]]:
            return self.update_opened(dict(zip(states, chosen, strict=True)))

        self._app.clientside_callback(
            ClientsideFunction("genrelensOpening", "show"),
            Output(store, "modified_timestamp"),
            Input(store, "data"),
            prevent_initial_call=True,
        )

    def update_opened(self, chosen: dict[Key, Any]) -> list[dict[str, Any]]:
        """Return, for each callback, ``asked`` (inputs and their values) and ``props`` to set."""
        return [
            {
                "asked": [
                    [each.component_id, each.component_property, chosen[_key(each)]]
                    for each in dependencies
                    if isinstance(each, Input)
                ],
                "props": _props(outputs, function, [chosen[_key(each)] for each in dependencies]),
            }
            for outputs, dependencies, function in self._parts
        ]


def _props(outputs: list[Output], function: Function, chosen: list[Any]) -> list[list[Any]]:
    """Return component and properties of each output; of a failure, what its card says."""
    try:
        values = function(*chosen)
    except Exception as error:  # as Dash for one callback: the other cards are drawn all the same
        targets = [{"id": each.component_id} for each in outputs]
        return [list(said) for said in failure_props(error, targets, MESSAGE)]
    return [
        [each.component_id, {each.component_property: value}]
        for each, value in zip(outputs, values, strict=True)
        if value is not no_update
    ]


def _flat(dependencies: Any) -> list[DashDependency]:
    """Return dependencies one by one."""
    if isinstance(dependencies, DashDependency):
        return [dependencies]
    return [each for group in dependencies for each in _flat(group)]


def _key(dependency: DashDependency) -> Key:
    return str(dependency.component_id), str(dependency.component_property)


def _opening_id(page: str) -> dict[str, str]:
    return {"type": "opening", "page": page}
