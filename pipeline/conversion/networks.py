"""Keras networks, by Keras' own export, and made fit to be shipped.

Keras writes a layer that is applied several times (to the crops of a spectrogram, to its pieces)
with its weights each time; they are joined again.
"""

import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper

from pipeline.conversion.graphs import NotConvertibleError, Shape, constant, inner_graphs


def from_keras(estimator: Any, shape: Shape) -> onnx.ModelProto:
    """Return the network of an estimator (``network_``).

    Raises
    ------
    NotConvertibleError
        If the graph lacks something that only Keras knows.
    """
    network = estimator.network_
    network.predict(np.zeros((1, *shape), dtype=np.float32), verbose=0)  # one never called has
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():  # no graph to write
        warnings.simplefilter("ignore")  # tf2onnx uses NumPy names that are going away
        path = Path(folder) / "network.onnx"
        network.export(os.fspath(path), format="onnx", verbose=False)
        model = onnx.load(path)
    if len(model.graph.input) != 1:
        missing = ", ".join(value.name for value in model.graph.input[1:])
        raise NotConvertibleError(
            f"the exported network must take its features only; it asks for {missing} too. Keep "
            "such numbers as weights of a layer, or as arguments of Rescaling."
        )
    write_out_erfc(model.graph)
    share_constants(model.graph)
    return model


def write_out_erfc(graph: onnx.GraphProto) -> None:
    """Replace erfc (of the exact GELU), which ONNX has not, by 1 - erf."""
    nodes = list(graph.node)
    if not any(node.op_type == "Erfc" for node in nodes):
        return
    del graph.node[:]
    for node in nodes:
        if node.op_type == "Erfc":
            error = f"{node.output[0]}/erf"
            graph.node.append(onnx.helper.make_node("Erf", node.input, [error]))
            node = onnx.helper.make_node("Sub", ["erfc/one", error], node.output)
        graph.node.append(node)
    graph.initializer.append(constant("erfc/one", 1))


def share_constants(graph: onnx.GraphProto) -> None:
    """Keep one of several equal constants, whoever takes them."""
    first: dict[tuple, str] = {}
    same: dict[str, str] = {}
    kept = []
    for tensor in graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        name = first.setdefault((values.dtype.str, values.shape, values.tobytes()), tensor.name)
        same[tensor.name] = name
        if name == tensor.name:
            kept.append(tensor)
    kept = [onnx.TensorProto.FromString(tensor.SerializeToString()) for tensor in kept]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    _take(graph, same)


def _take(graph: onnx.GraphProto, same: dict[str, str]) -> None:
    for node in graph.node:
        node.input[:] = [same.get(name, name) for name in node.input]
        for inner in inner_graphs(node):
            _take(inner, same)
