"""Whether a clip is music at all: noise and speech are told from it by three plain measures.

Models of genres give noise and speech a genre, too; a reader must be told. Thresholds lie between
what was measured of the 60 GTZAN clips at hand (57 FLAC and 3 WAV files, six of each genre) and of
signals that are no music, with room on both sides:

=============================  ================  ===================================  =========
measure                        60 GTZAN clips    no music                             threshold
=============================  ================  ===================================  =========
octave flatness                0.03 to 0.40      white, pink, brown noise: 0.57-0.58  0.47
share of quiet moments         0.00 to 0.29      54 readings by espeak-ng: 0.37-0.44  0.33
share of pauses                0.00 to 0.08      the same: 0.13 to 0.22               0.11
modulation at 2.5 to 8 Hz      0.17 to 0.67      the same: 0.47 to 0.67               0.40
=============================  ================  ===================================  =========

The readings are two texts by nine voices (English, German, French, Spanish, Italian, Polish) at
three speeds. Called noise or speech: no clip of GTZAN, whole or in pieces of 10 s (168) or 5 s
(343). Called speech: every whole reading, 150 of 152 pieces of 10 s, 304 of 329 of 5 s; with white
noise 30, 20 and 10 dB below, 18, 6 and 0 of 18. Called noise: every noise, whole or in pieces; of
20 clips of GTZAN with white noise 10 and 5 dB below, as loud, and 5 dB above, 0, 3, 14 and 20; of
white and pink noise cut off at 4 kHz, inside an octave, one of the two. So speech without pauses,
over music or in a noisy room, is not recognised, and unaccompanied rap may be called speech.
Nothing is said of clips under 3 s.

Must not import scipy or librosa.

References
----------
Scheirer & Slaney 1997, "Construction and Evaluation of a Robust Multifeature Speech/Music
Discriminator" (4 Hz modulation, low-energy frames). Johnston 1988, "Transform Coding of Audio
Signals Using Perceptual Noise Criteria" (spectral flatness).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from pipeline.audio import SILENCE
from pipeline.features.filters import hann_window

SoundKind = Literal["noise", "speech"]

NOISE_FLATNESS = 0.47
SPEECH_QUIET, SPEECH_PAUSES, SPEECH_MODULATION = 0.33, 0.11, 0.40
SHORTEST_S = 3.0
N_FFT = 2_048
MOST_FRAMES = 300  # looked at, evenly over the clip: 6 ms
LOWEST_BIN = 8  # 86 Hz; octaves from there have enough bins to be called flat
TINY_POWER = 1e-12
RATE_HZ = 100  # of the envelope
SYLLABLES_HZ, CHANGES_HZ = (2.5, 8.0), (0.5, 25.0)
QUIET, PAUSE = 0.5, 0.1  # of the mean level of a second; of the level of the clip


@dataclass(frozen=True)
class SoundMeasures:
    """What tells music from noise and speech, each 0..1.

    Attributes
    ----------
    flatness : float
        Geometric by arithmetic mean power of the bins of an octave, averaged over octaves by their
        level, and of that the median over frames: about 0.57 for noise of any colour, near 0 where
        there are tones.
    quiet : float
        Share of moments of 10 ms below half the mean level of their second.
    pauses : float
        Share of moments below a tenth of the clip's level.
    modulation : float
        Share of the level's changes (0.5 to 25 Hz) that are as fast as syllables, 2.5 to 8 Hz.
    """

    flatness: float
    quiet: float
    pauses: float
    modulation: float

    @property
    def kind(self) -> SoundKind | None:
        """What the clip is, if it is no music."""
        if self.flatness > NOISE_FLATNESS:
            return "noise"
        speaks = self.quiet > SPEECH_QUIET and self.pauses > SPEECH_PAUSES
        return "speech" if speaks and self.modulation > SPEECH_MODULATION else None


def sound_measures(y: np.ndarray, *, sr: int) -> SoundMeasures | None:
    """Return the measures of a clip; None where less than 3 s of it are sound.

    Seconds of silence are left out. 5 ms for 30 s, 15 ms for ten minutes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1.
    sr : int
        Rate of ``y`` in Hz.
    """
    level = _level(y, sr=sr)
    sounding = level.max(axis=1, initial=0) >= SILENCE
    if sounding.sum() < SHORTEST_S:
        return None
    level = level[sounding]
    second = RATE_HZ * (sr // RATE_HZ)  # 22,000 samples: 100 whole pieces of 10 ms
    quiet = level < QUIET * level.mean(axis=1, keepdims=True)
    pauses = level < PAUSE * np.sqrt(np.square(level).mean())
    return SoundMeasures(
        flatness=_octave_flatness(y, second * np.flatnonzero(sounding), second=second),
        quiet=float(quiet.mean()),
        pauses=float(pauses.mean()),
        modulation=_syllable_share(level.ravel()),
    )


def _level(y: np.ndarray, *, sr: int) -> np.ndarray:
    """Return the root mean square of each 10 ms, (n_seconds, 100); an unfinished second is left.

    Each second without its mean: an offset cannot be heard.
    """
    step = sr // RATE_HZ
    n_seconds = len(y) // (step * RATE_HZ)
    seconds = np.asarray(y[: n_seconds * step * RATE_HZ], dtype=np.float32)
    power = np.empty((n_seconds, RATE_HZ), dtype=np.float32)
    for number, second in enumerate(seconds.reshape(n_seconds, RATE_HZ, step)):
        heard = second - second.mean()  # one at a time: ten minutes at once would take 50 MB
        power[number] = np.einsum("ij,ij->i", heard, heard) / step
    return np.sqrt(power)


def _syllable_share(level: np.ndarray) -> float:
    changes = np.abs(np.fft.rfft(level - level.mean())) ** 2
    rate_hz = np.fft.rfftfreq(len(level), 1 / RATE_HZ)
    whole, syllables = (
        changes[(rate_hz >= low) & (rate_hz < high)].sum()
        for low, high in (CHANGES_HZ, SYLLABLES_HZ)
    )
    return float(syllables / whole) if whole > 0 else 0.0


def _octave_flatness(y: np.ndarray, starts: np.ndarray, *, second: int) -> float:
    """Return the median flatness of octaves in frames spread over the sounding seconds."""
    n_frames = min(MOST_FRAMES, len(starts) * (second // N_FFT))
    place = np.linspace(0, len(starts), n_frames, endpoint=False)
    number = place.astype(int)
    start = starts[number] + ((place - number) * (second - N_FFT)).astype(int)
    frames = np.asarray(y, dtype=np.float32)[start[:, None] + np.arange(N_FFT)]
    power = np.abs(np.fft.rfft(frames * hann_window(N_FFT).astype(np.float32), axis=1)) ** 2
    power += TINY_POWER
    edges = LOWEST_BIN * 2 ** np.arange(int(np.log2(N_FFT / 2 / LOWEST_BIN)) + 1)
    octaves = [power[:, low:high] for low, high in pairwise(edges)]
    flatness = [np.exp(np.log(one).mean(axis=1)) / one.mean(axis=1) for one in octaves]
    weight = np.sqrt([one.sum(axis=1) for one in octaves])
    return float(np.median(np.average(flatness, axis=0, weights=weight)))
