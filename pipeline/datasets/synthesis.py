"""Sounds made with numpy: notes, drums, noise, and what a room does to them.

Every function returns a mono float64 array with a peak near 1; ``sr`` is in Hz. Randomness comes
only from the generator passed in. Must not import TensorFlow, LightGBM, librosa or ``dashboard``.
"""

from collections.abc import Sequence

import numpy as np

_RELEASE_S = 0.01  # long enough that no note ends in a click
_BELL_RATIOS = (0.5, 1.0, 1.19, 1.5, 2.0, 2.61, 3.75)  # hum, prime, tierce, ... of a church bell


def harmonics(count: int, *, roll_off: float, odd_only: bool = False) -> np.ndarray:
    """Return amplitudes of partials 1..count, falling as ``number ** -roll_off``."""
    number = np.arange(1, count + 1)
    amplitudes = number**-roll_off
    return np.where(number % 2 == 1, amplitudes, 0.0) if odd_only else amplitudes


def tone(
    frequency_hz: float,
    duration_s: float,
    *,
    sr: int,
    partials: Sequence[float] | np.ndarray,
    attack_s: float = 0.005,
    decay_s: float | None = None,
    vibrato: float = 0.0,
) -> np.ndarray:
    """Return a harmonic note.

    Parameters
    ----------
    frequency_hz, duration_s : float
    sr : int
    partials : sequence of float
        Amplitudes of the partials; those above Nyquist are left out.
    attack_s : float
        Rise from silence.
    decay_s : float, optional
        Time in which the fundamental falls to 1/e, higher partials sooner; None holds the note.
    vibrato : float
        Depth as a share of the frequency, at 5.5 Hz.
    """
    t = _time(duration_s, sr)
    phase = 2 * np.pi * frequency_hz * t
    if vibrato:
        phase -= vibrato * frequency_hz / 5.5 * np.cos(2 * np.pi * 5.5 * t)
    # Powers of one rotating, shrinking pointer: a sine for each partial takes four times longer.
    pointer = np.exp(1j * phase if decay_s is None else 1j * phase - 0.4 * t / decay_s)
    power = np.exp(0.0 * t if decay_s is None else -0.6 * t / decay_s).astype(complex)
    y = np.zeros(len(t))
    for number, amplitude in enumerate(partials, start=1):
        if number * frequency_hz >= sr / 2:
            break
        power *= pointer
        if amplitude:
            y += amplitude * power.imag
    return _normalised(y * _edges(t, attack_s))


def bell(frequency_hz: float, duration_s: float, *, sr: int, decay_s: float) -> np.ndarray:
    """Return a struck bell: partials that are no harmonics, the high ones soonest gone."""
    t = _time(duration_s, sr)
    y = np.zeros(len(t))
    for ratio in _BELL_RATIOS:
        if ratio * frequency_hz < sr / 2:
            y += np.exp(-t * (0.5 + ratio) / decay_s) * np.sin(2 * np.pi * ratio * frequency_hz * t)
    return _normalised(y * _edges(t, 0.002))


def distorted(y: np.ndarray, *, drive: float) -> np.ndarray:
    """Return ``y`` through a soft clipper, as an overdriven amplifier does."""
    return np.tanh(drive * y) / np.tanh(drive)


def kick(*, sr: int) -> np.ndarray:
    """Return a bass drum: a sine that falls from 160 to 48 Hz."""
    t = _time(0.3, sr)
    frequency_hz = 48 + 112 * np.exp(-t / 0.03)
    y = np.sin(2 * np.pi * np.cumsum(frequency_hz) / sr) * np.exp(-t / 0.11)
    return y * _edges(t, 0.001)


def snare(rng: np.random.Generator, *, sr: int) -> np.ndarray:
    """Return a snare drum: noise over a short 190 Hz tone."""
    t = _time(0.2, sr)
    rattle = band_noise(rng, 0.2, sr=sr, low_hz=900, high_hz=9_000)
    return 0.7 * rattle * np.exp(-t / 0.05) + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.04)


def cymbal(rng: np.random.Generator, *, sr: int, decay_s: float) -> np.ndarray:
    """Return a hi-hat (30 ms) or a ride (200 ms): noise above 5 kHz."""
    duration_s = 4 * decay_s
    hiss = band_noise(rng, duration_s, sr=sr, low_hz=5_000, high_hz=sr / 2)
    return hiss * np.exp(-_time(duration_s, sr) / decay_s)


def band_noise(
    rng: np.random.Generator, duration_s: float, *, sr: int, low_hz: float, high_hz: float
) -> np.ndarray:
    """Return white noise between two frequencies."""
    n = round(duration_s * sr)
    size = _fast_size(n)
    spectrum = np.fft.rfft(rng.standard_normal(size))
    frequencies = np.fft.rfftfreq(size, 1 / sr)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0
    return _normalised(np.fft.irfft(spectrum, size)[:n])


def tilted(y: np.ndarray, *, sr: int, slope_db: float) -> np.ndarray:
    """Return ``y`` with its spectrum turned by ``slope_db`` per octave around 1 kHz."""
    frequencies = np.maximum(np.fft.rfftfreq(len(y), 1 / sr), 30.0)  # no boost below hearing
    gain = (frequencies / 1_000) ** (slope_db / (20 * np.log10(2)))
    return np.fft.irfft(np.fft.rfft(y) * gain, len(y))


def in_room(
    y: np.ndarray, rng: np.random.Generator, *, sr: int, decay_s: float, wet: float
) -> np.ndarray:
    """Return ``y`` with reverberation: decaying noise as the room's response.

    ``wet`` is the level of the room against the direct sound, 0 to 1.
    """
    t = _time(3 * decay_s, sr)
    response = rng.standard_normal(len(t)) * np.exp(-t / decay_s)
    size = _fast_size(len(y) + len(t))
    tail = np.fft.irfft(np.fft.rfft(y, size) * np.fft.rfft(response, size), size)[: len(y)]
    scale = np.sqrt(np.mean(y**2)) / (np.sqrt(np.mean(tail**2)) + 1e-12)
    return y + wet * scale * tail


def _fast_size(n: int) -> int:
    """Round up to a length of small prime factors; a large one makes an FFT ten times slower."""
    size = max(n, 1)
    while True:
        rest = size
        for prime in (2, 3, 5, 7):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
        size += 1


def _time(duration_s: float, sr: int) -> np.ndarray:
    """Return the times of the samples in s."""
    return np.arange(round(duration_s * sr)) / sr


def _edges(t: np.ndarray, attack_s: float) -> np.ndarray:
    """Rise over the attack, fall over the last 10 ms."""
    if len(t) == 0:
        return t
    return np.minimum(1.0, t / attack_s) * np.clip((t[-1] - t) / _RELEASE_S, 0.0, 1.0)


def _normalised(y: np.ndarray) -> np.ndarray:
    """Scale to a peak of 1; silence stays silent."""
    peak = np.max(np.abs(y), initial=0.0)
    return y / peak if peak > 0 else y
