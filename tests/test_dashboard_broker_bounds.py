"""What a broker holds at most, for how long, and what a web process keeps meanwhile: nothing."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml
from live_service import CLIP
from redis_server import RedisServer, shared_redis
from tiny_models import shared_results

from dashboard.prediction import broker as brokers
from dashboard.prediction import capacity
from dashboard.prediction.broker import HELD, LINE, Broker
from dashboard.prediction.line import Counts, Line
from dashboard.prediction.live import Live
from dashboard.prediction.questions import GENRES, answered
from dashboard.prediction.refusal import ServiceError
from dashboard.prediction.worker import app
from dashboard.prediction.workers import renew_sign
from pipeline.config import LIMITS, REPOSITORY


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    yield shared_redis()
    app.close()


@pytest.fixture
def make_broker(redis: RedisServer) -> Iterator[Any]:
    """Return a maker of brokers with other limits, all of one Redis that holds nothing at first."""
    made: list[Broker] = []

    def make(**limits: Any) -> Broker:
        made.append(Broker(redis.url, limits=replace(LIMITS, **limits)))
        renew_sign(made[-1].redis())  # as if there were a worker
        return made[-1]

    yield make
    make().redis().flushall()
    for broker in made:
        broker.redis().close()


def test_stored_clip_leaves_its_place_and_its_memory(make_broker: Any) -> None:
    live = Live(shared_results(), line=Line(at_once=1, waiting=0), broker=make_broker())
    upload = io.BytesIO(CLIP)
    steps = answered(live, live.line.enter(len(CLIP)), upload)
    assert next(steps).step == "queued"
    assert live.line.counts() == Counts(0, 0, 0, 0)
    assert upload.closed
    steps.close()
    live.close()


def test_clip_that_cannot_be_stored_leaves_its_place(make_broker: Any) -> None:
    broker = make_broker(broker_waiting=0)
    live = Live(shared_results(), line=Line(at_once=1, waiting=0), broker=broker)
    with pytest.raises(ServiceError, match="other clips wait"):
        next(answered(live, live.line.enter(len(CLIP)), io.BytesIO(CLIP)))
    assert live.line.counts() == Counts(0, 0, 0, 0)
    assert broker.redis().zcard(LINE) == broker.redis().zcard(HELD) == 0
    live.close()


def test_server_that_stops_refuses_clips_that_no_worker_has_begun(make_broker: Any) -> None:
    live = Live(shared_results(), line=Line(at_once=1, waiting=0), broker=make_broker())
    steps = answered(live, live.line.enter(), io.BytesIO(CLIP))
    next(steps)
    live.line.stop()
    with pytest.raises(ServiceError, match="restarted") as caught:
        list(steps)
    assert (caught.value.code, caught.value.status) == ("stopping", 503)
    live.close()


def test_bytes_of_all_clips_are_bounded(make_broker: Any) -> None:
    broker = make_broker(broker_bytes=1000)
    large = broker.stored(bytes(2000))  # alone, one is always taken
    with pytest.raises(ServiceError, match="1 other clips wait") as caught:
        broker.stored(bytes(10))
    assert caught.value.code == "busy"
    assert (caught.value.retry_after_s or 0) >= brokers.RETRY_S
    broker._forget(large)
    broker.stored(bytes(600))
    broker.redis().zremrangebyrank(LINE, 0, -1)  # a worker has begun: its bytes are still there
    with pytest.raises(ServiceError, match="1 other clips wait or are analysed"):
        broker.stored(bytes(500))
    broker.stored(bytes(400))


def test_one_address_leaves_others_room_in_the_line_of_all_hosts(make_broker: Any) -> None:
    broker, other_host = (make_broker(broker_waiting=16, bytes_per_address=1000) for _ in "ab")
    for _ in range(4):
        broker.stored(bytes(10), visitor="a1")
    with pytest.raises(ServiceError, match="4 other clips from your address wait") as caught:
        other_host.stored(bytes(10), visitor="a1")
    assert (caught.value.code, caught.value.status) == ("rate_limited", 429)
    other_host.stored(bytes(900), visitor="b2")
    with pytest.raises(ServiceError, match="1 other clips from your address wait"):
        broker.stored(bytes(200), visitor="b2")
    broker.stored(bytes(200), visitor="c3")
    assert broker.redis().zcard(LINE) == broker.redis().zcard(HELD) == 6  # of the refused, nothing


def test_redis_that_is_full_is_busy_and_not_away(make_broker: Any) -> None:
    broker = make_broker()
    job = broker.stored(CLIP)
    broker.redis().config_set("maxmemory", "1mb")
    try:
        with pytest.raises(ServiceError, match="is full") as caught:
            broker.stored(CLIP)
        assert caught.value.code == "busy"
        assert (caught.value.retry_after_s or 0) >= brokers.RETRY_S
        with pytest.raises(ServiceError, match="is full"):
            next(broker.answer(job, question=GENRES, is_gone=lambda: False))
    finally:
        broker.redis().config_set("maxmemory", "0")


def test_clips_outlive_two_waits_and_two_runs() -> None:
    broker = Broker("redis://127.0.0.1:1/0")
    longest_s = 2 * (LIMITS.wait_timeout_s + LIMITS.total_timeout_s) + brokers.LEASE_S
    assert broker.expiry_s >= longest_s
    assert app.conf.broker_transport_options["visibility_timeout"] > broker.expiry_s


def test_redis_of_the_containers_holds_what_the_limits_allow() -> None:
    compose = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
    redis = compose["services"]["redis"]
    command = redis["command"]
    (most,) = re.findall(r"(\d+)mb", command[command.index("--maxmemory") + 1])
    on_their_way = 4 * LIMITS.max_bytes  # what clients send and are sent counts, too
    assert int(most) * 2**20 >= LIMITS.broker_bytes + on_their_way
    assert int(redis["mem_limit"].removesuffix("m")) > int(most)
    text = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"{most} MB (`maxmemory`" in text
    assert f"at most {LIMITS.broker_waiting} clips wait" in text
    assert f"{LIMITS.broker_bytes // 2**20} MB at most" in text


def test_clips_that_are_followed_have_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENRELENS_BROKER", raising=False)
    alone = capacity.lanes()["uploads"]
    monkeypatch.setenv("GENRELENS_BROKER", "redis://host")
    assert capacity.lanes()["uploads"] == alone + LIMITS.broker_waiting


def test_worker_logs_as_web_processes_do() -> None:
    code = (
        "import logging; from billiard.util import error, get_logger; "
        "from dashboard.prediction.worker import app; app.log.setup(loglevel='INFO'); "
        "get_logger(); logging.getLogger('celery.worker').warning('lost %s', 'a worker'); "
        "error('Process %r exited', 'ForkPoolWorker-1')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True,
        env={**os.environ, "GENRELENS_LOG": "json"},
    )  # fmt: skip
    first, second = map(json.loads, found.stderr.splitlines())
    assert (first["message"], first["logger"]) == ("lost a worker", "celery.worker")
    assert (second["message"], second["level"]) == ("Process 'ForkPoolWorker-1' exited", "error")
