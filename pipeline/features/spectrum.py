"""The one short-time Fourier transform behind all features, and its inverse.

Frames come first: arrays are (n_frames, n_bins), one row a frame, so that a frame is contiguous.
The signal is padded by reflection (librosa's default before 0.10, which made the training tables).
"""

import numpy as np

from pipeline.config import AnalysisParameters
from pipeline.features.filters import hann_window

BLOCK_FRAMES = 64  # 64 frames of 2048 samples stay in the processor's cache


def reflected(y: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return ``y`` lengthened by half a frame at both ends, mirrored, float32."""
    half = parameters.n_fft // 2
    return np.pad(np.asarray(y, dtype=np.float32), half, mode="reflect")


def stft(padded: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return the spectrum of each frame of a padded signal.

    Returns
    -------
    ndarray of shape (n_frames, 1 + n_fft // 2), complex64
    """
    frames = np.lib.stride_tricks.sliding_window_view(padded, parameters.n_fft)
    frames = frames[:: parameters.hop_length]
    # In double precision, as in librosa: else the bandwidth of a pure tone is that of rounding.
    window = hann_window(parameters.n_fft)
    spectra = np.empty((len(frames), 1 + parameters.n_fft // 2), dtype=np.complex64)
    for start in range(0, len(frames), BLOCK_FRAMES):
        block = slice(start, start + BLOCK_FRAMES)
        spectra[block] = np.fft.rfft(frames[block] * window, axis=1)
    return spectra


def istft(spectra: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return the signal of hop_length * (n_frames - 1) samples whose frames have these spectra.

    Frames are windowed again, added where they overlap, and divided by the sum of the squared
    windows (Griffin & Lim 1984, "Signal estimation from modified short-time Fourier transform").
    """
    n_fft, hop = parameters.n_fft, parameters.hop_length
    n_frames, overlap = len(spectra), n_fft // hop
    window = hann_window(n_fft).astype(np.float32)
    hops = np.zeros((n_frames + overlap - 1, hop), dtype=np.float32)
    weights = np.zeros_like(hops)
    squared = (window**2).reshape(overlap, hop)
    for start in range(0, n_frames, BLOCK_FRAMES):
        block = np.fft.irfft(spectra[start : start + BLOCK_FRAMES], n=n_fft, axis=1)
        block *= window
        for j in range(overlap):
            hops[start + j : start + j + len(block)] += block[:, j * hop : (j + 1) * hop]
    for j in range(overlap):
        weights[j : j + n_frames] += squared[j]
    inside = slice(n_fft // 2, n_fft // 2 + hop * (n_frames - 1))
    return hops.ravel()[inside] / weights.ravel()[inside]
