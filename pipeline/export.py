"""Fitted estimator -> ONNX with calibrated probabilities, checked against the estimator.

The graph takes raw rows as the tables hold them (float32, (n, *shape), input "features") and gives
calibrated probabilities (float32, n x n_genres, output "probabilities").
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnx.parser

from pipeline.calibration import tempered
from pipeline.conversion import converted
from pipeline.conversion.graphs import IR_VERSION, OPSET, Shape, inner_graphs, rename
from pipeline.metrics import PROBABILITY_FLOOR

MAX_BYTES = 10 * 10**6
PARITY_ROWS = 1_000


class ExportError(Exception):
    """An exported model does not equal its estimator, or is too large to ship."""


def exported(estimator: Any, *, shape: Shape, n_genres: int, temperature: float) -> onnx.ModelProto:
    """Return the estimator as an ONNX model that ends in temperature scaling.

    Parameters
    ----------
    shape : tuple of int
        Of a row that the estimator was fitted on.

    Raises
    ------
    NotConvertibleError
        If a part of it has no ONNX form.
    """
    model = converted(estimator, shape)
    rename(model.graph, lambda name: f"estimator/{name}")  # the tail's names stay free
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
    names = {graph.input[0].name: "features", graph.output[0].name: "probabilities"}
    rename(graph, lambda name: names.setdefault(name, f"value_{len(names)}"))
    _number_nodes(graph, itertools.count())
    for value in (graph.input[0], graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    return model


def _number_nodes(graph: onnx.GraphProto, numbers: Iterator[int]) -> None:
    graph.doc_string = ""
    for node in graph.node:
        node.name = f"{node.op_type}_{next(numbers)}"
        for number, inner in enumerate(inner_graphs(node)):
            inner.name = f"body_{number}"
            _number_nodes(inner, numbers)
