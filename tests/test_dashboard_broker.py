"""Clips of several hosts: a real redis-server, a real Celery worker, and the ends of both."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gunicorn_server import child_pids
from live_service import CLIP
from redis_server import RedisServer, celery_worker, shared_redis, wait
from tiny_models import SERVED, shared_results, synthetic_clip, wav_bytes

from dashboard.prediction import broker as brokers
from dashboard.prediction.broker import HELD, LINE, Broker
from dashboard.prediction.questions import GENRES, GENRES_AND_MEL, LISTENING, ROBUSTNESS
from dashboard.prediction.refusal import ServiceError
from dashboard.prediction.worker import app
from dashboard.prediction.workers import SIGN, SIGN_S, renew_sign
from pipeline.config import LIMITS, REPOSITORY
from pipeline.predict import Progress

LONG = wav_bytes(synthetic_clip(2, duration_s=90.0))


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    yield shared_redis()
    app.close()


@pytest.fixture(scope="module")
def worker(redis: RedisServer) -> Iterator[subprocess.Popen[bytes]]:
    with celery_worker(redis.url, shared_results()) as process:
        yield process


@pytest.fixture
def broker(redis: RedisServer) -> Iterator[Broker]:
    made = Broker(redis.url)
    renew_sign(made.redis())  # for tests without a worker
    yield made
    assert made.redis().zcard(LINE) == made.redis().zcard(HELD) == 0
    assert not made.redis().keys("genrelens:clip:*")  # bytes never outlive the answer
    made.redis().close()


def answered(
    broker: Broker, content: bytes, *, kill: Any = None, question: str = GENRES
) -> tuple[dict[str, Any], list[Progress]]:
    """Return the answer and the progress; ``kill`` is called once the features are begun."""
    steps = broker.answer(broker.stored(content), question=question, is_gone=lambda: False)
    told: list[Progress] = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as finished:
            return finished.value, told
        if kill and told[-1].step == "features":
            kill()
            kill = None


def test_worker_leaves_a_sign_of_life_and_no_banner(
    redis: RedisServer, worker: subprocess.Popen[bytes]
) -> None:
    broker = Broker(redis.url)
    broker.redis().delete(SIGN)
    wait(lambda: broker.redis().exists(SIGN))
    assert 0 < broker.redis().ttl(SIGN) <= SIGN_S
    assert broker.presence.trouble() == ""
    broker.presence.close()
    broker.redis().close()


def test_worker_answers_with_progress_and_leaves_nothing(
    broker: Broker, worker: subprocess.Popen[bytes]
) -> None:
    answer, told = answered(broker, CLIP, question=GENRES_AND_MEL)
    assert {model["model"] for model in answer["models"]} == set(SERVED)
    assert answer["mel"]["levels"]
    assert answer["timings_ms"]["queued"] > 0
    steps = list(dict.fromkeys(progress.step for progress in told))
    assert [step for step in steps if step != "queued"] == ["decoding", "features", "models"]


@pytest.mark.parametrize(("question", "step"), [(LISTENING, ""), (ROBUSTNESS, "alterations")])
def test_worker_answers_other_questions_as_well(
    question: str, step: str, broker: Broker, worker: subprocess.Popen[bytes]
) -> None:
    short = wav_bytes(synthetic_clip(4, duration_s=1.2))  # few alterations change so short a clip
    answer, told = answered(broker, short, question=question)
    assert answer["duration_s"] == pytest.approx(1.2, abs=0.01)
    assert answer["timings_ms"]["queued"] > 0
    assert not step or (told[-1].step == step and told[-1].done == len(answer["alterations"]) > 9)


def test_question_of_another_version_is_refused_and_not_tried_again(
    broker: Broker, worker: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(ServiceError, match="being updated") as caught:
        answered(broker, CLIP, question="tempo")
    assert (caught.value.code, caught.value.status) == ("other_version", 503)
    assert caught.value.retry_after_s == 60


def test_unusable_clip_has_the_same_error_as_on_one_host(
    broker: Broker, worker: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(ServiceError) as caught:
        answered(broker, b"no sound" * 90)
    assert (caught.value.code, caught.value.status) == ("not_audio", 415)


def kill_children(worker: subprocess.Popen[bytes]) -> None:
    """End the process in which a worker predicts, as the system does when memory is short."""
    for pid in child_pids(worker.pid):
        os.kill(pid, signal.SIGKILL)


def test_clip_of_a_killed_process_is_tried_once_more(
    broker: Broker, worker: subprocess.Popen[bytes]
) -> None:
    answer, told = answered(broker, LONG, kill=lambda: kill_children(worker))
    assert {model["model"] for model in answer["models"]} == set(SERVED)
    assert told.count(Progress("decoding", 1, 1)) == 2  # it was begun twice


def test_clip_whose_tries_were_all_killed_gets_an_error(
    broker: Broker, worker: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokers, "ATTEMPTS", 1)
    with pytest.raises(ServiceError, match="ended without an answer") as caught:
        answered(broker, LONG, kill=lambda: kill_children(worker))
    assert (caught.value.code, caught.value.status) == ("worker_lost", 503)


def test_message_that_was_overtaken_is_dropped(
    broker: Broker, worker: subprocess.Popen[bytes]
) -> None:
    app.send_task(brokers.TASK, args=["gone", 1, GENRES], retry=False)
    answer, _told = answered(broker, CLIP)
    assert answer["models"]
    assert not broker.redis().keys("genrelens:lines:gone:*")


def test_without_workers_a_clip_is_told_its_position_and_refused_in_the_end(
    redis: RedisServer, broker: Broker
) -> None:
    """The line of a broker whose workers look elsewhere."""
    impatient = Broker(redis.url, limits=replace(LIMITS, wait_timeout_s=1.5))
    broker.redis().zadd(LINE, {"another": 9e9})
    try:
        impatient._send = lambda *_arguments, **_options: None  # type: ignore[method-assign]
        steps = impatient.answer(impatient.stored(CLIP), question=GENRES, is_gone=lambda: False)
        assert next(steps) == Progress("queued", 0, 1)
        with pytest.raises(ServiceError, match="No worker took this clip") as caught:
            list(steps)
        assert caught.value.status == 503
        assert (caught.value.retry_after_s or 0) >= brokers.RETRY_S
        full = Broker(redis.url, limits=replace(LIMITS, broker_waiting=1))
        with pytest.raises(ServiceError, match="1 other clips wait"):
            full.stored(CLIP)
    finally:
        broker.redis().zrem(LINE, "another")
        impatient.redis().close()
        full.redis().close()


def test_client_that_goes_away_takes_its_clip_along(broker: Broker) -> None:
    with pytest.raises(ServiceError, match="closed the connection"):
        list(broker.answer(broker.stored(CLIP), question=GENRES, is_gone=lambda: True))


def test_broker_that_is_away_is_a_clear_refusal(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.stop()
    with pytest.raises(ServiceError, match="does not answer") as caught:
        answered(Broker(server.url), CLIP)
    assert (caught.value.code, caught.value.status) == ("broker_away", 503)
    assert caught.value.retry_after_s


def test_address_must_be_of_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRELENS_BROKER", "amqp://host")
    with pytest.raises(ValueError, match="GENRELENS_BROKER must be an address like redis://"):
        brokers.from_environment()
    monkeypatch.delenv("GENRELENS_BROKER")
    assert brokers.from_environment() is None


def test_messages_are_json_only() -> None:
    assert app.conf.task_serializer == "json"
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.result_backend is None


def test_web_process_without_broker_loads_neither_redis_nor_celery() -> None:
    code = (
        "import sys, dashboard.app; print(sorted({'celery', 'redis', 'kombu'} & set(sys.modules)))"
    )
    environment = {k: v for k, v in os.environ.items() if k != "GENRELENS_BROKER"}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == "[]"
