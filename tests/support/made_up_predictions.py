"""Predictions of a model that does not exist, as runs store them, for tests."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def made_up_predictions(
    n_tracks: int = 60,
    *,
    n_segments: int = 3,
    genres: Sequence[str] = ("blues", "jazz", "rock"),
    n_folds: int = 1,
    n_validated: int = 0,
    skill: float = 1.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return exchangeable tracks with noisy probabilities, float16; ``skill`` 0 is chance.

    Tracks are named so that their alphabetical order is not the order of the rows.
    """
    rng = np.random.default_rng(seed)
    n = n_tracks + n_validated
    true = rng.permutation(np.arange(n) % len(genres))
    logit = rng.normal(size=(n, 1, len(genres))) + rng.normal(size=(n, n_segments, len(genres)))
    logit += skill * np.eye(len(genres))[true][:, None]
    proba = np.exp(logit) / np.exp(logit).sum(axis=2, keepdims=True)
    proba = proba.reshape(-1, len(genres)).astype(np.float16)
    names = np.array([f"t{number:05d}" for number in rng.permutation(n)])
    fold = np.where(np.arange(n) < n_tracks, np.arange(n) % n_folds, 0)
    frame = pd.DataFrame(
        {
            "track_id": np.repeat(names, n_segments),
            "segment": np.tile(np.arange(n_segments) if n_segments > 1 else -1, n),
            "part": np.repeat(np.where(np.arange(n) < n_tracks, "test", "validation"), n_segments),
            "fold": np.repeat(fold, n_segments),
            "y_true": np.array(genres)[np.repeat(true, n_segments)],
            "y_pred": np.array(genres)[proba.argmax(axis=1)],
        }
    )
    frame[[f"proba_{genre}" for genre in genres]] = proba
    return frame


def one_group_each(predictions: pd.DataFrame) -> pd.Series:
    """Return a group of its own for every track."""
    tracks = sorted(predictions["track_id"].unique())
    return pd.Series(range(len(tracks)), index=tracks)


def groups_of(predictions: pd.DataFrame, size: int) -> pd.Series:
    """Return groups of ``size`` tracks each."""
    return one_group_each(predictions) // size
