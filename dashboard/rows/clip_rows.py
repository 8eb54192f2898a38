"""The six pictures of a clip as one table: the outline in time, the others by band over the clip.

Each picture has up to fifty thousand cells; what it shows band by band is said for the whole clip.
"""

import numpy as np
import pandas as pd

from dashboard.sound.clips import ClipView
from pipeline.features.pictures import PITCH_CLASSES, Grid, Waveform, frequency_name

COLUMNS = ["Picture", "Where", "Smallest", "Mean", "Largest"]
MOST_BANDS = 16  # of a spectrogram: neighbouring rows are taken together
Row = tuple[str, str, float, float | None, float]


def clip_table(view: ClipView) -> pd.DataFrame:
    """Return the pictures in the order in which they are drawn, the long outline at the end.

    Returns
    -------
    DataFrame
        ``COLUMNS``: of the waveform the samples of each piece of time (its mean is not kept); of
        spectrograms the levels in dB of each band, of MFCC and chroma the values of each
        coefficient and pitch class, over the whole clip.
    """
    pictures = view.pictures
    rows: list[Row] = []
    for name, grid in (
        ("Spectrogram, even in hertz", pictures.spectrogram),
        ("Spectrogram, even in octaves", view.octaves),
        ("Mel spectrogram", pictures.mel),
    ):
        rows += _bands(f"{name} (dB)", grid)
    for coefficient, values in enumerate(pictures.mfcc.values.T[1:], start=2):
        rows.append(_row("MFCC", f"coefficient {coefficient}", values))
    for pitch, values in zip(PITCH_CLASSES, pictures.chroma.values.T, strict=True):
        rows.append(_row("Chroma", pitch, values))
    rows += _outline(pictures.waveform)
    return pd.DataFrame(rows, columns=COLUMNS)


def _outline(outline: Waveform) -> list[Row]:
    columns = (outline.times_s, outline.low, outline.high)
    pieces = zip(*(values.astype(float) for values in columns), strict=True)
    # sixteen bits hold no more than four digits
    return [("Waveform", f"{at:.2f} s", round(low, 4), None, round(high, 4))
            for at, low, high in pieces]  # fmt: skip


def _bands(name: str, grid: Grid) -> list[Row]:
    groups = np.array_split(np.arange(len(grid.rows)), min(MOST_BANDS, len(grid.rows)))
    return [
        _row(
            name,
            " to ".join(frequency_name(round(grid.rows[end])) for end in (group[0], group[-1])),
            grid.values[:, group],
        )
        for group in groups
    ]


def _row(name: str, where: str, values: np.ndarray) -> Row:
    exact = values.astype(float)
    low, mean, high = (float(round(one, 3)) for one in (exact.min(), exact.mean(), exact.max()))
    return name, where, low, mean, high
