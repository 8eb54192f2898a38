"""Samples of a clip -> what every served model hears in it, and how far to trust that.

The models are ONNX graphs that take rows as ``pipeline.served_rows`` makes them and give calibrated
probabilities. Must not import TensorFlow, LightGBM or scikit-learn.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from pipeline import artifacts
from pipeline.answer import ModelAnswer, Prediction
from pipeline.clip_flags import cut_off_flags, length_flags, silence_flags, sound_flags
from pipeline.familiarity import Neighbour, TrainingMap, familiarity_flags, read_training_map
from pipeline.features.summary import warm_up
from pipeline.flags import Flag, gravest_first
from pipeline.recognition import Placed, training_data_flags
from pipeline.served import ServedModel, feature_columns, read_served_model
from pipeline.served_rows import Heard, Part, WindowLength
from pipeline.why.listening import ROWS, listener
from pipeline.why.reasons import Reasons

WHOLE_CLIP_MAP_S = 10.0  # shorter clips are compared with 3-s pieces, not with 30-s clips
SEE_THE_PICTURE = frozenset(ROWS)  # representations of the models that can be asked where
MAPS: dict[WindowLength, str] = {3: "features_3s", 30: "features_30s"}  # by length of windows


@dataclass(frozen=True)
class Progress:
    """How far a prediction is: ``done`` of ``total`` in "decoding", "features", "models"...

    A request that asks models where they listened goes on in "listening".
    """

    step: str
    done: int
    total: int


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
        self._parts: frozenset[Part] = frozenset().union(
            *(model.representation.parts for model in self.models)
        )
        self._maps: dict[WindowLength, tuple[TrainingMap, np.ndarray]] = {}
        for model in self.models:
            dataset, length = model.card["dataset"], _map_length(results, model)
            if length not in self._maps:
                training = read_training_map(results, dataset, MAPS[length])
                columns = feature_columns(training.features, f"the map of {MAPS[length]}")
                self._maps[length] = training, columns
        self._reasons = Reasons(results, self.models)
        self._listener = listener(results, self.models)
        lengths = {model.window_s for model in self.models} | set(self._maps)
        if "segments" in self._parts:
            lengths.add(3)
        self.window_lengths: tuple[WindowLength, ...] = tuple(sorted(lengths))

    def warm_up(self) -> None:
        """Run everything once, so that the first visitor does not wait for caches and pages."""
        warm_up()
        for model in self.models:
            model.probabilities(np.zeros((1, *model.representation.shape), dtype=np.float32))

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

    def genres(self, y: np.ndarray, *, sr: int) -> dict[str, str]:
        """Return the genre that each model hears in a clip, by its id, without reasons."""
        heard = Heard(y, sr=sr, lengths=self.window_lengths, parts=self._parts)
        for _ in heard.compute():
            pass
        places = [int(model.hear(heard).mean(axis=0).argmax()) for model in self.models]
        cards = [model.card for model in self.models]
        return {card["id"]: card["genres"][at] for card, at in zip(cards, places, strict=True)}

    def steps(
        self, y: np.ndarray, *, sr: int, announced_s: float | None = None
    ) -> Generator[Progress, None, Prediction]:
        """Yield the progress of ``predict`` and return its result.

        ``announced_s`` is the length that the clip's file announces, where it holds less.
        """
        started = time.perf_counter()
        heard = Heard(y, sr=sr, lengths=self.window_lengths, parts=self._parts)
        for done in heard.compute():
            yield Progress("features", done, heard.n_windows)
        after_features = time.perf_counter()
        answers, why_s = [], 0.0
        for number, model in enumerate(self.models):
            yield Progress("models", number, len(self.models))
            answer, own_s = self._answer(model, heard, sr=sr)
            answers.append(answer)
            why_s += own_s
        heard_s, after_models = after_features - started, time.perf_counter()
        flags, closest = self._context(y, heard, sr=sr)
        flags = gravest_first([*cut_off_flags(len(y) / sr, announced_s), *flags])
        pairs = self._reasons.disagreement([(one.card["id"], one.genre) for one in answers])
        yield Progress("models", len(self.models), len(self.models))
        return Prediction(
            duration_s=len(y) / sr,
            flags=flags,
            models=answers,
            closest=closest,
            disagreement=pairs,
            timings_ms={
                "features": 1e3 * heard_s,
                "models": 1e3 * (after_models - after_features - why_s),
                "why": 1e3 * (time.perf_counter() - after_models + why_s),
            },
        )

    def listening(
        self, y: np.ndarray, *, sr: int
    ) -> Generator[Progress, None, list[dict[str, Any]]]:
        """Yield the progress and return where each model that sees the spectrogram listened.

        See ``pipeline.why.listening``; empty where no served model can be asked.
        """
        steps = self._listener.steps(y, sr=sr)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as finished:
                return cast(list[dict[str, Any]], finished.value)
            yield Progress("listening", done, total)

    @staticmethod
    def flags_of_sound(y: np.ndarray, *, sr: int) -> list[Flag]:
        """Return whether a clip that is not predicted sounds like noise or speech."""
        return sound_flags(y, sr=sr)

    def _answer(self, model: ServedModel, heard: Heard, *, sr: int) -> tuple[ModelAnswer, float]:
        """Return what a model hears, and how many seconds it took to say why."""
        started = time.perf_counter()
        proba = model.hear(heard)
        answered = time.perf_counter()
        cut = heard.windows[model.window_s]
        spans = [(round(window.start / sr, 3), round(window.end / sr, 3)) for window in cut]
        why = self._reasons.why(model.card, spans, proba, heard)
        chosen = self._reasons.prediction_set(model.card, proba)
        ms = 1e3 * (answered - started)
        answer = ModelAnswer(model.card, spans, proba, ms, why, chosen)
        return answer, time.perf_counter() - answered

    def _context(
        self, y: np.ndarray, heard: Heard, *, sr: int
    ) -> tuple[list[Flag], tuple[Neighbour, ...]]:
        """Return what a reader must know of the clip, and the closest training tracks."""
        flags = length_flags(heard, seen="mel" in self._parts)
        silence, silent = silence_flags(y, heard)
        flags += silence
        if silent:
            return flags, ()
        flags += sound_flags(y, sr=sr)
        placed = {
            length: Placed(
                training.whereabouts(heard.statistics[length][:, columns]),
                training.typical_distance,
            )
            for length, (training, columns) in self._maps.items()
        }
        is_whole = len(y) >= WHOLE_CLIP_MAP_S * sr
        chosen = max(placed) if is_whole else min(placed)
        known = training_data_flags(placed, is_whole=is_whole)
        unlike = familiarity_flags(placed[chosen].place, self._maps[chosen][0])
        flags += known or unlike
        return flags, placed[chosen].place.closest


def _map_length(results: Path, model: ServedModel) -> WindowLength:
    """Return by which windows a model's clips are compared with the training data.

    Spectrograms have no map, so statistics are compared, those of 3 s where whole clips have none.
    """
    dataset = model.card["dataset"]
    if model.card["representation"] in MAPS.values():
        return model.window_s
    is_there = artifacts.embedding_path(results, dataset, MAPS[model.window_s]).is_file()
    return model.window_s if is_there else 3
