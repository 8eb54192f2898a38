"""What the pictures of a clip show: known signals on known axes, long clips thinned."""

import numpy as np
import pytest

from pipeline.audio import AudioError
from pipeline.config import ANALYSIS
from pipeline.features.pictures import (
    PITCH_CLASSES,
    band_ticks,
    clip_pictures,
    frequency_name,
    waveform,
)
from pipeline.features.sequences import mel_sequence, mfcc_sequence

SR = ANALYSIS.sr


def tone(hz: float, duration_s: float = 2.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(duration_s * SR)) / SR)


def test_a_tone_stands_at_its_frequency_and_pitch_class() -> None:
    shown = clip_pictures(tone(440), sr=SR)
    middle = slice(3, -3)
    for grid in (shown.spectrogram, shown.mel):
        peaks = grid.rows[grid.values[middle].argmax(axis=1)]
        assert np.all(np.abs(peaks - 440) < 25)
        assert grid.values.max() == 0 and grid.values.min() >= -80
    assert PITCH_CLASSES[shown.chroma.values[middle].mean(axis=0).argmax()] == "A"


def test_a_burst_stands_at_its_time() -> None:
    y = np.zeros(30 * SR)
    y[20 * SR : 20 * SR + 2000] = np.random.default_rng(0).uniform(-1, 1, 2000)
    shown = clip_pictures(y, sr=SR, max_columns=300)
    for grid in (shown.spectrogram, shown.mel):
        assert len(grid.values) == len(grid.times_s) <= 300
        assert grid.times_s[grid.values.mean(axis=1).argmax()] == pytest.approx(20.05, abs=0.12)
    loudest = shown.waveform.times_s[shown.waveform.high.argmax()]
    assert loudest == pytest.approx(20.05, abs=0.12)


def test_a_short_clip_is_shown_frame_by_frame() -> None:
    y = tone(1000)
    shown = clip_pictures(y, sr=SR)
    mel = mel_sequence(y, sr=SR)
    assert np.allclose(shown.mel.values, np.maximum(mel - mel.max(), -80))
    assert np.allclose(shown.mfcc.values, mfcc_sequence(y, sr=SR), atol=1e-3)
    assert np.allclose(np.diff(shown.mel.times_s), 512 / SR)


def test_silence_is_the_floor() -> None:
    shown = clip_pictures(np.zeros(SR), sr=SR)
    assert np.all(shown.spectrogram.values == -80)
    assert np.all(shown.mel.values == -80)
    assert not shown.waveform.high.any() and not shown.chroma.values.any()


def test_waveform_of_any_length_and_rate() -> None:
    assert len(waveform(np.ones(1), sr=8_000).times_s) == 1
    outline = waveform(np.arange(-50, 51) / 50, sr=10, max_columns=10)
    assert len(outline.times_s) == 10
    assert (outline.low[0], outline.high[-1]) == (-1, 1)
    with pytest.raises(AudioError, match="no samples"):
        waveform(np.zeros(0), sr=SR)


def test_names_of_frequencies() -> None:
    assert [frequency_name(hz) for hz in (50, 1000, 2500)] == ["50 Hz", "1 kHz", "2.5 kHz"]
    places, names = band_ticks(np.array([100.0, 200, 1000, 3000]))
    assert names == ["200 Hz", "500 Hz", "1 kHz", "2 kHz"]
    assert places == pytest.approx([1, 1.375, 2, 2.5])
