"""``POST /api/robustness``: a clip, altered in a process of its own, and who changed their mind."""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from live_service import CLIP, Service, check_error
from multipart import CONTENT_TYPE, multipart
from tiny_models import SERVED, shared_results, synthetic_clip, wav_bytes
from werkzeug.test import TestResponse

from dashboard.prediction import alterer, live_robustness, processes
from dashboard.prediction.alterer import AlterationError, altered_clips
from dashboard.prediction.line import Line
from dashboard.prediction.live import Live
from dashboard.prediction.live_robustness import conditions_for, middle
from dashboard.prediction.uploads import NDJSON
from pipeline.audio import decode
from pipeline.audio.alterations import ALTERATIONS, altered
from pipeline.config import ANALYSIS, LIMITS

SR = ANALYSIS.sr
FEW = [("gain", -12.0), ("white_noise", 10.0), ("crop", 3.0)]


def post(service: Service, content: bytes = CLIP, **options) -> TestResponse:
    client = service.server.test_client()
    return client.post(
        "/api/robustness", data=multipart(content), content_type=CONTENT_TYPE, **options
    )


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    live = Live(shared_results(), limits=replace(LIMITS, requests_per_minute=10_000))
    yield Service(live)
    live.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_robustness, "conditions_for", lambda duration_s: FEW)


def test_clips_of_all_three_routes_count_together() -> None:
    live = Live(shared_results(), limits=replace(LIMITS, requests_per_minute=2))
    client = Service(live).server.test_client()
    for route in ("predict", "robustness"):
        check_error(client.post(f"/api/{route}"), 422, "no_file")
    check_error(client.post("/api/explain"), 429, "rate_limited")
    live.close()


def test_process_that_alters_is_bounded_and_leads_a_group_of_its_own() -> None:
    process = alterer._started(alterer.COMMAND)
    try:
        alterer._send(process, np.zeros(SR, dtype=np.float32) + 0.5, SR, [("gain", -6.0)])
        assert len(alterer._received(process, 2 * SR)) == SR
        assert os.getpgid(process.pid) == process.pid
        if sys.platform == "linux":
            assert resource.prlimit(process.pid, resource.RLIMIT_AS)[0] == alterer.MEMORY_BYTES
            assert resource.prlimit(process.pid, resource.RLIMIT_CPU)[0] == alterer.CPU_S
    finally:
        assert processes.end(process) is not None


def test_stream_tells_every_alteration_and_ends_with_who_changed(service: Service) -> None:
    response = post(service, headers={"Accept": NDJSON})
    lines = [json.loads(line) for line in response.text.splitlines()]
    steps = [line["step"] for line in lines[:-1]]
    answer = lines[-1]["answer"]
    expected = conditions_for(6.0)
    assert {"decoding", "alterations"} <= set(steps)
    assert lines[-2] == {"step": "alterations", "done": len(expected), "total": len(expected)}
    assert {model["model"] for model in answer["models"]} == set(SERVED)
    assert [(row["alteration"], row["level"]) for row in answer["alterations"]] == expected
    assert (answer["from_s"], answer["to_s"], answer["left_out"]) == (0.0, 6.0, [])
    plain = {model["id"]: model["genre"] for model in answer["models"]}
    for row in answer["alterations"]:
        changed = [model for model, genre in plain.items() if row["genres"][model] != genre]
        assert row["changed"] == changed
    assert response.headers["Cache-Control"] == "no-store"


def test_answers_are_those_of_the_altered_clip_sent_by_itself(service: Service, few: None) -> None:
    y = decode(CLIP, sr=SR).y
    rows = post(service).get_json()["alterations"]
    for row, (alteration, level) in zip(rows, FEW, strict=True):
        samples = altered(y, sr=SR, alteration=alteration, level=level)
        alone = service.live.predictor().predict(samples, sr=SR).as_json()
        assert row["genres"] == {model["id"]: model["genre"] for model in alone["models"]}


def test_a_long_clip_is_altered_from_its_middle(service: Service, few: None) -> None:
    content = wav_bytes(synthetic_clip(1, duration_s=40.0))
    answer = post(service, content).get_json()
    assert (answer["duration_s"], answer["from_s"], answer["to_s"]) == (40.0, 5.0, 35.0)
    piece, start = middle(np.arange(40 * SR), sr=SR)
    assert start == 5 * SR and len(piece) == 30 * SR and piece[0] == start


def test_what_the_time_does_not_suffice_for_is_named(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = replace(LIMITS, alterations_timeout_s=0.0)
    monkeypatch.setattr(live_robustness, "LIMITS", hurried)
    answer = post(service).get_json()
    assert answer["alterations"] == []
    assert len(answer["left_out"]) == len(conditions_for(6.0))


def test_visitor_who_leaves_ends_the_process_and_gives_the_place_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    start = alterer._started
    monkeypatch.setattr(
        alterer, "_started", lambda command: started.append(start(command)) or started[-1]
    )
    response = post(service, headers={"Accept": NDJSON}, buffered=False)
    lines = iter(response.response)
    while b"alterations" not in next(lines) or not started:
        pass
    response.close()
    (process,) = started
    assert process.poll() is not None
    assert service.live.line.counts().running == 0


def test_silence_has_no_answer_that_could_change(service: Service) -> None:
    content = wav_bytes(np.zeros(3 * SR, dtype=np.float32))
    assert "silent" in check_error(post(service, content), 422, "silent")


def test_unusable_clips_are_refused_as_for_a_prediction(service: Service) -> None:
    check_error(post(service, b"no sound"), 415, "not_audio")
    assert service.server.test_client().get("/api/robustness").status_code == 405


def test_a_full_line_refuses(few: None) -> None:
    live = Live(shared_results(), line=Line(at_once=1, waiting=0))
    place = live.line.enter()
    refused = post(Service(live))
    place.leave()
    live.close()
    check_error(refused, 503, "busy")
    assert int(refused.headers["Retry-After"]) > 0


def test_a_process_that_fails_is_an_error_and_no_place_is_lost(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = lambda *arguments, **named: altered_clips(  # noqa: E731
        *arguments, **named, command=[sys.executable, "-c", "raise SystemExit(3)"]
    )
    monkeypatch.setattr(live_robustness.robustness_steps, "__kwdefaults__", {
        **live_robustness.robustness_steps.__kwdefaults__, "altered": broken,
    })  # fmt: skip
    check_error(post(service), 422, "alteration_failed")
    assert service.live.line.counts().running == 0


def test_the_process_makes_what_the_function_makes() -> None:
    y = synthetic_clip(2, duration_s=4.0)
    made = list(altered_clips(y, sr=SR, conditions=FEW, timeout_s=60))
    assert [condition for condition, _ in made] == FEW
    for (alteration, level), samples in made:
        expected = altered(y, sr=SR, alteration=alteration, level=level)
        np.testing.assert_array_equal(samples, expected)


@pytest.mark.parametrize(
    "program",
    ["print('many')", "print(10**9)", "import os; os.write(1, b'5\\n12')", "pass"],
)
def test_a_process_that_talks_nonsense_is_an_error(program: str) -> None:
    command = [sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); {program}"]
    with pytest.raises(AlterationError):
        list(altered_clips(CLIP_Y, sr=SR, conditions=FEW, timeout_s=30, command=command))


def test_a_process_that_hangs_is_ended_when_the_time_is_over() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    before = time.monotonic()
    assert list(altered_clips(CLIP_Y, sr=SR, conditions=FEW, timeout_s=0.5, command=command)) == []
    assert time.monotonic() - before < 30


def test_short_clips_are_not_cut_to_more_than_they_have() -> None:
    assert len(conditions_for(30.0)) == sum(len(one.levels) for one in ALTERATIONS.values())
    names = conditions_for(1.05)
    assert "crop" not in dict(names) and ("tempo", 10.0) not in names and ("tempo", -10.0) in names


def test_compiled_functions_are_kept_where_somebody_can_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alterer._numba_cache.cache_clear()
    assert os.access(os.path.dirname(alterer.__file__), os.W_OK)
    assert alterer._numba_cache() == ""
    alterer._numba_cache.cache_clear()
    monkeypatch.setattr(alterer.os, "access", lambda path, how: False)
    folder = alterer._numba_cache()
    assert os.stat(folder).st_mode & 0o077 == 0  # nobody else can put compiled code there
    alterer._numba_cache.cache_clear()


CLIP_Y = synthetic_clip(3, duration_s=1.0)
