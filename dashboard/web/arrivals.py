"""How much of a request has arrived, and until when more of it must: whole, and piece by piece.

A request is received by a thread, and watched over by the main loop of its worker.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipeline.config import LIMITS

HEAD_S = 10.0  # for the head of a request, and for a small body
LEAST_BYTES_PER_S = 32_000  # of a large body: 25 MB in 13 minutes
WINDOW_S = HEAD_S  # in each, so much must come that the rate is kept


@dataclass
class Arrival:
    """One request that a thread receives.

    Parameters
    ----------
    now : float
        When the thread was given the connection, by ``time.monotonic``.
    """

    now: float
    request: Any = None  # of gunicorn, once its head has been read
    received: int = 0  # bytes of its body
    deadline: float = field(init=False)
    _window: tuple[float, int] = field(init=False)  # when it ends; received when it began

    def __post_init__(self) -> None:
        self.deadline = self.now + HEAD_S
        self._window = self.now + WINDOW_S, 0

    def begin_body(self, request: Any, unreader: Any, now: float) -> None:
        """Begin to count: the head is there, and ``unreader`` fetches what follows."""
        held = unreader.buf.tell()  # that came together with the head
        self.deadline = now + HEAD_S + announced_bytes(request.headers) / LEAST_BYTES_PER_S
        self.received, self._window = held, (now + WINDOW_S, held)
        self.request = request
        unreader.chunk = partial(self._counted, unreader)

    def is_late(self, now: float) -> bool:
        """Whether something is still missing and its time is over, or too little came lately."""
        ends, received = self._window
        is_behind = False
        if now > ends:
            is_behind = self.received - received < LEAST_BYTES_PER_S * WINDOW_S
            self._window = now + WINDOW_S, self.received
        return (is_behind or now > self.deadline) and self.is_unread()

    def is_unread(self) -> bool:
        """Whether something of the request is still to be read; before its head is there, that."""
        return self.request is None or is_unread(self.request.body)

    def _counted(self, unreader: Any, size_hint: int | None = None) -> bytes:
        """Return what the connection brings next, as gunicorn's own ``chunk`` does."""
        content: bytes = type(unreader).chunk(unreader, size_hint)
        self.received += len(content)
        return content


def is_unread(body: Any) -> bool:
    """Return whether something of a body is still to be read; of gunicorn's, else no."""
    reader = getattr(body, "reader", None)
    left = getattr(reader, "length", None)  # of a body whose length was announced
    return left > 0 if left is not None else getattr(reader, "parser", None) is not None


def announced_bytes(headers: list[tuple[str, str]]) -> int:
    """Return how long a body is said to be; one that comes in chunks may be as long as a clip."""
    named = dict(headers)
    if "TRANSFER-ENCODING" in named:
        return LIMITS.max_bytes
    return int(named.get("CONTENT-LENGTH", 0))
