"""How a new clip lies among the training data: closest tracks, and a warning when it lies outside.

Distances are Euclidean in the 16 principal components of ``results/embeddings/`` (standardised
features, so 1 is one standard deviation of one feature). Must not import scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import artifacts
from pipeline.artifacts import ResultsError

SAME_AUDIO_DISTANCE = 0.05  # equal audio lands within 0.01, other recordings beyond 0.5
N_CLOSEST = 3
DO_NOT_RELY = "Do not rely on the answer."
BLOCK_WINDOWS = 32  # 32 windows against 10,000 rows need 1.3 MB of distances


@dataclass(frozen=True)
class Flag:
    """Something that a reader of the answer must know."""

    code: str
    message: str


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
    usual_distance : float
        99 % of training rows have a row of another track within this distance.
    """

    features: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray
    components: np.ndarray
    coordinates: np.ndarray
    track_id: np.ndarray
    genre: np.ndarray
    usual_distance: float

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
        usual_distance=float(_vector(projection, "nearest_p99")),
    )


def familiarity_flags(
    place: Whereabouts, *, known: str | None, usual_distance: float
) -> list[Flag]:
    """Return whether the clip is in the training data (``known``), or unlike all of it."""
    if known is not None:
        return [
            Flag(
                "in_training_data",
                f"This clip is in our training data ({known}): the models learnt it, so their "
                "answer says nothing about music that they have not heard.",
            )
        ]
    distance = float(np.median(place.nearest))
    if distance > usual_distance:
        return [
            Flag(
                "unlike_training_data",
                f"Unlike our training data: the closest track is {distance:.1f} away, while 99 % "
                f"of our tracks have another within {usual_distance:.1f}. {DO_NOT_RELY}",
            )
        ]
    return []


def known_track(place: Whereabouts) -> str | None:
    """Return the training track whose audio fills at least half of the windows, if there is one."""
    same: Sequence[str] = [
        track
        for track, distance in zip(place.nearest_track, place.nearest, strict=True)
        if distance < SAME_AUDIO_DISTANCE
    ]
    if 2 * len(same) < len(place.nearest) or not same:
        return None
    return max(sorted(set(same)), key=same.count)


def _vector(projection: dict[str, Any], key: str) -> np.ndarray:
    if key not in projection:
        raise ResultsError(f"a projection in embeddings/ lacks {key!r}. Run `make results`.")
    return np.asarray(projection[key], dtype=np.float64)
