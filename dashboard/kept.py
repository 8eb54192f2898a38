"""What a function made of the results, kept for the next visitor who asks for the same.

Functions of (results, choices) are kept, never callbacks: what they give depends on nothing else.
Results that change are another object, which has kept nothing yet. What is given is shared, so
callers must not change it; tables are handed out as copies of their own.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import pandas as pd

Function = TypeVar("Function", bound=Callable[..., Any])
MANY = 64  # short lists and tables of runs
FEW = 8  # figures, of which one takes up to a megabyte


class Kept:
    """The last answers of each function; one object belongs to one state of the results."""

    def __init__(self) -> None:
        self._answers: dict[str, OrderedDict[Any, Any]] = {}
        self._lock = threading.Lock()

    def get(self, name: str, key: Any, most: int, make: Callable[[], Any]) -> Any:
        """Return what is kept under a key, else what ``make`` gives; the oldest is forgotten."""
        with self._lock:
            answers = self._answers.setdefault(name, OrderedDict())
            if key in answers:
                answers.move_to_end(key)
                return answers[key]
        made = make()
        with self._lock:
            answers[key] = made
            while len(answers) > most:
                answers.popitem(last=False)
        return made


def kept(most: int = MANY) -> Callable[[Function], Function]:
    """Return a decorator that keeps the last answers of a function of results and choices."""

    def decorate(function: Function) -> Function:
        name = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def keeping(results: Any, *choices: Any, **named: Any) -> Any:
            key = (_hashable(choices), _hashable(named))
            answer = results.kept.get(name, key, most, lambda: function(results, *choices, **named))
            return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

        return cast(Function, keeping)

    return decorate


def _hashable(value: Any) -> Any:
    """Return a value that can be a key and is equal where the original is."""
    if isinstance(value, dict):
        return tuple((name, _hashable(part)) for name, part in sorted(value.items()))
    if isinstance(value, (set, frozenset)):
        return frozenset(map(_hashable, value))
    if isinstance(value, (list, tuple)):
        return tuple(map(_hashable, value))
    return tuple(value) if isinstance(value, (pd.Series, pd.Index)) else value
