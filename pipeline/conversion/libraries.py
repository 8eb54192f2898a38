"""scikit-learn and LightGBM, by their own converters."""

import warnings
from typing import Any

import numpy as np
import onnx

from pipeline.conversion.graphs import ML_OPSET, OPSET, Shape

LIGHTGBM_OPSET = 15  # the newest that onnxmltools knows


def from_sklearn(estimator: Any, shape: Shape) -> onnx.ModelProto:
    """Return a classifier or transformer of scikit-learn."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    return to_onnx(
        estimator,
        initial_types=[("features", FloatTensorType([None, *shape]))],
        options={"zipmap": False} if hasattr(estimator, "predict_proba") else None,
        target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
    )


def from_lightgbm(estimator: Any, shape: Shape) -> onnx.ModelProto:
    """Return a classifier of LightGBM."""
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # onnxmltools calls deprecated names of its own libraries
        return convert_lightgbm(
            float32_thresholds(estimator.booster_),
            initial_types=[("features", FloatTensorType([None, *shape]))],
            zipmap=False,
            target_opset=LIGHTGBM_OPSET,
        )


def float32_thresholds(booster: Any) -> Any:
    """Return a LightGBM booster with each threshold rounded down to a float32.

    ONNX holds thresholds as float32. Rounded to the nearest, one may pass below or above a float32
    input that equals it and send the sample into another leaf; rounded down, ``x <= threshold`` has
    the same answer for every float32 x.
    """
    import lightgbm

    def rounded(line: str) -> str:
        exact = np.array(line.removeprefix("threshold=").split(), dtype=np.float64)
        near = exact.astype(np.float32)
        below = np.where(near > exact, np.nextafter(near, np.float32(-np.inf)), near)
        return "threshold=" + " ".join(repr(float(value)) for value in below)

    lines = booster.model_to_string().splitlines()
    text = "\n".join(
        rounded(line) if line.startswith("threshold=") else line
        for line in lines
        if not line.startswith("tree_sizes=")  # byte counts of the text that changes
    )
    return lightgbm.Booster(model_str=text + "\n")
