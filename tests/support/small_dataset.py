"""A small data set with known structure, for tests of splits, training and results."""

import numpy as np
import pandas as pd

from pipeline.datasets import Dataset, FeatureTable

GENRES = ("alpha", "beta", "gamma")
N_TRACKS = 30  # per genre: ten folds of three
N_SEGMENTS = 3
N_FEATURES = 6


def small_dataset(
    *, seed: int = 0, spread: float = 1.0, artists: bool = True, songs: bool = False
) -> Dataset:
    """Return 90 tracks of three genres in two representations, with ``songs`` in three.

    Genres differ by their mean in two features; ``spread`` is the deviation of tracks. Two tracks
    share an artist; alpha.00000 and alpha.00001 are duplicates of each other. The fault-filtered
    list has 36 tracks in training, 18 in validation and 36 in test.
    """
    rng = np.random.default_rng(seed)
    rows, values = [], []
    for number, genre in enumerate(GENRES):
        for track in range(N_TRACKS):
            centre = spread * rng.normal(size=N_FEATURES)
            centre[:2] += 3 * np.array([number == 1, number == 2])
            for segment in range(N_SEGMENTS):
                rows.append((f"{genre}.{track:05d}", segment, genre))
                values.append(centre + 0.1 * rng.normal(size=N_FEATURES))
    segments = pd.DataFrame(rows, columns=["track_id", "segment", "genre"])
    X = np.array(values, dtype=np.float32)
    X[N_SEGMENTS : 2 * N_SEGMENTS] = X[:N_SEGMENTS]
    tracks = segments.drop_duplicates("track_id").assign(segment=-1)
    by_track = X.reshape(-1, N_SEGMENTS, N_FEATURES)
    means = by_track.mean(axis=1)
    ids = tracks["track_id"].to_numpy()
    artist = pd.Series(np.arange(len(ids)) // 2, index=ids)
    part = np.array(["train", "train", "validation", "test", "test"])[(artist % 5).to_numpy()]
    tables = {
        "features_3s": _table("features_3s", segments, X),
        "features_30s": _table("features_30s", tracks, means),
    }
    if songs:
        X_song = np.hstack([means, by_track.std(axis=1)])
        tables["features_song"] = _table("features_song", tracks, X_song)
    return Dataset(
        name="small",
        title="Small",
        synthetic=True,
        source="made by a test",
        tables=tables,
        fault_filtered=pd.DataFrame({"track_id": ids, "split": part}),
        artist_group=artist if artists else None,
        artist_fold=artist % 3 if artists else None,
    )


def _table(representation: str, rows: pd.DataFrame, X: np.ndarray) -> FeatureTable:
    duplicate = np.where(rows["track_id"].isin(["alpha.00000", "alpha.00001"]), 0, -1)
    if representation == "features_3s":
        duplicate = np.where(duplicate == 0, rows["segment"], -1)
    return FeatureTable(
        dataset="small",
        representation=representation,
        genres=GENRES,
        features=tuple(f"feature_{index}" for index in range(X.shape[1])),
        rows=rows.assign(duplicate_group=duplicate).reset_index(drop=True),
        X=X.astype(np.float32),
        sha256="0" * 64,
    )
