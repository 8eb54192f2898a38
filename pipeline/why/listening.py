"""A clip and the served networks -> where each of them listened; see ``pipeline.why.occlusion``.

Asked are the models that take whole spectrograms and nothing else. Those that take statistics of
the spectrogram besides would need them anew for every place that is hidden.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from pipeline.audio import Window, window_samples, windows
from pipeline.features.mel_clip import mel_clip
from pipeline.features.parameters import MEL_CLIP
from pipeline.served import ServedModel
from pipeline.why.occlusion import (
    explanation,
    grid_of,
    hidden_probabilities,
    read_band_levels,
)

SEEN = "mel_clip"
WINDOW_S: Literal[30] = 30


@dataclass(frozen=True)
class Listener:
    """The served networks that can be asked where they listen.

    Attributes
    ----------
    networks : list of (ServedModel, ndarray of shape (n_mels,))
        With the mean level of each band in training.
    """

    networks: list[tuple[ServedModel, np.ndarray]]

    def steps(
        self, y: np.ndarray, *, sr: int
    ) -> Generator[tuple[int, int], None, list[dict[str, Any]]]:
        """Yield (done, total) and return one explanation a network.

        Asked about is the 30-s window that speaks most for the network's answer to the whole clip.

        Returns
        -------
        list of dict
            ``id, title, honest_accuracy, genre``, the window's ``start_s, end_s``, and what
            ``explanation`` gives; times count from the beginning of the clip.
        """
        if not self.networks:
            return []
        cut = windows(y, sr=sr, window_s=WINDOW_S)
        mels = np.stack([mel_clip(window_samples(y, window, sr=sr), sr=sr) for window in cut])
        answers = [
            np.concatenate([model.probabilities(mel[None]) for mel in mels])
            for model, _ in self.networks
        ]
        asked = [(proba, *_most(proba)) for proba in answers]
        grids = [grid_of(_length(cut[window]), sr=sr) for _, _, window in asked]
        total = sum(len(grid.columns) for grid in grids)
        done, found = 0, []
        yield done, total
        for (model, expected), grid, (proba, genre, window) in zip(
            self.networks, grids, asked, strict=True
        ):
            hidden = []
            for column in hidden_probabilities(
                mels[window], grid, expected, model.probabilities, genre
            ):
                hidden.append(column)
                done += 1
                yield done, total
            where = explanation(grid, float(proba[window, genre]), np.stack(hidden))
            start_s = _offset(cut[window], sr=sr)
            found.append(
                {
                    "id": model.card["id"],
                    "title": model.card["title"],
                    "honest_accuracy": model.card["honest_accuracy"],
                    "genre": model.card["genres"][genre],
                    "start_s": round(start_s + where["times_s"][0], 2),
                    "end_s": round(start_s + where["times_s"][-1], 2),
                    **_shifted(where, start_s),
                }
            )
        return found


def listener(results: Path, models: Sequence[ServedModel]) -> Listener:
    """Return the networks that can be asked; none where the levels of bands are not stored."""
    networks = []
    for model in models:
        if model.card["representation"] == SEEN:
            expected = read_band_levels(results, model.card["dataset"], SEEN)
            if expected is not None:
                networks.append((model, expected))
    return Listener(networks)


def _most(proba: np.ndarray) -> tuple[int, int]:
    """Return the answer and the window that speaks most for it."""
    genre = int(proba.mean(axis=0).argmax())
    return genre, int(proba[:, genre].argmax())


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
