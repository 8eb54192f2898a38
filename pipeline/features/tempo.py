"""Tempo of a clip from the periodicity of its onsets, as ``librosa.beat.beat_track`` gives it.

References
----------
Ellis 2007, "Beat tracking by dynamic programming".
"""

import numpy as np

from pipeline.config import AnalysisParameters
from pipeline.features.filters import hann_window

START_BPM = 120.0  # centre of the log-normal preference, one octave wide
MAX_BPM = 320.0
WINDOW_S = 8.0  # span of one local autocorrelation


def onset_strength(mel_db: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return the median rise over the mel bands at each frame, shape (n_frames,), in dB.

    Parameters
    ----------
    mel_db : ndarray of shape (n_frames, n_mels), float32
    """
    n_frames, n_mels = mel_db.shape
    rise = np.maximum(0, mel_db[1:] - mel_db[:-1])
    rise.sort(axis=1)
    middle = 0.5 * (rise[:, (n_mels - 1) // 2] + rise[:, n_mels // 2])
    # One frame for the difference, and half a frame length, since frames are centred.
    delay = 1 + parameters.n_fft // (2 * parameters.hop_length)
    return np.concatenate([np.zeros(delay, middle.dtype), middle])[:n_frames]


def tempo_bpm(mel_db: np.ndarray, *, parameters: AnalysisParameters) -> float:
    """Return the tempo in beats a minute; 0 where nothing ever begins.

    Parameters
    ----------
    mel_db : ndarray of shape (n_frames, n_mels), float32
    """
    onsets = onset_strength(mel_db, parameters=parameters)
    if not onsets.any():
        return 0.0
    frames_per_s = parameters.sr / parameters.hop_length
    correlation = mean_autocorrelation(onsets, n_lags=int(WINDOW_S * frames_per_s))
    bpm = 60 * frames_per_s / np.arange(1, len(correlation))  # lag 0 has no tempo
    preference = -0.5 * (np.log2(bpm) - np.log2(START_BPM)) ** 2
    preference[bpm >= MAX_BPM] = -np.inf
    score = np.log1p(1e6 * correlation[1:]) + preference
    return float(bpm[np.argmax(score)])


def mean_autocorrelation(onsets: np.ndarray, *, n_lags: int) -> np.ndarray:
    """Return the autocorrelation over ``n_lags`` frames, averaged over a window around each frame.

    Each window's autocorrelation is divided by its energy first. Averaging is linear, so the
    power spectra are averaged and transformed back once. Returns shape (n_lags,), float64.
    """
    half = n_lags // 2
    padded = np.pad(onsets.astype(np.float64), half, mode="linear_ramp", end_values=0)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, n_lags)[: len(onsets)]
    pieces = pieces * hann_window(n_lags)
    energy = np.einsum("ij,ij->i", pieces, pieces)
    weights = 1 / np.where(energy < np.finfo(np.float64).tiny, 1, energy)
    size = 2 * n_lags  # at least 2 n_lags - 1: a linear, not a circular, correlation
    power = np.zeros(1 + size // 2)
    for start in range(0, len(pieces), 128):
        block = slice(start, start + 128)
        spectra = np.fft.rfft(pieces[block], n=size, axis=1)
        power += weights[block] @ (spectra.real**2 + spectra.imag**2)
    correlation = np.fft.irfft(power, n=size)[:n_lags] / len(onsets)
    return np.maximum(correlation, 0)  # onsets are not negative; below zero is rounding
