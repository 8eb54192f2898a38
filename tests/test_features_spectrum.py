"""The shared transform against librosa's, and its inverse."""

import librosa
import numpy as np
import pytest

from pipeline.config import ANALYSIS
from pipeline.features.spectrum import istft, reflected, stft


@pytest.mark.parametrize("n_samples", [2048, 22_050, 66_149, 66_560])
def test_stft_equals_librosa_with_reflection(n_samples: int) -> None:
    y = np.random.default_rng(0).uniform(-1, 1, n_samples).astype(np.float32)
    spectra = stft(reflected(y, parameters=ANALYSIS), parameters=ANALYSIS)
    expected = librosa.stft(y, pad_mode="reflect").T
    assert spectra.shape == expected.shape == (1 + n_samples // 512, 1025)
    assert spectra.dtype == np.complex64
    assert np.allclose(spectra, expected, atol=1e-4)  # magnitudes reach some tens


def test_istft_inverts_up_to_the_last_whole_hop() -> None:
    y = np.random.default_rng(1).uniform(-1, 1, 50_000).astype(np.float32)
    back = istft(stft(reflected(y, parameters=ANALYSIS), parameters=ANALYSIS), parameters=ANALYSIS)
    assert len(back) == 50_000 // 512 * 512
    assert np.abs(back - y[: len(back)]).max() < 1e-6


def test_istft_equals_librosa_for_changed_spectra() -> None:
    y = np.random.default_rng(2).uniform(-1, 1, 40_000).astype(np.float32)
    spectra = stft(reflected(y, parameters=ANALYSIS), parameters=ANALYSIS)
    spectra *= np.random.default_rng(3).random(spectra.shape, dtype=np.float32)
    expected = librosa.istft(np.ascontiguousarray(spectra.T))
    assert np.abs(istft(spectra, parameters=ANALYSIS) - expected).max() < 1e-6
