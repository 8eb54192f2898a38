"""Fitted estimator -> ONNX with calibrated probabilities, checked against the estimator.

The graph takes raw features (float32, n x n_features, input "features") and gives calibrated
probabilities (float32, n x n_genres, output "probabilities").
"""

import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnx.parser

from pipeline.calibration import tempered
from pipeline.metrics import PROBABILITY_FLOOR

OPSET = 17
IR_VERSION = 8
ML_OPSET = 3
MAX_BYTES = 10 * 10**6
PARITY_ROWS = 1_000


class ExportError(Exception):
    """An exported model does not equal its estimator, or is too large to ship."""


def exported(
    estimator: Any, *, n_features: int, n_genres: int, temperature: float
) -> onnx.ModelProto:
    """Return the estimator as an ONNX model that ends in temperature scaling."""
    kind = type(estimator).__module__.split(".")[0]
    convert = {"sklearn": _from_sklearn, "lightgbm": _from_lightgbm}.get(kind, _from_keras)
    model = convert(estimator, n_features)
    model = onnx.compose.add_prefix(model, "estimator/")  # the tail's names stay free
    model.ir_version = IR_VERSION
    tail = onnx.parser.parse_model(_tail(n_genres, temperature))
    # the converters name their opsets differently; the tail takes over the model's own
    del tail.opset_import[:]
    tail.opset_import.extend(model.opset_import)
    output = _probability_output(model)
    joined = onnx.compose.merge_models(
        model, tail, io_map=[(output, "p")], outputs=["probabilities"], name="genrelens"
    )
    joined = _plainly_named(joined)
    onnx.checker.check_model(joined)
    return joined


def parity_error(content: bytes, estimator: Any, X: np.ndarray, *, temperature: float) -> float:
    """Return the largest difference of probabilities between the ONNX model and its estimator."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    got = session.run(["probabilities"], {"features": X})[0]
    return float(np.abs(got - tempered(estimator.predict_proba(X), temperature)).max())


def validate_export(
    content: bytes, estimator: Any, X: np.ndarray, *, temperature: float, tolerance: float
) -> float:
    """Return the parity error over at most 1000 rows.

    Raises
    ------
    ExportError
        If it exceeds ``tolerance`` or the model is larger than 10 MB.
    """
    rows = np.linspace(0, len(X) - 1, min(PARITY_ROWS, len(X))).astype(int)
    error = parity_error(content, estimator, X[rows], temperature=temperature)
    if error > tolerance:
        raise ExportError(f"ONNX and estimator differ by {error:.2g}; at most {tolerance} may be")
    if len(content) > MAX_BYTES:
        raise ExportError(f"the model takes {len(content)} bytes; at most {MAX_BYTES} are served")
    return error


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


def _tail(n_genres: int, temperature: float) -> str:
    return f"""
    <ir_version: {IR_VERSION}, opset_import: ["" : {OPSET}]>
    calibration (float[N, {n_genres}] p) => (float[N, {n_genres}] probabilities) {{
        floor = Constant <value = float {{{PROBABILITY_FLOOR}}}> ()
        temperature = Constant <value = float {{{temperature}}}> ()
        floored = Max (p, floor)
        logarithm = Log (floored)
        logit = Div (logarithm, temperature)
        probabilities = Softmax <axis = 1> (logit)
    }}"""


def _from_sklearn(estimator: Any, n_features: int) -> onnx.ModelProto:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    return to_onnx(
        estimator,
        initial_types=[("features", FloatTensorType([None, n_features]))],
        options={"zipmap": False},
        target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
    )


def _from_lightgbm(estimator: Any, n_features: int) -> onnx.ModelProto:
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # onnxmltools calls deprecated names of its own libraries
        return convert_lightgbm(
            float32_thresholds(estimator.booster_),
            initial_types=[("features", FloatTensorType([None, n_features]))],
            zipmap=False,
            target_opset=15,  # the newest that onnxmltools knows
        )


def _from_keras(estimator: Any, n_features: int) -> onnx.ModelProto:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tf2onnx uses NumPy names that are going away
        path = Path(folder) / "network.onnx"
        estimator.network_.export(os.fspath(path), format="onnx", verbose=False)
        return onnx.load(path)


def _probability_output(model: onnx.ModelProto) -> str:
    """Name of the output with probabilities: classifiers give the label first."""
    return model.graph.output[-1].name


def _plainly_named(model: onnx.ModelProto) -> onnx.ModelProto:
    """Number the inner names: converters count in them what their process did before."""
    graph = model.graph
    names = {graph.input[0].name: "features", graph.output[0].name: "probabilities", "": ""}
    for initializer in graph.initializer:
        initializer.name = names.setdefault(initializer.name, f"weight_{len(names)}")
    for number, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{number}"
        node.input[:] = [names[given] for given in node.input]
        node.output[:] = [names.setdefault(made, f"value_{len(names)}") for made in node.output]
    graph.input[0].name = "features"
    for value in (graph.input[0], graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    del graph.value_info[:]
    graph.doc_string = ""
    return model
