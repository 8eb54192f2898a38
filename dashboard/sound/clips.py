"""The clips that can be looked at: the synthetic examples, and tracks whose sound is at hand.

A clip is chosen by name from a list; no path ever comes from an address. Where the sound of a
track lies, if anywhere, is decided in dashboard/sound/recordings.py.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dashboard.query import Parameter
from dashboard.sound.recordings import heard, sound_of
from pipeline.audio import decode
from pipeline.config import ANALYSIS, LIMITS, REPOSITORY
from pipeline.features.pictures import LOWEST_HZ, ClipPictures, Grid, clip_pictures

EXAMPLES = REPOSITORY / "assets" / "examples"
MOST_OFFERED = 1000  # tracks in the menu, the first by name
LONGEST_S = 30.5  # what is looked at of a longer file
COLUMNS = 320  # over the width of the page
ROWS = 96
STEP_DB = 4  # between levels; a finer shade is hardly seen and doubles what is sent
REMEMBERED = 24  # clips, some 0.1 MB each


@dataclass(frozen=True)
class ClipView:
    """One clip, small enough to be sent: levels in whole dB, spectra in ``ROWS`` rows.

    Attributes
    ----------
    pictures : ClipPictures
        Its spectrogram has rows of equal width in Hz.
    octaves : Grid
        The same spectrogram with rows of equal width in octaves, from 40 Hz.
    duration_s : float
        Of what is shown.
    """

    pictures: ClipPictures
    octaves: Grid
    duration_s: float


@functools.cache
def examples() -> dict[str, str]:
    """Return the title of each synthetic example by its name in an address."""
    listed = json.loads((EXAMPLES / "examples.json").read_text(encoding="utf-8"))
    return {Path(entry["file"]).stem: str(entry["title"]) for entry in listed}


def clip_parameter(dataset: str) -> Parameter:
    """Return the choice of clip: the examples, then the tracks whose sound is at hand."""
    options = {
        name: f"Example {place}: {title} (synthetic)"
        for place, (name, title) in enumerate(examples().items(), start=1)
    }
    headings: dict[str, str] = {}
    for track_id in heard(dataset)[:MOST_OFFERED]:
        options[track_id] = track_id
        genre, dot, _ = track_id.partition(".")
        heading = genre if dot else "Tracks"
        if heading not in headings.values():
            headings[track_id] = heading
    return Parameter("clip", "Clip", options, next(iter(options), ""), headings=headings)


def clip_view(name: str, dataset: str) -> ClipView:
    """Return what is drawn of a clip that ``clip_parameter`` offers; from memory the second time.

    Raises
    ------
    AudioError
        If the file is damaged, shorter than one frame or longer than an upload may be.
    KeyError
        If there is no such clip.
    """
    path = EXAMPLES / f"{name}.mp3" if name in examples() else sound_of(dataset, name)
    if path is None:
        raise KeyError(name)
    return _view(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=REMEMBERED)
def _view(path: Path, _changed: int) -> ClipView:
    clip = decode(path, sr=ANALYSIS.sr, max_duration_s=LIMITS.max_duration_s)
    y = clip.y[: round(LONGEST_S * ANALYSIS.sr)]
    pictures = clip_pictures(y, sr=ANALYSIS.sr, max_columns=COLUMNS)
    spectrum = pictures.spectrogram
    return ClipView(
        pictures=ClipPictures(
            waveform=pictures.waveform,
            spectrogram=_in_rows(spectrum, np.linspace(0, spectrum.rows[-1], ROWS + 1)),
            mel=_stepped(pictures.mel),
            mfcc=pictures.mfcc,
            chroma=pictures.chroma,
        ),
        octaves=_in_rows(spectrum, np.geomspace(LOWEST_HZ, spectrum.rows[-1], ROWS + 1)),
        duration_s=len(y) / ANALYSIS.sr,
    )


def _in_rows(grid: Grid, edges_hz: np.ndarray) -> Grid:
    """Return a spectrogram with a row between each two edges: the loudest bin in it.

    A row that is narrower than a bin repeats the bin at its middle.
    """
    middles = (edges_hz[1:] + edges_hz[:-1]) / 2
    nearest = np.abs(grid.rows[None, :] - middles[:, None]).argmin(axis=1)
    starts = np.searchsorted(grid.rows, edges_hz[:-1])
    ends = np.searchsorted(grid.rows, edges_hz[1:])
    values = np.stack(
        [
            grid.values[:, start:end].max(axis=1) if end > start else grid.values[:, near]
            for start, end, near in zip(starts, ends, nearest, strict=True)
        ],
        axis=1,
    )
    return _stepped(Grid(values, grid.times_s, middles, grid.unit))


def _stepped(grid: Grid) -> Grid:
    """Return levels in steps of ``STEP_DB``, a byte each."""
    levels = STEP_DB * np.rint(grid.values / STEP_DB)
    return Grid(levels.astype(np.int8), grid.times_s, grid.rows, grid.unit)
