"""The contract that every declared feature keeps, and what importing them costs."""

import subprocess
import sys

import numpy as np
import pytest

from pipeline.features import FEATURES
from pipeline.features.summary import FEATURE_NAMES

HEAVY = {"librosa", "scipy", "numba", "sklearn", "tensorflow", "lightgbm"}


@pytest.mark.parametrize("name", FEATURES)
def test_feature_is_declared_completely(name: str) -> None:
    feature = FEATURES[name]
    assert feature.name == name
    assert feature.version >= 1
    assert feature.unit
    assert feature.shape


@pytest.mark.parametrize("name", FEATURES)
def test_feature_function_gives_the_declared_shape(name: str) -> None:
    feature = FEATURES[name]
    y = np.sin(np.arange(3 * feature.parameters.sr) / 10)
    result = feature.load()(y, sr=feature.parameters.sr)
    values = result if isinstance(result, np.ndarray) else result.db
    assert len(values.shape) == len(feature.shape)
    for size, declared in zip(values.shape, feature.shape, strict=True):
        assert isinstance(declared, str) or size == declared
    assert np.isfinite(values).all()


def test_registry_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        FEATURES["other"] = FEATURES["mel"]  # type: ignore[index]  # the point


def test_summary_shape_is_the_number_of_names() -> None:
    assert FEATURES["summary"].shape == (len(FEATURE_NAMES),)


def test_features_import_nothing_heavy() -> None:
    program = (
        "import sys, pipeline.features.summary, pipeline.features.mel\n"
        "from pipeline.features.summary import warm_up\n"
        "warm_up()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not HEAVY & set(loaded)
    assert "numpy" in loaded
