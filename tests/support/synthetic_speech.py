"""A signal with the rhythm and spectrum of speech, made here: no recording of a voice is needed.

Syllables of 120 to 260 ms at about four a second, each a pulse train with moving formants or a
burst of noise, in phrases with pauses between them; a crude formant synthesiser (Klatt 1980,
"Software for a cascade/parallel formant synthesizer").
"""

import numpy as np

VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))
BANDWIDTH_HZ = 90.0


def synthetic_speech(seed: int, *, duration_s: float, sr: int) -> np.ndarray:
    """Return what sounds like babble, float32, peak 0.5."""
    rng = np.random.default_rng(seed)
    pieces: list[np.ndarray] = []
    length = 0
    while length < duration_s * sr:
        for _ in range(rng.integers(3, 9)):
            pieces += [_syllable(rng, sr), np.zeros(round(rng.uniform(0.03, 0.09) * sr))]
        pieces.append(np.zeros(round(rng.uniform(0.25, 0.6) * sr)))
        length = sum(map(len, pieces))
    y = np.concatenate(pieces)[: round(duration_s * sr)]
    y = y + 1e-3 * np.abs(y).max() * rng.normal(size=len(y))  # the room
    return (0.5 * y / np.abs(y).max()).astype(np.float32)


def _syllable(rng: np.random.Generator, sr: int) -> np.ndarray:
    """Return a consonant of noise and a vowel, with attack and decay."""
    n = round(rng.uniform(0.12, 0.26) * sr)
    t = np.arange(n) / sr
    pitch_hz = rng.uniform(95, 220) * (1 - 0.15 * t / t[-1])
    pulses = np.diff(np.floor(np.cumsum(pitch_hz) / sr), prepend=0.0)
    spectrum = np.fft.rfft(pulses)
    frequencies = np.fft.rfftfreq(n, 1 / sr)
    formants = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
    response = sum(
        1 / (k + 1) / (1 + ((frequencies - f) / BANDWIDTH_HZ) ** 2) for k, f in enumerate(formants)
    )
    vowel = np.fft.irfft(spectrum * response, n)
    vowel *= np.minimum(1, t / 0.02) * np.exp(-t / rng.uniform(0.08, 0.2))
    consonant = 0.15 * np.abs(vowel).max() * rng.normal(size=round(rng.uniform(0.02, 0.06) * sr))
    return rng.uniform(0.4, 1.0) * np.concatenate([consonant, vowel])
