"""Statistics of the levels of a mel spectrogram: by band, by cosine transform, by spectral shape.

Every function takes levels of shape (n_bands, n_columns) in units of 20 dB, lowest band first, and
returns named arrays. A number added before a logarithm or a quotient keeps silence finite. Numpy
only.

References
----------
Davis & Mermelstein 1980, "Comparison of parametric representations for monosyllabic word
recognition" (cosine transform of mel levels).
Arsigny, Fillard, Pennec & Ayache 2006, "Log-Euclidean metrics for fast and simple calculus on
diffusion tensors" (logarithms of covariances).
Tzanetakis & Cook 2002, "Musical genre classification of audio signals" (centroid, rolloff).
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

Named = dict[str, np.ndarray]

N_BANDS = 128
FLOOR = -3.95  # of -4: as quiet as the scale goes
FLOOR_BANDS = (64, 96, 112, 120)  # how much treble there is at all


@lru_cache(maxsize=8)
def pooling(n: int) -> np.ndarray:
    """Return the matrix that averages 128 bands to ``n`` groups of neighbours, (n, 128)."""
    edges = np.linspace(0, N_BANDS, n + 1).round().astype(int)
    matrix = np.zeros((n, N_BANDS))
    for row, (start, stop) in enumerate(pairwise(edges)):
        matrix[row, start:stop] = 1 / (stop - start)
    matrix.flags.writeable = False
    return matrix


@lru_cache(maxsize=8)
def cosines(n: int) -> np.ndarray:
    """Return the first ``n`` rows of the orthonormal cosine transform of 128 bands, (n, 128)."""
    order, band = np.arange(n)[:, None], np.arange(N_BANDS) + 0.5
    matrix = np.cos(np.pi * order * band / N_BANDS) * np.sqrt(np.where(order == 0, 1, 2) / N_BANDS)
    matrix.flags.writeable = False
    return matrix


def level_statistics(levels: np.ndarray) -> Named:
    """Return mean and spread of 64 bands, and how 32 change from column to column.

    Of the changes: mean size, spread of the rises, and the 95th and 5th percentile, that is how
    sharp attacks and decays are.
    """
    bands = pooling(64) @ levels
    change = np.diff(pooling(32) @ levels, axis=1)
    decay, attack = np.percentile(change, [5, 95], axis=1)
    return {
        "band_mean": bands.mean(axis=1),
        "band_sd": bands.std(axis=1),
        "band_change": np.abs(change).mean(axis=1),
        "band_rise_sd": np.maximum(change, 0).std(axis=1),
        "band_attack": attack,
        "band_decay": decay,
    }


def cepstral_statistics(levels: np.ndarray) -> Named:
    """Return the mean of 24 cepstral coefficients and how twelve change together."""
    cepstra = cosines(24) @ levels
    return {
        "cepstrum_mean": cepstra.mean(axis=1),
        "cepstrum_change_covariance": log_covariance(np.diff(cepstra[:12], axis=1)),
    }


def change_covariance(levels: np.ndarray) -> Named:
    """Return how 20 bands change together from column to column."""
    return {"band_change_covariance": log_covariance(np.diff(pooling(20) @ levels, axis=1))}


def log_covariance(series: np.ndarray) -> np.ndarray:
    """Return the upper half of the matrix logarithm of a covariance.

    Parameters
    ----------
    series : ndarray of shape (n, n_columns)

    Returns
    -------
    ndarray of shape (n * (n + 1) / 2,)
        2 % of the mean variance are added to the diagonal first. Entries off it count sqrt(2)-fold,
        so that distances are those of the whole matrices.
    """
    n = len(series)
    covariance = np.cov(series)
    covariance += 0.02 * (np.trace(covariance) + 1e-4) / n * np.eye(n)
    values, vectors = np.linalg.eigh(covariance)
    logarithm = (vectors * np.log(values)) @ vectors.T
    weighted = logarithm * np.where(np.eye(n, dtype=bool), 1, np.sqrt(2))
    return weighted[np.triu_indices(n)]


def spectral_shape_statistics(levels: np.ndarray) -> Named:
    """Return statistics of where the power of each column lies, and how much there is.

    Seven traces: centroid, bandwidth, and the bands below which 50, 85 and 95 % of the power lie
    (all in bands), mean level, logarithm of the power. Then the share of the picture that is at
    the floor, all of it and in four high bands.
    """
    power = 10 ** (levels * 2)
    total = power.sum(axis=0)
    share = power / (total + 1e-9)
    band = np.arange(N_BANDS)[:, None]
    centroid = (share * band).sum(axis=0)
    bandwidth = np.sqrt((share * (band - centroid) ** 2).sum(axis=0))
    below = np.cumsum(share, axis=0)
    rolloffs = [(below < part).sum(axis=0) for part in (0.5, 0.85, 0.95)]
    traces = np.stack([centroid, bandwidth, *rolloffs, levels.mean(axis=0), np.log10(total)])
    floor = (levels < FLOOR).mean(axis=1)
    return {
        "shape_mean": traces.mean(axis=1),
        "shape_sd": traces.std(axis=1),
        "shape_percentile": np.percentile(traces, [10, 50, 90], axis=1),
        "shape_change": np.abs(np.diff(traces, axis=1)).mean(axis=1),
        "floor_share": np.append(floor.mean(), floor[list(FLOOR_BANDS)]),
    }
