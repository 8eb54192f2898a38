"""Write the expected statistics of a synthetic clip, computed with librosa alone.

Run ``python tests/golden/write_golden.py`` after a deliberate change of the recipe; the tests only
read the file it writes. Shares no code with ``pipeline.features``: each feature is computed from
the samples by librosa's own function, padded by reflection.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

SR = 22_050
N_SAMPLES = 661_794  # as most GTZAN clips: 30.01 s
SEGMENT_STRIDE, SEGMENT_LENGTH = 66_150, 66_149
GOLDEN = Path(__file__).with_name("summary_statistics.json")


def synthetic_clip() -> np.ndarray:
    """Return 30 s of chords, drums and hiss at 126 beats a minute, (661794,), float32."""
    rng = np.random.default_rng(20)
    t = np.arange(N_SAMPLES) / SR
    beat = 60 / 126
    y = 0.01 * rng.standard_normal(N_SAMPLES)
    roots_hz = 110 * 2 ** (np.array([0, 5, 7, 3]) / 12)
    root_hz = roots_hz[(t // (4 * beat)).astype(int) % len(roots_hz)]
    phase = 2 * np.pi * np.cumsum(root_hz) / SR
    for ratio, level in ((1, 0.2), (1.5, 0.12), (2.5, 0.08), (4, 0.05)):
        y += level * np.sin(ratio * phase) * (1 + 0.3 * np.sin(2 * np.pi * 0.31 * ratio * t))
    since_beat = t % beat
    y += 0.5 * np.exp(-since_beat * 30) * np.sin(2 * np.pi * 60 * since_beat)
    since_half = (t + beat / 2) % beat
    y += 0.2 * np.exp(-since_half * 80) * rng.standard_normal(N_SAMPLES)
    return (y * np.interp(t, [0, 3, 27, 30.1], [0.3, 1, 1, 0.1]) * 0.6).astype(np.float32)


def librosa_statistics(y: np.ndarray, *, sr: int) -> np.ndarray:
    """Return the 57 statistics the plain way: every feature anew from the samples."""
    import librosa  # heavy, and not needed by those who only want the clip

    reflect: dict[str, Any] = {"sr": sr, "pad_mode": "reflect"}
    onsets = librosa.onset.onset_strength(y=y, aggregate=np.median, **reflect)
    tempo, _ = librosa.beat.beat_track(onset_envelope=onsets, sr=sr)
    harmonic, percussive = _librosa_hpss(y)
    series = [
        librosa.feature.chroma_stft(y=y, **reflect),
        librosa.feature.rms(y=y, pad_mode="reflect"),
        librosa.feature.spectral_centroid(y=y, **reflect),
        librosa.feature.spectral_bandwidth(y=y, **reflect),
        librosa.feature.spectral_rolloff(y=y, **reflect),
        librosa.feature.zero_crossing_rate(y),
        harmonic,
        percussive,
    ]
    coefficients = librosa.feature.mfcc(y=y, n_mfcc=20, **reflect)
    statistics = [part for values in series for part in _moments(values)]
    statistics.append(float(np.atleast_1d(tempo)[0]))
    statistics += [part for values in coefficients for part in _moments(values)]
    return np.array(statistics)


def golden_signals() -> dict[str, np.ndarray]:
    """Return the signals whose statistics are kept: the clip and two of its segments."""
    y = synthetic_clip()
    signals = {"whole": y}
    for k in (0, 5):
        start = k * SEGMENT_STRIDE
        signals[f"segment {k}"] = y[start : start + SEGMENT_LENGTH]
    return signals


def _librosa_hpss(y: np.ndarray) -> list[np.ndarray]:
    """Return ``librosa.effects.hpss`` as it was when the tables were made.

    The inverse transform did not know the signal's length then and ended with the last whole hop.
    """
    import librosa

    spectra = librosa.decompose.hpss(librosa.stft(y, pad_mode="reflect"))
    return [librosa.util.fix_length(librosa.istft(part), size=len(y)) for part in spectra]


def _moments(values: np.ndarray) -> tuple[float, float]:
    precise = values.astype(np.float64)
    return float(precise.mean()), float(precise.var())


def write_golden() -> None:
    """Write ``summary_statistics.json`` beside this script."""
    statistics = {
        name: librosa_statistics(y, sr=SR).tolist() for name, y in golden_signals().items()
    }
    content = {"librosa": version("librosa"), "statistics": statistics}
    GOLDEN.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()
