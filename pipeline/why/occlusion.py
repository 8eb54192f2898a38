"""Where in a clip a model listened: what its answer loses when a place is hidden.

The live counterpart of ``pipeline.analysis.saliency``: a patch of time and bands is replaced by the
mean level of its bands over all training clips, and the model is asked again. The grid is coarse,
2 s by 16 bands, so that a model is asked 120 times, and all of them answer within some two seconds;
that is more than the answer itself takes, so it is done on request only. A clip that is shorter
than 30 s is mirrored until it fills the spectrogram, and a place is hidden with its mirror images.

References
----------
Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks" (occlusion).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts.analysis import has_analysis, read_analysis
from pipeline.config import ANALYSIS
from pipeline.features.filters import mel_frequencies_hz
from pipeline.features.mel_page import column_frames
from pipeline.features.parameters import MEL_CLIP

KIND = "band_levels"
CELL_S = 2.0
N_BANDS = 8
PART_OF_MOST = 0.5  # cells that lose at least this share of the most belong to the place
FLOOR = 1e-7  # of a probability


@dataclass(frozen=True)
class Grid:
    """The cells of a spectrogram.

    Attributes
    ----------
    edges_s : ndarray of shape (n_times + 1,)
        From the beginning of the window.
    edges_hz : ndarray of shape (n_bands + 1,)
    columns : list of ndarray of int
        The columns of each time, with those that mirror it.
    bands : list of slice
    """

    edges_s: np.ndarray
    edges_hz: np.ndarray
    columns: list[np.ndarray]
    bands: list[slice]


def read_band_levels(results: Path, dataset: str, representation: str) -> np.ndarray | None:
    """Return the mean level of each mel band in training, or None without the table."""
    if not has_analysis(results, KIND):
        return None
    table = read_analysis(results, KIND)
    own = table[(table["dataset"] == dataset) & (table["representation"] == representation)]
    levels = own.sort_values("band")["level_db"].to_numpy(dtype=np.float32)
    return levels if len(levels) == MEL_CLIP.n_mels else None


def grid_of(n_samples: int, *, sr: int) -> Grid:
    """Return the cells of a window of so many samples, as ``mel_clip`` draws it."""
    n_columns = MEL_CLIP.right - MEL_CLIP.left
    n_samples = MEL_CLIP.usual if n_samples > MEL_CLIP.longest else n_samples
    n_frames = 1 + n_samples // MEL_CLIP.hop_length
    n_inside = n_columns
    if n_frames <= MEL_CLIP.shortest // MEL_CLIP.hop_length:
        usual = column_frames(1 + MEL_CLIP.usual // MEL_CLIP.hop_length, parameters=MEL_CLIP)
        n_inside = max(1, int(np.searchsorted(usual, n_frames)))
    source = np.pad(np.arange(n_inside), (0, n_columns - n_inside), mode="reflect")
    duration_s = n_samples / sr
    n_times = max(1, min(n_inside, round(duration_s / CELL_S)))
    edges = np.round(np.linspace(0, n_inside, n_times + 1)).astype(int)
    band_edges = np.linspace(0, MEL_CLIP.n_mels, N_BANDS + 1).astype(int)
    hz = mel_frequencies_hz(MEL_CLIP.n_mels + 1, fmax_hz=ANALYSIS.sr / 2)
    return Grid(
        edges_s=edges * (duration_s / n_inside),
        edges_hz=hz[band_edges],
        columns=[
            np.flatnonzero((source >= first) & (source < last)) for first, last in pairwise(edges)
        ],
        bands=[slice(a, b) for a, b in pairwise(band_edges)],
    )


def hidden_pictures(mel: np.ndarray, grid: Grid, expected: np.ndarray) -> Iterator[np.ndarray]:
    """Yield a spectrogram with each cell hidden, a time after the other; last, with whole bands.

    Parameters
    ----------
    mel : ndarray of shape (n_columns, n_mels)
    grid : Grid
    expected : ndarray of shape (n_mels,)
        What stands in a hidden place.

    Yields
    ------
    ndarray of shape (n_bands of the grid, n_columns, n_mels)
    """
    for columns in [*grid.columns, np.concatenate(grid.columns)]:
        pictures = np.repeat(mel[None], len(grid.bands), axis=0)
        for picture, band in zip(pictures, grid.bands, strict=True):
            picture[columns, band] = expected[band]
        yield pictures


def explanation(grid: Grid, whole: float, hidden: np.ndarray) -> dict[str, Any]:
    """Return where a model listened, as the answer holds it.

    Parameters
    ----------
    whole : float
        Probability of its answer for the window.
    hidden : ndarray of shape (n_times + 1, n_bands)
        The same with each cell hidden, and last with each band hidden all the time.

    Returns
    -------
    dict
        ``probability``; ``times_s, frequencies_hz``: edges of the cells; ``hidden``: the
        probabilities; ``without_band``: those without each band all the time; ``weight``: what the
        log-probability loses, 1 for the cell that matters most, 0 where nothing is lost; ``place``:
        the cells around that one which lose at least half as much,
        ``{start_s, end_s, low_hz, high_hz, probability}`` with the least probability, or null where
        no cell matters.
    """
    hidden, without_band = hidden[:-1], hidden[-1]
    lost = np.log(max(whole, FLOOR)) - np.log(np.maximum(hidden, FLOOR))
    weight = np.maximum(lost, 0)
    most = float(weight.max())
    weight = weight / most if most > 0 else weight
    return {
        "probability": round(float(whole), 4),
        "times_s": [round(float(t), 2) for t in grid.edges_s],
        "frequencies_hz": [round(float(f), 1) for f in grid.edges_hz],
        "hidden": np.round(hidden, 4).tolist(),
        "without_band": np.round(without_band, 4).tolist(),
        "weight": np.round(weight, 3).tolist(),
        "place": _place(grid, weight, hidden) if most > 0 else None,
    }


def _place(grid: Grid, weight: np.ndarray, hidden: np.ndarray) -> dict[str, float]:
    """Return the box around the heaviest cell and the heavy ones that touch it."""
    heavy = weight >= PART_OF_MOST
    reached = np.zeros_like(heavy)
    waiting = [tuple(int(k) for k in np.unravel_index(int(weight.argmax()), weight.shape))]
    while waiting:
        time, band = waiting.pop()
        inside = 0 <= time < heavy.shape[0] and 0 <= band < heavy.shape[1]
        if inside and heavy[time, band] and not reached[time, band]:
            reached[time, band] = True
            waiting += [(time - 1, band), (time + 1, band), (time, band - 1), (time, band + 1)]
    times, bands = np.flatnonzero(reached.any(axis=1)), np.flatnonzero(reached.any(axis=0))
    return {
        "start_s": round(float(grid.edges_s[times[0]]), 2),
        "end_s": round(float(grid.edges_s[times[-1] + 1]), 2),
        "low_hz": round(float(grid.edges_hz[bands[0]]), 1),
        "high_hz": round(float(grid.edges_hz[bands[-1] + 1]), 1),
        "probability": round(float(hidden[reached].min()), 4),
    }
