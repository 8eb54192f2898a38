"""A clip and the served models that see its spectrogram -> where each of them listened.

A place of the mel spectrogram is hidden, all that a model computes of the picture is computed anew,
and the model is asked again; see ``pipeline.why.occlusion``. What a model knows besides, features
of the sound, stays as it is.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from pipeline.audio import Window
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import image_statistics
from pipeline.features.parameters import MEL_CLIP
from pipeline.served import ServedModel
from pipeline.served_rows import Heard, Part
from pipeline.why.occlusion import Grid, explanation, grid_of, hidden_pictures, read_band_levels

LEVELS_OF = "mel_clip"  # the representation whose levels fill a hidden place
WINDOW_S: Literal[30] = 30
Asked = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]

# From pictures (n, n_columns, n_bands), their statistics and the window's own row: a model's rows.
ROWS: Mapping[str, Asked] = MappingProxyType(
    {
        "mel_clip": lambda pictures, statistics, own: pictures,
        "image_statistics": lambda pictures, statistics, own: statistics,
        "fused": lambda pictures, statistics, own: FUSED.join(
            pictures, statistics, np.repeat(own[None, FUSED.song], len(pictures), axis=0)
        ),
    }
)


@dataclass(frozen=True)
class Question:
    """What is asked of one model: its answer to the clip, in the window that speaks most for it."""

    model: ServedModel
    expected: np.ndarray
    window: int
    genre: int
    probability: float
    row: np.ndarray


@dataclass(frozen=True)
class Listener:
    """The served models that can be asked where they listen.

    Attributes
    ----------
    models : list of (ServedModel, ndarray of shape (n_mels,))
        With the mean level of each band in training.
    """

    models: list[tuple[ServedModel, np.ndarray]]

    def steps(
        self, y: np.ndarray, *, sr: int
    ) -> Generator[tuple[int, int], None, list[dict[str, Any]]]:
        """Yield (done, total) and return one explanation a model.

        Returns
        -------
        list of dict
            ``id, title, honest_accuracy, genre``, the window's ``start_s, end_s``, and what
            ``explanation`` gives; times count from the beginning of the clip.
        """
        if not self.models:
            return []
        heard = yield from self._heard(y, sr=sr)
        cut = heard.windows[WINDOW_S]
        questions = [_question(model, expected, heard) for model, expected in self.models]
        together: dict[tuple[int, str], list[Question]] = {}
        for one in questions:
            together.setdefault((one.window, one.model.card["dataset"]), []).append(one)
        grids = {window: grid_of(_length(cut[window]), sr=sr) for window, _ in together}
        total = heard.n_windows + sum(len(grids[window].columns) + 1 for window, _ in together)
        done = heard.n_windows
        found = {}
        for (window, _), asked in together.items():
            hidden = []
            for answers in _asked_anew(heard.mel[window], grids[window], asked):
                hidden.append(answers)
                done += 1
                yield done, total
            for one, own in zip(asked, np.stack(hidden, axis=1), strict=True):
                found[one.model.card["id"]] = _found(one, grids[window], own, cut[window], sr=sr)
        return [found[model.card["id"]] for model, _ in self.models]

    def _heard(self, y: np.ndarray, *, sr: int) -> Generator[tuple[int, int], None, Heard]:
        """Yield (done, total) and return all that the models take of a clip."""
        parts: set[Part] = {"mel"}
        parts.update(*(model.representation.parts for model, _ in self.models))
        lengths: tuple[Literal[3, 30], ...] = (3, 30) if "segments" in parts else (30,)
        heard = Heard(y, sr=sr, lengths=lengths, parts=frozenset(parts))
        columns = len(grid_of(_length(heard.windows[WINDOW_S][0]), sr=sr).columns)
        for done in heard.compute():
            yield done, heard.n_windows + columns + 1
        return heard


def listener(results: Path, models: Sequence[ServedModel]) -> Listener:
    """Return the models that can be asked; none where the levels of bands are not stored."""
    asked = []
    for model in models:
        if model.card["representation"] in ROWS:
            expected = read_band_levels(results, model.card["dataset"], LEVELS_OF)
            if expected is not None:
                asked.append((model, expected))
    return Listener(asked)


def _question(model: ServedModel, expected: np.ndarray, heard: Heard) -> Question:
    """Return what a model answers, and the window that speaks most for it."""
    proba = model.hear(heard)
    genre = int(proba.mean(axis=0).argmax())
    window = int(proba[:, genre].argmax())
    row = model.representation.row(heard, window)
    return Question(model, expected, window, genre, float(proba[window, genre]), row)


def _asked_anew(
    picture: np.ndarray, grid: Grid, questions: Sequence[Question]
) -> Generator[list[np.ndarray], None, None]:
    """Yield each model's probabilities for what ``hidden_pictures`` yields, bands side by side."""
    needs_statistics = any(
        "image_statistics" in one.model.representation.parts for one in questions
    )
    for pictures in hidden_pictures(picture, grid, questions[0].expected):
        none = np.empty((len(pictures), 0), dtype=np.float32)
        statistics = np.stack(list(map(image_statistics, pictures))) if needs_statistics else none
        yield [_probabilities(one, pictures, statistics) for one in questions]


def _probabilities(one: Question, pictures: np.ndarray, statistics: np.ndarray) -> np.ndarray:
    """Return the probability of the answer for each picture, one picture at a time in memory."""
    rows = ROWS[one.model.card["representation"]](pictures, statistics, one.row)
    return np.array([one.model.probabilities(row[None])[0, one.genre] for row in rows])


def _found(
    one: Question, grid: Grid, hidden: np.ndarray, window: Window, *, sr: int
) -> dict[str, Any]:
    where = explanation(grid, one.probability, hidden)
    start_s = _offset(window, sr=sr)
    card = one.model.card
    return {
        "id": card["id"],
        "title": card["title"],
        "honest_accuracy": card["honest_accuracy"],
        "genre": card["genres"][one.genre],
        "start_s": round(start_s + where["times_s"][0], 2),
        "end_s": round(start_s + where["times_s"][-1], 2),
        **_shifted(where, start_s),
    }


def _length(window: Window) -> int:
    return window.end - window.start


def _offset(window: Window, *, sr: int) -> float:
    """Return where in the clip the spectrogram begins, which draws the middle of a long window."""
    cut = (_length(window) - MEL_CLIP.usual) // 2 if _length(window) > MEL_CLIP.longest else 0
    return (window.start + cut) / sr


def _shifted(where: dict[str, Any], start_s: float) -> dict[str, Any]:
    place = where["place"]
    if place is not None:
        place = {
            **place,
            "start_s": round(place["start_s"] + start_s, 2),
            "end_s": round(place["end_s"] + start_s, 2),
        }
    times_s = [round(start_s + t, 2) for t in where["times_s"]]
    return {**where, "times_s": times_s, "place": place}
