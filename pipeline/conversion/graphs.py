"""ONNX graphs as building blocks: read from text, renamed, put one after the other.

A block takes float32 "features" (n, *shape) first and gives its answer last.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper
import onnx.parser

OPSET = 17
IR_VERSION = 8
ML_OPSET = 3

Shape = tuple[int, ...]  # of one row


class NotConvertibleError(Exception):
    """A part of a model has no ONNX form; the message names it and what to use instead."""


def parsed(graph: str) -> onnx.ModelProto:
    """Return a graph from its text form."""
    return onnx.parser.parse_model(
        f'<ir_version: {IR_VERSION}, opset_import: ["" : {OPSET}]> graph {graph}'
    )


def constant(name: str, value: Any) -> onnx.TensorProto:
    """Return numbers as a graph holds them, float32."""
    return onnx.numpy_helper.from_array(np.asarray(value, dtype=np.float32), name)


def part(model: onnx.ModelProto, prefix: str, *, takes: str) -> tuple[onnx.ModelProto, str]:
    """Return a copy with its names prefixed and its input fed from ``takes``, and its output."""
    own = onnx.ModelProto()
    own.CopyFrom(model)
    rename(own.graph, lambda name: prefix + name)
    feed = onnx.helper.make_node("Identity", [takes], [own.graph.input[0].name])
    own.graph.node.insert(0, feed)
    return own, own.graph.output[-1].name


def joined(
    parts: Sequence[onnx.ModelProto],
    output: str,
    shape: Shape,
    *,
    first: Sequence[onnx.NodeProto] = (),
    last: Sequence[onnx.NodeProto] = (),
    constants: Sequence[onnx.TensorProto] = (),
) -> onnx.ModelProto:
    """Return graphs as one, between nodes before and after them.

    Parameters
    ----------
    output : str
        The value that the whole gives.
    shape : tuple of int
        Of a row of "features".
    constants : sequence of TensorProto
        What ``first`` and ``last`` take.

    Notes
    -----
    The newest operator sets among the parts hold for all.
    """
    float_type = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [*first, *(node for part in parts for node in part.graph.node), *last],
        "genrelens",
        [onnx.helper.make_tensor_value_info("features", float_type, ["N", *shape])],
        [onnx.helper.make_tensor_value_info(output, float_type, ["N", None])],
        [*(value for part in parts for value in part.graph.initializer), *constants],
    )
    versions: dict[str, int] = {"": OPSET}
    for opset in (opset for part in parts for opset in part.opset_import):
        versions[opset.domain] = max(opset.version, versions.get(opset.domain, 0))
    opsets = [onnx.helper.make_opsetid(domain, version) for domain, version in versions.items()]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def rename(graph: onnx.GraphProto, name: Callable[[str], str]) -> None:
    """Rename every value of a graph, those of the graphs inside its nodes (loops) too.

    ``onnx.compose.add_prefix`` leaves the constants that a loop takes from outside as they were.
    """
    for value in (*graph.input, *graph.output, *graph.initializer):
        value.name = name(value.name)
    for node in graph.node:
        node.input[:] = [name(given) if given else "" for given in node.input]
        node.output[:] = [name(made) if made else "" for made in node.output]
        for inner in inner_graphs(node):
            rename(inner, name)
    del graph.value_info[:]  # hints under the old names


def inner_graphs(node: onnx.NodeProto) -> list[onnx.GraphProto]:
    """Return the graphs inside a node: the body of a loop."""
    return [attribute.g for attribute in node.attribute if attribute.HasField("g")]


def width_after(model: onnx.ModelProto, shape: Shape) -> Shape:
    """Return the shape of the rows that a transformer gives; ``shape`` where it does not say."""
    sizes = model.graph.output[-1].type.tensor_type.shape.dim[1:]
    given = tuple(size.dim_value for size in sizes)
    return given if given and all(given) else shape
