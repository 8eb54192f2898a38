"""Tasks -> bytes for other machines, with what several tasks share packed once.

Arrays and tables of some size that more than one task holds (the very same object) are left out of
their parcels and stand beside them, numbered; a data set's features thus travel once, not with
each of hundreds of units.
"""

import io
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.tasks import Task

SHARED_BYTES = 32_768  # a smaller value costs less to send again than to look after


class Parcels:
    """What is sent for each of some tasks.

    Attributes
    ----------
    shared : list
        Values that several tasks hold, in the order of their numbers.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        holders: dict[int, list[Any]] = {}
        for task in tasks:
            for value in {id(value): value for value in _large(task.arguments)}.values():
                holders.setdefault(id(value), []).append(value)
        self.shared = [values[0] for values in holders.values() if len(values) > 1]
        self._numbers = {id(value): number for number, value in enumerate(self.shared)}

    def pack(self, place: int) -> tuple[bytes, list[int]]:
        """Return a task as bytes, and the numbers of the shared values that it holds, in order."""
        task = self._tasks[place]
        file = io.BytesIO()
        pickler = _Pickler(file, self._numbers)
        pickler.dump((task.function, task.arguments))
        return file.getvalue(), list(pickler.left_out)


def unpacked(parcel: bytes, shared: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
    """Return the function and the arguments of a parcel.

    Parameters
    ----------
    shared : sequence
        The values that were left out, in the order that ``Parcels.pack`` gave.
    """
    function, arguments = _Unpickler(io.BytesIO(parcel), shared).load()
    return function, arguments


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, numbers: dict[int, int]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._numbers = numbers
        self.left_out: dict[int, int] = {}  # number -> place among those of this parcel

    def persistent_id(self, value: Any) -> int | None:
        number = self._numbers.get(id(value))
        return None if number is None else self.left_out.setdefault(number, len(self.left_out))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: Sequence[Any]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, place: int) -> Any:
        value = self._shared[place]
        if isinstance(value, np.ndarray):
            value = value.view()
            value.flags.writeable = False  # other units of this process hold it too
        return value


def _large(value: Any) -> Iterator[Any]:
    """Yield the arrays and tables of some size inside arguments."""
    if isinstance(value, np.ndarray):
        if value.nbytes >= SHARED_BYTES:
            yield value
    elif isinstance(value, pd.DataFrame | pd.Series):
        if np.sum(value.memory_usage()) >= SHARED_BYTES:
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _large(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _large(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _large(getattr(value, field.name))
