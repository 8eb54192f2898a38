"""Energy by pitch class, after an estimate of how the instruments are tuned.

Follows ``librosa.feature.chroma_stft`` with its tuning estimate, in single precision as there, so
that the estimate falls on the same cent.
"""

import numpy as np

from pipeline.features.filters import N_CHROMA, bin_frequencies_hz, chroma_filters

LOWEST_PITCH_HZ, HIGHEST_PITCH_HZ = 150.0, 4000.0
PEAK_THRESHOLD = 0.1  # of the frame's maximum
RESOLUTION = 0.01  # semitones: one cent


def chroma(power: np.ndarray, *, sr: int, n_fft: int) -> np.ndarray:
    """Return the energy in each pitch class from C, divided by the frame's largest.

    Parameters
    ----------
    power : ndarray of shape (n_frames, 1 + n_fft // 2), float32

    Returns
    -------
    ndarray of shape (n_frames, 12), float32, 0..1; zero in silent frames
    """
    tuning = tuning_semitones(power, sr=sr, n_fft=n_fft)
    raw = power @ chroma_filters(sr=sr, n_fft=n_fft, tuning=tuning)
    largest = raw.max(axis=1, keepdims=True)
    return raw / np.where(largest < np.finfo(np.float32).tiny, np.float32(1), largest)


def tuning_semitones(power: np.ndarray, *, sr: int, n_fft: int) -> float:
    """Return the commonest deviation of spectral peaks from equal temperament on A4 = 440 Hz.

    Only the louder half of the peaks counts. 0 where there is no peak. In semitones, -0.5..0.5.
    """
    pitches_hz, heights = _peaks(power, sr=sr, n_fft=n_fft)
    if not pitches_hz.size:
        return 0.0
    loud = pitches_hz[heights >= np.median(heights)]
    residual = np.mod(N_CHROMA * np.log2(loud / (440.0 / 16)), 1.0)
    residual[residual >= 0.5] -= 1.0
    edges = np.linspace(-0.5, 0.5, round(1 / RESOLUTION) + 1)
    counts, _ = np.histogram(residual, edges)
    return float(edges[np.argmax(counts)])


def _peaks(power: np.ndarray, *, sr: int, n_fft: int) -> tuple[np.ndarray, np.ndarray]:
    """Return frequency in Hz and height of all spectral peaks, interpolated by a parabola."""
    frequencies = bin_frequencies_hz(sr=sr, n_fft=n_fft)
    low, high = np.searchsorted(frequencies, [LOWEST_PITCH_HZ, HIGHEST_PITCH_HZ])
    floor = np.float32(PEAK_THRESHOLD) * power.max(axis=1, keepdims=True)
    middle = power[:, low:high]
    is_peak = middle > floor
    is_peak &= middle > power[:, low - 1 : high - 1]
    is_peak &= middle >= power[:, low + 1 : high + 1]
    frame, k = np.nonzero(is_peak)
    k += low
    before, top, after = power[frame, k - 1], power[frame, k], power[frame, k + 1]
    curvature = after + before - 2 * top
    slope = (after - before) / 2
    usable = np.abs(slope) < np.abs(curvature)  # else the vertex lies outside the three bins
    shift = np.divide(-slope, curvature, out=np.zeros_like(slope), where=usable)
    pitches_hz = ((k + shift) * float(sr) / n_fft).astype(np.float32)
    return pitches_hz, top + np.float32(0.5) * slope * shift
