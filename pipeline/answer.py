"""The answer to one clip: what each model hears, and what a reader must know beside it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipeline.familiarity import Neighbour
from pipeline.flags import Flag

DIGITS = 6  # of probabilities


@dataclass(frozen=True)
class ModelAnswer:
    """What one model hears.

    Attributes
    ----------
    card : dict
        The model's card, see ``artifacts.read_cards``.
    spans_s : list of (float, float)
        Start and end of each window.
    proba : ndarray of shape (n_windows, n_genres)
    ms : float
        Time the model itself took.
    why : dict
        Which windows and features speak for the answer, see ``pipeline.why.reasons``.
    prediction_set : dict or None
        The genres of its 90 % set, see ``pipeline.why.sets``.
    """

    card: dict[str, Any]
    spans_s: list[tuple[float, float]]
    proba: np.ndarray
    ms: float
    why: dict[str, Any]
    prediction_set: dict[str, Any] | None

    @property
    def genre(self) -> str:
        """The answer: the genre with the highest mean probability."""
        return str(self.card["genres"][int(self.proba.mean(axis=0).argmax())])

    def as_json(self) -> dict[str, Any]:
        """Return the model's part of the answer of ``POST /api/predict``."""
        mean = self.proba.mean(axis=0)
        genres = self.card["genres"]
        keys = ("id", "model", "title", "family", "representation", "window_s")
        return {
            **{key: self.card[key] for key in keys},
            "genre": self.genre,
            "probabilities": _by_genre(genres, mean),
            "windows": [
                {
                    "start_s": start,
                    "end_s": end,
                    "probabilities": _by_genre(genres, row),
                }
                for (start, end), row in zip(self.spans_s, self.proba, strict=True)
            ],
            "honest_accuracy": self.card["honest_accuracy"],
            "why": self.why,
            "prediction_set": self.prediction_set,
            "ms": round(self.ms, 2),
        }


@dataclass(frozen=True)
class Prediction:
    """The answer to one clip: see design of ``POST /api/predict``.

    ``disagreement`` holds every two models that hear different genres, and how often they do so on
    tracks of new artists, see ``pipeline.why.pairs``.
    """

    duration_s: float
    flags: list[Flag]
    models: list[ModelAnswer]
    closest: tuple[Neighbour, ...]
    disagreement: list[dict[str, Any]]
    timings_ms: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON can hold it; probabilities have six digits."""
        return {
            "duration_s": round(self.duration_s, 3),
            "flags": [asdict(flag) for flag in self.flags],
            "models": [model.as_json() for model in self.models],
            "closest": [
                {**asdict(track), "distance": round(track.distance, 3)} for track in self.closest
            ],
            "disagreement": self.disagreement,
            "timings_ms": {name: round(value, 1) for name, value in self.timings_ms.items()},
        }


def _by_genre(genres: list[str], proba: np.ndarray) -> dict[str, float]:
    return {genre: round(float(p), DIGITS) for genre, p in zip(genres, proba, strict=True)}
