"""Windows and filter banks against librosa's."""

import librosa
import numpy as np
import pytest

from pipeline.features.filters import (
    bin_frequencies_hz,
    chroma_filters,
    hann_window,
    mel_filters,
    mel_frequencies_hz,
)


@pytest.mark.parametrize("length", [344, 2048])
def test_hann_window_equals_librosa(length: int) -> None:
    expected = librosa.filters.get_window("hann", length)
    assert np.allclose(hann_window(length), expected, atol=1e-15)


def test_bin_frequencies_equal_librosa() -> None:
    expected = librosa.fft_frequencies(sr=22_050, n_fft=2048)
    assert np.allclose(bin_frequencies_hz(sr=22_050, n_fft=2048), expected)


@pytest.mark.parametrize("fmax_hz", [800.0, 11_025.0])
def test_mel_frequencies_equal_librosa(fmax_hz: float) -> None:
    expected = librosa.mel_frequencies(40, fmin=0, fmax=fmax_hz)
    assert np.allclose(mel_frequencies_hz(40, fmax_hz=fmax_hz), expected, rtol=1e-12)


@pytest.mark.parametrize(("sr", "n_mels"), [(22_050, 128), (16_000, 64)])
def test_mel_filters_equal_librosa(sr: int, n_mels: int) -> None:
    expected = librosa.filters.mel(sr=sr, n_fft=2048, n_mels=n_mels)
    filters = mel_filters(sr=sr, n_fft=2048, n_mels=n_mels)
    assert filters.dtype == np.float32
    assert np.allclose(filters.T, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("tuning", [-0.5, 0.0, 0.17])
def test_chroma_filters_equal_librosa(tuning: float) -> None:
    expected = librosa.filters.chroma(sr=22_050, n_fft=2048, tuning=tuning)
    filters = chroma_filters(sr=22_050, n_fft=2048, tuning=tuning)
    assert np.allclose(filters.T, expected, rtol=1e-5, atol=1e-7)


def test_cached_filters_cannot_be_changed() -> None:
    for array in (
        hann_window(2048),
        mel_filters(sr=22_050, n_fft=2048, n_mels=128),
        chroma_filters(sr=22_050, n_fft=2048, tuning=0.0),
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
