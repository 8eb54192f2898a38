"""The styles and the artists who play them: a contract over all ten, and what sets them apart."""

import numpy as np
import pytest

from pipeline.datasets.artists import drawn_artist, rendered_track
from pipeline.datasets.styles import STYLES
from pipeline.datasets.takes import MAJOR, Take

SR = 22_050


def take_of(*, tempo_bpm=120.0, duration_s=4.0):
    """Make an empty take in C major."""
    return Take(
        y=np.zeros(round(duration_s * SR)),
        sr=SR,
        rng=np.random.default_rng(0),
        tempo_bpm=tempo_bpm,
        root=60,
        scale=MAJOR,
        progression=(0, 3, 4, 3),
    )


def played(style):
    """Four seconds of a style."""
    take = take_of()
    STYLES[style].play(take)
    return take.y


def centroid_hz(y):
    """Centre of the power spectrum."""
    power = np.abs(np.fft.rfft(y)) ** 2
    return float((np.fft.rfftfreq(len(y), 1 / SR) * power).sum() / power.sum())


@pytest.mark.parametrize("style", STYLES)
def test_style_contract(style):
    declared = STYLES[style]
    assert declared.neighbour in STYLES and declared.neighbour != style
    assert 0 < declared.slowest_bpm < declared.fastest_bpm
    y = played(style)
    assert len(y) == 4 * SR
    assert np.isfinite(y).all()
    seconds = np.sqrt(np.mean(y.reshape(4, -1) ** 2, axis=1))
    assert (seconds > 0.01).all()
    np.testing.assert_array_equal(y, played(style))


def test_pulse_hits_every_beat():
    y = played("pulse")
    low = np.abs(np.fft.irfft(np.where(np.arange(len(y) // 2 + 1) < 4 * 120, np.fft.rfft(y), 0)))
    beats = low.reshape(8, -1)  # 120 bpm: eight beats in four seconds
    assert (beats[:, : beats.shape[1] // 4].max(axis=1) > 0.5).all()


def test_registers_differ():
    assert centroid_hz(played("drone")) < 700 < centroid_hz(played("bells"))


def test_chords_pitches_and_beats():
    take = take_of()
    assert take.beat_s == 0.5
    assert take.n_beats == 8
    assert [take.chord(beat) for beat in (0, 3, 4, 8, 16)] == [0, 0, 3, 4, 0]
    assert take.pitch_hz(5) == pytest.approx(440.0)
    assert take.pitch_hz(-2, octave=1) == pytest.approx(440.0)
    assert take.pitch_hz(12) == pytest.approx(880.0)


def test_sound_past_the_end_is_cut():
    take = take_of(duration_s=1.0)
    take.add(np.ones(SR), 1.0, 0.5)
    take.add(np.ones(SR), 9.0, 1.0)
    assert take.y[: SR // 2].max() == 0
    assert take.y[SR // 2 :].tolist() == [0.5] * (SR // 2)


def test_artist_is_within_range_and_follows_from_its_generator():
    first, again, other = (drawn_artist(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert 0 <= first.pace <= 1 and 0 < first.level < 1


@pytest.mark.parametrize("blend", [0.0, 0.5])
def test_track_peaks_at_the_level_of_its_artist(blend):
    artist = drawn_artist(np.random.default_rng(3))
    y = rendered_track(
        "swing", artist, np.random.default_rng(0), duration_s=2.0, sr=SR, blend=blend
    )
    assert len(y) == 2 * SR
    assert np.max(np.abs(y)) == pytest.approx(artist.level)


def test_blend_brings_in_the_neighbour():
    artist = drawn_artist(np.random.default_rng(3))
    pure, mixed = (
        rendered_track("bells", artist, np.random.default_rng(0), duration_s=2.0, sr=SR, blend=b)
        for b in (0.0, 0.5)
    )
    assert abs(np.corrcoef(pure, mixed)[0, 1]) < 0.99
