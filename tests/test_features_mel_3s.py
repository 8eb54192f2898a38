"""The first 3 s of a clip: what they are relative to, short clips, and others' numbers."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import decode
from pipeline.config import ANALYSIS, data_candidates
from pipeline.features.mel_3s import mel_3s
from pipeline.features.sequences import mel_sequence

SR = ANALYSIS.sr
RNG = np.random.default_rng(0)
NOISE = (RNG.uniform(-0.5, 0.5, 5 * SR) * np.repeat([0.1, 0.2, 0.4, 0.8, 0.3], SR)).astype("f4")


def test_levels_are_standardised_over_the_whole_clip() -> None:
    levels = 10 * np.log10(np.exp(mel_sequence(NOISE, sr=SR) / 10 * np.log(10)))
    expected = (levels[:130] - levels.mean()) / levels.std()
    np.testing.assert_allclose(mel_3s(NOISE, sr=SR), expected, atol=1e-4)
    assert mel_3s(NOISE, sr=SR)[:40].mean() < -0.5  # the quietest second of the clip


def test_gain_does_not_matter() -> None:
    np.testing.assert_allclose(mel_3s(NOISE, sr=SR), mel_3s(NOISE / 64, sr=SR), atol=1e-4)


def test_a_short_clip_goes_on_by_reflection() -> None:
    short = mel_3s(NOISE[: 2 * SR], sr=SR)
    assert short.shape == (130, 128)
    there = 1 + 2 * SR // 512
    assert np.array_equal(short[there:], short[there - 2 : 2 * there - 132 : -1])


def test_silence_is_all_zero() -> None:
    assert not mel_3s(np.zeros(4 * SR, np.float32), sr=SR).any()


def test_real_clips_are_what_others_computed(data_root: Path) -> None:
    """``mel_3s.npz`` holds float16, and its clips were padded by silence, not by reflection."""
    folder = next(f for f in data_candidates(data_root) if (f / "genres_original").is_dir())
    stored = folder / "mel_3s" / "mel_3s.npz"
    if not stored.is_file():
        pytest.skip(f"no {stored}: this table is not part of Kaggle's archive")
    with np.load(stored) as file:
        known = dict(zip(file["track_id"].tolist(), file["mel"], strict=True))
    clips = sorted((folder / "genres_original").glob("*/*.00001.*"))
    assert len(clips) >= 10
    for clip in clips:
        ours = mel_3s(decode(clip, sr=SR).y, sr=SR)
        theirs = known[clip.stem].T.astype(float)
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.999, clip.stem
        assert np.abs(ours - theirs)[2:].max() < 0.02, clip.stem  # frames without padding
