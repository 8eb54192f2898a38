"""Pitch classes and tuning of known tones, and librosa's numbers."""

import librosa
import numpy as np
import pytest

from pipeline.config import ANALYSIS
from pipeline.features.chroma import chroma, tuning_semitones
from pipeline.features.spectrum import reflected, stft

SR = ANALYSIS.sr
T = np.arange(3 * SR) / SR


def power_of(y: np.ndarray) -> np.ndarray:
    spectra = stft(reflected(y, parameters=ANALYSIS), parameters=ANALYSIS)
    return np.abs(spectra) ** 2


@pytest.mark.parametrize(("hz", "pitch_class"), [(261.63, 0), (440.0, 9), (739.99, 6)])
def test_chroma_of_a_tone_is_its_pitch_class(hz: float, pitch_class: int) -> None:
    energy = chroma(power_of(np.sin(2 * np.pi * hz * T)), sr=SR, n_fft=2048)
    assert energy.shape == (130, 12)
    assert np.all(energy[2:-2].argmax(axis=1) == pitch_class)  # the mirrored ends bend the tone
    assert np.all(energy.max(axis=1) == 1)


@pytest.mark.parametrize("cents", [-30, 0, 25])
def test_tuning_of_a_tone(cents: int) -> None:
    tone = np.sin(2 * np.pi * 880 * 2 ** (cents / 1200) * T)
    assert tuning_semitones(power_of(tone), sr=SR, n_fft=2048) == pytest.approx(
        cents / 100, abs=0.03
    )


def test_chroma_and_tuning_equal_librosa() -> None:
    rng = np.random.default_rng(0)
    y = 0.1 * rng.standard_normal(len(T))
    for hz in (196.7, 247.8, 294.9, 1180.0):
        y += 0.3 * np.sin(2 * np.pi * hz * T)
    power = power_of(y.astype(np.float32))
    S = np.ascontiguousarray(power.T)
    expected = librosa.estimate_tuning(S=S, sr=SR, bins_per_octave=12)
    assert tuning_semitones(power, sr=SR, n_fft=2048) == pytest.approx(expected, abs=1e-12)
    assert np.allclose(
        chroma(power, sr=SR, n_fft=2048).T, librosa.feature.chroma_stft(S=S, sr=SR), atol=1e-5
    )


def test_silence_has_no_tuning_and_no_chroma() -> None:
    power = np.zeros((10, 1025), np.float32)
    assert tuning_semitones(power, sr=SR, n_fft=2048) == 0.0
    assert not chroma(power, sr=SR, n_fft=2048).any()
