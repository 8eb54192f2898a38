"""A song as a whole: how the 57 statistics of its 3-s segments spread, beside those of the clip.

One function makes the training table and describes a visitor's clip, so that a model sees what it
was trained on. Variances enter as logarithms: they span six decades, and their logarithms are
nearly normal. Numpy only: the web process may import it.
"""

import numpy as np

from pipeline.features.summary import FEATURE_NAMES

VARIANCE_FLOOR = 1e-8  # a quarter of GTZAN's smallest; silence has none, rounding may leave less

_IS_VARIANCE = np.array([name.endswith("_var") for name in FEATURE_NAMES])
_LOGGED_NAMES = tuple(
    name.removesuffix("_var") + "_logvar" if name.endswith("_var") else name
    for name in FEATURE_NAMES
)
_PARTS = ("segment_mean", "segment_sd", "segment_min", "segment_max", "clip")
SONG_FEATURE_NAMES: tuple[str, ...] = tuple(
    f"{name}_{part}" for part in _PARTS for name in _LOGGED_NAMES
)


def log_variances(X: np.ndarray) -> np.ndarray:
    """Return the 57 statistics with the natural logarithm in place of each variance.

    Parameters
    ----------
    X : ndarray of shape (..., 57)
        In the order of ``FEATURE_NAMES``; a variance below ``VARIANCE_FLOOR`` counts as that.

    Returns
    -------
    ndarray of shape (..., 57), float64
    """
    logged = np.array(X, dtype=np.float64)
    logged[..., _IS_VARIANCE] = np.log(np.maximum(logged[..., _IS_VARIANCE], VARIANCE_FLOOR))
    return logged


def song_features(segments: np.ndarray, clip: np.ndarray) -> np.ndarray:
    """Return mean, standard deviation, minimum and maximum over segments, and the clip's own.

    Parameters
    ----------
    segments : ndarray of shape (n_segments, 57)
        Statistics of the 3-s segments of one clip, at least one.
    clip : ndarray of shape (57,)
        Statistics of the whole clip (at most 30 s).

    Returns
    -------
    ndarray of shape (285,), float32
        In the order of ``SONG_FEATURE_NAMES``; the standard deviation has ddof = 0.

    Raises
    ------
    ValueError
        If a shape is another one.
    """
    n_features = len(FEATURE_NAMES)
    if np.ndim(segments) != 2 or len(segments) == 0 or np.shape(segments)[1] != n_features:
        raise ValueError(
            f"segments must have the shape (n, {n_features}) with n > 0, got {np.shape(segments)}"
        )
    if np.shape(clip) != (n_features,):
        raise ValueError(f"clip must have the shape ({n_features},), got {np.shape(clip)}")
    logged = log_variances(segments)
    parts = (logged.mean(0), logged.std(0), logged.min(0), logged.max(0), log_variances(clip))
    return np.concatenate(parts).astype(np.float32)
