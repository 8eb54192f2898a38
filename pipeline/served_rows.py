"""Windows of a clip -> the rows that served models take, by the code that made the tables.

Everything is computed once a window and shared by the models, one window in memory at a time. What
stays of a window are its 57 statistics and, where a model takes it, its mel spectrogram (0.17 MB a
window of 30 s). Must not import TensorFlow, LightGBM, scikit-learn or matplotlib.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import numpy as np

from pipeline.audio import Window, window_samples, windows
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES, image_statistics
from pipeline.features.mel_clip import mel_clip
from pipeline.features.parameters import MEL_CLIP
from pipeline.features.song import SONG_FEATURE_NAMES, song_features
from pipeline.features.summary import FEATURE_NAMES, summary_statistics

WindowLength = Literal[3, 30]
Part = Literal["segments", "mel", "image_statistics"]

MEL_SHAPE = (MEL_CLIP.right - MEL_CLIP.left, MEL_CLIP.n_mels)
NUMBERS_AT_ONCE = 2**16  # in the rows of one call: 1 spectrogram, or 1,149 rows of statistics


class Heard:
    """The windows of a clip and what is computed of them.

    Attributes
    ----------
    windows : dict of int to list of Window
        By length in seconds.
    statistics : dict of int to ndarray of shape (n_windows, 57)
        The same lengths.
    mel : list of ndarray of shape (333, 128)
        Of the 30-s windows, if asked for; ``image_statistics`` likewise.
    """

    def __init__(
        self, y: np.ndarray, *, sr: int, lengths: Iterable[WindowLength], parts: frozenset[Part]
    ) -> None:
        self.windows: dict[WindowLength, list[Window]] = {
            length: windows(y, sr=sr, window_s=length) for length in lengths
        }
        self.n_windows = sum(map(len, self.windows.values()))
        self.statistics: dict[WindowLength, np.ndarray] = {}
        self.mel: list[np.ndarray] = []
        self.image_statistics: list[np.ndarray] = []
        self._y, self._sr, self._parts = y, sr, parts

    def compute(self) -> Iterator[int]:
        """Fill in everything; yield how many windows are done, from 0 to ``n_windows``."""
        done = 0
        yield done
        for length, cut in self.windows.items():
            rows = []
            for window in cut:
                samples = window_samples(self._y, window, sr=self._sr)
                rows.append(summary_statistics(samples, sr=self._sr))
                if length == 30:
                    self._see(samples)
                done += 1
                if window is cut[-1]:
                    self.statistics[length] = np.stack(rows)
                yield done

    def _see(self, samples: np.ndarray) -> None:
        if "mel" in self._parts:
            self.mel.append(mel_clip(samples, sr=self._sr))
        if "image_statistics" in self._parts:
            self.image_statistics.append(image_statistics(self.mel[-1]))


@dataclass(frozen=True)
class Representation:
    """What a model can be served on.

    Attributes
    ----------
    window_s : 3 or 30
    shape : tuple of int
        Of a row.
    row : callable
        From ``Heard`` and the number of a window to its row.
    names : tuple of str
        Of a row's numbers; empty where they have none.
    parts : frozenset of str
        What it takes beside the statistics of its own windows: "segments" (those of 3 s), "mel",
        "image_statistics" (with "mel").
    """

    window_s: WindowLength
    shape: tuple[int, ...]
    row: Callable[[Heard, int], np.ndarray]
    names: tuple[str, ...] = ()
    parts: frozenset[Part] = frozenset()

    def rows(self, heard: Heard) -> Iterator[np.ndarray]:
        """Yield the rows of all windows, as many together as a model is given at once."""
        n_windows = len(heard.windows[self.window_s])
        step = max(1, NUMBERS_AT_ONCE // int(np.prod(self.shape)))
        for start in range(0, n_windows, step):
            numbers = range(start, min(start + step, n_windows))
            yield np.stack([self.row(heard, number) for number in numbers])


def _statistics(heard: Heard, number: int, *, length: WindowLength) -> np.ndarray:
    return heard.statistics[length][number]


def _song(heard: Heard, number: int) -> np.ndarray:
    """Describe a 30-s window by its own statistics and by the 3-s windows that begin in it."""
    window = heard.windows[30][number]
    starts = np.array([segment.start for segment in heard.windows[3]])
    inside = (starts >= window.start) & (starts < window.end)
    return song_features(heard.statistics[3][inside], heard.statistics[30][number])


def _mel(heard: Heard, number: int) -> np.ndarray:
    return heard.mel[number]


def _image_statistics(heard: Heard, number: int) -> np.ndarray:
    return heard.image_statistics[number]


def _fused(heard: Heard, number: int) -> np.ndarray:
    parts = heard.mel[number], heard.image_statistics[number], _song(heard, number)
    return FUSED.join(*(part[None] for part in parts))[0]


REPRESENTATIONS: Mapping[str, Representation] = MappingProxyType(
    {
        "features_3s": Representation(
            3, (len(FEATURE_NAMES),), partial(_statistics, length=3), FEATURE_NAMES
        ),
        "features_30s": Representation(
            30, (len(FEATURE_NAMES),), partial(_statistics, length=30), FEATURE_NAMES
        ),
        "features_song": Representation(
            30, (len(SONG_FEATURE_NAMES),), _song, SONG_FEATURE_NAMES, frozenset({"segments"})
        ),
        "mel_clip": Representation(30, MEL_SHAPE, _mel, parts=frozenset({"mel"})),
        "image_statistics": Representation(
            30,
            (len(IMAGE_STATISTIC_NAMES),),
            _image_statistics,
            IMAGE_STATISTIC_NAMES,
            frozenset({"mel", "image_statistics"}),
        ),
        "fused": Representation(
            30, (FUSED.width,), _fused, parts=frozenset({"segments", "mel", "image_statistics"})
        ),
    }
)
