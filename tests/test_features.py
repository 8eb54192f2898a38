"""The contract that every declared feature keeps, and what importing them costs."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest

from pipeline.audio import AudioError
from pipeline.features import FEATURES, Feature
from pipeline.features.summary import FEATURE_NAMES

HEAVY = {
    "librosa", "scipy", "numba", "sklearn", "skimage", "matplotlib", "PIL", "tensorflow",
    "lightgbm", "pandas", "joblib",
}  # fmt: skip
LIGHT_MODULES = (
    "pipeline.features.summary", "pipeline.features.mel", "pipeline.features.sequences",
    "pipeline.features.pictures", "pipeline.features.librosa_sequences", "pipeline.features.fma",
    "pipeline.features.mel_image", "pipeline.features.mel_clip", "pipeline.features.hog",
    "pipeline.features.image_statistics", "pipeline.features.fused", "pipeline.features.mel_3s",
)  # fmt: skip

every_feature = pytest.mark.parametrize("feature", FEATURES.values(), ids=list(FEATURES))


def tone(feature: Feature, duration_s: float = 2.0) -> np.ndarray:
    sr = feature.parameters.sr
    t = np.arange(int(duration_s * sr)) / sr
    return 0.5 * np.sin(2 * np.pi * 440 * t) * (1 + 0.5 * np.sin(2 * np.pi * 3 * t))


@every_feature
def test_feature_is_declared_completely(feature: Feature) -> None:
    assert FEATURES[feature.name] is feature
    assert feature.kind in ("vector", "sequence", "image")
    assert type(feature.version) is int and feature.version >= 1
    assert feature.unit and feature.shape
    assert all(isinstance(size, int) for size in feature.shape[feature.kind == "sequence" :])
    assert isinstance(feature.shape[0], str) == (feature.kind == "sequence")
    assert "numpy" in feature.packages


@pytest.mark.parametrize("name", ["mel_image", "mel_clip", "image_statistics", "hog"])
def test_features_of_pictures_name_what_draws_and_reads_them(name: str) -> None:
    """Their keys in the cache and their records hold the versions of these."""
    assert set(FEATURES[name].packages) == {"matplotlib", "numpy", "pillow"}


@every_feature
def test_parameters_cannot_change_under_a_stored_feature(feature: Feature) -> None:
    assert is_dataclass(feature.parameters)
    first = fields(feature.parameters)[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(feature.parameters, first, 1)


@every_feature
def test_feature_has_the_declared_shape_and_repeats_itself(feature: Feature) -> None:
    y = tone(feature)
    before = y.copy()
    first, second = (feature.compute(y, sr=feature.parameters.sr) for _ in range(2))
    assert len(first.shape) == len(feature.shape)
    for size, declared in zip(first.shape, feature.shape, strict=True):
        assert size > 0 if isinstance(declared, str) else size == declared
    assert first.dtype == (np.float64 if feature.name in ("summary", "fma") else np.float32)
    assert np.isfinite(first).all() and first.std() > 0
    assert first.flags.c_contiguous
    assert np.array_equal(first, second)
    assert np.array_equal(y, before)


@every_feature
def test_feature_of_silence_is_finite(feature: Feature) -> None:
    sr = feature.parameters.sr
    assert np.isfinite(feature.compute(np.zeros(2 * sr), sr=sr)).all()


@every_feature
@pytest.mark.parametrize(
    ("n_samples", "value", "code"),
    [(0, 0, "empty"), (2_000, 0, "too_short"), (100_000, np.nan, "not_finite")],
)
def test_feature_refuses(feature: Feature, n_samples: int, value: float, code: str) -> None:
    if feature.name == "mel_drawing" and code == "too_short":
        assert feature.compute(np.zeros(1), sr=feature.parameters.sr).shape == (1, 128)
        return  # the page draws whatever a visitor may send
    with pytest.raises(AudioError) as caught:
        feature.compute(np.full(n_samples, value), sr=feature.parameters.sr)
    assert caught.value.code == code


@every_feature
def test_feature_refuses_another_rate_and_stereo(feature: Feature) -> None:
    with pytest.raises(ValueError, match="got 8000: resample"):
        feature.compute(np.zeros(100_000), sr=8_000)
    with pytest.raises(ValueError, match="mono"):
        feature.compute(np.zeros((2, 100_000)), sr=feature.parameters.sr)


@pytest.mark.parametrize("name", ["summary", "mel", "fma"])
def test_features_of_audio_do_not_read_pictures(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is a feature of audio"):
        FEATURES[name].read("picture.png")


def test_registry_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        FEATURES["other"] = FEATURES["mel"]  # type: ignore[index]  # the point


def test_summary_shape_is_the_number_of_names() -> None:
    assert FEATURES["summary"].shape == (len(FEATURE_NAMES),)


def test_features_import_nothing_heavy() -> None:
    program = (
        f"import sys, {', '.join(LIGHT_MODULES)}\n"
        "from pipeline.features.summary import warm_up\n"
        "warm_up()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not HEAVY & set(loaded)
    assert "numpy" in loaded
