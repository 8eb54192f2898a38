"""One row for everything known of a clip: mel spectrogram, its statistics, the song's features.

A model of several inputs takes one array like any other; only ``FUSED`` knows which of its numbers
is what. Numpy only: the web process may import it.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES
from pipeline.features.song import SONG_FEATURE_NAMES


@dataclass(frozen=True)
class FusedLayout:
    """Where the parts of a row are.

    Attributes
    ----------
    n_columns, n_bands : int
        Of the mel spectrogram, which comes first, column by column.
    n_statistics : int
        Statistics of the mel spectrogram, second.
    n_song : int
        Features of the song, last.
    """

    n_columns: int = 333
    n_bands: int = 128
    n_statistics: int = len(IMAGE_STATISTIC_NAMES)
    n_song: int = len(SONG_FEATURE_NAMES)

    @property
    def n_mel(self) -> int:
        """Numbers of the mel spectrogram."""
        return self.n_columns * self.n_bands

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return self.n_mel + self.n_statistics + self.n_song

    @property
    def mel(self) -> slice:
        """Place of the mel spectrogram."""
        return slice(0, self.n_mel)

    @property
    def statistics(self) -> slice:
        """Place of its statistics."""
        return slice(self.n_mel, self.n_mel + self.n_statistics)

    @property
    def song(self) -> slice:
        """Place of the song's features."""
        return slice(self.n_mel + self.n_statistics, self.width)

    def split(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the parts of rows as views.

        Parameters
        ----------
        X : ndarray of shape (n_rows, width)

        Returns
        -------
        mel : ndarray of shape (n_rows, n_columns, n_bands)
        statistics : ndarray of shape (n_rows, n_statistics)
        song : ndarray of shape (n_rows, n_song)

        Raises
        ------
        ValueError
            If rows have another width.
        """
        if X.ndim != 2 or X.shape[1] != self.width:
            raise ValueError(
                f"fused rows must have the shape (n_rows, {self.width}), got {X.shape}: "
                "make them with join"
            )
        mel = X[:, self.mel].reshape(len(X), self.n_columns, self.n_bands)
        return mel, X[:, self.statistics], X[:, self.song]

    def join(self, mel: np.ndarray, statistics: np.ndarray, song: np.ndarray) -> np.ndarray:
        """Return rows of the three parts, the inverse of ``split``, float32.

        Raises
        ------
        ValueError
            If a part has another shape.
        """
        n_rows = len(mel)
        shapes = (
            (n_rows, self.n_columns, self.n_bands),
            (n_rows, self.n_statistics),
            (n_rows, self.n_song),
        )
        got = (mel.shape, statistics.shape, song.shape)
        if got != shapes:
            raise ValueError(f"the parts must have the shapes {shapes}, got {got}")
        X = np.empty((n_rows, self.width), dtype=np.float32)
        X[:, self.mel] = mel.reshape(n_rows, -1)
        X[:, self.statistics] = statistics
        X[:, self.song] = song
        return X


FUSED = FusedLayout()
