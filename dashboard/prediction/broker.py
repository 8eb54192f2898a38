"""Clips for workers on other hosts: ``GENRELENS_BROKER=redis://...``.

The web process puts the bytes of a clip into Redis, under a key that expires, sends a Celery
message that names it, and follows the lines of progress that the worker writes. Everything is JSON
but the clip itself. It also watches over the worker: one that has begun holds a lease, and if that
runs out before the answer is there, the clip is sent once more, then answered with an error. Redis
holds a bounded number of clips, and of bytes.

Redis and Celery are imported with the first clip, so that a host without them pays nothing.
"""

import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from dashboard.prediction.capacity import BROKER_VARIABLE as VARIABLE
from dashboard.prediction.refusal import ServiceError, spread_s
from dashboard.prediction.workers import AWAY, NO_WORKER, SIGN, Presence
from pipeline.config import LIMITS, UploadLimits
from pipeline.predict import Progress

TASK = "genrelens.answer"
ATTEMPTS = 2
LEASE_S = 6  # a worker that says nothing for so long is gone
LOOK_S = 1
CONNECT_S = 3.0
RETRY_S = 10
LINE = "genrelens:line"  # ids of the clips that wait, by when they came
HELD = "genrelens:held"  # ids of all clips that Redis holds, each with its bytes and visitor

logger = logging.getLogger(__name__)


def from_environment() -> "Broker | None":
    """Return the broker that an operator has named, or None."""
    address = os.environ.get(VARIABLE, "")
    if address and not address.startswith(("redis://", "rediss://")):
        raise ValueError(
            f"{VARIABLE} must be an address like redis://host:6379/0. Correct or unset it."
        )
    return Broker(address) if address else None


class Job:
    """The names under which Redis holds one clip, and how long it waited for a worker."""

    def __init__(self, name: str, n_bytes: int = 0, visitor: str = "") -> None:
        self.name = name
        self.visitor = visitor
        self.held = f"{name}:{n_bytes}:{visitor}"
        self.waited_s = 0.0
        self.clip = f"genrelens:clip:{name}"
        self.attempt = f"genrelens:attempt:{name}"

    def lines(self, attempt: int) -> str:
        """Return where a worker writes progress and answer."""
        return f"genrelens:lines:{self.name}:{attempt}"

    def lease(self, attempt: int) -> str:
        """Return what a worker renews while it lives."""
        return f"genrelens:lease:{self.name}:{attempt}"


class Broker:
    """Redis as a web process sees it.

    Parameters
    ----------
    address : str
    limits : UploadLimits
    """

    def __init__(self, address: str, *, limits: UploadLimits = LIMITS) -> None:
        self.address = address
        self.limits = limits
        self.presence = Presence(address)
        once_s = limits.wait_timeout_s + limits.total_timeout_s + LEASE_S
        self.expiry_s = int(ATTEMPTS * once_s)
        self._lock = threading.Lock()
        self._redis: Any = None

    def stored(self, content: bytes | memoryview, *, visitor: str = "") -> Job:
        """Store a clip at the end of the line and return its names, for ``answer``.

        Parameters
        ----------
        content : bytes or memoryview
        visitor : str
            What stands for the address that sent it, the same on all hosts; letters and digits.

        Raises
        ------
        ServiceError
            ``busy`` if too many clips wait, or Redis holds too many bytes; ``rate_limited`` if it
            holds enough of this visitor; ``no_worker``, ``broker_away``.
        """
        job = Job(secrets.token_hex(16), len(content), visitor)
        with _explained():
            try:
                self._enter(job, content)
            except BaseException:
                self._forget(job)
                raise
        return job

    def answer(
        self,
        job: Job,
        *,
        question: str,
        is_gone: Callable[[], bool],
        refuse_if_stopping: Callable[[], None] = lambda: None,
    ) -> Generator[Progress, None, dict[str, Any]]:
        """Yield the progress of a stored clip that another host analyses, and return its answer.

        Parameters
        ----------
        question : str
            See ``dashboard.prediction.questions``.
        refuse_if_stopping : callable
            Raises while this server ends; asked until a worker has begun.

        Raises
        ------
        ServiceError
            As ``questions.answered``; also ``broker_away``, and ``worker_lost`` after two attempts.
        """
        with _explained():
            try:
                for attempt in range(1, ATTEMPTS + 1):
                    self._send(job, attempt, question)
                    end = yield from self._followed(job, attempt, is_gone, refuse_if_stopping)
                    if end is not None:
                        answer = _answer_of(end)
                        answer["timings_ms"]["queued"] = round(1e3 * job.waited_s, 1)
                        return answer
            finally:
                self._forget(job)
        raise ServiceError(
            "worker_lost",
            f"The analysis was begun {ATTEMPTS} times and ended without an answer both times. Try "
            "again later, or send a shorter piece.",
            retry_after_s=30,
        )

    def redis(self) -> Any:
        """Return the connection pool, made at first use."""
        with self._lock:
            if self._redis is None:
                from redis import Redis

                self._redis = Redis.from_url(
                    self.address, socket_connect_timeout=CONNECT_S, socket_timeout=3 * CONNECT_S
                )
            return self._redis

    def _enter(self, job: Job, content: bytes | memoryview) -> None:
        """Store a clip at the end of the line, if that is not full."""
        redis = self.redis()
        now = time.time()
        with redis.pipeline() as pipe:
            for name in (LINE, HELD):
                pipe.zremrangebyscore(name, 0, now - self.expiry_s)  # whose web process was killed
            pipe.zadd(LINE, {job.name: now})
            pipe.zadd(HELD, {job.held: now})
            pipe.exists(SIGN)
            pipe.zcard(LINE)
            pipe.zrange(HELD, 0, -1)
            *_done, has_workers, waiting, held = pipe.execute()
        if not has_workers:
            raise _busy(NO_WORKER, code="no_worker")
        self._refuse_crowd(job, held)
        is_large = _bytes_of(held) > self.limits.broker_bytes and len(held) > 1
        if waiting > self.limits.broker_waiting or is_large:
            others = max(waiting, len(held)) - 1
            raise _busy(f"{others} other clips wait or are analysed.")
        redis.set(job.clip, bytes(content), ex=self.expiry_s)

    def _refuse_crowd(self, job: Job, held: list[bytes]) -> None:
        """Raise ``rate_limited`` if Redis holds enough clips of one visitor beside this one."""
        own = [member for member in held if member.endswith(f":{job.visitor}".encode())]
        is_large = _bytes_of(own) > self.limits.bytes_per_address and len(own) > 1
        is_crowd = len(own) > self.limits.own_places(self.limits.broker_waiting)
        if job.visitor and (is_large or is_crowd):
            raise _busy(
                f"{len(own) - 1} other clips from your address wait or are analysed, and others "
                "need room, too.",
                code="rate_limited",
            )

    def _send(self, job: Job, attempt: int, question: str) -> None:
        """Tell the workers of a clip; an earlier message about it means nothing any more."""
        from dashboard.prediction.worker import app

        self.redis().set(job.attempt, attempt, ex=self.expiry_s)
        app.send_task(TASK, args=[job.name, attempt, question], retry=False, expires=self.expiry_s)

    def _followed(
        self,
        job: Job,
        attempt: int,
        is_gone: Callable[[], bool],
        refuse_if_stopping: Callable[[], None],
    ) -> Generator[Progress, None, dict[str, Any] | None]:
        """Yield what a worker tells; return its last line, None if it was lost."""
        started, has_begun, told = time.monotonic(), False, 0
        while True:
            if is_gone():
                raise ServiceError("gone", "The client closed the connection.")
            found = self.redis().blpop([job.lines(attempt)], timeout=LOOK_S)
            if found is not None:
                if not has_begun:
                    job.waited_s += time.monotonic() - started
                has_begun = True
                line = json.loads(found[1])
                if "step" not in line:
                    return dict(line)
                yield Progress(line["step"], line["done"], line["total"])
            elif has_begun:
                if not self.redis().exists(job.lease(attempt), job.lines(attempt)):
                    return None
            else:
                refuse_if_stopping()
                self._refuse_after(time.monotonic() - started)
                rank = self.redis().zrank(LINE, job.name)
                if rank is not None and rank + 1 != told:
                    told = rank + 1
                    yield Progress("queued", 0, told)

    def _refuse_after(self, waited_s: float) -> None:
        if waited_s > self.limits.wait_timeout_s:
            raise ServiceError(
                "busy",
                f"No worker took this clip within {waited_s:.0f} s: all are busy, or none runs. "
                "Try again later.",
                retry_after_s=spread_s(RETRY_S),
            )

    def _forget(self, job: Job) -> None:
        """Delete all that Redis holds of a clip; a worker that has begun sees that and stops."""
        redis = self.redis()
        attempts = range(1, ATTEMPTS + 1)
        redis.zrem(LINE, job.name)
        redis.zrem(HELD, job.held)
        redis.delete(job.clip, job.attempt, *(job.lines(n) for n in attempts))


def _bytes_of(held: list[bytes]) -> int:
    """Return the bytes of clips, by what ``HELD`` says of them."""
    return sum(int(member.split(b":")[1]) for member in held)


def _busy(why: str, *, code: str = "busy") -> ServiceError:
    """Return the refusal of a clip that finds no room now."""
    later_s = spread_s(RETRY_S)
    return ServiceError(code, f"{why} Try again in {later_s} seconds.", retry_after_s=later_s)


def _answer_of(end: dict[str, Any]) -> dict[str, Any]:
    """Return the answer in the last line of a worker, or raise its error."""
    if "answer" in end:
        answer: dict[str, Any] = end["answer"]
        return answer
    raise ServiceError(end["code"], end["error"], retry_after_s=end["retry_after_s"])


@contextmanager
def _explained() -> Iterator[None]:
    """Turn failures of Redis, also as Celery reports them, into a clear refusal."""
    from kombu.exceptions import OperationalError
    from redis.exceptions import OutOfMemoryError, RedisError

    try:
        yield
    except (RedisError, OperationalError) as error:
        if isinstance(error, OutOfMemoryError) or isinstance(error.__cause__, OutOfMemoryError):
            raise _busy("The server that keeps clips for the workers is full.") from error
        logger.warning("the broker does not answer: %s", error)
        raise _busy(AWAY, code="broker_away") from error
