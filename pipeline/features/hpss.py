"""Harmonic and percussive part of a clip, by median filtering of its spectrogram.

The two soft masks sum to 1 and the transform is inverted exactly, so the percussive part is what
the harmonic part leaves of the signal: one inverse transform gives both.

References
----------
Fitzgerald 2010, "Harmonic/percussive separation using median filtering".
"""

import numpy as np

from pipeline.config import AnalysisParameters
from pipeline.features.median import sliding_median
from pipeline.features.spectrum import istft


def harmonic_mask(S: np.ndarray) -> np.ndarray:
    """Return the share of each time-frequency bin that is harmonic, 0..1.

    A steady tone survives a median over 31 frames, a click one over 31 frequencies; the mask is
    the ratio of their squares. Where both are zero it is one half.

    Parameters
    ----------
    S : ndarray of shape (n_frames, n_bins), float32
        Magnitudes.
    """
    harmonic = sliding_median(S)
    percussive = sliding_median(np.ascontiguousarray(S.T)).T
    harmonic *= harmonic
    total = percussive * percussive
    total += harmonic
    mask = np.full_like(harmonic, 0.5)
    return np.divide(harmonic, total, out=mask, where=total > 0)


def harmonic_percussive_statistics(
    y: np.ndarray, spectra: np.ndarray, S: np.ndarray, *, parameters: AnalysisParameters
) -> tuple[float, float, float, float]:
    """Return mean and variance of the harmonic, then of the percussive part of ``y``.

    Both parts end with the last whole hop and count as zero up to the length of ``y``, as when
    the training tables were made.

    Parameters
    ----------
    y : ndarray of shape (n_samples,), float32
    spectra : ndarray of shape (n_frames, n_bins), complex64
        Transform of ``y``. It is overwritten.
    S : ndarray of shape (n_frames, n_bins), float32
        Magnitudes of ``spectra``.
    """
    spectra *= harmonic_mask(S)
    harmonic = istft(spectra, parameters=parameters)
    percussive = y[: len(harmonic)] - harmonic
    return *_padded_moments(harmonic, len(y)), *_padded_moments(percussive, len(y))


def _padded_moments(part: np.ndarray, n_samples: int) -> tuple[float, float]:
    """Return mean and variance of a signal that is zero after its end, up to ``n_samples``."""
    precise = part.astype(np.float64)
    mean = precise.sum() / n_samples
    return float(mean), float(np.dot(precise, precise) / n_samples - mean**2)
