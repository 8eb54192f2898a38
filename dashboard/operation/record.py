"""The request that the current thread answers: its id, the code of its error, what stays private.

Kept from the first byte of the request to the last of its answer, so that lines of progress, which
are written when Flask's own context is gone, find it too. Standard library only.
"""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
SHORTEST_PRIVATE = 4  # characters; shorter texts would be found everywhere


def request_id(sent: str) -> str:
    """Return the id that a client or a proxy sent if it is well-formed, else a new one."""
    return sent if WELL_FORMED.fullmatch(sent) else secrets.token_hex(8)


@dataclass
class Record:
    """One request.

    Attributes
    ----------
    id : str
        Letters, digits, ``.``, ``_`` and ``-``.
    route : str
        The template of its address.
    code : str
        The short name of the error that was answered; "" without one.
    private : list of str
        What the request brought that must not be logged, whoever quotes it.
    timings_ms : mapping, optional
        How long the steps of a prediction took, once it is answered.
    """

    id: str
    route: str = "(none)"
    code: str = ""
    private: list[str] = field(default_factory=list)
    timings_ms: Mapping[str, float] | None = None

    def keep_private(self, text: str | None) -> None:
        """Have a text replaced wherever a log line of this request quotes it."""
        if text and len(text) >= SHORTEST_PRIVATE:
            self.private.append(text)


CURRENT: ContextVar[Record | None] = ContextVar("genrelens-request", default=None)


def current_id() -> str:
    """Return the id of the request that this thread answers; "" where it answers none."""
    record = CURRENT.get()
    return record.id if record else ""


def note_code(code: str) -> None:
    """Remember the code of the error that is being answered."""
    record = CURRENT.get()
    if record:
        record.code = code


def note_timings(timings_ms: Mapping[str, float]) -> None:
    """Remember how long the steps of the prediction took that is being answered."""
    record = CURRENT.get()
    if record:
        record.timings_ms = timings_ms


def keep_private(text: str | None) -> None:
    """Have a text of the current request left out of the log."""
    record = CURRENT.get()
    if record:
        record.keep_private(text)
