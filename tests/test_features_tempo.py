"""Tempo of click tracks, and librosa's tempo on the same onsets."""

import librosa
import numpy as np
import pytest

from pipeline.config import ANALYSIS
from pipeline.features.spectrum import reflected, stft
from pipeline.features.summary import mel_decibels
from pipeline.features.tempo import mean_autocorrelation, onset_strength, tempo_bpm

SR = ANALYSIS.sr


def mel_db_of(y: np.ndarray) -> np.ndarray:
    spectra = stft(reflected(y, parameters=ANALYSIS), parameters=ANALYSIS)
    return mel_decibels(np.abs(spectra) ** 2, sr=SR, n_fft=ANALYSIS.n_fft)


def clicks(bpm: float, duration_s: float = 20.0) -> np.ndarray:
    t = np.arange(int(duration_s * SR)) / SR
    noise = np.random.default_rng(0).standard_normal(len(t))
    return (0.3 * noise * np.exp(-60 * (t % (60 / bpm)))).astype(np.float32)


@pytest.mark.parametrize("bpm", [80, 100, 123, 150])
def test_tempo_of_clicks(bpm: float) -> None:
    # A lag of one frame more or less is a step of 2 to 6 % on this grid.
    assert tempo_bpm(mel_db_of(clicks(bpm)), parameters=ANALYSIS) == pytest.approx(bpm, rel=0.035)


@pytest.mark.parametrize("duration_s", [1.0, 3.0, 20.0])
def test_tempo_equals_librosa(duration_s: float) -> None:
    y = clicks(97, duration_s)
    y += 0.02 * np.random.default_rng(1).standard_normal(len(y)).astype(np.float32)
    envelope = librosa.onset.onset_strength(y=y, sr=SR, aggregate=np.median, pad_mode="reflect")
    mel_db = mel_db_of(y)
    assert np.allclose(onset_strength(mel_db, parameters=ANALYSIS), envelope, atol=1e-3)
    expected = librosa.feature.tempo(onset_envelope=envelope, sr=SR)[0]
    assert tempo_bpm(mel_db, parameters=ANALYSIS) == pytest.approx(expected, rel=1e-12)


def test_mean_autocorrelation_equals_librosas_tempogram() -> None:
    onsets = np.random.default_rng(2).gamma(0.5, size=300)
    onsets[:60] = 0  # windows without energy
    expected = librosa.feature.tempogram(onset_envelope=onsets, win_length=100).mean(axis=1)
    assert np.allclose(mean_autocorrelation(onsets, n_lags=100), expected, atol=1e-12)


def test_tempo_without_onsets_is_zero() -> None:
    assert tempo_bpm(np.full((130, 128), -100, np.float32), parameters=ANALYSIS) == 0.0
