"""Harmonic and percussive parts: known signals, and librosa's masks."""

import librosa
import numpy as np
import pytest

from pipeline.config import ANALYSIS
from pipeline.features.hpss import harmonic_mask, harmonic_percussive_statistics
from pipeline.features.spectrum import reflected, stft

T = np.arange(3 * 22_050) / 22_050


def statistics(y: np.ndarray) -> tuple[float, float, float, float]:
    y = y.astype(np.float32)
    spectra = stft(reflected(y, parameters=ANALYSIS), parameters=ANALYSIS)
    return harmonic_percussive_statistics(y, spectra, np.abs(spectra), parameters=ANALYSIS)


def test_harmonic_mask_equals_librosa() -> None:
    S = np.random.default_rng(0).gamma(0.5, size=(130, 1025)).astype(np.float32)
    expected, _ = librosa.decompose.hpss(np.ascontiguousarray(S.T), mask=True)
    assert np.abs(harmonic_mask(S) - expected.T).max() < 1e-6


def test_harmonic_mask_of_silence_is_one_half() -> None:
    assert np.all(harmonic_mask(np.zeros((40, 1025), np.float32)) == 0.5)


def test_a_steady_tone_is_harmonic() -> None:
    _, harmonic, _, percussive = statistics(np.sin(2 * np.pi * 440 * T))
    assert harmonic == pytest.approx(0.5, rel=0.02)
    assert percussive < 2e-3  # the ends


def test_clicks_are_percussive() -> None:
    y = np.zeros(len(T))
    y[5_000::11_025] = 1
    _, harmonic, _, percussive = statistics(y)
    assert percussive > 20 * harmonic


def test_a_constant_is_all_in_the_two_means() -> None:
    harmonic_mean, _, percussive_mean, _ = statistics(np.full(512 * 100, 0.25))
    assert harmonic_mean + percussive_mean == pytest.approx(0.25, rel=1e-6)


def test_samples_after_the_last_hop_count_as_zero() -> None:
    y = np.full(512 * 100 + 256, 0.25)
    harmonic_mean, _, percussive_mean, _ = statistics(y)
    assert harmonic_mean + percussive_mean == pytest.approx(0.25 * 51_200 / 51_456, rel=1e-6)
