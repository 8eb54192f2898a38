"""``/metrics`` and ``/readyz``: what is counted, added up over workers, and who may see it."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gunicorn_server import child_pids, gunicorn_server
from live_service import CLIP, Service
from multipart import get, post_clip
from prometheus_client.parser import text_string_to_metric_families
from tiny_models import shared_results

from dashboard.operation import exposition, metrics
from dashboard.operation.readiness import unready
from dashboard.operation.requests import watch_requests
from dashboard.prediction.line import Line
from dashboard.prediction.live import Live
from dashboard.prediction.uploads import NDJSON
from pipeline.config import LIMITS

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]
PRIVATE, PUBLIC = "10.1.2.3", "8.8.8.8"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    live = Live(shared_results(), limits=replace(LIMITS, requests_per_minute=10_000))
    made = Service(live)
    watch_requests(made.server)
    yield made
    live.close()


def numbers(text: str) -> Numbers:
    """Return every sample of an exposition by its name and labels."""
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, frozenset(one.labels.items())): one.value for one in samples}


def number(found: Numbers, name: str, **labels: str) -> float:
    """Return the sum of the samples of a name that have these labels."""
    wanted = set(labels.items())
    return sum(value for (own, has), value in found.items() if own == name and wanted <= has)


def scraped(service: Service) -> Numbers:
    answer = service.server.test_client().get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return numbers(answer.text)


def test_clips_are_counted_by_outcome_and_their_steps_timed(service: Service) -> None:
    before = scraped(service)
    for content, accept in ((CLIP, "application/json"), (CLIP, NDJSON), (b"no sound", NDJSON)):
        service.post(content, headers={"Accept": accept}, buffered=True)
    service.post(b"no sound", buffered=True)
    after = scraped(service)

    def more(name: str, **labels: str) -> float:
        return number(after, name, **labels) - number(before, name, **labels)

    assert more("genrelens_predictions_total", outcome="ok") == 2
    assert more("genrelens_predictions_total", outcome="not_audio") == 2
    assert more("genrelens_requests_total", route="/api/predict", status="200") == 3
    assert more("genrelens_requests_total", route="/api/predict", status="415") == 1
    assert more("genrelens_request_seconds_count", route="/api/predict") == 4
    for step in ("decoding", "features", "models", "total"):
        assert more("genrelens_prediction_step_seconds_count", step=step) == 2
    total = more("genrelens_prediction_step_seconds_sum", step="total")
    assert 0 < total <= more("genrelens_request_seconds_sum", route="/api/predict")
    assert number(after, "genrelens_worker_memory_bytes") > 2**20
    assert number(after, "genrelens_clips", state="running") == 0


def test_clips_in_the_line_are_shown(service: Service) -> None:
    place = service.live.line.enter(1000)
    service.live.line.forget()
    found = scraped(service)
    place.leave()
    assert number(found, "genrelens_clips", state="arriving") == 1
    assert number(found, "genrelens_clip_bytes") == 1000


def test_a_client_that_leaves_is_neither_an_answer_nor_an_error(service: Service) -> None:
    before = scraped(service)
    answer = service.post(headers={"Accept": NDJSON}, buffered=False)
    answer.close()
    after = scraped(service)
    name = "genrelens_predictions_total"
    assert number(after, name, outcome="gone") - number(before, name, outcome="gone") == 1


def test_addresses_that_do_not_exist_make_no_labels(service: Service) -> None:
    client = service.server.test_client()
    for name in range(30):
        client.get(f"/api/{name}/no-such-page-{name}").close()
    client.open("/api/predict", method="BREW").close()
    found = scraped(service)
    labels = {value for name, has in found for value in dict(has).values() if "requests" in name}
    assert not any("no-such-page" in value or value == "BREW" for value in labels)
    assert metrics.OTHER in labels


def test_codes_beyond_a_number_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_outcomes", set())
    found = {metrics._bounded(f"code-{number}") for number in range(1000)}
    assert len(found) == metrics.OUTCOMES_AT_MOST + 1 and metrics.OTHER in found


@pytest.mark.parametrize(
    ("address", "headers", "setting", "status"),
    [
        (PRIVATE, {}, "", 200),
        ("::1", {}, "", 200),
        (PUBLIC, {}, "", 404),
        ("", {}, "", 404),  # a socket file
        ("127.0.0.1", {"X-Forwarded-For": PRIVATE}, "", 404),
        ("127.0.0.1", {"X-Real-IP": PRIVATE}, "", 404),
        (PUBLIC, {"X-Forwarded-For": PUBLIC}, "open", 200),
        (PRIVATE, {}, "off", 404),
    ],
)
def test_who_may_see_the_metrics(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    headers: dict[str, str],
    setting: str,
    status: int,
) -> None:
    monkeypatch.setenv(exposition.METRICS_VARIABLE, setting)
    answer = service.server.test_client().get(
        "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert answer.status_code == status
    assert ("genrelens_requests_total" in answer.text) == (status == 200)


def test_a_setting_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(exposition.METRICS_VARIABLE, "yes")
    with pytest.raises(SystemExit, match="must be 'open', 'off' or unset"):
        exposition.metrics_choice()


def wait_for(seconds: float, what: str, address: str, enough: float) -> Numbers:
    """Return the numbers once the sum of a metric is ``enough``; the last ones after a while."""
    deadline = time.monotonic() + seconds
    while True:
        found = numbers(get(f"{address}/metrics")[1])
        if number(found, what) >= enough or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def test_workers_are_added_up_and_the_dead_ones_forgotten(tmp_path: Path) -> None:
    environment = {"WEB_CONCURRENCY": "2", "TMPDIR": str(tmp_path)}
    name = "genrelens_requests_total"
    with gunicorn_server(shared_results(), environment=environment) as server:
        for _ in range(20):  # whichever worker takes them
            get(f"{server.address}/api/provenance")
        assert post_clip(server.address, CLIP)[0] == 200
        found = numbers(get(f"{server.address}/metrics")[1])
        assert number(found, name, route="/api/predict", status="200") == 1
        asked = number(found, name, route="/api/provenance")
        assert asked == 20
        assert number(found, "genrelens_predictions_total", outcome="ok") == 1
        assert list(tmp_path.glob("genrelens-metrics-*/*.db"))
        old = set(child_pids(server.pid))
        for pid in old:
            os.kill(pid, signal.SIGTERM)
        while set(child_pids(server.pid)) & old:
            time.sleep(0.05)
        found = wait_for(30, "genrelens_worker_memory_bytes", server.address, 1)
        shown = {dict(has).get("pid") for own, has in found if own.endswith("memory_bytes")}
        assert shown and not shown & {str(pid) for pid in old}
        assert number(found, name, route="/api/provenance") == asked
    assert not list(tmp_path.glob("genrelens-metrics-*"))


def test_readiness_waits_for_the_models_and_loads_nothing_itself() -> None:
    live = Live(shared_results())
    assert unready(live) == ["The models are not loaded."]
    live.predictor()
    assert unready(live) == []
    live.close()


def test_a_full_line_or_a_stopping_server_is_not_ready() -> None:
    live = Live(shared_results(), line=Line(at_once=1, waiting=0))
    live.predictor()
    client = Service(live).server.test_client()
    assert client.get("/readyz").get_json() == {"status": "ready"}
    place = live.line.enter()
    live.line.forget()  # what was seen a moment ago
    response = client.get("/readyz")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.get_json()["code"] == "not_ready"
    assert response.get_json()["error"] == "The line of clips is full."
    place.leave()
    assert unready(live) == []
    live.line.stop()
    assert unready(live) == ["This server is being stopped."]
    live.close()
