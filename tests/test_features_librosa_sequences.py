"""Chroma, tone space, contrast and tempogram of signals whose answer is known."""

import numpy as np
import pytest

from pipeline.config import ANALYSIS
from pipeline.features.librosa_sequences import (
    chroma_cens,
    spectral_contrast,
    tempogram,
    tonnetz,
)

SR = ANALYSIS.sr
T = np.arange(4 * SR) / SR


def chord(*frequencies_hz: float) -> np.ndarray:
    return sum(0.2 * np.sin(2 * np.pi * hz * T) for hz in frequencies_hz) + np.zeros(len(T))


def test_cens_of_a_triad_has_its_three_pitch_classes() -> None:
    energy = chroma_cens(chord(261.63, 329.63, 392.0), sr=SR)  # C, E, G
    assert energy.shape == (173, 12)
    assert set(np.argsort(energy.mean(axis=0))[-3:]) == {0, 4, 7}
    assert np.linalg.norm(energy, axis=1) == pytest.approx(1, abs=1e-4)


def test_cens_of_silence_is_zero() -> None:
    assert chroma_cens(np.zeros(2 * SR), sr=SR) == pytest.approx(0)


def test_a_fifth_lies_close_in_tone_space_and_a_tritone_far() -> None:
    places = {
        name: tonnetz(chord(hz), sr=SR).mean(axis=0)
        for name, hz in (("C", 261.63), ("G", 392.0), ("F sharp", 369.99))
    }
    distance = {name: np.linalg.norm(places["C"][:2] - place[:2]) for name, place in places.items()}
    assert distance["G"] < 0.5 * distance["F sharp"]  # on the circle of fifths


def test_contrast_of_a_tone_is_larger_than_of_noise() -> None:
    noise = 0.2 * np.random.default_rng(0).standard_normal(len(T))
    of_tone, of_noise = (spectral_contrast(y, sr=SR).mean(axis=0) for y in (chord(1000), noise))
    assert of_tone[3] > of_noise[3] + 15  # the band of 800 to 1600 Hz, in dB
    assert spectral_contrast(np.zeros(SR), sr=SR) == pytest.approx(0)


@pytest.mark.parametrize("bpm", [100, 140])
def test_tempogram_repeats_after_a_beat(bpm: float) -> None:
    noise = np.random.default_rng(0).standard_normal(len(T))
    beats = 0.3 * noise * np.exp(-60 * (T % (60 / bpm)))
    repetition = tempogram(beats, sr=SR)[60:-60].mean(axis=0)
    lag = 60 / bpm * SR / 512
    found = 10 + np.argmax(repetition[10 : int(1.5 * lag)])
    assert found == pytest.approx(lag, abs=1)
    assert repetition[0] == pytest.approx(1, abs=1e-5)


def test_tempogram_of_silence_is_zero() -> None:
    assert not tempogram(np.zeros(SR), sr=SR).any()
