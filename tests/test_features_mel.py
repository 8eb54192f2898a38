"""The spectrogram that the page draws."""

import numpy as np
import pytest

from pipeline.audio import AudioError
from pipeline.features.mel import mel_drawing

SR = 22_050


def test_mel_drawing_of_a_tone_peaks_in_its_band() -> None:
    y = np.sin(2 * np.pi * 1000 * np.arange(10 * SR) / SR)
    image = mel_drawing(y, sr=SR)
    assert image.db.shape == (128, len(image.times_s))
    assert image.db.dtype == np.float32
    band = np.argmin(np.abs(image.frequencies_hz - 1000))
    assert np.all(np.abs(image.db.argmax(axis=0) - band) <= 1)
    assert image.db.max() == 0
    assert image.db.min() >= -80


@pytest.mark.parametrize("duration_s", [0.02, 1.0, 3.0, 30.01, 120.0])
@pytest.mark.parametrize("max_columns", [50, 600])
def test_mel_drawing_covers_the_clip_within_the_columns(
    duration_s: float, max_columns: int
) -> None:
    y = np.random.default_rng(0).uniform(-1, 1, int(duration_s * SR)).astype(np.float32)
    image = mel_drawing(y, sr=SR, max_columns=max_columns, n_mels=32)
    assert image.db.shape[0] == len(image.frequencies_hz) == 32
    assert 1 <= image.db.shape[1] <= max_columns
    step = image.times_s[0] * 2
    assert np.allclose(np.diff(image.times_s), step)
    assert step * (len(image.times_s) - 1) < duration_s <= step * len(image.times_s) + 1e-9
    assert np.isfinite(image.db).all()


def test_mel_drawing_places_a_burst_in_time() -> None:
    y = np.zeros(120 * SR, dtype=np.float32)
    y[90 * SR : 91 * SR] = np.random.default_rng(1).uniform(-1, 1, SR)
    image = mel_drawing(y, sr=SR)
    assert image.times_s[image.db.mean(axis=0).argmax()] == pytest.approx(90.5, abs=0.6)
    assert np.all(image.db[:, image.times_s < 89] == -80)


def test_mel_drawing_sees_every_click_of_a_long_clip() -> None:
    y = np.zeros(300 * SR, dtype=np.float32)
    clicks = np.arange(7, 300, 13) * SR + 321
    y[clicks] = 1
    image = mel_drawing(y, sr=SR)
    loud = image.db.max(axis=0) > -40
    for click in clicks:
        assert loud[np.argmin(np.abs(image.times_s - click / SR))]


def test_mel_drawing_of_silence_is_the_floor() -> None:
    assert np.all(mel_drawing(np.zeros(SR), sr=SR).db == -80)


def test_mel_drawing_refuses_nothing_and_nan() -> None:
    with pytest.raises(AudioError, match="no samples"):
        mel_drawing(np.zeros(0), sr=SR)
    with pytest.raises(AudioError, match="finite"):
        mel_drawing(np.full(SR, np.nan), sr=SR)
