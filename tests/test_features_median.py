"""The sliding median against scipy's, bit for bit."""

import numpy as np
import pytest
from scipy.ndimage import median_filter

from pipeline.features.median import sliding_median


@pytest.mark.parametrize(
    "shape", [(1, 3), (5, 7), (16, 1), (31, 40), (130, 1025), (1025, 44), (300, 900)]
)
def test_sliding_median_equals_scipy(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    assert np.array_equal(sliding_median(x), median_filter(x, size=(31, 1), mode="reflect"))


def test_sliding_median_equals_scipy_on_many_ties() -> None:
    x = np.random.default_rng(1).integers(0, 3, (200, 50)).astype(np.float32)
    assert np.array_equal(sliding_median(x), median_filter(x, size=(31, 1), mode="reflect"))


def test_sliding_median_removes_a_click_and_keeps_a_step() -> None:
    x = np.zeros((100, 2), dtype=np.float32)
    x[50, 0] = 1
    x[50:, 1] = 1
    assert not sliding_median(x)[:, 0].any()
    assert np.array_equal(sliding_median(x)[:, 1], x[:, 1])


def test_sliding_median_leaves_its_input_alone() -> None:
    x = np.random.default_rng(2).random((40, 20))
    before = x.copy()
    assert sliding_median(x).dtype == x.dtype
    assert np.array_equal(x, before)
