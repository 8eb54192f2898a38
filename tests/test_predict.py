"""What every served model hears in a clip."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_models import SERVED, shared_results, synthetic_clip

import pipeline.served_rows
from pipeline.answer import Prediction
from pipeline.audio import AudioError, decode
from pipeline.config import ANALYSIS, REPOSITORY
from pipeline.predict import Predictor, Progress

SR = ANALYSIS.sr


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(shared_results())


@pytest.fixture(scope="module")
def prediction(predictor: Predictor) -> Prediction:
    return predictor.predict(synthetic_clip(50, duration_s=33.0), sr=SR)


def codes(prediction: Prediction) -> list[str]:
    return [flag.code for flag in prediction.flags]


def test_every_served_model_answers(prediction: Prediction) -> None:
    assert {model.card["model"] for model in prediction.models} == set(SERVED)


def test_probabilities_sum_to_one_in_windows_and_means(prediction: Prediction) -> None:
    for model in prediction.as_json()["models"]:
        for part in [model, *model["windows"]]:
            assert sum(part["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_probabilities_are_the_mean_of_the_windows(prediction: Prediction) -> None:
    for model in prediction.as_json()["models"]:
        windows = [list(window["probabilities"].values()) for window in model["windows"]]
        assert list(model["probabilities"].values()) == pytest.approx(
            np.mean(windows, axis=0).tolist(), abs=1e-6
        )
        assert model["genre"] == max(model["probabilities"], key=model["probabilities"].get)


def test_windows_of_each_length_follow_the_clip(prediction: Prediction) -> None:
    by_length = {model["window_s"]: model["windows"] for model in prediction.as_json()["models"]}
    assert [window["start_s"] for window in by_length[3]] == [3.0 * k for k in range(11)]
    assert [(w["start_s"], w["end_s"]) for w in by_length[30]] == [(0.0, 30.0)]


def test_features_are_computed_once_per_window(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []
    original = pipeline.served_rows.summary_statistics

    def counted(y: np.ndarray, *, sr: int) -> np.ndarray:
        lengths.append(len(y))
        return original(y, sr=sr)

    monkeypatch.setattr(pipeline.served_rows, "summary_statistics", counted)
    predictor.predict(synthetic_clip(50), sr=SR)
    assert sorted(lengths) == [ANALYSIS.segment_length] * 4 + [12 * SR]


def test_two_models_of_one_length_see_equal_windows(prediction: Prediction) -> None:
    first, second = (model for model in prediction.models if model.card["window_s"] == 3)
    assert first.spans_s == second.spans_s
    assert not np.allclose(first.proba, second.proba)


def test_progress_begins_at_zero_and_ends_complete(predictor: Predictor) -> None:
    seen: list[Progress] = []
    predictor.predict(synthetic_clip(50), sr=SR, on_progress=seen.append)
    features = [(p.done, p.total) for p in seen if p.step == "features"]
    assert features == [(done, 5) for done in range(6)]
    models = [(p.done, p.total) for p in seen if p.step == "models"]
    assert models == [(done, 3) for done in range(4)]


def test_on_progress_that_raises_ends_the_prediction(predictor: Predictor) -> None:
    def stop(_progress: Progress) -> None:
        raise InterruptedError("the visitor left")

    with pytest.raises(InterruptedError, match="visitor left"):
        predictor.predict(synthetic_clip(50), sr=SR, on_progress=stop)


def test_same_clip_twice_gives_the_same_numbers(predictor: Predictor) -> None:
    first, second = (predictor.predict(synthetic_clip(51), sr=SR).as_json() for _ in range(2))
    for model, other in zip(first["models"], second["models"], strict=True):
        assert model["windows"] == other["windows"]


def test_silence_is_flagged_and_has_no_closest_track(predictor: Predictor) -> None:
    silent = predictor.predict(np.zeros(5 * SR, dtype=np.float32), sr=SR)
    assert codes(silent) == ["silent"]
    assert "unlike our training data" in silent.flags[0].message
    assert silent.closest == ()


def test_an_offset_that_nobody_hears_is_silence(predictor: Predictor) -> None:
    assert codes(predictor.predict(np.full(12 * SR, 0.5, dtype=np.float32), sr=SR)) == ["silent"]


def test_what_spoils_the_answer_comes_first(predictor: Predictor) -> None:
    """A noise of 2 s is too short for a window, too, and unlike anything."""
    rng = np.random.default_rng(0)
    flags = predictor.predict(rng.uniform(-1, 1, 2 * SR).astype(np.float32), sr=SR).flags
    assert [flag.code for flag in flags] == ["unlike_training_data", "short"]
    assert [flag.spoils for flag in flags] == ["answer", "nothing"]


def test_clip_with_a_silent_half_says_so(predictor: Predictor) -> None:
    y = synthetic_clip(52)
    y[: 6 * SR] = 0
    flags = predictor.predict(y, sr=SR).flags
    (said,) = [flag.message for flag in flags if flag.code == "partly_silent"]
    assert said == "2 of 4 windows are silent."


def test_short_clip_is_one_flagged_window(predictor: Predictor) -> None:
    short = predictor.predict(synthetic_clip(53, duration_s=1.5), sr=SR)
    assert "short" in codes(short)
    assert all(len(model.spans_s) == 1 for model in short.models)


def test_clip_under_a_second_is_refused(predictor: Predictor) -> None:
    with pytest.raises(AudioError, match="at least 1 s"):
        predictor.predict(synthetic_clip(53, duration_s=0.5), sr=SR)


def test_training_clip_is_recognised_after_16_bit_rounding(predictor: Predictor) -> None:
    rounded = np.round(synthetic_clip(2) * 32768).astype(np.float32) / 32768
    known = predictor.predict(rounded, sr=SR)
    assert codes(known) == ["in_training_data"]
    assert known.closest[0].track_id == "country.00002"
    assert known.closest[0].distance < 0.05


def test_part_of_a_training_clip_on_the_grid_is_recognised(predictor: Predictor) -> None:
    part = synthetic_clip(2)[ANALYSIS.segment_stride : 3 * ANALYSIS.segment_stride]
    assert codes(predictor.predict(part, sr=SR)) == ["in_training_data"]


def test_training_clip_with_another_end_is_recognised(predictor: Predictor) -> None:
    """As a whole it has other statistics; its 3-s pieces give it away."""
    longer = np.concatenate([synthetic_clip(2), synthetic_clip(54, duration_s=4.0)])
    assert codes(predictor.predict(longer, sr=SR)) == ["in_training_data"]


def test_noise_is_unlike_the_training_data(predictor: Predictor) -> None:
    noise = np.random.default_rng(0).normal(size=12 * SR).astype(np.float32)
    assert codes(predictor.predict(0.9 * noise / np.abs(noise).max(), sr=SR)) == [
        "noise",
        "unlike_training_data",
    ]


def test_new_clip_of_the_same_kind_has_no_flag(prediction: Prediction) -> None:
    assert codes(prediction) == []
    assert len(prediction.closest) == 3
    distances = [track.distance for track in prediction.closest]
    assert distances == sorted(distances)


def test_real_clip_goes_through(predictor: Predictor, data_root: Path) -> None:
    path = next(data_root.rglob("metal.00001.*"))
    clip = decode(path, sr=SR)
    answer = predictor.predict(clip.y, sr=SR).as_json()
    assert answer["duration_s"] == pytest.approx(30.0, abs=0.1)
    assert {len(model["windows"]) for model in answer["models"]} == {1, 10}


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, pipeline.predict; "
        "print([m for m in ('tensorflow','keras','lightgbm','sklearn','librosa','onnxruntime')"
        " if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
