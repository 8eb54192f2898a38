"""How a new clip lies among the training data: closest tracks, and a warning when it lies outside.

Distances are Euclidean in the 16 principal components of ``results/embeddings/`` (standardised
features, so 1 is one standard deviation of one feature). Must not import scikit-learn.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import artifacts
from pipeline.artifacts import ResultsError
from pipeline.flags import DO_NOT_RELY, Flag

N_CLOSEST = 3
FAR = 2.0  # times the usual distance; no track of GTZAN is beyond 1.7 times
BLOCK_WINDOWS = 32  # 32 windows against 10,000 rows need 1.3 MB of distances


@dataclass(frozen=True)
class Neighbour:
    """A training track and its smallest distance to any window of the clip."""

    track_id: str
    genre: str
    distance: float


@dataclass(frozen=True)
class Whereabouts:
    """Where a clip lies: closest tracks, distance of each window to its nearest row, and names.

    ``nearest_track`` holds the track of that row.
    """

    closest: tuple[Neighbour, ...]
    nearest: np.ndarray
    nearest_track: tuple[str, ...]


@dataclass(frozen=True)
class TrainingMap:
    """The embedding of one representation and the projection that places new clips in it.

    Attributes
    ----------
    features : tuple of str
    mean, scale : ndarray of shape (n_features,)
    components : ndarray of shape (n_components, n_features)
    coordinates : ndarray of shape (n_rows, n_components), float32
    track_id, genre : ndarray of shape (n_rows,)
    typical_distance, usual_distance : float
        Half of the training rows, and 99 % of them, have a row of another track within this
        distance.
    """

    features: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray
    components: np.ndarray
    coordinates: np.ndarray
    track_id: np.ndarray
    genre: np.ndarray
    typical_distance: float
    usual_distance: float

    @cached_property
    def widest_distance(self) -> float:
        """No two rows are farther from each other: twice the largest distance from the middle."""
        middle = self.coordinates.mean(axis=0)
        return 2 * float(np.linalg.norm(self.coordinates - middle, axis=1).max(initial=0))

    def whereabouts(self, X: np.ndarray) -> Whereabouts:
        """Return where a clip lies, from its windows' features, shape (n_windows, n_features)."""
        standardised = (X.astype(np.float64) - self.mean) / self.scale
        placed = (standardised @ self.components.T).astype(np.float32)
        smallest = np.full(len(self.coordinates), np.inf, dtype=np.float32)
        nearest, index = [], []
        for start in range(0, len(placed), BLOCK_WINDOWS):
            distance = self._distances(placed[start : start + BLOCK_WINDOWS])
            smallest = np.minimum(smallest, distance.min(axis=0))
            index += distance.argmin(axis=1).tolist()
            nearest += distance.min(axis=1).tolist()
        return Whereabouts(
            closest=self._closest(smallest),
            nearest=np.array(nearest),
            nearest_track=tuple(str(self.track_id[row]) for row in index),
        )

    def _distances(self, placed: np.ndarray) -> np.ndarray:
        """Distances of windows to all rows, one component after the other to stay small."""
        squared = np.zeros((len(placed), len(self.coordinates)), dtype=np.float32)
        for component in range(placed.shape[1]):
            squared += (placed[:, component, None] - self.coordinates[None, :, component]) ** 2
        return np.sqrt(squared)

    def _closest(self, smallest: np.ndarray) -> tuple[Neighbour, ...]:
        """Return the closest tracks, each once."""
        found: dict[str, Neighbour] = {}
        for row in np.argsort(smallest, kind="stable"):
            track = str(self.track_id[row])
            if track not in found:
                found[track] = Neighbour(track, str(self.genre[row]), float(smallest[row]))
            if len(found) == N_CLOSEST:
                break
        return tuple(found.values())


def read_training_map(results: Path, dataset: str, representation: str) -> TrainingMap:
    """Return the training data of one representation as a map.

    Raises
    ------
    ResultsError
        If the embedding or its projection is missing, damaged, or they do not fit together.
    """
    projection = artifacts.read_projection(results, dataset, representation)
    embedding = artifacts.read_embedding(results, dataset, representation)
    columns = [name for name in embedding.columns if name.startswith("pc")]
    components = _vector(projection, "components")
    features = tuple(projection.get("features", ()))
    if components.shape != (len(columns), len(features)):
        path = artifacts.embedding_path(results, dataset, representation)
        raise ResultsError(
            f"{path} has {len(columns)} components; its projection must have the shape "
            f"({len(columns)}, {len(features)}), got {components.shape}. Run `make results`."
        )
    return TrainingMap(
        features=features,
        mean=_vector(projection, "mean"),
        scale=_vector(projection, "scale"),
        components=components,
        coordinates=embedding[columns].to_numpy(dtype=np.float32),
        track_id=embedding["track_id"].to_numpy(dtype=object),
        genre=embedding["genre"].to_numpy(dtype=object),
        typical_distance=float(_vector(projection, "nearest_p50")),
        usual_distance=float(_vector(projection, "nearest_p99")),
    )


def familiarity_flags(place: Whereabouts, training: TrainingMap) -> list[Flag]:
    """Return whether a clip is unlike all of the training data, and whether too much so."""
    distance = float(np.median(place.nearest))
    if distance <= training.usual_distance:
        return []
    is_far = distance > FAR * training.usual_distance
    advice = DO_NOT_RELY if is_far else "Trust the answer less."
    return [
        Flag(
            "unlike_training_data",
            f"Unlike our training data: {_how_far(distance, training)}. {advice}",
            "answer" if is_far else "scores",
            "the clip is unlike our training data",
        )
    ]


def _how_far(distance: float, training: TrainingMap) -> str:
    if distance > training.widest_distance:
        return "it is farther from every track than any two of our tracks are from each other"
    return (
        f"the closest track is {distance:.1f} away, while 99 % of our tracks have another within "
        f"{training.usual_distance:.1f}"
    )


def _vector(projection: dict[str, Any], key: str) -> np.ndarray:
    if key not in projection:
        raise ResultsError(f"a projection in embeddings/ lacks {key!r}. Run `make results`.")
    return np.asarray(projection[key], dtype=np.float64)
