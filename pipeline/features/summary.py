"""The 57 statistics of the Kaggle GTZAN tables, for one clip or segment.

Equal to the tables' own numbers (tests compare with real clips), from one transform: librosa's
functions are written out for frames-first arrays, because the models must see what they were
trained on, and the web process must answer in tenths of a second without loading librosa.
Must not import librosa, scipy, scikit-learn or anything heavy.
"""

import numpy as np

from pipeline.config import ANALYSIS, AnalysisParameters
from pipeline.features.chroma import chroma
from pipeline.features.filters import bin_frequencies_hz, mel_filters
from pipeline.features.hpss import harmonic_percussive_statistics
from pipeline.features.signals import validated_signal
from pipeline.features.spectrum import reflected, stft
from pipeline.features.tempo import tempo_bpm

_FRAME_FEATURES = (
    "chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff",
    "zero_crossing_rate",
)  # fmt: skip
FEATURE_NAMES: tuple[str, ...] = (
    *(f"{name}_{part}" for name in _FRAME_FEATURES for part in ("mean", "var")),
    "harmony_mean", "harmony_var", "perceptr_mean", "perceptr_var", "tempo",
    *(f"mfcc{k}_{part}" for k in range(1, ANALYSIS.n_mfcc + 1) for part in ("mean", "var")),
)  # fmt: skip

N_MELS = 128
ROLLOFF_SHARE = 0.85
TOP_DB = 80.0
TINY = float(np.finfo(np.float32).tiny)


def summary_statistics(
    y: np.ndarray, *, sr: int, parameters: AnalysisParameters = ANALYSIS
) -> np.ndarray:
    """Return the 57 statistics of a signal, in the order of ``FEATURE_NAMES``.

    Means and population variances over frames; ``harmony`` and ``perceptr`` over samples;
    ``tempo`` in beats a minute. Silence and signals without onsets have tempo 0.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least one frame long. Memory grows with the length, by about
        2.5 MB a second: cut long clips first (``pipeline.audio.windows``).
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (57,), float64, finite

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` (less than one frame) or ``not_finite``.
    ValueError
        If ``y`` is not one-dimensional or ``sr`` is not the rate of the training tables.

    References
    ----------
    Tzanetakis & Cook 2002, "Musical genre classification of audio signals".
    """
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    padded = reflected(y, parameters=parameters)
    spectra = stft(padded, parameters=parameters)
    S = np.abs(spectra)
    power = S * S
    mel_db = mel_decibels(power, sr=sr, n_fft=parameters.n_fft)
    series = [
        chroma(power, sr=sr, n_fft=parameters.n_fft),
        rms(padded, parameters=parameters),
        *spectral_shape(S, sr=sr, n_fft=parameters.n_fft),
        zero_crossing_rate(y, parameters=parameters),
    ]
    statistics = [part for values in series for part in _moments(values)]
    statistics += harmonic_percussive_statistics(y, spectra, S, parameters=parameters)
    statistics.append(tempo_bpm(mel_db, parameters=parameters))
    for coefficient in mfcc(mel_db, n_mfcc=parameters.n_mfcc).T:
        statistics += _moments(coefficient)
    return np.array(statistics)


def mel_decibels(
    power: np.ndarray, *, sr: int, n_fft: int, n_mels: int = N_MELS, top_db: float = TOP_DB
) -> np.ndarray:
    """Return mel band powers in dB, at most ``top_db`` below the largest.

    Returns
    -------
    ndarray of shape (n_frames, n_mels), float32
        Relative to a power of 1; -100 dB at least.
    """
    bands = power @ mel_filters(sr=sr, n_fft=n_fft, n_mels=n_mels)
    decibels = 10 * np.log10(np.maximum(bands, np.float32(1e-10)))
    return np.maximum(decibels, decibels.max() - np.float32(top_db))


def mfcc(mel_db: np.ndarray, *, n_mfcc: int) -> np.ndarray:
    """Return the first cepstral coefficients (orthonormal DCT-II), shape (n_frames, n_mfcc)."""
    n_mels = mel_db.shape[1]
    order = np.arange(n_mfcc)
    angles = np.pi * np.outer(np.arange(n_mels) + 0.5, order) / n_mels
    basis = np.cos(angles) * np.sqrt(np.where(order == 0, 1, 2) / n_mels)
    return mel_db @ basis.astype(np.float32)


def rms(padded: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return the root mean square of each frame of a padded signal, shape (n_frames,)."""
    hop, overlap = parameters.hop_length, parameters.n_fft // parameters.hop_length
    n_hops = len(padded) // hop
    hops = padded[: n_hops * hop].reshape(n_hops, hop)
    energy = np.einsum("ij,ij->i", hops, hops).astype(np.float64)
    n_frames = n_hops - overlap + 1
    total = sum(energy[j : j + n_frames] for j in range(overlap))
    return np.sqrt(total / parameters.n_fft)


def spectral_shape(
    S: np.ndarray, *, sr: int, n_fft: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return spectral centroid, bandwidth and 85 % rolloff of each frame in Hz; 0 in silence.

    Parameters
    ----------
    S : ndarray of shape (n_frames, 1 + n_fft // 2), float32
        Magnitudes.
    """
    frequencies = bin_frequencies_hz(sr=sr, n_fft=n_fft)
    # Double precision: the bandwidth is a small difference of large moments.
    moments = S.astype(np.float64) @ np.stack([frequencies**0, frequencies, frequencies**2], axis=1)
    total = moments[:, 0]
    share = 1 / np.where(total < TINY, 1, total)
    centroid = moments[:, 1] * share
    bandwidth = np.sqrt(np.maximum(moments[:, 2] * share - centroid**2, 0))
    below = np.cumsum(S, axis=1)
    threshold = np.float32(ROLLOFF_SHARE) * below[:, -1:]
    rolloff = frequencies[np.count_nonzero(below < threshold, axis=1)]
    return centroid, bandwidth, rolloff


def zero_crossing_rate(y: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return the share of samples of each frame at which the sign changes, shape (n_frames,)."""
    frame, hop = parameters.n_fft, parameters.hop_length
    negative = np.pad(y < -1e-10, frame // 2, mode="edge")  # librosa counts tiny values as zero
    changes = np.cumsum(negative[1:] != negative[:-1], dtype=np.int32)
    changes = np.concatenate([np.zeros(1, np.int32), changes])
    starts = np.arange(0, len(negative) - frame + 1, hop)
    return (changes[starts + frame - 1] - changes[starts]) / frame


def warm_up() -> None:
    """Fill the filter banks' caches, so that the first visitor does not wait for them."""
    t = np.arange(3 * ANALYSIS.sr) / ANALYSIS.sr
    summary_statistics(np.sin(2 * np.pi * 440 * t), sr=ANALYSIS.sr)


def _moments(values: np.ndarray) -> tuple[float, float]:
    """Return mean and population variance over all frames (and pitch classes)."""
    precise = values.astype(np.float64)
    return float(precise.mean()), float(precise.var())
