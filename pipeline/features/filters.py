"""Windows and filter banks of the short-time analysis, as librosa computes them.

Written out here because importing librosa costs seconds and some 200 MB, which the web process
does not have; the tests hold each function to librosa's. numpy only.

References
----------
Slaney 1998, "Auditory Toolbox" (mel scale); Ellis 2007, "Chroma feature analysis and synthesis".
"""

from functools import lru_cache

import numpy as np

N_CHROMA = 12


@lru_cache(maxsize=8)
def hann_window(length: int) -> np.ndarray:
    """Return the periodic Hann window of shape (length,), float64."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    window.flags.writeable = False
    return window


def bin_frequencies_hz(*, sr: int, n_fft: int) -> np.ndarray:
    """Return the centre of each FFT bin in Hz, shape (1 + n_fft // 2,)."""
    return np.fft.rfftfreq(n_fft, d=1 / sr)


def mel_frequencies_hz(n_mels: int, *, fmax_hz: float) -> np.ndarray:
    """Return ``n_mels`` frequencies in Hz from 0 to ``fmax_hz``, even on Slaney's mel scale.

    The scale is linear up to 1 kHz (15 mel) and logarithmic above.
    """
    hz_per_mel = 200 / 3
    log_step = np.log(6.4) / 27  # 27 mel from 1 kHz to 6.4 kHz
    knee_hz, knee_mel = 1000.0, 15.0
    if fmax_hz > knee_hz:
        top = knee_mel + np.log(fmax_hz / knee_hz) / log_step
    else:
        top = fmax_hz / hz_per_mel
    mels = np.linspace(0, top, n_mels)
    above = knee_hz * np.exp(log_step * (np.maximum(mels, knee_mel) - knee_mel))
    return np.where(mels < knee_mel, mels * hz_per_mel, above)


@lru_cache(maxsize=8)
def mel_filters(*, sr: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Return triangular mel filters of equal area, shape (1 + n_fft // 2, n_mels), float32."""
    edges = mel_frequencies_hz(n_mels + 2, fmax_hz=sr / 2)
    ramps = edges[None, :] - bin_frequencies_hz(sr=sr, n_fft=n_fft)[:, None]
    widths = np.diff(edges)
    rising = -ramps[:, :-2] / widths[:-1]
    falling = ramps[:, 2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    triangles *= 2 / (edges[2:] - edges[:-2])
    triangles.flags.writeable = False
    return triangles


@lru_cache(maxsize=128)
def chroma_filters(*, sr: int, n_fft: int, tuning: float) -> np.ndarray:
    """Return filters from FFT bins to the 12 pitch classes from C, float32.

    Parameters
    ----------
    sr : int
        Sampling rate in Hz.
    n_fft : int
        Frame length in samples.
    tuning : float
        Deviation from A4 = 440 Hz in semitones, -0.5..0.5.

    Returns
    -------
    ndarray of shape (1 + n_fft // 2, 12)
    """
    a0_hz = 440 * 2 ** (tuning / N_CHROMA) / 16
    frequencies = np.linspace(0, sr, n_fft, endpoint=False)[1:]
    pitches = N_CHROMA * np.log2(frequencies / a0_hz)
    # 0 Hz has no pitch: put it 1.5 octaves below the first bin, as librosa does.
    pitches = np.concatenate(([pitches[0] - 1.5 * N_CHROMA], pitches))[:, None]
    widths = np.concatenate((np.maximum(np.diff(pitches[:, 0]), 1.0), [1.0]))[:, None]
    half = N_CHROMA // 2
    distance = np.remainder(pitches - np.arange(N_CHROMA) + half, N_CHROMA) - half
    bumps = np.exp(-0.5 * (2 * distance / widths) ** 2)
    bumps /= np.sqrt((bumps**2).sum(axis=1, keepdims=True))
    # A Gaussian over octaves, centred on the fifth and two octaves wide, favours the middle.
    bumps *= np.exp(-0.5 * ((pitches / N_CHROMA - 5.0) / 2.0) ** 2)
    filters = np.roll(bumps, -3, axis=1)[: 1 + n_fft // 2].astype(np.float32)  # A first -> C first
    filters.flags.writeable = False
    return filters
