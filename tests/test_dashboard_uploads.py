"""``POST /api/predict`` and ``/healthz``, through the app and through a real gunicorn."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gunicorn_server import child_pids, gunicorn_server
from live_service import CLIP, Service, check_error
from media import media, silent_film
from multipart import get, last_line, post_clip
from tiny_models import SERVED, shared_results, synthetic_clip, wav_bytes

from dashboard.prediction.decoder import Decoder
from dashboard.prediction.line import Line
from dashboard.prediction.live import Live
from dashboard.prediction.uploads import NDJSON
from pipeline.audio import decode
from pipeline.config import ANALYSIS, LIMITS

GENEROUS = replace(LIMITS, requests_per_minute=10_000)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    live = Live(shared_results(), limits=GENEROUS)
    yield Service(live)
    live.close()


@pytest.fixture
def make_service() -> Iterator[Callable[..., Service]]:
    """Return a maker of services with other limits; their processes end with the test."""
    made: list[Live] = []

    def make(results: Path | None = None, **options: Any) -> Service:
        live = Live(results or shared_results(), **{"limits": GENEROUS, **options})
        made.append(live)
        return Service(live)

    yield make
    for live in made:
        live.close()


def test_client_that_accepts_anything_gets_plain_json(service: Service) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        response = service.post(headers=headers)
        assert (response.status_code, response.mimetype) == (200, "application/json")
        answer = response.get_json()
        assert {model["model"] for model in answer["models"]} == set(SERVED)
        assert answer["duration_s"] == pytest.approx(6.0)
        assert "mel" not in answer
        assert response.headers["Cache-Control"] == "no-store"


def test_answer_has_the_documented_fields(service: Service) -> None:
    answer = service.post().get_json()
    assert set(answer) == {
        "duration_s", "flags", "models", "closest", "disagreement", "timings_ms",
    }  # fmt: skip
    assert set(answer["timings_ms"]) == {
        "queued", "decoding", "features", "models", "why", "total",
    }  # fmt: skip
    for model in answer["models"]:
        assert set(model) >= {
            "id", "model", "genre", "probabilities", "windows", "honest_accuracy", "ms",
        }  # fmt: skip
        assert set(model["honest_accuracy"]) >= {"protocol", "value", "ci_low", "ci_high"}
        assert sum(model["probabilities"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("container", "codec", "video"),
    [("ipod", "aac", None), ("asf", "wmav2", None), ("mp4", "aac", "mpeg4")],
)
def test_song_that_ffmpeg_decodes_is_answered(
    service: Service, container: str, codec: str, video: str | None
) -> None:
    y = synthetic_clip(60, duration_s=6.0)
    answer = service.post(
        media(y, ANALYSIS.sr, container=container, codec=codec, video=video)
    ).get_json()
    assert answer["duration_s"] == pytest.approx(6.0, abs=0.15)
    assert {model["model"] for model in answer["models"]} == set(SERVED)


def test_lossless_m4a_is_heard_like_its_wav(service: Service) -> None:
    y = decode(CLIP, sr=ANALYSIS.sr).y
    answer = service.post(media(y, ANALYSIS.sr, container="ipod", codec="alac")).get_json()
    for model, expected in zip(answer["models"], service.post().get_json()["models"], strict=True):
        assert model["windows"] == expected["windows"]


def test_video_without_sound_is_an_unsupported_type(service: Service) -> None:
    message = check_error(service.post(silent_film()), 415, "not_audio")
    assert message.startswith("This is an MP4 file, but it has no sound.")


def test_stream_tells_each_step_and_ends_with_the_answer(service: Service) -> None:
    response = service.post(headers={"Accept": NDJSON})
    assert response.mimetype == NDJSON
    lines = [json.loads(line) for line in response.get_data(as_text=True).splitlines()]
    steps = [line["step"] for line in lines[:-1]]
    assert list(dict.fromkeys(steps)) == ["decoding", "features", "models"]
    assert all(0 <= line["done"] <= line["total"] for line in lines[:-1])
    assert lines[-1]["answer"]["models"]


def test_stream_ends_with_the_error_and_its_status(service: Service) -> None:
    line = last_line(
        service.post(b"no sound" * 90, headers={"Accept": NDJSON}).get_data(as_text=True)
    )
    assert (line["code"], line["status"]) == ("not_audio", 415)


@pytest.mark.parametrize("where", ["fields", "query_string"])
def test_spectrogram_comes_on_request(service: Service, where: str) -> None:
    mel = service.post(**{where: {"mel": "1"}}).get_json()["mel"]
    rows, columns = mel["shape"]
    assert (len(mel["frequencies_hz"]), len(mel["times_s"])) == (rows, columns)
    assert mel["times_s"][-1] < 6.0


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (None, 422, "no_file"),
        (b"", 422, "empty"),
        (b"%PDF-1.7" + bytes(900), 415, "not_audio"),
        (CLIP[:30], 422, "broken"),
        (wav_bytes(synthetic_clip(1, duration_s=0.9)), 422, "too_short"),
        (wav_bytes(np.zeros(601 * 8_000, dtype=np.float32), sr=8_000), 413, "too_long"),
        (bytes(LIMITS.max_bytes + 1), 413, "too_large"),
        (bytes(LIMITS.max_bytes + 2**20), 413, "too_large"),
        (wav_bytes(np.full(50_000, np.nan, dtype=np.float32), subtype="FLOAT"), 422, "not_finite"),
    ],
)
def test_unusable_upload_has_status_and_code(
    service: Service, content: bytes | None, status: int, code: str
) -> None:
    check_error(service.post(content), status, code)


def test_body_that_is_no_form_is_no_file(service: Service) -> None:
    response = service.server.test_client().post("/api/predict", data=CLIP)
    assert "curl" in check_error(response, 422, "no_file")


def test_get_says_to_post(service: Service) -> None:
    response = service.server.test_client().get("/api/predict")
    check_error(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


def test_too_many_clips_from_one_address_have_to_wait(
    make_service: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make_service(limits=replace(LIMITS, requests_per_minute=2))
    for _ in range(2):
        check_error(service.post(None), 422, "no_file")
    response = service.post(None)
    check_error(response, 429, "rate_limited")
    assert response.headers["Retry-After"] == "60"
    other = service.post(None, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    check_error(other, 422, "no_file")
    forged = {"X-Forwarded-For": "203.0.113.9"}
    check_error(service.post(None, headers=forged), 429, "rate_limited")
    monkeypatch.setattr("dashboard.web.visitors.proxies", lambda: 1)
    check_error(service.post(None, headers=forged), 422, "no_file")


def test_server_that_is_full_says_when_to_come_back(make_service: Callable[..., Service]) -> None:
    service = make_service(line=Line(at_once=1, waiting=0))
    place = service.live.line.enter()
    response = service.post()
    check_error(response, 503, "busy")
    assert int(response.headers["Retry-After"]) > 0
    place.leave()
    place.leave()
    assert service.post().status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Accept": NDJSON}])
def test_place_is_free_again_after_an_error(
    make_service: Callable[..., Service], headers: dict[str, str]
) -> None:
    service = make_service(line=Line(at_once=1, waiting=0))
    for _ in range(3):
        service.post(b"no sound" * 90, headers=headers).close()
    assert service.post(headers=headers).status_code == 200


def test_visitor_who_leaves_gives_the_place_back(make_service: Callable[..., Service]) -> None:
    service = make_service(line=Line(at_once=1, waiting=0))
    response = service.post(headers={"Accept": NDJSON}, buffered=False)
    next(response.response)
    response.close()
    assert service.post().status_code == 200


def test_prediction_that_takes_too_long_is_stopped(make_service: Callable[..., Service]) -> None:
    service = make_service(limits=replace(GENEROUS, total_timeout_s=0.0))
    check_error(service.post(), 503, "timeout")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "decode_crashed"),
        ("import time; time.sleep(60)", "decode_timeout"),
    ],
)
def test_misbehaving_decoder_is_an_error_and_the_next_clip_works(
    make_service: Callable[..., Service], code: str, expected: str
) -> None:
    decoder = Decoder(command=[sys.executable, "-c", code], timeout_s=0.5)
    service = make_service(decoder=decoder)
    check_error(service.post(), 422, expected)
    decoder.close()
    service.live.decoder = Decoder()
    assert service.post().status_code == 200


def test_missing_models_are_a_503_that_says_what_to_run(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    service = make_service(tmp_path)
    assert "make results" in check_error(service.post(), 503, "results_unavailable")
    health = service.server.test_client().get("/healthz")
    assert "make results" in check_error(health, 503, "unavailable")
    assert len(health.get_json()["missing"]) == 2


def test_healthz_is_ok_when_everything_is_loaded(service: Service) -> None:
    service.live.predictor()
    response = service.server.test_client().get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


def test_two_uploads_at_once_do_not_mix(service: Service) -> None:
    clips = {seed: wav_bytes(synthetic_clip(seed, duration_s=4.0 + seed % 3)) for seed in (61, 62)}
    alone = {seed: service.post(content).get_json() for seed, content in clips.items()}
    found: dict[int, list[dict[str, Any]]] = {seed: [] for seed in clips}

    def work(seed: int) -> None:
        for _ in range(3):
            found[seed].append(service.post(clips[seed]).get_json())

    threads = [threading.Thread(target=work, args=(seed,)) for seed in clips]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, answers in found.items():
        for answer in answers:
            assert answer["duration_s"] == alone[seed]["duration_s"]
            for model, expected in zip(answer["models"], alone[seed]["models"], strict=True):
                assert model["windows"] == expected["windows"]


def test_real_server_answers_streams_and_leaves_no_process_behind() -> None:
    with gunicorn_server(shared_results()) as server:
        deadline = time.monotonic() + 60
        while get(f"{server.address}/healthz")[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        status, text = post_clip(server.address, CLIP)
        assert (status, json.loads(text)["duration_s"]) == (200, 6.0)
        status, text = post_clip(server.address, CLIP, accept=NDJSON)
        assert last_line(text)["answer"]["models"]
        song = media(synthetic_clip(60, duration_s=6.0), ANALYSIS.sr, container="ipod", codec="aac")
        status, text = post_clip(server.address, song)
        assert (status, round(json.loads(text)["duration_s"])) == (200, 6)
        status, text = post_clip(server.address, bytes(LIMITS.max_bytes + 2**20))
        assert (status, json.loads(text)["code"]) == (413, "too_large")
        status, text = post_clip(server.address, b"\x00\x01" * 999)
        assert (status, json.loads(text)["code"]) == (415, "not_audio")
        processes = [server.worker(), *child_pids(server.worker())]
        assert len(processes) == 2  # the worker and the decoder that waits
    deadline = time.monotonic() + 10
    while any(_lives(pid) for pid in processes):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
