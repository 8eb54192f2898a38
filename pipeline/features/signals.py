"""What a signal must be before a feature is computed from it. Numpy only."""

import numpy as np

from pipeline.audio import AudioError, validate_samples
from pipeline.features.parameters import Parameters


def validated_signal(
    y: np.ndarray, *, sr: int, parameters: Parameters, shortest: int
) -> np.ndarray:
    """Return a mono signal as float32.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Full scale is -1..1.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.
    shortest : int
        Least number of samples.

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` or ``not_finite``.
    ValueError
        If ``y`` is not one-dimensional or has another rate.
    """
    if sr != parameters.sr:
        raise ValueError(f"sr must be {parameters.sr} Hz, got {sr}: resample the signal first")
    if y.ndim != 1:
        raise ValueError(f"y must be mono, shape (n_samples,), got shape {y.shape}")
    if not y.size:
        raise AudioError("empty", "the signal has no samples. Send a longer piece.")
    if y.size < shortest:
        raise AudioError(
            "too_short",
            f"a signal must have at least {shortest} samples, got {y.size}. Send a longer piece.",
        )
    validate_samples(y)
    return np.asarray(y, dtype=np.float32)
