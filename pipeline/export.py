"""Fitted estimator -> ONNX with calibrated probabilities, checked against the estimator.

The graph takes raw features (float32, n x n_features, input "features") and gives calibrated
probabilities (float32, n x n_genres, output "probabilities").
"""

from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnx.parser

from pipeline.calibration import tempered
from pipeline.conversion import IR_VERSION, OPSET, converted
from pipeline.metrics import PROBABILITY_FLOOR

MAX_BYTES = 10 * 10**6
PARITY_ROWS = 1_000


class ExportError(Exception):
    """An exported model does not equal its estimator, or is too large to ship."""


def exported(
    estimator: Any, *, n_features: int, n_genres: int, temperature: float
) -> onnx.ModelProto:
    """Return the estimator as an ONNX model that ends in temperature scaling."""
    model = converted(estimator, n_features)
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
