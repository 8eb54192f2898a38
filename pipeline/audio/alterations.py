"""What happens to music on its way to a listener, as pure functions from samples to samples.

Samples are mono float32 with full scale -1..1; the length stays, except where an alteration is
about it (tempo, crop). The same samples and level always give the same result: noise has a fixed
seed. Only ``gain`` clips, as a player does that turns music up beyond full scale.

scipy, librosa and PyAV are imported where they are used: the decoder process loads this package.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pipeline.audio.clip import decode

MP3_RATE_HZ = 44_100  # of nearly every MP3; at 22,050 Hz the same bits would sound better
FILTER_ORDER = 8  # applied forwards and backwards: 96 dB an octave in all, and no delay
NOISE_SEED = 0
MINUS = "\N{MINUS SIGN}"  # as wide as the plus
LOWEST_PINK_HZ = 20.0  # pink noise has no end of power towards 0 Hz; below this nobody hears it

Function = Callable[[np.ndarray, int, float], np.ndarray]  # (y, sr, level) -> samples


@dataclass(frozen=True)
class Alteration:
    """One thing that may happen to a clip, and how strongly.

    Attributes
    ----------
    name, title, explanation : str
    unit, unit_of_one : str
        Of the levels, and of the level 1.
    levels : tuple of float
        From the mildest to the strongest, or from minus to plus.
    function : callable
        From samples, their rate in Hz and a level to samples.
    signed : bool
        Whether a level is a change, written with its sign.
    """

    name: str
    title: str
    explanation: str
    unit: str
    levels: tuple[float, ...]
    function: Function
    signed: bool = False
    unit_of_one: str = ""

    def level_label(self, level: float) -> str:
        """Return a level as people read it: "+6 dB", "32 kbit/s"."""
        number = f"{level:+g}".replace("-", MINUS) if self.signed else f"{level:g}"
        return f"{number} {self.unit_of_one if abs(level) == 1 else self.unit}"

    def label(self, level: float) -> str:
        """Return the alteration and its level in words: "MP3, 32 kbit/s"."""
        return f"{self.title}, {self.level_label(level)}"


def altered(y: np.ndarray, *, sr: int, alteration: str, level: float) -> np.ndarray:
    """Return a clip as it is after an alteration, float32.

    Parameters
    ----------
    y : ndarray of shape (n_samples,), float32
        At least 1 s, at most some minutes: everything is held in memory.
    sr : int
        Rate of ``y`` in Hz.
    alteration : str
        A name in ``ALTERATIONS``.

    Raises
    ------
    ValueError
        If there is no such alteration.
    """
    if alteration not in ALTERATIONS:
        known = ", ".join(ALTERATIONS)
        raise ValueError(f"there is no alteration {alteration!r}; there are {known}")
    return ALTERATIONS[alteration].function(y, sr, level).astype(np.float32, copy=False)


def mp3(y: np.ndarray, sr: int, kbit_s: float) -> np.ndarray:
    """Return a clip that was an MP3 of a constant bit rate for a while (LAME, mono, 44.1 kHz)."""
    import av
    import soxr

    wide = soxr.resample(y, sr, MP3_RATE_HZ).astype(np.float32)
    content = io.BytesIO()
    with av.open(content, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=MP3_RATE_HZ, layout="mono")
        stream.bit_rate = int(1000 * kbit_s)
        frame = av.AudioFrame.from_ndarray(wide[None], format="fltp", layout="mono")
        frame.sample_rate = MP3_RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return _of_length(decode(content.getvalue(), sr=sr).y, len(y))


def gain(y: np.ndarray, sr: int, gain_db: float) -> np.ndarray:
    """Return a clip turned up or down; what passes full scale is clipped."""
    return np.clip(y * 10 ** (gain_db / 20), -1.0, 1.0)


def white_noise(y: np.ndarray, sr: int, snr_db: float) -> np.ndarray:
    """Return a clip with noise of equal power at all frequencies, ``snr_db`` below the clip."""
    return _with_noise(y, _rng().standard_normal(len(y)), snr_db)


def pink_noise(y: np.ndarray, sr: int, snr_db: float) -> np.ndarray:
    """Return a clip with noise of equal power in each octave, ``snr_db`` below the clip."""
    spectrum = np.fft.rfft(_rng().standard_normal(len(y)))
    frequency_hz = np.fft.rfftfreq(len(y), 1 / sr)
    spectrum /= np.sqrt(np.maximum(frequency_hz, LOWEST_PINK_HZ))
    return _with_noise(y, np.fft.irfft(spectrum, len(y)), snr_db)


def low_pass(y: np.ndarray, sr: int, cutoff_khz: float) -> np.ndarray:
    """Return a clip without what lies above a frequency (Butterworth, zero phase)."""
    from scipy.signal import butter, sosfiltfilt

    sections = butter(FILTER_ORDER, 1000 * cutoff_khz, fs=sr, output="sos")
    return np.asarray(sosfiltfilt(sections, y))


def pitch(y: np.ndarray, sr: int, semitones: float) -> np.ndarray:
    """Return a clip at another pitch and the same tempo."""
    import librosa

    return np.asarray(librosa.effects.pitch_shift(y, sr=sr, n_steps=semitones))


def tempo(y: np.ndarray, sr: int, percent: float) -> np.ndarray:
    """Return a clip at another tempo and the same pitch; +10 % lasts 1/1.1 of the time."""
    import librosa

    return np.asarray(librosa.effects.time_stretch(y, rate=1 + percent / 100))


def crop(y: np.ndarray, sr: int, duration_s: float) -> np.ndarray:
    """Return the middle of a clip; a shorter one as it is."""
    n_samples = min(len(y), round(duration_s * sr))
    start = (len(y) - n_samples) // 2
    return y[start : start + n_samples]


def _with_noise(y: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    power, own = np.mean(np.square(y, dtype=np.float64)), np.mean(np.square(noise))
    return y + noise * np.sqrt(power / own / 10 ** (snr_db / 10))


def _rng() -> np.random.Generator:
    return np.random.default_rng(NOISE_SEED)


def _of_length(y: np.ndarray, n_samples: int) -> np.ndarray:
    """Cut or fill the end: a codec works in frames, and rates do not divide evenly."""
    return np.pad(y[:n_samples], (0, max(0, n_samples - len(y))))


ALTERATIONS: Mapping[str, Alteration] = MappingProxyType(
    {
        alteration.name: alteration
        for alteration in (
            Alteration(
                "mp3", "MP3", "Encoded as MP3 with LAME and decoded again, mono, 44.1 kHz.",
                "kbit/s", (128, 64, 32), mp3,
            ),
            Alteration(
                "gain", "Gain",
                "Turned up or down; what passes full scale is clipped, as a player does it.",
                "dB", (-12, -6, 6, 12), gain, signed=True,
            ),
            Alteration(
                "white_noise", "White noise",
                "Hiss is added; the level is how far the music stands above it (SNR).",
                "dB", (30, 20, 10), white_noise,
            ),
            Alteration(
                "pink_noise", "Pink noise",
                "Noise with equal power in each octave is added, like rain or traffic; the level "
                "is how far the music stands above it (SNR).",
                "dB", (30, 20, 10), pink_noise,
            ),
            Alteration(
                "low_pass", "Low-pass",
                "Everything above a frequency is taken away, as by a telephone or small radio.",
                "kHz", (8, 4, 2), low_pass,
            ),
            Alteration(
                "pitch", "Pitch", "Higher or lower by semitones at the same tempo.",
                "semitones", (-2, -1, 1, 2), pitch, signed=True,
                unit_of_one="semitone",
            ),
            Alteration(
                "tempo", "Tempo", "Faster or slower at the same pitch.",
                "%", (-10, 10), tempo, signed=True,
            ),
            Alteration(
                "crop", "Crop", "Only the middle of the clip.", "s", (10, 5, 3), crop,
            ),
        )
    }
)  # fmt: skip
