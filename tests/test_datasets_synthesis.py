"""Sounds: pitch, level, decay and noise bands are what was asked for."""

import numpy as np
import pytest

from pipeline.datasets import synthesis

SR = 22_050


def peak_hz(y):
    """Frequency of the largest component."""
    return np.fft.rfftfreq(len(y), 1 / SR)[np.argmax(np.abs(np.fft.rfft(y)))]


def share_between(y, low_hz, high_hz):
    """Share of the energy between two frequencies."""
    power = np.abs(np.fft.rfft(y)) ** 2
    f = np.fft.rfftfreq(len(y), 1 / SR)
    return power[(f >= low_hz) & (f <= high_hz)].sum() / power.sum()


def test_tone_has_the_pitch_and_partials_asked_for():
    y = synthesis.tone(440.0, 1.0, sr=SR, partials=[0.5, 0.0, 1.0], attack_s=0.001)
    spectrum = np.abs(np.fft.rfft(y))
    assert peak_hz(y) == 1320
    assert spectrum[440] / spectrum[1320] == pytest.approx(0.5, rel=0.01)
    assert spectrum[880] < 0.01 * spectrum[1320]
    assert np.max(np.abs(y)) == pytest.approx(1.0)


def test_tone_is_the_sum_of_sines_written_out():
    t = np.arange(2_205) / SR
    y = synthesis.tone(100.0, 0.1, sr=SR, partials=[1.0, 0.5], decay_s=0.05)
    expected = np.exp(-t / 0.05) * np.sin(2 * np.pi * 100 * t)
    expected += 0.5 * np.exp(-1.4 * t / 0.05) * np.sin(2 * np.pi * 200 * t)
    expected *= np.minimum(1, t / 0.005) * np.clip((t[-1] - t) / 0.01, 0, 1)
    np.testing.assert_allclose(y, expected / np.max(np.abs(expected)), atol=1e-12)


def test_partials_above_nyquist_are_left_out():
    y = synthesis.tone(8_000.0, 0.5, sr=SR, partials=[1.0, 1.0])
    assert share_between(y, 7_900, 8_100) > 0.99


def test_harmonics_fall_and_can_be_odd_only():
    np.testing.assert_allclose(synthesis.harmonics(3, roll_off=1.0), [1, 1 / 2, 1 / 3])
    np.testing.assert_allclose(synthesis.harmonics(3, roll_off=1.0, odd_only=True), [1, 0, 1 / 3])


def test_band_noise_stays_in_its_band():
    y = synthesis.band_noise(np.random.default_rng(0), 1.0, sr=SR, low_hz=1_000, high_hz=2_000)
    assert len(y) == SR
    assert share_between(y, 990, 2_010) > 0.99


def test_tilt_turns_the_spectrum_by_its_slope_per_octave():
    y = np.zeros(SR)
    y[0] = 1.0
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(synthesis.tilted(y, sr=SR, slope_db=-3.0))))
    assert gain_db[1_000] == pytest.approx(0.0, abs=1e-9)
    assert gain_db[2_000] == pytest.approx(-3.0, abs=1e-6)
    assert gain_db[250] == pytest.approx(6.0, abs=1e-6)


def test_room_adds_a_tail_at_its_level():
    rng = np.random.default_rng(0)
    y = np.zeros(SR)
    y[100] = 1.0
    wet = synthesis.in_room(y, rng, sr=SR, decay_s=0.1, wet=0.5)
    tail = wet - y
    assert np.sqrt(np.mean(tail**2)) == pytest.approx(0.5 * np.sqrt(np.mean(y**2)), rel=1e-6)
    assert np.max(np.abs(tail[:90])) < 1e-9
    assert np.mean(tail[100:1_000] ** 2) > 10 * np.mean(tail[6_000:6_900] ** 2)


def test_silence_through_a_room_stays_silent():
    y = synthesis.in_room(np.zeros(1_000), np.random.default_rng(0), sr=SR, decay_s=0.1, wet=1.0)
    assert np.max(np.abs(y)) == 0


def test_distortion_keeps_the_peak_and_adds_odd_harmonics():
    y = np.sin(2 * np.pi * 100 * np.arange(SR) / SR)
    loud = synthesis.distorted(y, drive=5.0)
    assert np.max(np.abs(loud)) == pytest.approx(1.0, abs=1e-4)
    spectrum = np.abs(np.fft.rfft(loud))
    assert spectrum[300] > 0.1 * spectrum[100] > spectrum[200]


@pytest.mark.parametrize("drum", ["kick", "snare", "hat", "bell"])
def test_struck_sounds_die_away(drum):
    rng = np.random.default_rng(0)
    y = {
        "kick": lambda: synthesis.kick(sr=SR),
        "snare": lambda: synthesis.snare(rng, sr=SR),
        "hat": lambda: synthesis.cymbal(rng, sr=SR, decay_s=0.03),
        "bell": lambda: synthesis.bell(880.0, 2.0, sr=SR, decay_s=0.3),
    }[drum]()
    quarter = len(y) // 4
    assert np.mean(y[:quarter] ** 2) > 10 * np.mean(y[-quarter:] ** 2)


def test_kick_is_low_and_hat_is_high():
    assert share_between(synthesis.kick(sr=SR), 0, 250) > 0.95
    hat = synthesis.cymbal(np.random.default_rng(0), sr=SR, decay_s=0.03)
    assert share_between(hat, 4_500, SR / 2) > 0.95
