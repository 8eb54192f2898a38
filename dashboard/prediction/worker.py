"""Celery's side: ``celery -A dashboard.prediction.worker worker`` answers clips sent to it.

A message names a clip in Redis and says which attempt it is; one that was overtaken by a later
attempt, or whose client went away, is dropped. Must stay light: web processes import it to send.
"""

import io
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)

from dashboard.operation import logs
from dashboard.prediction.broker import LEASE_S, LINE, TASK, VARIABLE, Broker, Job
from dashboard.prediction.capacity import clips_of_celery
from dashboard.prediction.refusal import ServiceError
from dashboard.prediction.workers import keep_sign

if TYPE_CHECKING:
    from dashboard.prediction.live import Live

LINES_S = 120  # until lines that nobody read expire
app = Celery("genrelens", broker=os.environ.get(VARIABLE, ""))
app.conf.update(
    task_serializer="json",
    accept_content=["json"],  # never pickle
    task_ignore_result=True,  # answers are lines, see dashboard.prediction.broker
    task_acks_late=True,
    worker_prefetch_multiplier=1,  # a busy worker keeps no clip that another could take
    worker_concurrency=clips_of_celery(),
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_connect_timeout": 3, "visibility_timeout": 600},
)


@app.task(name=TASK)
def answer(name: str, attempt: int, question: str) -> None:
    """Write progress, then the answer or the error of a clip, for the web process that waits."""
    broker, job = _broker(), Job(name)
    redis = broker.redis()
    content = redis.get(job.clip)
    if content is None or redis.get(job.attempt) != str(attempt).encode():
        return
    redis.zrem(LINE, name)
    with _lease(redis, job.lease(attempt)):
        for line in _lines(content, question):
            if not redis.exists(job.clip):
                return  # its client went away
            with redis.pipeline() as pipe:
                pipe.rpush(job.lines(attempt), json.dumps(line, allow_nan=False))
                pipe.expire(job.lines(attempt), LINES_S)
                pipe.execute()


def _lines(content: bytes, question: str) -> Iterator[dict[str, Any]]:
    """Yield what to write about a clip."""
    from dashboard.prediction.questions import asked

    yield {"step": "decoding", "done": 0, "total": 1}
    try:
        steps = asked(_live(), io.BytesIO(content), question)
        while True:
            progress = next(steps)
            yield {"step": progress.step, "done": progress.done, "total": progress.total}
    except StopIteration as finished:
        yield {"answer": finished.value}
    except ServiceError as error:
        yield {"error": str(error), "code": error.code, "retry_after_s": error.retry_after_s}


@contextmanager
def _lease(redis: Any, key: str) -> Iterator[None]:
    """Renew a key while the block runs; it expires soon after this process has been killed."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(LEASE_S / 4):
            redis.set(key, 1, ex=LEASE_S)

    redis.set(key, 1, ex=LEASE_S)
    thread = threading.Thread(target=renew, name="genrelens-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@cache
def _broker() -> Broker:
    return Broker(os.environ[VARIABLE])


@cache
def _live() -> "Live":
    """Return models and decoder of this process."""
    from dashboard.prediction.live import Live
    from dashboard.state import State

    state = State.of(None)
    return Live(state.results_dir, refresh=state.refresh)


@setup_logging.connect
def _log(**_details: Any) -> None:
    """Write lines as web processes do, see ``GENRELENS_LOG``; Celery then sets up none itself."""
    logs.configure()


@celeryd_init.connect
def _say_no_banner(instance: Any, **_details: Any) -> None:
    """Leave out what Celery writes beside the log."""
    instance.quiet = True


@worker_ready.connect
def _show_life(**_details: Any) -> None:
    """Let web processes know that a worker is there, until it is told to stop."""
    ended = keep_sign(Broker(os.environ[VARIABLE]).redis())
    worker_shutting_down.connect(lambda **_told: ended.set(), weak=False)


@worker_process_init.connect
def _warm(**_details: Any) -> None:
    _live().start()
