"""A broker that is away, or without workers: probes and logs say so, clips are refused at once."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_service import Service, check_error
from redis_server import RedisServer
from tiny_models import shared_results

from dashboard.operation.readiness import unready
from dashboard.operation.requests import BEHIND_US, watch_requests
from dashboard.prediction import workers
from dashboard.prediction.broker import HELD, LINE, Broker
from dashboard.prediction.live import Live
from dashboard.prediction.refusal import STATUS
from dashboard.prediction.workers import AWAY, NO_WORKER, SIGN, Presence, keep_sign, renew_sign


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def live(redis: RedisServer) -> Iterator[Live]:
    made = Live(shared_results(), broker=Broker(redis.url))
    made.predictor()
    yield made
    made.close()
    assert made.broker
    made.broker.presence.close()
    made.broker.redis().close()


def test_server_without_workers_is_not_ready_and_refuses_clips_at_once(
    live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    assert live.broker
    service = Service(live)
    watch_requests(service.server)
    client = service.server.test_client()
    assert unready(live) == [NO_WORKER]
    assert check_error(client.get("/readyz"), 503, "not_ready") == NO_WORKER
    answer = service.post()
    assert check_error(answer, 503, "no_worker").startswith(NO_WORKER)
    assert int(answer.headers["Retry-After"]) >= 10
    answer.close()
    assert [line.levelname for line in caplog.records if "(no_worker)" in line.message] == [
        "WARNING"
    ]
    assert live.broker.redis().zcard(LINE) == live.broker.redis().zcard(HELD) == 0
    renew_sign(live.broker.redis())
    live.broker.presence.forget()
    assert client.get("/readyz").get_json() == {"status": "ready"}


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP])
def test_broker_that_is_away_is_told_by_both_probes(
    live: Live, redis: RedisServer, ending: signal.Signals
) -> None:
    assert live.broker
    renew_sign(live.broker.redis())
    service = Service(live)
    client = service.server.test_client()
    assert client.get("/readyz").status_code == 200
    os.kill(redis.process.pid, ending)
    if ending == signal.SIGKILL:
        redis.process.wait()
    live.broker.presence.forget()
    assert check_error(client.get("/readyz"), 503, "not_ready") == AWAY
    health = client.get("/healthz")  # it still shows results
    assert (health.status_code, health.get_json()["warning"]) == (200, AWAY)


def test_answer_about_a_broker_is_kept_for_a_while(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence, broker = Presence(redis.url), Broker(redis.url)
    assert presence.trouble() == NO_WORKER
    ended = keep_sign(broker.redis())
    assert broker.redis().ttl(SIGN) > 0
    assert presence.trouble() == NO_WORKER
    monkeypatch.setattr(workers, "KEPT_S", 0.0)
    assert presence.trouble() == ""
    ended.set()
    presence.close()
    broker.redis().close()


def test_what_an_operator_must_mend_is_logged_as_a_warning() -> None:
    assert {"broker_away", "worker_lost"} < BEHIND_US < set(STATUS)


def test_sign_that_cannot_be_left_is_a_warning_and_no_end(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Broker(redis.url)
    redis.stop()
    renew_sign(broker.redis())
    assert "no sign of life could be left" in caplog.text
