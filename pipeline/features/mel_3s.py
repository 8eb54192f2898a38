"""The first 3 s of a clip at full time resolution: 130 frames of 23 ms, 128 bands.

Levels are standardised over the whole clip, so neither gain nor the reference of the decibels
matters, and a quiet beginning stays quiet. Numpy only: the web process may import it.
"""

import numpy as np

from pipeline.features.parameters import MEL, MelParameters
from pipeline.features.sequences import mel_sequence

SHOWN_S = 3


def mel_3s(y: np.ndarray, *, sr: int, parameters: MelParameters = MEL) -> np.ndarray:
    """Return the log-mel spectrogram of the first 3 s, standardised over the clip.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The whole clip, mono, full scale -1..1, at least one frame long.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (130, n_mels), float32
        Levels in standard deviations from the clip's mean, over all its frames and bands; frames
        whose middle lies in the first 3 s, the lowest band first. A clip of less goes on by
        reflection. Silence is all 0.

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` (less than one frame) or ``not_finite``.
    """
    levels = mel_sequence(y, sr=sr, parameters=parameters)
    mean, spread = levels.mean(dtype=np.float64), levels.std(dtype=np.float64)
    n_frames = 1 + SHOWN_S * sr // parameters.hop_length
    shown = levels[:n_frames]
    frames = np.pad(np.arange(len(shown)), (0, n_frames - len(shown)), mode="reflect")
    return ((shown[frames] - mean) / (spread or 1.0)).astype(np.float32)
