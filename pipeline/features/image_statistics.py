"""Statistics of a clip's mel spectrogram, named, for models that want a row of numbers.

Levels, how they spread and change, how bands move together, modulation and onsets in time, patterns
of patches. Computed from ``mel_clip``'s array, that of a picture or that of live sound, with any
number of columns from 100 on (9 s). Numpy only: the web process may import it.
"""

from pathlib import Path

import numpy as np

from pipeline.features.mel_bands import (
    N_BANDS,
    Named,
    cepstral_statistics,
    change_covariance,
    level_statistics,
    spectral_shape_statistics,
)
from pipeline.features.mel_clip import mel_clip, read_mel_clip
from pipeline.features.mel_patches import (
    contrast_statistics,
    gradient_statistics,
    patch_statistics,
    pattern_statistics,
    texture_statistics,
)
from pipeline.features.mel_rhythm import modulation_statistics, onset_statistics
from pipeline.features.parameters import MEL_CLIP, MelClipParameters

UNIT_DB = 20.0
SHORTEST = 100  # columns
BLOCKS = (
    level_statistics,
    cepstral_statistics,
    modulation_statistics,
    onset_statistics,
    texture_statistics,
    contrast_statistics,
    patch_statistics,
    spectral_shape_statistics,
    pattern_statistics,
    gradient_statistics,
    change_covariance,
)
_SHAPES: dict[str, tuple[int, ...]] = {
    "band_mean": (64,),
    "band_sd": (64,),
    "band_change": (32,),
    "band_rise_sd": (32,),
    "band_attack": (32,),
    "band_decay": (32,),
    "cepstrum_mean": (24,),
    "cepstrum_change_covariance": (78,),
    "cepstrum_modulation": (16, 9),
    "onset_mean": (5,),
    "onset_sd": (5,),
    "onset_percentile": (2, 5),
    "beat_largest": (5,),
    "beat_fifth": (5,),
    "beat_lag": (5,),
    "beat_strength": (5,),
    "texture_mean": (16,),
    "texture_sd": (16,),
    "texture_ratio": (16,),
    "contrast_mean": (16,),
    "contrast_sd": (16,),
    "patch_modulation": (5, 6, 6),
    "shape_mean": (7,),
    "shape_sd": (7,),
    "shape_percentile": (3, 7),
    "shape_change": (7,),
    "floor_share": (5,),
    "pattern_share": (6, 59),
    "gradient": (8, 12),
    "band_change_covariance": (210,),
}  # of each array that the blocks return, in their order
_BEGINNINGS = {"cepstrum": "mfcc", "onset": "tempo", "beat": "tempo"}  # else spectral


def _beginning(name: str) -> str:
    """Return how the names of an array begin, for ``families.family_of``."""
    return _BEGINNINGS.get(name.partition("_")[0], "spectral")


IMAGE_STATISTIC_NAMES: tuple[str, ...] = tuple(
    "_".join([_beginning(name), name, *(f"{place:02d}" for place in index)])
    for name, shape in _SHAPES.items()
    for index in np.ndindex(shape)
)


def image_statistics(mel: np.ndarray) -> np.ndarray:
    """Return the statistics of a mel spectrogram.

    Parameters
    ----------
    mel : ndarray of shape (n_columns, 128)
        Levels in dB, -80..0, a column every 90 ms, at least 100 columns (9 s), as ``mel_clip``.

    Returns
    -------
    ndarray of shape (len(IMAGE_STATISTIC_NAMES),), float32

    Raises
    ------
    ValueError
        If ``mel`` has another shape, too few columns, or a level that is not finite.
    """
    if mel.ndim != 2 or mel.shape[1] != N_BANDS or len(mel) < SHORTEST:
        raise ValueError(
            f"mel must have the shape (n_columns, {N_BANDS}) with at least {SHORTEST} columns, "
            f"got {mel.shape}: compute it with mel_clip"
        )
    if not np.isfinite(mel).all():
        raise ValueError("mel holds levels that are not finite: compute it with mel_clip")
    levels = np.ascontiguousarray(mel.T, dtype=np.float64) / UNIT_DB
    found: Named = {}
    for block in BLOCKS:
        found |= block(levels)
    shapes = {name: np.shape(array) for name, array in found.items()}
    assert shapes == _SHAPES, "the names of the statistics come from these shapes"
    return np.concatenate([np.ravel(array) for array in found.values()]).astype(np.float32)


def clip_statistics(
    y: np.ndarray, *, sr: int, parameters: MelClipParameters = MEL_CLIP
) -> np.ndarray:
    """Return the statistics of a clip's ``mel_clip``; parameters and errors are the same."""
    return image_statistics(mel_clip(y, sr=sr, parameters=parameters))


def read_statistics(path: Path, *, parameters: MelClipParameters = MEL_CLIP) -> np.ndarray:
    """Return the statistics of a picture of the Kaggle archive; errors as ``read_mel_clip``."""
    return image_statistics(read_mel_clip(path, parameters=parameters))
