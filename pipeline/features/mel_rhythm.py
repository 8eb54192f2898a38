"""Statistics of how a mel spectrogram moves in time: modulation, onsets, their autocorrelation.

Every function takes levels of shape (n_bands, n_columns) in units of 20 dB, lowest band first, and
returns named arrays. Frequencies are those of the movement: 2 Hz is 120 beats a minute. Numpy only.

References
----------
Lee, Shih, Yu & Lin 2009, "Automatic music genre classification based on modulation spectral
analysis of spectral and cepstral features".
Tzanetakis & Cook 2002, "Musical genre classification of audio signals" (beat histogram).
"""

from itertools import pairwise

import numpy as np

from pipeline.features.mel_bands import Named, cosines

COLUMN_S = 30.0 / 333
MODULATION_HZ = (0.1, 0.25, 0.5, 0.8, 1.2, 1.7, 2.3, 3.0, 3.8, 5.6)  # edges of nine ranges
WINDOW, WINDOW_HOP = 96, 48  # columns: 8.6 s, half over
REGIONS = ((0, 12), (12, 36), (36, 76), (76, 128), (0, 128))  # bands: bass ... treble, all
SHORTEST_LAG, LONGEST_LAG = 3, 44  # columns: 0.27 to 4 s


def modulation_statistics(levels: np.ndarray) -> Named:
    """Return the energy of nine ranges of modulation of 16 cepstral coefficients.

    Power spectrum of windows of 8.6 s (Hann), mean over windows and over each range, logarithm.
    """
    series = cosines(16) @ levels
    windows = np.lib.stride_tricks.sliding_window_view(series, WINDOW, axis=1)[:, ::WINDOW_HOP]
    centred = windows - windows.mean(axis=-1, keepdims=True)
    energy = (np.abs(np.fft.rfft(centred * np.hanning(WINDOW), axis=-1)) ** 2).mean(axis=1)
    edges = np.searchsorted(np.fft.rfftfreq(WINDOW, COLUMN_S), MODULATION_HZ)
    ranges = np.stack([energy[:, a:b].mean(axis=1) for a, b in pairwise(edges)], axis=1)
    return {"cepstrum_modulation": np.log(ranges + 0.05)}


def onset_statistics(levels: np.ndarray) -> Named:
    """Return statistics of the rises of level in five regions, and how regularly they come.

    The autocorrelation of the rises, between 0.27 and 4 s, is described by its largest and fifth
    largest value, the lag of the largest in columns, and its mean size.
    """
    rises = np.maximum(np.diff(levels, axis=1), 0)
    onsets = np.stack([rises[start:stop].mean(axis=0) for start, stop in REGIONS])
    correlation = _autocorrelation(onsets)[:, SHORTEST_LAG : LONGEST_LAG + 1]
    return {
        "onset_mean": onsets.mean(axis=1),
        "onset_sd": onsets.std(axis=1),
        "onset_percentile": np.percentile(onsets, [50, 90], axis=1),
        "beat_largest": correlation.max(axis=1),
        "beat_fifth": np.sort(correlation, axis=1)[:, -5],
        "beat_lag": SHORTEST_LAG + correlation.argmax(axis=1),
        "beat_strength": np.abs(correlation).mean(axis=1),
    }


def _autocorrelation(series: np.ndarray) -> np.ndarray:
    """Return the unbiased autocorrelation of each series, 1 at lag 0, (n_series, n_columns)."""
    n = series.shape[1]
    centred = series - series.mean(axis=1, keepdims=True)
    size = 1 << (2 * n - 1).bit_length()  # room for every lag without wrapping round
    energy = np.abs(np.fft.rfft(centred, size)) ** 2
    correlation = np.fft.irfft(energy)[:, :n] / (n - np.arange(n))
    return correlation / (correlation[:, :1] + 1e-3)
