"""Laws of decoding and segmentation that hold for any length, rate, channel count and gain.

The examples are the same in every run (``derandomize``), so that a failure is never luck.
"""

import io
import itertools

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st
from media import LAYOUTS, media

from pipeline.audio import decode, inspect, stream_windows, window_samples, windows
from pipeline.config import ANALYSIS

SR = ANALYSIS.sr
SAME_EACH_TIME = settings(derandomize=True, deadline=None, max_examples=60, database=None)
RATES = st.sampled_from([1_000, 8_000, 11_025, 16_000, SR, 32_000, 44_100, 48_000, 96_000])
SEEDS = st.integers(0, 2**32 - 1)


def noise(seed: int, n_frames: int, n_channels: int = 1, *, level: float = 0.5) -> np.ndarray:
    """Return white noise of shape (n_frames, n_channels), float32, evenly within the level."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-level, level, (n_frames, n_channels)).astype(np.float32)


def wav(y: np.ndarray, sr: int, subtype: str = "FLOAT") -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, y, sr, format="WAV", subtype=subtype)
    return stream.getvalue()


def silence(n_samples: int) -> np.ndarray:
    """Return zeros that take no memory."""
    return np.broadcast_to(np.float32(0), n_samples)


@SAME_EACH_TIME
@given(st.integers(1, 100_000), RATES, RATES, st.integers(1, 8), SEEDS)
def test_decoded_length_is_the_length_in_the_file(
    n_frames: int, original_sr: int, sr: int, n_channels: int, seed: int
) -> None:
    content = wav(noise(seed, n_frames, n_channels), original_sr)
    clip = decode(content, sr=sr)
    assert clip.duration_s == n_frames / original_sr
    assert (clip.sr, clip.original_sr, clip.channels) == (sr, original_sr, n_channels)
    assert abs(len(clip.y) - n_frames * sr / original_sr) <= 1
    found = inspect(content)
    assert (found.duration_s, found.channels) == (clip.duration_s, n_channels)


@SAME_EACH_TIME
@given(st.integers(1, 50_000), RATES, st.sampled_from(sorted(LAYOUTS)), SEEDS)
def test_ffmpeg_gives_what_libsndfile_gives(
    n_frames: int, original_sr: int, n_channels: int, seed: int
) -> None:
    y = noise(seed, n_frames, n_channels)
    by_ffmpeg = decode(media(y, original_sr, container="mov", codec="pcm_f32le"), sr=SR)
    by_libsndfile = decode(wav(y, original_sr), sr=SR)
    assert by_ffmpeg.duration_s == by_libsndfile.duration_s
    assert np.array_equal(by_ffmpeg.y, by_libsndfile.y)


@SAME_EACH_TIME
@given(st.integers(SR, 200 * SR))
@example(66_149)  # one sample short of 3 s, and complete
@example(66_148)
@example(132_298)
@example(132_299)
def test_windows_of_3_s_lie_on_the_grid_and_none_is_missing(n_samples: int) -> None:
    found = windows(silence(n_samples), sr=SR, window_s=3)
    if n_samples < ANALYSIS.segment_length:
        assert found == [(0, n_samples, True)]
        return
    assert [window.start for window in found] == [66_150 * k for k in range(len(found))]
    assert {window.end - window.start for window in found} == {66_149}
    assert not any(window.padded for window in found)
    assert found[-1].end <= n_samples < found[-1].start + 66_150 + 66_149


@SAME_EACH_TIME
@given(st.integers(SR, 200 * SR), RATES)
@example(31 * SR, SR)
@example(31 * SR + 1, SR)
@example(40 * SR - 1, SR)
@example(40 * SR, SR)
def test_windows_of_30_s_follow_each_other_and_drop_a_short_tail(n_samples: int, sr: int) -> None:
    n_samples = max(n_samples, sr)
    found = windows(silence(n_samples), sr=sr, window_s=30)
    assert found[0].start == 0
    for before, after in itertools.pairwise(found):
        assert (before.end, before.end - before.start) == (after.start, 30 * sr)
    dropped = n_samples - found[-1].end
    assert 0 <= dropped < 10 * sr
    if len(found) > 1 or dropped:
        assert found[-1].end - found[-1].start >= 10 * sr
        assert n_samples > 31 * sr
    assert all(window.end - window.start <= 31 * sr for window in found)


@SAME_EACH_TIME
@given(
    st.floats(1.0, 75.0), RATES, st.integers(1, 3), st.sampled_from([3, 30]),
    st.integers(1_000, 2**21), SEEDS,
)  # fmt: skip
def test_stream_equals_windows_of_the_decoded_clip_for_any_block(
    duration_s: float, original_sr: int, n_channels: int, window_s: int, block: int, seed: int
) -> None:
    sr = 4_000  # few samples, so that many seconds are quick
    n_frames = int(np.ceil(duration_s * original_sr)) + 1
    content = wav(noise(seed, n_frames, n_channels), original_sr, "PCM_16")
    y = decode(content, sr=sr).y
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.audio.recording.BLOCK_SAMPLES", block)
        found = list(stream_windows(content, sr=sr, window_s=window_s))
    assert [window for window, _ in found] == windows(y, sr=sr, window_s=window_s)
    for window, samples in found:
        assert np.array_equal(samples, window_samples(y, window, sr=sr))


@SAME_EACH_TIME
@given(st.integers(SR, 4 * SR), SEEDS)
def test_padded_window_has_full_length_and_only_samples_of_the_clip(
    n_samples: int, seed: int
) -> None:
    y = noise(seed, n_samples)[:, 0]
    for window in windows(y, sr=SR, window_s=3):
        samples = window_samples(y, window, sr=SR)
        assert len(samples) == ANALYSIS.segment_length
        kept = min(len(y), len(samples))
        assert np.array_equal(samples[:kept], y[:kept])
        assert np.isin(samples, y).all()


@SAME_EACH_TIME
@given(st.integers(2, 60_000), RATES, st.integers(-10, 4), SEEDS)
def test_gain_of_the_file_is_gain_of_the_samples(
    n_frames: int, original_sr: int, doublings: int, seed: int
) -> None:
    y = noise(seed, n_frames, 2)
    gain = np.float32(2.0**doublings)
    plain = decode(wav(y, original_sr), sr=SR)
    scaled = decode(wav(y * gain, original_sr), sr=SR)
    np.testing.assert_allclose(scaled.y, plain.y * gain, rtol=1e-5, atol=1e-6 * gain)
    if original_sr == SR:  # a power of two changes no digit
        assert np.array_equal(scaled.y, plain.y * gain)


@SAME_EACH_TIME
@given(st.integers(1, 60_000), RATES, st.permutations(range(4)), st.integers(2, 4), SEEDS)
def test_order_of_the_channels_does_not_matter(
    n_frames: int, original_sr: int, order: list[int], n_channels: int, seed: int
) -> None:
    order = [channel for channel in order if channel < n_channels]
    y = noise(seed, n_frames, n_channels)
    one = decode(wav(y, original_sr), sr=SR).y
    other = decode(wav(y[:, order], original_sr), sr=SR).y
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    if n_channels == 2:
        assert np.array_equal(one, other)


@SAME_EACH_TIME
@given(
    st.integers(1, 60_000), RATES, st.integers(1, 3),
    st.sampled_from([("PCM_16", 15), ("PCM_24", 23), ("PCM_32", 31), ("FLOAT", 24),
                     ("DOUBLE", 24), ("PCM_U8", 7)]),
    SEEDS,
)  # fmt: skip
def test_type_of_the_file_matters_no_more_than_its_steps(
    n_frames: int, original_sr: int, n_channels: int, kind: tuple[str, int], seed: int
) -> None:
    subtype, bits = kind
    y = noise(seed, n_frames, n_channels, level=0.9)
    clip = decode(wav(y, original_sr, subtype), sr=original_sr)
    step = max(2.0**-bits, 2.0**-22)  # float32 itself, through a mean
    np.testing.assert_allclose(clip.y, y.mean(axis=1), rtol=0, atol=step)


@SAME_EACH_TIME
@given(st.integers(1, 60_000), st.sampled_from(["PCM_16", "PCM_U8"]), SEEDS)
def test_whole_numbers_come_out_exactly(n_frames: int, subtype: str, seed: int) -> None:
    full_scale = 2**15 if subtype == "PCM_16" else 2**7
    rng = np.random.default_rng(seed)
    integers = rng.integers(-full_scale, full_scale, n_frames)
    scaled = (integers * (2**15 // full_scale)).astype(np.int16)
    assert np.array_equal(decode(wav(scaled, SR, subtype), sr=SR).y * full_scale, integers)
