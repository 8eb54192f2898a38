"""Sliding median over 31 values by a sorting network, for many rows at once.

The two median filters are nearly all of the cost of harmonic-percussive separation. Here windows
that overlap share their sorting: 16 neighbouring windows of 31 have 16 values in common; halving
the group again and again, each half adds the 8, 4, 2, 1 further values that its windows share, and
keeps only the middle ranks that can still become the median. That is 24 minima or maxima a value,
all of them numpy operations on contiguous lanes without a branch. The result is exact.

References
----------
Batcher 1968, "Sorting networks and their applications"; Adams 2021, "Fast median filters using
separable sorting networks".
"""

import numpy as np

KERNEL_SIZE = 31  # the network below is built for this length
GROUP = 16  # windows that share their sorting: (KERNEL_SIZE + 1) // 2
TILE_VALUES = 5_000  # values a network wire: small enough for the cache, large for numpy's overhead


def sliding_median(x: np.ndarray) -> np.ndarray:
    """Return the median of 31 neighbours along the first axis, the ends mirrored.

    Parameters
    ----------
    x : ndarray of shape (n, n_lanes)
        Without NaN. Equal to ``scipy.ndimage.median_filter(x, (31, 1), mode="reflect")``.

    Returns
    -------
    ndarray of shape (n, n_lanes), of the same type
    """
    n, n_lanes = x.shape
    n_groups = -(-n // GROUP)
    after = GROUP * (n_groups + 1) - n
    padded = np.pad(x, ((GROUP, after), (0, 0)), mode="symmetric")
    blocks = padded.reshape(n_groups + 2, GROUP, n_lanes)
    medians = np.empty((n_groups, GROUP, n_lanes), dtype=x.dtype)
    width = max(GROUP, TILE_VALUES // (n_groups + 2))
    for start in range(0, n_lanes, width):
        tile = blocks[:, :, start : start + width]
        lanes = tile.shape[2]
        wires = np.ascontiguousarray(tile.transpose(1, 0, 2)).reshape(GROUP, -1)
        found = _medians(wires, lanes).reshape(GROUP, n_groups, lanes)
        medians[:, :, start : start + width] = found.transpose(1, 0, 2)
    return medians.reshape(-1, n_lanes)[:n]


def _medians(wires: np.ndarray, lanes: int) -> np.ndarray:
    """Return the medians of the 16 windows around each inner block.

    ``wires[k]`` holds value k of every block of 16, block after block, ``lanes`` values each.
    Window o of a block starts at value o + 1 of the block before and ends with value o - 1 of the
    block after.
    """
    runs = _sorted_runs(wires)
    kept = runs[GROUP][:, :, lanes:-lanes]
    share = GROUP // 2
    while share:
        # The left half of a group has further values of the block before in common, the right
        # half further values of the block after.
        further = (runs[share][1::2, :, : -2 * lanes], runs[share][0::2, :, 2 * lanes :])
        halves = np.empty((2 * len(kept), share, kept.shape[2]), dtype=wires.dtype)
        for side, run in enumerate(further):
            half = halves[side::2]
            np.minimum(kept[:, share:], run[:, ::-1], out=half)
            np.maximum(half, kept[:, :share], out=half)
        kept = _sorted_bitonic(halves)
        share //= 2
    return kept[:, 0]


def _sorted_runs(wires: np.ndarray) -> dict[int, np.ndarray]:
    """Return the blocks' values sorted in aligned runs, by run length: (n_runs, length, n)."""
    runs = {1: wires[:, None, :]}
    length = 1
    while length < GROUP:
        low, high = runs[length][0::2], runs[length][1::2]
        length *= 2
        runs[length] = _sorted_bitonic(np.concatenate([low, high[:, ::-1]], axis=1))
    return runs


def _sorted_bitonic(x: np.ndarray) -> np.ndarray:
    """Return each (length, n) slice sorted along its length, which rises and then falls."""
    n_runs, length, n = x.shape
    half = length // 2
    while half:
        pairs = x.reshape(n_runs, -1, 2, half, n)
        ordered = np.empty_like(pairs)
        np.minimum(pairs[:, :, 0], pairs[:, :, 1], out=ordered[:, :, 0])
        np.maximum(pairs[:, :, 0], pairs[:, :, 1], out=ordered[:, :, 1])
        x = ordered.reshape(n_runs, length, n)
        half //= 2
    return x
