"""Alterations do to samples what they say, and nothing else."""

import numpy as np
import pytest

from pipeline.audio.alterations import (
    ALTERATIONS,
    LOWEST_PINK_HZ,
    altered,
    pink_noise,
    white_noise,
)

SR = 22_050
SECONDS = 3.0
TONE_HZ = 440.0
EVERY = [(one.name, level) for one in ALTERATIONS.values() for level in one.levels]
LENGTH_CHANGES = {"tempo", "crop"}


def tone(frequency_hz: float, *, amplitude: float = 0.5, seconds: float = SECONDS) -> np.ndarray:
    t = np.arange(round(seconds * SR)) / SR
    return (amplitude * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)


def music(seed: int = 0) -> np.ndarray:
    """Tones over noise at all frequencies, so that every filter finds something to take."""
    noise = 0.05 * np.random.default_rng(seed).standard_normal(round(SECONDS * SR))
    return (tone(220) + tone(3_000, amplitude=0.2) + noise).astype(np.float32)


def peak_hz(y: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y))))
    return float(np.fft.rfftfreq(len(y), 1 / SR)[spectrum.argmax()])


def power_between(y: np.ndarray, low_hz: float, high_hz: float) -> float:
    frequency = np.fft.rfftfreq(len(y), 1 / SR)
    inside = (frequency >= low_hz) & (frequency < high_hz)
    return float((np.abs(np.fft.rfft(y)[inside]) ** 2).sum())


def decibels(ratio: float) -> float:
    return 10 * np.log10(ratio)


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_an_alteration_changes_the_clip_and_gives_the_same_twice(name: str, level: float) -> None:
    y = music()
    first, second = (altered(y, sr=SR, alteration=name, level=level) for _ in range(2))
    assert first.dtype == np.float32 and np.isfinite(first).all()
    np.testing.assert_array_equal(first, second)
    if name not in LENGTH_CHANGES:
        assert len(first) == len(y)
        assert np.abs(first - y).max() > 1e-4
    np.testing.assert_array_equal(y, music())  # what was given stays as it was


@pytest.mark.parametrize("name", ["white_noise", "pink_noise"])
@pytest.mark.parametrize("snr_db", [30, 20, 10])
def test_noise_is_as_far_below_the_music_as_asked(name: str, snr_db: float) -> None:
    y = music()
    noise = altered(y, sr=SR, alteration=name, level=snr_db).astype(np.float64) - y
    assert decibels(np.mean(np.square(y)) / np.mean(np.square(noise))) == pytest.approx(
        snr_db, abs=0.01
    )


def test_white_noise_is_equal_in_bands_of_equal_width_pink_noise_in_octaves() -> None:
    y = tone(TONE_HZ)
    white, pink = (function(y, SR, 10) - y for function in (white_noise, pink_noise))
    widths = [power_between(white, low, low + 1_000) for low in (1_000, 4_000, 8_000)]
    octaves = [power_between(pink, low, 2 * low) for low in (100, 800, 3_200)]
    assert decibels(max(widths) / min(widths)) < 0.7
    assert decibels(max(octaves) / min(octaves)) < 0.7
    # no flood below what can be heard: two octaves of pink noise there would have the power of two
    unheard = power_between(pink, LOWEST_PINK_HZ / 4, LOWEST_PINK_HZ)
    assert unheard < 1.5 * power_between(pink, 50, 100)


def test_noise_over_silence_is_silence() -> None:
    y = np.zeros(SR, dtype=np.float32)
    np.testing.assert_array_equal(altered(y, sr=SR, alteration="white_noise", level=10), y)


@pytest.mark.parametrize("semitones", ALTERATIONS["pitch"].levels)
def test_pitch_moves_the_peak_of_a_tone_and_keeps_its_length(semitones: float) -> None:
    y = altered(tone(TONE_HZ), sr=SR, alteration="pitch", level=semitones)
    assert peak_hz(y) == pytest.approx(TONE_HZ * 2 ** (semitones / 12), abs=1.0)
    assert len(y) == round(SECONDS * SR)


@pytest.mark.parametrize("percent", ALTERATIONS["tempo"].levels)
def test_tempo_changes_the_duration_and_keeps_the_pitch(percent: float) -> None:
    y = altered(tone(TONE_HZ), sr=SR, alteration="tempo", level=percent)
    assert len(y) / SR == pytest.approx(SECONDS / (1 + percent / 100), abs=0.01)
    assert peak_hz(y) == pytest.approx(TONE_HZ, abs=1.0)


@pytest.mark.parametrize("gain_db", ALTERATIONS["gain"].levels)
def test_gain_scales_and_clips_at_full_scale(gain_db: float) -> None:
    y = altered(tone(TONE_HZ, amplitude=0.5), sr=SR, alteration="gain", level=gain_db)
    expected = 0.5 * 10 ** (gain_db / 20)
    assert np.abs(y).max() == pytest.approx(min(1.0, expected), rel=1e-3)
    share_clipped = float((np.abs(y) == 1).mean())
    assert (share_clipped > 0.1) == (gain_db == 12)  # 0.5 and 6 dB stay a hair below 1


@pytest.mark.parametrize("cutoff_khz", ALTERATIONS["low_pass"].levels)
def test_low_pass_keeps_what_is_below_and_takes_what_is_above(cutoff_khz: float) -> None:
    below, above = tone(500 * cutoff_khz), tone(1_250 * cutoff_khz)
    kept, taken = (
        altered(y, sr=SR, alteration="low_pass", level=cutoff_khz) for y in (below, above)
    )
    middle = slice(SR, -SR)  # a tone that begins at once has all frequencies there
    np.testing.assert_allclose(kept[middle], below[middle], atol=2e-3)  # in place: no delay
    assert np.abs(taken[middle]).max() < 0.03


def test_mp3_stays_in_place_and_loses_more_at_lower_rates() -> None:
    y = music()
    losses = []
    for kbit_s in ALTERATIONS["mp3"].levels:
        decoded = altered(y, sr=SR, alteration="mp3", level=kbit_s)
        assert np.corrcoef(decoded, y)[0, 1] > 0.97  # a delay of one sample of 3 kHz would show
        losses.append(float(np.mean(np.square(decoded - y)) / np.mean(np.square(y))))
    assert losses == sorted(losses)
    assert 1e-4 < losses[0] and losses[-1] < 0.05 and losses[-1] > 2 * losses[0]


@pytest.mark.parametrize("duration_s", [2, 1.5])
def test_crop_is_the_middle(duration_s: float) -> None:
    y = np.arange(round(SECONDS * SR), dtype=np.float32)
    cut = altered(y, sr=SR, alteration="crop", level=duration_s)
    assert len(cut) == round(duration_s * SR)
    assert cut[0] == pytest.approx(len(y) - 1 - cut[-1], abs=1)


def test_crop_leaves_a_shorter_clip_as_it_is() -> None:
    y = music()
    np.testing.assert_array_equal(altered(y, sr=SR, alteration="crop", level=10), y)


def test_unknown_alteration_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="no alteration 'echo'; there are mp3, gain"):
        altered(music(), sr=SR, alteration="echo", level=1)


def test_levels_are_said_as_people_read_them() -> None:
    labels = [ALTERATIONS[name].label(level) for name, level in EVERY]
    assert len(set(labels)) == len(labels)
    assert {"MP3, 32 kbit/s", "Gain, +6 dB", "Pitch, +1 semitone", "Tempo, +10 %"} <= set(labels)
    assert "Pitch, \N{MINUS SIGN}2 semitones" in labels
