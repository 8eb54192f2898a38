"""Laws that features obey whatever the sound: gain, shift, channels, type, and no surprises.

Signals are made of tones, noise and clicks, as many as hypothesis likes; the same ones every time.
"""

import io
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.audio import decode
from pipeline.config import ANALYSIS
from pipeline.features import FEATURES
from pipeline.features.pictures import clip_pictures, waveform
from pipeline.features.sequences import mel_sequence, mfcc_sequence
from pipeline.features.summary import FEATURE_NAMES, summary_statistics

SR, HOP, N_FFT = ANALYSIS.sr, ANALYSIS.hop_length, ANALYSIS.n_fft
N_SAMPLES = 40 * HOP
LIGHT = ("summary", "mel", "mfcc_sequence", "mfcc_pieces", "mel_image", "mel_drawing")
SHIFTED = ("mel", "mfcc_sequence")
steady = settings(
    derandomize=True,
    deadline=None,
    max_examples=10,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no fault of the code
)


@st.composite
def sounds(draw: Any, n_samples: int = N_SAMPLES) -> np.ndarray:
    """Tones in noise, well above the floors of 1e-10 that decibels and zero crossings have."""
    t = np.arange(n_samples) / SR
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    y = draw(st.floats(0.01, 0.1)) * rng.standard_normal(n_samples)
    for hz in draw(st.lists(st.floats(60, 8000), max_size=4)):
        y += 0.1 * np.sin(2 * np.pi * hz * t)
    return np.clip(y, -0.9, 0.9).astype(np.float32)


def named(y: np.ndarray) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, summary_statistics(y, sr=SR).tolist(), strict=True))


@steady
@given(y=sounds(), octaves=st.integers(-4, 4))
def test_gain_scales_levels_and_nothing_else(y: np.ndarray, octaves: int) -> None:
    """A power of two is exact in binary, so that no rounding hides a broken law."""
    gain = 2.0**octaves
    before, after = named(y), named(np.float32(gain) * y)
    for level in ("rms", "harmony", "perceptr"):
        assert after[f"{level}_var"] == pytest.approx(gain**2 * before[f"{level}_var"], rel=1e-5)
    assert after["rms_mean"] == pytest.approx(gain * before["rms_mean"], rel=1e-6)
    for kept in ("spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate"):
        assert after[f"{kept}_mean"] == pytest.approx(before[f"{kept}_mean"], rel=1e-6)
    assert after["chroma_stft_mean"] == pytest.approx(before["chroma_stft_mean"], rel=1e-6)
    # The level is in the first coefficient alone: 20 dB a factor of ten, times the root of 128.
    risen = 20 * np.log10(gain) * np.sqrt(128)
    assert after["mfcc1_mean"] - before["mfcc1_mean"] == pytest.approx(risen, abs=0.01)
    assert after["mfcc2_mean"] == pytest.approx(before["mfcc2_mean"], abs=0.01)


@steady
@given(y=sounds(), octaves=st.integers(-4, 4))
def test_gain_shifts_mel_decibels(y: np.ndarray, octaves: int) -> None:
    gain = 2.0**octaves
    risen = mel_sequence(np.float32(gain) * y, sr=SR) - mel_sequence(y, sr=SR)
    assert risen == pytest.approx(20 * np.log10(gain), abs=1e-3)


@steady
@given(y=sounds(), frames=st.integers(1, 8))
@pytest.mark.parametrize("name", SHIFTED)
def test_a_shift_by_whole_frames_shifts_the_sequence(name: str, y: np.ndarray, frames: int) -> None:
    function = {"mel": mel_sequence, "mfcc_sequence": mfcc_sequence}[name]
    whole, later = function(y, sr=SR), function(y[frames * HOP :], sr=SR)
    edge = N_FFT // (2 * HOP)  # frames that reach over the cut, where the signal is mirrored
    assert np.allclose(later[edge:-edge], whole[frames + edge : -edge], atol=1e-3)


@steady
@given(y=sounds())
def test_polarity_is_not_heard(y: np.ndarray) -> None:
    for name in ("mel", "mel_image", "mel_drawing"):
        assert np.array_equal(
            FEATURES[name].compute(y, sr=SR), FEATURES[name].compute(-y, sr=SR)
        ), name


@steady
@given(left=sounds(), right=sounds())
def test_the_order_of_channels_is_not_heard(left: np.ndarray, right: np.ndarray) -> None:
    heard = []
    for channels in ((left, right), (right, left)):
        file = io.BytesIO()
        soundfile.write(file, np.stack(channels, axis=1), SR, format="WAV", subtype="FLOAT")
        y = decode(file.getvalue(), sr=SR).y
        heard.append([FEATURES[name].compute(y, sr=SR) for name in ("summary", "mel")])
    for first, second in zip(*heard, strict=True):
        assert np.array_equal(first, second)


@steady
@given(y=sounds())
@pytest.mark.parametrize("name", LIGHT)
def test_single_and_double_precision_agree(name: str, y: np.ndarray) -> None:
    compute = FEATURES[name].compute
    assert np.array_equal(compute(y, sr=SR), compute(y.astype(np.float64), sr=SR))


@steady
@given(
    y=arrays(
        np.float32,
        N_SAMPLES,
        elements=st.floats(-1e6, 1e6, width=32),
        fill=st.sampled_from([0.0, 1e-30, -1.0, 1e6]).map(np.float32),
    )
)
@pytest.mark.parametrize("name", LIGHT)
def test_any_finite_signal_has_finite_features(name: str, y: np.ndarray) -> None:
    assert np.isfinite(FEATURES[name].compute(y, sr=SR)).all()


@steady
@given(y=sounds(), n_samples=st.integers(N_FFT, N_SAMPLES))
def test_lengths_follow_from_the_number_of_samples(y: np.ndarray, n_samples: int) -> None:
    piece = y[:n_samples]
    shown = clip_pictures(piece, sr=SR, max_columns=17)
    assert len(mel_sequence(piece, sr=SR)) == 1 + n_samples // HOP
    assert len(shown.mel.values) == len(shown.mel.times_s) <= 17
    assert np.all(np.diff(shown.mel.times_s) > 0)


@steady
@given(y=sounds(), columns=st.integers(1, 900))
def test_a_waveform_holds_every_peak(y: np.ndarray, columns: int) -> None:
    outline = waveform(y, sr=SR, max_columns=columns)
    assert len(outline.times_s) <= columns
    assert (outline.low.min(), outline.high.max()) == (y.min(), y.max())
    assert np.all(outline.low <= outline.high)


@settings(steady, max_examples=2)
@given(y=sounds(2 * SR), octaves=st.sampled_from([-2, 1, 3]))
@pytest.mark.parametrize("name", ["chroma_cens", "tonnetz", "spectral_contrast", "tempogram"])
def test_gain_is_not_heard_in_harmony_contrast_and_rhythm(
    name: str, y: np.ndarray, octaves: int
) -> None:
    compute = FEATURES[name].compute
    louder = compute(np.float32(2.0**octaves) * y, sr=SR)
    assert np.allclose(louder, compute(y, sr=SR), atol=1e-3)
