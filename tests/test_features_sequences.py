"""Log-mel spectrogram and MFCC: known signals, librosa's numbers, pieces."""

import librosa
import numpy as np
import pytest

from pipeline.audio import AudioError
from pipeline.config import ANALYSIS
from pipeline.features.filters import mel_frequencies_hz
from pipeline.features.sequences import mel_sequence, mfcc_pieces, mfcc_sequence

SR = ANALYSIS.sr
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * SR).astype(np.float32)


def test_mel_of_a_tone_peaks_in_its_band() -> None:
    mel = mel_sequence(np.sin(2 * np.pi * 1000 * np.arange(2 * SR) / SR), sr=SR)
    bands_hz = mel_frequencies_hz(130, fmax_hz=SR / 2)[1:-1]
    assert np.all(np.abs(bands_hz[mel[2:-2].argmax(axis=1)] - 1000) < 30)
    assert mel.min() == pytest.approx(mel.max() - 80)


def test_mel_and_mfcc_equal_librosa() -> None:
    expected = librosa.feature.melspectrogram(y=NOISE, sr=SR, pad_mode="reflect")
    decibels = librosa.power_to_db(expected)
    assert np.allclose(mel_sequence(NOISE, sr=SR).T, decibels, atol=1e-3)
    coefficients = librosa.feature.mfcc(S=decibels, n_mfcc=20)
    assert np.allclose(mfcc_sequence(NOISE, sr=SR).T, coefficients, atol=1e-2)


def test_a_frame_begins_every_hop() -> None:
    for n_samples in (ANALYSIS.n_fft, 512 * 50 - 1, 512 * 50):
        assert len(mel_sequence(NOISE[:n_samples], sr=SR)) == 1 + n_samples // 512


def test_mel_of_silence_is_the_floor() -> None:
    assert mel_sequence(np.zeros(SR), sr=SR) == pytest.approx(-100)


def test_pieces_are_the_sequence_without_its_rest() -> None:
    sequence, pieces = (function(NOISE, sr=SR) for function in (mfcc_sequence, mfcc_pieces))
    assert sequence.shape == (130, 20)
    assert pieces.shape == (3, 41, 20)
    assert np.array_equal(pieces.reshape(-1, 20), sequence[:123])


def test_the_shortest_signal_with_a_piece() -> None:
    assert mfcc_pieces(NOISE[: 40 * 512], sr=SR).shape == (1, 41, 20)
    with pytest.raises(AudioError, match="at least 20480 samples, got 20479"):
        mfcc_pieces(NOISE[: 40 * 512 - 1], sr=SR)
