"""Synthetic artists: how one of them plays a style, and what the recording sounds like.

Tracks of one artist are alike beyond their style, as real ones are, so that holding out artists
is harder than holding out tracks. Must not import TensorFlow, LightGBM or ``dashboard``.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.datasets.styles import STYLES
from pipeline.datasets.synthesis import band_noise, in_room, tilted
from pipeline.datasets.takes import PROGRESSIONS, SCALES, Take


@dataclass(frozen=True)
class Artist:
    """What the tracks of one artist have in common.

    Attributes
    ----------
    pace : float
        0 (slowest tempo of the style) to 1 (fastest).
    root : int
        MIDI number of the key note.
    scale : tuple of int
    slope_db : float
        Brightness, in dB per octave.
    room_s, wet : float
        Decay in s and level of the reverberation.
    hiss : float
        Level of the noise floor against the music.
    level : float
        Peak amplitude, 0 to 1.
    """

    pace: float
    root: int
    scale: tuple[int, ...]
    slope_db: float
    room_s: float
    wet: float
    hiss: float
    level: float


def drawn_artist(rng: np.random.Generator) -> Artist:
    """Return an artist with every habit drawn at random."""
    return Artist(
        pace=float(rng.uniform()),
        root=int(rng.integers(55, 66)),
        scale=SCALES[rng.integers(len(SCALES))],
        slope_db=float(rng.uniform(-4.5, 1.5)),
        room_s=float(rng.uniform(0.05, 0.5)),
        wet=float(rng.uniform(0.0, 0.5)),
        hiss=float(10 ** rng.uniform(-4.0, -1.7)),
        level=float(rng.uniform(0.4, 0.95)),
    )


def rendered_track(
    style: str,
    artist: Artist,
    rng: np.random.Generator,
    *,
    duration_s: float,
    sr: int,
    blend: float,
) -> np.ndarray:
    """Return one track: a style as an artist plays it.

    Parameters
    ----------
    style : str
        A key of ``STYLES``.
    artist : Artist
    rng : Generator
    duration_s : float
    sr : int
    blend : float
        Level of the neighbouring style mixed in, 0 (pure) to 1 (as loud).

    Returns
    -------
    ndarray of shape (round(duration_s * sr),), float64, within -1..1
    """
    y = _played(style, artist, rng, duration_s=duration_s, sr=sr)
    if blend > 0:
        other = _played(STYLES[style].neighbour, artist, rng, duration_s=duration_s, sr=sr)
        y = y + blend * other * (_rms(y) / _rms(other))
    y = tilted(y, sr=sr, slope_db=artist.slope_db)
    y = in_room(y, rng, sr=sr, decay_s=artist.room_s, wet=artist.wet)
    y = y + artist.hiss * np.max(np.abs(y)) * band_noise(
        rng, duration_s, sr=sr, low_hz=0, high_hz=sr / 2
    )
    return artist.level * y / np.max(np.abs(y))


def _played(
    style: str, artist: Artist, rng: np.random.Generator, *, duration_s: float, sr: int
) -> np.ndarray:
    """Play a style dry."""
    play, slowest_bpm, fastest_bpm, _ = STYLES[style]
    pace = np.clip(artist.pace + rng.normal(0, 0.1), 0, 1)  # an artist keeps about one tempo
    take = Take(
        y=np.zeros(round(duration_s * sr)),
        sr=sr,
        rng=rng,
        tempo_bpm=slowest_bpm + float(pace) * (fastest_bpm - slowest_bpm),
        root=artist.root + int(rng.integers(-2, 3)),
        scale=artist.scale,
        progression=PROGRESSIONS[rng.integers(len(PROGRESSIONS))],
    )
    play(take)
    return take.y


def _rms(y: np.ndarray) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(y**2)))
