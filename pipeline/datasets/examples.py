"""The three example clips of the live page, for visitors without a file.

Played by the styles of the demo corpus from fixed seeds, so that they belong to nobody. Written by
``python -m pipeline.datasets.examples assets/examples``. MP3, because every browser plays it.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.artifacts import write_json
from pipeline.config import ANALYSIS
from pipeline.datasets.artists import Artist, rendered_track
from pipeline.datasets.demo import write_audio
from pipeline.datasets.takes import DORIAN, MAJOR, MINOR

LIST_FILE = "examples.json"
DURATION_S = 15.0
CAPTION = "synthetic, made with numpy"


class Example(NamedTuple):
    """One clip: file name, title, style, seed and the artist who plays it."""

    file: str
    title: str
    style: str
    seed: int
    artist: Artist


EXAMPLES = (
    Example(
        "example-1.mp3",
        "Pulse: four on the floor with bass and chords",
        "pulse",
        1,
        Artist(0.5, 57, MINOR, slope_db=0.0, room_s=0.15, wet=0.12, hiss=1e-4, level=0.9),
    ),
    Example(
        "example-2.mp3",
        "Chorale: slow held chords under a melody",
        "chorale",
        2,
        Artist(0.4, 60, MAJOR, slope_db=-1.5, room_s=0.5, wet=0.35, hiss=1e-4, level=0.7),
    ),
    Example(
        "example-3.mp3",
        "Riff: overdriven fifths with drums",
        "riff",
        3,
        Artist(0.6, 55, DORIAN, slope_db=0.0, room_s=0.2, wet=0.5, hiss=3e-3, level=0.95),
    ),
)


def write_examples(folder: Path) -> None:
    """Write the clips and ``examples.json`` (a list of file, title, caption)."""
    for example in EXAMPLES:
        y = rendered_track(
            example.style,
            example.artist,
            np.random.default_rng(example.seed),
            duration_s=DURATION_S,
            sr=ANALYSIS.sr,
            blend=0.0,
        )
        path = folder / example.file
        write_audio(path, y, sr=ANALYSIS.sr, audio_format="MP3", subtype="MPEG_LAYER_III")
    write_json(
        folder / LIST_FILE,
        [{"file": item.file, "title": item.title, "caption": CAPTION} for item in EXAMPLES],
    )


if __name__ == "__main__":
    write_examples(Path(sys.argv[1]))
