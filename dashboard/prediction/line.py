"""The line in which clips wait: N predictions at a time on a host, first come first served.

A clip is admitted before its bytes are read, so that what cannot be answered is refused early, and
joins the line once they are there, so that a slow connection holds nobody up. Workers of one host
share the line, see ``dashboard.prediction.tickets``.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.prediction.capacity import clips_waiting, predictions_at_once
from dashboard.prediction.refusal import ServiceError, spread_s
from dashboard.prediction.tickets import ARRIVING, QUEUED, Ticket, Tickets
from pipeline.config import LIMITS, UploadLimits
from pipeline.predict import Progress

LOOK_S = 0.1  # between two looks at the tickets of other workers
SIGN_OF_LIFE_S = 10.0  # between two equal lines of progress: proxies close silent connections
USUAL_S = 2.0  # of a prediction, until some were measured
USUAL_BYTES = 1.5 * 2**20  # of its clip: what follows grows with both
FIXED_BYTES = 100_000  # what a clip costs however short it is, as if it were so much longer
MEMORY = 0.8  # share that earlier predictions keep in what is usual
ARRIVING_RETRY_S = 2


@dataclass(frozen=True)
class Counts:
    """Clips of a host, for metrics: being received, waiting, running; and bytes held for them."""

    arriving: int
    waiting: int
    running: int
    n_bytes: int


class Line:
    """N predictions at a time, a bounded number of clips that wait, then refusals.

    Parameters
    ----------
    folder : Path, optional
        What workers of the host share, see ``Tickets``.
    at_once, waiting : int, optional
        N, and how many more may wait. Default: what the host can do, see
        ``dashboard.prediction.capacity``.
    limits : UploadLimits
        Of the bytes that all clips may hold, and of the time that one may wait.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        at_once: int | None = None,
        waiting: int | None = None,
        limits: UploadLimits = LIMITS,
    ) -> None:
        self.at_once = predictions_at_once() if at_once is None else at_once
        self.waiting = clips_waiting() if waiting is None else waiting
        self.limits = limits
        self.stopping = False
        self.tickets = Tickets(folder)
        self._changed = threading.Condition()
        self._seen: tuple[float, list[Ticket]] = (-math.inf, [])
        self._usual_s, self._usual_bytes = USUAL_S, USUAL_BYTES

    def enter(self, n_bytes: int = 0, *, visitor: str = "") -> "Place":
        """Return the place of a clip, which its owner must ``leave`` in the end.

        Parameters
        ----------
        n_bytes : int
            Memory that the clip holds until its turn.
        visitor : str
            What stands for the address that sends it, "" if that does not matter. One address
            can take neither all places nor all bytes.

        Raises
        ------
        ServiceError
            ``busy`` with the seconds after which to come back if too many wait, or too many
            bytes; ``rate_limited`` if it is too many of this address; ``stopping`` if this server
            ends.
        """
        self.refuse_if_stopping()
        with self.tickets.alone():
            present = self.tickets.all()
            sender = self.tickets.sender(visitor)
            self._refuse_crowd(sender, n_bytes, present)
            held = sum(ticket.n_bytes for ticket in present)
            full = len(present) >= self.at_once + self.waiting
            if not full and (not present or held + n_bytes <= self.limits.waiting_bytes):
                return Place(self, self.tickets.add(n_bytes, sender), visitor)
        raise _refusal(
            "busy",
            f"{len(present)} other clips are being analysed or wait.",
            self.retry_after_s(present),
        )

    def _refuse_crowd(self, sender: int, n_bytes: int, present: list[Ticket]) -> None:
        """Raise ``rate_limited`` if one sender has enough clips here, or under way to here."""
        own = [ticket for ticket in present if ticket.sender == sender]
        if not sender or not own:
            return
        arriving = sum(ticket.state == ARRIVING for ticket in own)
        if arriving >= self.limits.arriving_per_address:
            raise _refusal(
                "rate_limited",
                f"{arriving} other clips are being received from your address.",
                spread_s(ARRIVING_RETRY_S),
            )
        places = self.limits.own_places(self.at_once + self.waiting)
        held = sum(ticket.n_bytes for ticket in own)
        if len(own) >= places or held + n_bytes > self.limits.bytes_per_address:
            raise _refusal(
                "rate_limited",
                f"{len(own)} other clips from your address are being analysed or wait, and others "
                "need room, too.",
                self.retry_after_s(ticket for ticket in present if ticket <= own[0]),
            )

    @property
    def is_full(self) -> bool:
        """Whether one more clip would be refused, but for its bytes."""
        counts = self.counts()
        present = counts.arriving + counts.waiting + counts.running
        return present >= self.at_once + self.waiting

    def counts(self) -> Counts:
        """Return how many clips there are on this host, by what becomes of them."""
        present = self._present()
        queued = sum(ticket.state == QUEUED for ticket in present)
        running = min(queued, self.at_once)
        return Counts(
            arriving=len(present) - queued,
            waiting=queued - running,
            running=running,
            n_bytes=sum(ticket.n_bytes for ticket in present),
        )

    def retry_after_s(self, ahead: Iterable[Ticket]) -> int:
        """Return in how many whole seconds these clips will probably have been answered."""
        per_byte = self._usual_s / (self._usual_bytes + FIXED_BYTES)
        seconds = [per_byte * (ticket.n_bytes + FIXED_BYTES) for ticket in ahead]
        return spread_s(max(sum(seconds) / self.at_once, max(seconds, default=0.0)))

    def stop(self) -> None:
        """Refuse who comes and who still waits; a signal handler may call this."""
        self.stopping = True

    def refuse_if_stopping(self) -> None:
        """Raise ``stopping`` once this server ends."""
        if self.stopping:
            raise ServiceError(
                "stopping", "This server is being restarted. Try again.", retry_after_s=10
            )

    def ahead_of(self, ticket: Ticket) -> list[Ticket]:
        """Return the clips that run or wait before one that is in the line."""
        return [other for other in self._present() if other.state == QUEUED and other < ticket]

    def look_later(self) -> None:
        """Wait until a clip of this worker is done, or a moment, for those of the others."""
        with self._changed:
            self._changed.wait(LOOK_S)

    def left(self, ticket: Ticket, took_s: float | None) -> None:
        """Take a clip out of the line; ``took_s`` is how long it ran."""
        self.tickets.remove(ticket)
        with self._changed:
            if took_s is not None:
                self._usual_s = MEMORY * self._usual_s + (1 - MEMORY) * took_s
                self._usual_bytes = MEMORY * self._usual_bytes + (1 - MEMORY) * ticket.n_bytes
            self._seen = (-math.inf, [])
            self._changed.notify_all()

    def forget(self) -> None:
        """Look at the tickets anew next time."""
        with self._changed:
            self._seen = (-math.inf, [])

    def _present(self) -> list[Ticket]:
        """Return the tickets as they were seen a moment ago, by whichever thread."""
        with self._changed:
            seen_at, present = self._seen
            if time.monotonic() - seen_at >= LOOK_S:
                with self.tickets.alone():
                    present = self.tickets.all()
                self._seen = (time.monotonic(), present)
        return present


class Place:
    """The place of one clip: admitted, then in the line, then running, then left."""

    def __init__(self, line: Line, ticket: Ticket, visitor: str = "") -> None:
        self.visitor = visitor
        self.waited_s = 0.0
        self._line = line
        self._ticket: Ticket | None = ticket
        self._running_since: float | None = None
        self._lock = threading.Lock()

    def wait(self, *, is_gone: Callable[[], bool] = lambda: False) -> Iterator[Progress]:
        """Yield ``Progress("queued", 0, position)``, 1 for the next, until it is its turn.

        Parameters
        ----------
        is_gone : callable
            Says whether the client went away, which ends the wait.

        Raises
        ------
        ServiceError
            ``busy`` after too long a wait, ``stopping`` if the server ends, ``gone``.
        """
        ticket, started = self._queued(), time.monotonic()
        told, told_at = 0, 0.0
        while (position := len(ahead := self._line.ahead_of(ticket)) - self._line.at_once + 1) > 0:
            self._line.refuse_if_stopping()
            self._refuse_after(time.monotonic() - started, ahead)
            if is_gone():
                raise ServiceError("gone", "The client closed the connection.")
            if position != told or time.monotonic() - told_at > SIGN_OF_LIFE_S:
                told, told_at = position, time.monotonic()
                yield Progress("queued", 0, position)
            self._line.look_later()
        self._running_since = time.monotonic()
        self.waited_s = self._running_since - started

    def leave(self) -> None:
        """Give the place back; a second time does nothing."""
        with self._lock:
            ticket, self._ticket = self._ticket, None
        if ticket is not None:
            since = self._running_since
            self._line.left(ticket, None if since is None else time.monotonic() - since)

    def _queued(self) -> Ticket:
        """Return the ticket in the line, whose end it joins now."""
        with self._lock:
            if self._ticket is None:
                raise ServiceError("gone", "This clip has left the line.")
            self._ticket = self._line.tickets.queue(self._ticket)
            self._line.forget()
            return self._ticket

    def _refuse_after(self, waited_s: float, ahead: list[Ticket]) -> None:
        if waited_s > self._line.limits.wait_timeout_s:
            raise ServiceError(
                "busy",
                f"The clips before this one took more than {waited_s:.0f} s. Try again later.",
                retry_after_s=self._line.retry_after_s(ahead),
            )


def _refusal(code: str, why: str, later_s: int) -> ServiceError:
    """Return the refusal of a clip that finds no place now."""
    return ServiceError(code, f"{why} Try again in {later_s} seconds.", retry_after_s=later_s)
