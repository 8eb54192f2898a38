"""Sequences that librosa computes: pitch classes, tone space, spectral contrast, tempogram.

librosa has no frames-first arrays, so these are turned. The ends of a signal are mirrored as in
every other feature, where librosa's default has been silence since 0.10. librosa is imported when
a function is called: it costs seconds, and the web process does not have it.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from pipeline.features.parameters import (
    CONTRAST,
    HARMONY,
    TEMPOGRAM,
    ContrastParameters,
    HarmonyParameters,
    TempogramParameters,
)
from pipeline.features.sequences import magnitudes
from pipeline.features.signals import validated_signal

SHORTEST_S = 0.75  # else the lowest octave has fewer samples than a frame of its transform


@contextmanager
def without_tuning_warning() -> Iterator[None]:
    """Silence librosa where a signal has no pitch: its tuning counts as 0, which is meant."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Trying to estimate tuning", UserWarning)
        yield


def constant_q(y: np.ndarray, *, sr: int, parameters: Any) -> np.ndarray:
    """Return the magnitudes of the constant-Q transform from C1, as librosa lays them out.

    Parameters
    ----------
    y : ndarray of shape (n_samples,), float32
        Its tuning is estimated first.
    parameters : HarmonyParameters or FmaParameters

    Returns
    -------
    ndarray of shape (n_octaves * bins_per_octave, n_frames)
    """
    import librosa

    with without_tuning_warning():
        transform = librosa.cqt(
            y,
            sr=sr,
            hop_length=parameters.hop_length,
            n_bins=parameters.n_octaves * parameters.bins_per_octave,
            bins_per_octave=parameters.bins_per_octave,
            tuning=None,
            pad_mode="reflect",
        )
    return np.abs(transform)


def chroma_cens(y: np.ndarray, *, sr: int, parameters: HarmonyParameters = HARMONY) -> np.ndarray:
    """Return energy by pitch class from C: quantised, smoothed over 41 frames, of length 1.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least 0.75 s long.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (n_frames, 12), float32, 0..1; zero in silence

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` or ``not_finite``.

    References
    ----------
    Müller & Ewert 2011, "Chroma Toolbox" (chroma energy normalised statistics).
    """
    return np.ascontiguousarray(_cens(_long_enough(y, sr, parameters), sr, parameters).T)


def tonnetz(y: np.ndarray, *, sr: int, parameters: HarmonyParameters = HARMONY) -> np.ndarray:
    """Return the place of each frame's CENS chroma in tone space.

    Parameters and errors are those of ``chroma_cens``.

    Returns
    -------
    ndarray of shape (n_frames, 6), float32, -1..1
        Two coordinates each on the circles of fifths, minor thirds and major thirds.

    References
    ----------
    Harte, Sandler & Gasser 2006, "Detecting harmonic change in musical audio".
    """
    import librosa

    y = _long_enough(y, sr, parameters)
    places = librosa.feature.tonnetz(chroma=_cens(y, sr, parameters), sr=sr)
    return np.ascontiguousarray(places.T, dtype=np.float32)


def spectral_contrast(
    y: np.ndarray, *, sr: int, parameters: ContrastParameters = CONTRAST
) -> np.ndarray:
    """Return how far peaks stand above valleys in each octave band, in dB.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least one frame long.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (n_frames, n_bands + 1), float32

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` or ``not_finite``.

    References
    ----------
    Jiang et al. 2002, "Music type classification by spectral contrast feature".
    """
    import librosa

    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    S = magnitudes(y, parameters=parameters)
    contrast = librosa.feature.spectral_contrast(
        S=S.T, sr=sr, n_bands=parameters.n_bands, fmin=parameters.fmin_hz
    )
    return np.ascontiguousarray(contrast.T, dtype=np.float32)


def tempogram(y: np.ndarray, *, sr: int, parameters: TempogramParameters = TEMPOGRAM) -> np.ndarray:
    """Return how strongly the onsets around each frame repeat after 0, 1, 2... frames.

    Parameters and errors are those of ``spectral_contrast``.

    Returns
    -------
    ndarray of shape (n_frames, win_length), float32
        Autocorrelation of the onset strength divided by its largest value; 0 without onsets.

    References
    ----------
    Grosche, Müller & Kurth 2010, "Cyclic tempogram".
    """
    import librosa

    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    onsets = librosa.onset.onset_strength(
        y=y,
        sr=sr,
        n_fft=parameters.n_fft,
        hop_length=parameters.hop_length,
        pad_mode="reflect",
    )
    repetition = librosa.feature.tempogram(
        onset_envelope=onsets,
        sr=sr,
        hop_length=parameters.hop_length,
        win_length=parameters.win_length,
    )
    return np.ascontiguousarray(repetition.T, dtype=np.float32)


def _long_enough(y: np.ndarray, sr: int, parameters: HarmonyParameters) -> np.ndarray:
    shortest = int(SHORTEST_S * parameters.sr)
    return validated_signal(y, sr=sr, parameters=parameters, shortest=shortest)


def _cens(y: np.ndarray, sr: int, parameters: HarmonyParameters) -> np.ndarray:
    import librosa

    return librosa.feature.chroma_cens(
        C=constant_q(y, sr=sr, parameters=parameters),
        sr=sr,
        hop_length=parameters.hop_length,
        n_octaves=parameters.n_octaves,
        bins_per_octave=parameters.bins_per_octave,
    ).astype(np.float32)
