"""Nearest neighbours (Cover & Hart 1967) on standardised features."""

from functools import partial
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from pipeline.models.specification import ALL_TABLES, NOTEBOOKS, STUDY_TABLES, ModelSpec, Published

ONE: dict[str, Any] = {"n_neighbors": 1}
THREE: dict[str, Any] = {"n_neighbors": 3}
RECOGNISER: dict[str, Any] = {"n_neighbors": 15, "space": "logarithms, whitened within songs"}

DECAY = 2.0  # per within-song standard deviation


class SongRecogniser(ClassifierMixin, BaseEstimator):
    """The genres of the nearest segments, where near means: as segments of one song are.

    It learns from the songs of its training rows what varies within a song and ignores that, so
    it finds other segments of the same song where there are some. Nothing in it is about genres:
    it shows what a score is worth that such a model can reach.

    After ``fit``: ``steps_`` (the transformations), ``neighbours_`` and ``classes_``.
    """

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> "SongRecogniser":
        """Keep the (n, n_features) rows, in coordinates learned from their songs."""
        from sklearn.neighbors import KNeighborsClassifier
        from sklearn.preprocessing import StandardScaler

        from pipeline.models.transforms import LogSkewed, WithinGroupWhitening

        logged = LogSkewed().fit(X)
        scaler = StandardScaler().fit(logged.transform(X))
        Z = scaler.transform(logged.transform(X))
        whitening = WithinGroupWhitening().fit(Z, groups=groups)
        self.steps_ = [logged, scaler, whitening]
        self.neighbours_ = KNeighborsClassifier(
            min(RECOGNISER["n_neighbors"], len(X)), weights=_weights, n_jobs=1
        ).fit(whitening.transform(Z), y)
        self.classes_ = self.neighbours_.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the neighbours' shares of each genre, shape (n, n_genres)."""
        for step in self.steps_:
            X = step.transform(X)
        return np.asarray(self.neighbours_.predict_proba(X))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def _build(params: dict[str, Any], seed: int) -> Any:
    """Return standardisation and neighbours; nothing in them is random."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), KNeighborsClassifier(**params, n_jobs=1))


def _weights(distances: np.ndarray) -> np.ndarray:
    """Weigh neighbours by how much farther than the nearest they are, shape (n, n_neighbours)."""
    return np.exp(-DECAY * (distances - distances[:, :1]))


def _recogniser(seed: int) -> SongRecogniser:
    """Return the nearest segment after whitening; nothing in it is random."""
    return SongRecogniser()


NEIGHBOURS = (
    ModelSpec(
        name="knn_1",
        title="Nearest neighbour",
        family="neighbours",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(_build, ONE),
        params=ONE,
        repeated=True,
        published={"features_3s": Published(0.904, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    ModelSpec(
        name="knn_3",
        title="3 nearest neighbours",
        family="neighbours",
        technique="supervised",
        representations=(*STUDY_TABLES, "echonest"),
        build=partial(_build, THREE),
        params=THREE,
        repeated=True,
    ),
    ModelSpec(
        name="song_recogniser",
        title="Song recogniser",
        family="neighbours",
        technique="supervised",
        representations=("features_3s",),
        build=_recogniser,
        params=RECOGNISER,
        grouped=True,
        candidate=True,
    ),
)
