"""Statistics of a mel spectrogram as a picture: texture, contrast, patterns of its patches.

Every function takes levels of shape (n_bands, n_columns) in units of 20 dB, lowest band first, and
returns named arrays. Numpy only.

References
----------
Jiang et al. 2002, "Music type classification by spectral contrast feature".
Chi, Ru & Shamma 2005, "Multiresolution spectrotemporal analysis of complex sounds" (modulation in
time and frequency at once).
Ojala, Pietikäinen & Mäenpää 2002, "Multiresolution gray-scale and rotation invariant texture
classification with local binary patterns"; Costa et al. 2012, "Music genre classification using
LBP textural features".
Dalal & Triggs 2005, "Histograms of oriented gradients for human detection".
"""

from functools import cache
from itertools import pairwise

import numpy as np

from pipeline.features.mel_bands import N_BANDS, Named, pooling

N_GROUPS = 16  # of 8 bands
PATCH, PATCH_HOP = 32, 16  # bands and columns
PATCH_BANDS = (0, 24, 48, 72, 96)
PATCH_RATES = (0, 1, 2, 4, 7, 11, 17)  # edges of six ranges, in cycles a patch, both ways
N_NEIGHBOURS, N_PATTERNS = 8, 59  # 58 uniform patterns, and one for all others
PATTERN_STEP = 0.25  # of 20 dB: smaller differences are noise
PATTERN_STRIPES = 6
N_ORIENTATIONS, GRADIENT_STRIPES = 12, 8


def texture_statistics(levels: np.ndarray) -> Named:
    """Return how much neighbouring bands differ, and that against neighbouring columns."""
    across = np.abs(np.diff(levels, axis=0))
    edges = np.linspace(0, N_BANDS - 1, N_GROUPS + 1).round().astype(int)
    groups = np.stack([across[start:stop].mean(axis=0) for start, stop in pairwise(edges)])
    along = pooling(N_GROUPS) @ np.abs(np.diff(levels, axis=1))
    return {
        "texture_mean": groups.mean(axis=1),
        "texture_sd": groups.std(axis=1),
        "texture_ratio": np.log((groups.mean(axis=1) + 0.02) / (along.mean(axis=1) + 0.02)),
    }


def contrast_statistics(levels: np.ndarray) -> Named:
    """Return the difference of the two loudest and two quietest of eight neighbouring bands."""
    ordered = np.sort(levels.reshape(N_GROUPS, -1, levels.shape[1]), axis=1)
    contrast = ordered[:, -2:].mean(axis=1) - ordered[:, :2].mean(axis=1)
    return {"contrast_mean": contrast.mean(axis=1), "contrast_sd": contrast.std(axis=1)}


def patch_statistics(levels: np.ndarray) -> Named:
    """Return the energy of patches of 32 bands x 32 columns by rate across and along.

    Two-dimensional power spectrum (Hann), mean over the patches of five ranges of bands; rising
    and falling sweeps count as one. Logarithms of the means of six by six ranges of rates.
    """
    taper = np.hanning(PATCH + 2)[1:-1]
    half = PATCH // 2
    found = np.empty((len(PATCH_BANDS), len(PATCH_RATES) - 1, len(PATCH_RATES) - 1))
    for number, lowest in enumerate(PATCH_BANDS):
        patches = np.lib.stride_tricks.sliding_window_view(
            levels[lowest : lowest + PATCH], PATCH, axis=1
        )[:, ::PATCH_HOP].transpose(1, 0, 2)
        centred = patches - patches.mean(axis=(1, 2), keepdims=True)
        energy = (np.abs(np.fft.rfft2(centred * taper[:, None] * taper)) ** 2).mean(axis=0)
        folded = energy[: half + 1].copy()
        folded[1:half] += energy[:half:-1]
        for row, (a, b) in enumerate(pairwise(PATCH_RATES)):
            for column, (c, d) in enumerate(pairwise(PATCH_RATES)):
                found[number, row, column] = folded[a:b, c:d].mean()
    return {"patch_modulation": np.log(found + 0.02)}


def pattern_statistics(levels: np.ndarray) -> Named:
    """Return how often each local binary pattern occurs in six stripes of bands.

    A pattern says which of a point's eight neighbours are louder than it, by at least 5 dB after
    rounding; those with at most two changes around the point are told apart. Square roots of
    shares, so that distances are Hellinger's.
    """
    steps = np.round(levels / PATTERN_STEP).astype(np.int16)
    centre = steps[1:-1, 1:-1]
    height, width = centre.shape
    patterns = np.zeros(centre.shape, dtype=np.uint8)
    around = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
    for bit, (row, column) in enumerate(around):
        louder = steps[row : row + height, column : column + width] > centre
        patterns |= louder.astype(np.uint8) << np.uint8(bit)
    codes = _uniform_patterns()[patterns]
    edges = np.linspace(0, height, PATTERN_STRIPES + 1).round().astype(int)
    counts = [np.bincount(codes[a:b].ravel(), minlength=N_PATTERNS) for a, b in pairwise(edges)]
    sizes = np.diff(edges)[:, None] * width
    return {"pattern_share": np.sqrt(np.array(counts) / sizes)}


@cache
def _uniform_patterns() -> np.ndarray:
    """Return a number for each of 256 patterns; the last for those that are not uniform."""
    bits = np.arange(256)[:, None] >> np.arange(N_NEIGHBOURS) & 1
    uniform = (bits != np.roll(bits, 1, axis=1)).sum(axis=1) <= 2
    return np.where(uniform, np.cumsum(uniform) - 1, N_PATTERNS - 1)


def gradient_statistics(levels: np.ndarray) -> Named:
    """Return the length of gradients by direction, twelve all round, in eight stripes of bands.

    Steady tones point across, attacks and decays along. Logarithms of means over 16 rows.
    """
    across = levels[2:, 1:-1] - levels[:-2, 1:-1]
    along = levels[1:-1, 2:] - levels[1:-1, :-2]
    turns = np.arctan2(across, along) / (2 * np.pi) + 0.5
    directions = (turns * N_ORIENTATIONS + 0.5).astype(int) % N_ORIENTATIONS
    height, width = across.shape
    stripes = np.arange(height)[:, None] * GRADIENT_STRIPES // height
    sums = np.bincount(
        (stripes * N_ORIENTATIONS + directions).ravel(),
        weights=np.hypot(across, along).ravel(),
        minlength=GRADIENT_STRIPES * N_ORIENTATIONS,
    ).reshape(GRADIENT_STRIPES, N_ORIENTATIONS)
    return {"gradient": np.log(sums / width / 16 + 0.002)}
