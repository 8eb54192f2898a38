"""Where in a spectrogram a network looked: what its answer loses when a place is hidden.

A patch of time and bands is replaced by what its bands hold on average in training, which is what
the network would expect there, and the log-probability of the answer that it gave to the whole
clip is computed anew. No gradient is taken, so any model that answers can be asked, with its
normalisation and its average over crops as they are.

References
----------
Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks" (occlusion).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import FeatureTable
from pipeline.metrics import PROBABILITY_FLOOR

CLIPS_A_GENRE = 2
N_COLUMNS, N_BANDS = 84, 32  # cells of the map; 0.36 s by 4 bands in a clip of 30 s
PATCH_COLUMNS, PATCH_BANDS = 6, 4  # cells hidden at once: 2.1 s by 16 bands, 112 patches a clip
CLIP_S = 30.0

Predict = Callable[[np.ndarray], np.ndarray]


def clip_rows(table: FeatureTable, rows: np.ndarray) -> np.ndarray:
    """Return the rows of the clips to look at: two of each genre, the first by track name.

    Parameters
    ----------
    rows : ndarray of int
        Those of a test part; no score decides which of them are shown.
    """
    candidates = table.rows.iloc[rows].assign(row=rows).sort_values(["track_id", "segment"])
    first = candidates.drop_duplicates("track_id").groupby("genre", sort=True).head(CLIPS_A_GENRE)
    return first.sort_values(["genre", "track_id"])["row"].to_numpy()


def clip_saliency(mel: np.ndarray, expected: np.ndarray, predict: Predict) -> pd.DataFrame:
    """Return the map of one clip, a row for each cell.

    Parameters
    ----------
    mel : ndarray of shape (n_columns, n_bands)
        Relative levels in dB, time first.
    expected : ndarray of shape (n_bands,)
        Mean level of each band in training.
    predict : callable
        Spectrograms (n, n_columns, n_bands) -> probabilities (n, n_genres).

    Returns
    -------
    DataFrame
        ``column_s, band, level_db, weight`` of at most 84 x 32 cells. ``weight`` is what the
        answer's log-probability loses when the cell's patch is hidden, 0 where it gains, divided
        by the largest of the clip.
    """
    time_edges = _edges(mel.shape[0], N_COLUMNS)
    band_edges = _edges(mel.shape[1], N_BANDS)
    patches = [
        (columns, bands)
        for columns in _patches(len(time_edges) - 1, PATCH_COLUMNS)
        for bands in _patches(len(band_edges) - 1, PATCH_BANDS)
    ]
    hidden = np.repeat(mel[None], 1 + len(patches), axis=0)  # the first stays whole
    for one, (columns, bands) in zip(hidden[1:], patches, strict=True):
        inside = slice(band_edges[bands.start], band_edges[bands.stop])
        one[time_edges[columns.start] : time_edges[columns.stop], inside] = expected[inside]
    proba = predict(hidden)
    logs = np.log(np.maximum(proba[:, proba[0].argmax()], PROBABILITY_FLOOR))
    weight = np.zeros((len(time_edges) - 1, len(band_edges) - 1))
    for cells, lost in zip(patches, logs[0] - logs[1:], strict=True):
        weight[cells] = max(lost, 0)
    if weight.max() > 0:
        weight /= weight.max()
    level = _pooled(mel, time_edges, band_edges)
    column, band = (places.ravel() for places in np.indices(level.shape))
    return pd.DataFrame(
        {
            "column_s": time_edges[column] * (CLIP_S / mel.shape[0]),
            "band": band,
            "level_db": level.ravel().round(1),
            "weight": weight.ravel(),
        }
    )


def saliency_rows(
    run_id: str,
    table: FeatureTable,
    mel: np.ndarray,
    *,
    train: np.ndarray,
    test: np.ndarray,
    predict_of: Callable[[int], Predict],
) -> pd.DataFrame:
    """Return rows of the analysis "saliency" for the clips of a test part that are looked at.

    Parameters
    ----------
    table : FeatureTable
        Names tracks and genres of the rows of ``mel``.
    mel : ndarray of shape (n_rows, n_columns, n_bands)
    train, test : ndarray of int
        Rows that the network learnt from, and rows that it did not.
    predict_of : callable
        Row -> what answers to other spectrograms in place of its own: see ``clip_saliency``.
    """
    expected = mel[train].mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
    genres, clips = np.array(table.genres), []
    for row in clip_rows(table, test):
        named, predict = table.rows.iloc[row], predict_of(row)
        proba = predict(mel[[row]])[0]
        clips.append(
            clip_saliency(mel[row], expected, predict).assign(
                id=run_id,
                track_id=named["track_id"],
                y_true=named["genre"],
                y_pred=genres[proba.argmax()],
                proba=float(proba.max()),
            )
        )
    return pd.concat(clips, ignore_index=True)[list(ANALYSES["saliency"].columns)]


def _edges(size: int, most: int) -> np.ndarray:
    """Where up to ``most`` cells of nearly equal size begin, and where the last one ends."""
    return np.round(np.linspace(0, size, min(size, most) + 1)).astype(int)


def _patches(n_cells: int, size: int) -> list[slice]:
    """Cells that each patch hides, side by side."""
    return [slice(start, min(start + size, n_cells)) for start in range(0, n_cells, size)]


def _pooled(mel: np.ndarray, time_edges: np.ndarray, band_edges: np.ndarray) -> np.ndarray:
    """Return the mean level of each cell, (n_columns, n_bands)."""
    sums = np.add.reduceat(mel.astype(np.float64), time_edges[:-1], axis=0)
    sums = np.add.reduceat(sums, band_edges[:-1], axis=1)
    return np.asarray(sums / np.outer(np.diff(time_edges), np.diff(band_edges)))
