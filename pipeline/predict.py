"""Samples of a clip -> what every served model hears in it, and how far to trust that.

The models are ONNX graphs that take raw features and give calibrated probabilities; features come
from the code that made the training tables, once per window and shared by the models. Must not
import TensorFlow, LightGBM or scikit-learn.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from pipeline import artifacts
from pipeline.audio import SILENCE, Window, window_samples, windows
from pipeline.familiarity import (
    Flag,
    Neighbour,
    TrainingMap,
    familiarity_flags,
    known_track,
    read_training_map,
)
from pipeline.features.song import SONG_FEATURE_NAMES, song_features
from pipeline.features.summary import FEATURE_NAMES, summary_statistics, warm_up
from pipeline.served import ServedModel, WindowLength, feature_columns, read_served_model

WHOLE_CLIP_MAP_S = 10.0  # shorter clips are compared with 3-s pieces, not with 30-s clips
WHOLE_CLIPS = "features_30s"
DIGITS = 6


@dataclass(frozen=True)
class Progress:
    """How far a prediction is: ``done`` of ``total`` in "decoding", "features" or "models"."""

    step: str
    done: int
    total: int


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
    """

    card: dict[str, Any]
    spans_s: list[tuple[float, float]]
    proba: np.ndarray
    ms: float

    def as_json(self) -> dict[str, Any]:
        """Return the model's part of the answer of ``POST /api/predict``."""
        mean = self.proba.mean(axis=0)
        genres = self.card["genres"]
        keys = ("id", "model", "title", "family", "representation", "window_s")
        return {
            **{key: self.card[key] for key in keys},
            "genre": genres[int(mean.argmax())],
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
            "ms": round(self.ms, 2),
        }


@dataclass(frozen=True)
class Prediction:
    """The answer to one clip: see design of ``POST /api/predict``."""

    duration_s: float
    flags: list[Flag]
    models: list[ModelAnswer]
    closest: tuple[Neighbour, ...]
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
            "timings_ms": {name: round(value, 1) for name, value in self.timings_ms.items()},
        }


class Predictor:
    """Every served model of a results folder, loaded and checked.

    Parameters
    ----------
    results : Path

    Raises
    ------
    ResultsError
        If there is no model, or a file is missing, damaged, or not what its card says.
    """

    def __init__(self, results: Path) -> None:
        self.models = [read_served_model(results, card) for card in artifacts.read_cards(results)]
        self._maps: dict[WindowLength, tuple[TrainingMap, np.ndarray]] = {}
        lengths: set[WindowLength] = {model.window_s for model in self.models}
        if any(model.hears_songs for model in self.models):
            lengths |= {3, 30}  # a song's features come from its segments and its clip
        self.window_lengths: tuple[WindowLength, ...] = tuple(sorted(lengths))
        for model in self.models:
            if model.window_s not in self._maps:
                dataset, representation = model.card["dataset"], model.card["representation"]
                if model.hears_songs:
                    representation = WHOLE_CLIPS  # songs are compared as whole clips
                training = read_training_map(results, dataset, representation)
                columns = feature_columns(training.features, f"the map of {representation}")
                self._maps[model.window_s] = training, columns

    def warm_up(self) -> None:
        """Run everything once, so that the first visitor does not wait for caches and pages."""
        warm_up()
        for model in self.models:
            width = len(SONG_FEATURE_NAMES if model.hears_songs else FEATURE_NAMES)
            model.probabilities(np.zeros((1, width), dtype=np.float32))

    def predict(
        self,
        y: np.ndarray,
        *,
        sr: int,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Prediction:
        """Return what every model hears in a clip.

        Parameters
        ----------
        y : ndarray of shape (n_samples,), float32
            Mono, full scale -1..1, at least 1 s.
        sr : int
            Rate of ``y`` in Hz: that of the training tables, 22,050.
        on_progress : callable, optional
            Called before and after each piece of work; what it raises ends the prediction.

        Raises
        ------
        AudioError
            If the clip is too short or has samples that are not finite.
        """
        steps = self.steps(y, sr=sr)
        while True:
            try:
                progress = next(steps)
            except StopIteration as finished:
                return cast(Prediction, finished.value)
            if on_progress is not None:
                on_progress(progress)

    def steps(self, y: np.ndarray, *, sr: int) -> Generator[Progress, None, Prediction]:
        """Yield the progress of ``predict`` and return its result."""
        started = time.perf_counter()
        cuts = {w: windows(y, sr=sr, window_s=w) for w in self.window_lengths}
        features = yield from _features(y, cuts, sr=sr)
        after_features = time.perf_counter()
        answers = []
        for number, model in enumerate(self.models):
            yield Progress("models", number, len(self.models))
            X = _song_rows(cuts, features) if model.hears_songs else features[model.window_s]
            answers.append(_answer(model, cuts[model.window_s], X, sr=sr))
        flags, closest = self._context(y, cuts, features, sr=sr)
        yield Progress("models", len(self.models), len(self.models))
        return Prediction(
            duration_s=len(y) / sr,
            flags=flags,
            models=answers,
            closest=closest,
            timings_ms={
                "features": 1e3 * (after_features - started),
                "models": 1e3 * (time.perf_counter() - after_features),
            },
        )

    def _context(
        self,
        y: np.ndarray,
        cuts: dict[WindowLength, list[Window]],
        features: dict[WindowLength, np.ndarray],
        *,
        sr: int,
    ) -> tuple[list[Flag], tuple[Neighbour, ...]]:
        """Return what a reader must know of the clip, and the closest training tracks."""
        flags = []
        shortest = min(cuts)
        if any(window.padded for window in cuts[shortest]):
            flags.append(
                Flag(
                    "short",
                    f"Shorter than {shortest} s: its end was mirrored to fill a window.",
                )
            )
        silent = [_is_silent(y[window.start : window.end]) for window in cuts[shortest]]
        if all(silent):
            flags.append(Flag("silent", "Silence: unlike our training data; the answer is empty."))
            return flags, ()
        if any(silent):
            flags.append(
                Flag(
                    "partly_silent",
                    f"{sum(silent)} of {len(silent)} windows are silent.",
                )
            )
        places = {
            window_s: training.whereabouts(features[window_s][:, columns])
            for window_s, (training, columns) in self._maps.items()
        }
        long_enough = len(y) >= WHOLE_CLIP_MAP_S * sr
        chosen = max(places) if long_enough else min(places)
        usual_distance = self._maps[chosen][0].usual_distance
        known = next(filter(None, map(known_track, places.values())), None)
        flags += familiarity_flags(places[chosen], known=known, usual_distance=usual_distance)
        return flags, places[chosen].closest


def _features(
    y: np.ndarray, cuts: dict[WindowLength, list[Window]], *, sr: int
) -> Generator[Progress, None, dict[WindowLength, np.ndarray]]:
    """Compute the features of all windows, one window in memory at a time."""
    total = sum(len(cut) for cut in cuts.values())
    done = 0
    features: dict[WindowLength, np.ndarray] = {}
    for window_s, cut in cuts.items():
        rows = []
        for window in cut:
            yield Progress("features", done, total)
            rows.append(summary_statistics(window_samples(y, window, sr=sr), sr=sr))
            done += 1
        features[window_s] = np.stack(rows)
    yield Progress("features", done, total)
    return features


def _song_rows(
    cuts: dict[WindowLength, list[Window]], features: dict[WindowLength, np.ndarray]
) -> np.ndarray:
    """Describe each 30-s window by its own statistics and by the 3-s windows that begin in it."""
    starts = np.array([window.start for window in cuts[3]])
    rows = []
    for window, clip in zip(cuts[30], features[30], strict=True):
        inside = (starts >= window.start) & (starts < window.end)
        rows.append(song_features(features[3][inside], clip))
    return np.stack(rows)


def _answer(model: ServedModel, cut: list[Window], X: np.ndarray, *, sr: int) -> ModelAnswer:
    started = time.perf_counter()
    proba = model.probabilities(X)
    ms = 1e3 * (time.perf_counter() - started)
    spans = [(round(window.start / sr, 3), round(window.end / sr, 3)) for window in cut]
    return ModelAnswer(model.card, spans, proba, ms)


def _is_silent(y: np.ndarray) -> bool:
    return bool(np.abs(y).max() < SILENCE)


def _by_genre(genres: list[str], proba: np.ndarray) -> dict[str, float]:
    return {genre: round(float(p), DIGITS) for genre, p in zip(genres, proba, strict=True)}
