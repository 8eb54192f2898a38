"""Noise and speech are told from music; music is not taken for either."""

from pathlib import Path

import numpy as np
import pytest
from synthetic_speech import synthetic_speech
from tiny_models import synthetic_clip

from pipeline.audio import decode
from pipeline.config import ANALYSIS, REPOSITORY
from pipeline.sound_kind import SoundMeasures, sound_measures

SR = ANALYSIS.sr
MARGIN = {"flatness": 0.08, "quiet": 0.03, "pauses": 0.03}  # that real music keeps


def noise(*, slope: float, seed: int = 0, duration_s: float = 20.0) -> np.ndarray:
    """Return noise whose power falls with frequency to the power ``slope``: 0 white, 1 pink."""
    n = round(duration_s * SR)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=n))
    y = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** (slope / 2), n)
    return (0.3 * y / np.abs(y).max()).astype(np.float32)


@pytest.mark.parametrize("slope", [0, 1, 2], ids=["white", "pink", "brown"])
@pytest.mark.parametrize("level", [1.0, 0.05])
def test_noise_of_any_colour_and_level_is_noise(slope: float, level: float):
    measures = sound_measures(level * noise(slope=slope), sr=SR)
    assert measures is not None
    assert measures.kind == "noise"
    assert measures.flatness == pytest.approx(0.565, abs=0.03)


@pytest.mark.parametrize("seed", range(4))
def test_syllables_and_pauses_are_speech(seed: int):
    measures = sound_measures(synthetic_speech(seed, duration_s=15.0, sr=SR), sr=SR)
    assert measures is not None and measures.kind == "speech", measures


def test_a_tone_is_neither_and_its_octaves_are_not_flat():
    t = np.arange(10 * SR) / SR
    measures = sound_measures(0.3 * np.sin(2 * np.pi * 440 * t).astype(np.float32), sr=SR)
    assert measures is not None and measures.kind is None
    assert measures.flatness < 0.2 and measures.quiet == measures.pauses == 0


def test_a_level_that_changes_four_times_a_second_is_modulated_like_syllables():
    t = np.arange(10 * SR) / SR
    tone = np.sin(2 * np.pi * 300 * t) * 0.5
    for rate_hz, expected in ((4, 1), (1, 0), (12, 0)):
        y = (tone * (1 + np.sin(2 * np.pi * rate_hz * t))).astype(np.float32)
        measures = sound_measures(y, sr=SR)
        assert measures is not None
        assert measures.modulation == pytest.approx(expected, abs=0.05)


def test_silence_around_a_clip_changes_nothing():
    y = synthetic_clip(3, duration_s=8.0)
    silence = np.zeros(5 * SR, dtype=np.float32)
    alone, inside = (sound_measures(one, sr=SR) for one in (y, np.concatenate([silence, y])))
    assert alone is not None and inside is not None
    assert (alone.quiet, alone.pauses) == pytest.approx((inside.quiet, inside.pauses), abs=0.01)
    assert alone.flatness == pytest.approx(inside.flatness, abs=0.02)


def test_an_offset_changes_nothing_and_is_no_noise_itself():
    y = synthetic_clip(3, duration_s=8.0)
    alone, shifted = (sound_measures(one, sr=SR) for one in (y, y + np.float32(0.4)))
    assert alone is not None and shifted is not None
    assert (alone.quiet, alone.pauses) == pytest.approx((shifted.quiet, shifted.pauses), abs=0.01)
    assert alone.modulation == pytest.approx(shifted.modulation, abs=0.01)
    assert sound_measures(np.full(10 * SR, 0.5, dtype=np.float32), sr=SR) is None


@pytest.mark.parametrize("duration_s", [0.5, 2.9])
def test_nothing_is_said_of_less_than_three_seconds(duration_s: float):
    assert sound_measures(noise(slope=0, duration_s=duration_s), sr=SR) is None


def test_silence_has_no_measures():
    assert sound_measures(np.zeros(10 * SR, dtype=np.float32), sr=SR) is None


@pytest.mark.parametrize(
    ("measures", "kind"),
    [
        (SoundMeasures(0.5, 0.0, 0.0, 0.0), "noise"),
        (SoundMeasures(0.3, 0.4, 0.2, 0.5), "speech"),
        (SoundMeasures(0.3, 0.4, 0.2, 0.3), None),
        (SoundMeasures(0.3, 0.4, 0.05, 0.5), None),
        (SoundMeasures(0.3, 0.2, 0.2, 0.5), None),
    ],
)
def test_speech_needs_all_three_of_its_signs(measures: SoundMeasures, kind: str | None):
    assert measures.kind == kind


def test_the_examples_of_the_page_are_music():
    clips = [p for p in (REPOSITORY / "assets" / "examples").iterdir() if p.suffix != ".json"]
    assert len(clips) >= 3
    for path in clips:
        measures = sound_measures(decode(path, sr=SR).y, sr=SR)
        assert measures is not None and measures.kind is None, path.name


def test_no_clip_of_gtzan_is_near_a_threshold(data_root: Path):
    """The docstring's numbers: 60 clips, none called noise or speech, with room to spare."""
    folder = next(path for path in data_root.rglob("genres_original") if path.is_dir())
    clips = sorted(path for path in folder.rglob("*.*") if path.is_file())
    found = [sound_measures(decode(path, sr=SR).y, sr=SR) for path in clips]
    measured = [one for one in found if one is not None]
    assert len(measured) == len(clips) >= 50
    assert {one.kind for one in measured} == {None}
    assert max(one.flatness for one in measured) < 0.47 - MARGIN["flatness"] + 0.01
    assert max(one.quiet for one in measured) < 0.33 - MARGIN["quiet"]
    assert max(one.pauses for one in measured) < 0.11 - MARGIN["pauses"]
