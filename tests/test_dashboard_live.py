"""The live service of one worker: loading, reloading, steps."""

import base64
import io
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from tiny_models import shared_results, synthetic_clip, wav_bytes, write_tiny_models

from dashboard.prediction.live import Live, ServiceError, mel_json
from pipeline.config import ANALYSIS


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return a copy that a test may change."""
    return shutil.copytree(shared_results(), tmp_path / "results")


def test_models_are_loaded_once_and_again_when_run_json_changes(results: Path) -> None:
    live = Live(results)
    first = live.predictor()
    assert live.predictor() is first
    y = synthetic_clip(70, duration_s=4.0)
    before = first.predict(y, sr=ANALYSIS.sr).as_json()["models"]
    write_tiny_models(results, seed=9)
    assert live.predictor() is first  # run.json is written last: until then the old set stands
    os.utime(results / "run.json", ns=(1, 1))
    after = live.predictor().predict(y, sr=ANALYSIS.sr).as_json()["models"]
    assert [m["probabilities"] for m in before] != [m["probabilities"] for m in after]


def test_damaged_models_do_not_answer_with_the_old_ones(results: Path) -> None:
    live = Live(results)
    live.predictor()
    (results / "models" / "gtzan.features_3s.lightgbm.onnx").write_bytes(b"half")
    os.utime(results / "run.json", ns=(1, 1))
    for _ in range(2):
        with pytest.raises(ServiceError, match="SHA-256") as caught:
            live.predictor()
        assert (caught.value.code, caught.value.status) == ("results_unavailable", 503)


def test_request_before_the_models_are_there_waits_only_so_long(results: Path) -> None:
    live = Live(results)
    with live._loading, pytest.raises(ServiceError, match="still being loaded") as caught:
        live.predictor(wait_s=0.01)
    assert (caught.value.code, caught.value.status) == ("starting", 503)
    assert caught.value.retry_after_s


def test_start_warms_up_in_the_background_once(results: Path) -> None:
    live = Live(results)
    live.start()
    live.start()
    warming = [t for t in threading.enumerate() if t.name == "genrelens-warm-up"]
    assert len(warming) == 1
    warming[0].join(timeout=60)
    assert len(live.decoder._spares.waiting) == 1
    live.predictor(wait_s=0)
    live.close()


def test_start_without_results_is_a_warning_not_a_crash(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(tmp_path)
    live.start()
    for thread in threading.enumerate():
        if thread.name == "genrelens-warm-up":
            thread.join(timeout=60)
    live.close()
    assert "make results" in caplog.text


def test_steps_give_the_answer_as_their_value() -> None:
    live = Live(shared_results())
    upload = io.BytesIO(wav_bytes(synthetic_clip(71, duration_s=3.5)))
    steps = live.steps(upload, with_mel=True)
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as finished:
            answer = finished.value
            break
    live.close()
    assert upload.closed  # nothing of the file is left
    assert (seen[0].step, seen[-1].step) == ("decoding", "models")
    assert seen[-1].done == seen[-1].total
    timings = answer["timings_ms"]
    parts = sum(value for step, value in timings.items() if step != "total")
    assert timings["mel"] > 0 and 0 < parts <= timings["total"] + 1  # each is rounded


def test_spectrogram_of_a_tone_is_brightest_at_its_band() -> None:
    t = np.arange(2 * ANALYSIS.sr) / ANALYSIS.sr
    mel = mel_json(np.sin(2 * np.pi * 1000 * t).astype(np.float32), sr=ANALYSIS.sr)
    levels = np.frombuffer(base64.b64decode(mel["levels"]), dtype=np.uint8).reshape(mel["shape"])
    band = levels.mean(axis=1).argmax()
    assert mel["frequencies_hz"][band] == pytest.approx(1000, rel=0.05)
    assert levels.max() == 255


def test_spectrogram_of_silence_is_dark() -> None:
    mel = mel_json(np.zeros(ANALYSIS.sr, dtype=np.float32), sr=ANALYSIS.sr)
    assert set(base64.b64decode(mel["levels"])) == {0}
