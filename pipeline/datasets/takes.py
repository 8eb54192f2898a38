"""One synthetic track while it is played: a canvas with tempo, key, chords and drums.

Must not import TensorFlow, LightGBM, librosa or ``dashboard``.
"""

from dataclasses import dataclass, field

import numpy as np

from pipeline.datasets.synthesis import cymbal, kick, snare

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
DORIAN = (0, 2, 3, 5, 7, 9, 10)
SCALES = (MAJOR, MINOR, DORIAN)
PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 3), (0, 4, 5, 3), (5, 3, 0, 4))


@dataclass
class Take:
    """One track while it is played.

    Attributes
    ----------
    y : ndarray of shape (n_samples,)
        What has been played so far.
    sr : int
    rng : Generator
    tempo_bpm : float
    root : int
        MIDI number of the key note near middle C (60).
    scale : tuple of int
        Semitones of the seven degrees.
    progression : tuple of int
        Degree of the chord in each bar.
    """

    y: np.ndarray
    sr: int
    rng: np.random.Generator
    tempo_bpm: float
    root: int
    scale: tuple[int, ...]
    progression: tuple[int, ...]
    drums: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        """Tune one set of drums for the whole track."""
        self.drums = {
            "kick": kick(sr=self.sr),
            "snare": snare(self.rng, sr=self.sr),
            "hat": cymbal(self.rng, sr=self.sr, decay_s=0.03),
            "ride": cymbal(self.rng, sr=self.sr, decay_s=0.15),
        }

    @property
    def beat_s(self) -> float:
        """Length of a beat in s."""
        return 60.0 / self.tempo_bpm

    @property
    def duration_s(self) -> float:
        """Length of the track in s."""
        return len(self.y) / self.sr

    @property
    def n_beats(self) -> int:
        """Beats that begin before the track ends."""
        return int(np.ceil(self.duration_s / self.beat_s))

    def chord(self, beat: int, *, beats_per_bar: int = 4) -> int:
        """Return the degree of the chord at a beat."""
        return self.progression[beat // beats_per_bar % len(self.progression)]

    def pitch_hz(self, degree: int, *, octave: int = 0) -> float:
        """Return the frequency of a degree of the scale (0 = key note, 7 = its octave)."""
        octaves, step = divmod(degree, len(self.scale))
        midi = self.root + self.scale[step] + 12 * (octave + octaves)
        return 440.0 * 2 ** ((midi - 69) / 12)

    def add(self, sound: np.ndarray, beat: float, gain: float) -> None:
        """Play a sound from a beat on; what is past the end is cut."""
        start = round(beat * self.beat_s * self.sr)
        piece = sound[: max(0, len(self.y) - start)]
        self.y[start : start + len(piece)] += gain * piece

    def hit(self, drum: str, beat: float, gain: float) -> None:
        """Play a drum, never twice equally loud."""
        self.add(self.drums[drum], beat, gain * self.rng.uniform(0.85, 1.0))
