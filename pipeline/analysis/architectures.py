"""What a Keras network consists of: its layers with shapes and parameters, its first filters.

Read off the built model, so a drawing of it shows what was trained. Keras 3; no backend is named,
and Keras is not imported here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES

MAX_FILTERS = 32
# what Keras writes for an array that comes out of another layer, when it saves a model
_TENSOR = "__keras_tensor__"


def architecture_rows(run_id: str, network: Any) -> pd.DataFrame:
    """Return rows of the analysis "architectures": the layers of a network, in order.

    A model that stands as one layer in another one is opened; ``name/layer`` then names its layers.
    A layer that is applied to every step of a sequence says so in its kind: "TimeDistributed
    Conv2D". ``n_parameters`` counts those that training does not change too, such as the means of
    a batch normalisation.

    Parameters
    ----------
    run_id : str
    network : keras.Model
        Functional or sequential, built, with one input and one output.
    """
    rows: list[tuple] = []
    _add_layers(network, [], "", rows)
    columns = list(ANALYSES["architectures"].columns)
    return pd.DataFrame([(run_id, place, *row) for place, row in enumerate(rows)], columns=columns)


def filter_rows(run_id: str, network: Any) -> pd.DataFrame:
    """Return rows of the analysis "filters": the kernels of the first convolution.

    Its first 32 kernels, in the order of the network, unscaled; none where nothing is convolved.
    Over several input channels, which the first convolution of a spectrogram does not have, the
    weights are added.

    Parameters
    ----------
    run_id : str
    network : keras.Model
        Takes (time, bands), or the rows of a picture.
    """
    columns = list(ANALYSES["filters"].columns)
    kernel = _first_kernel(network)
    if kernel is None:
        return pd.DataFrame(columns=columns)
    kernel = kernel[..., :MAX_FILTERS]
    row, column, number = (places.ravel() for places in np.indices(kernel.shape))
    values = (run_id, number, row, column, kernel.ravel())
    table = pd.DataFrame(dict(zip(columns, values, strict=True)))
    return table.sort_values(columns[1:4], ignore_index=True)


def _add_layers(model: Any, sources: list[int], prefix: str, rows: list[tuple]) -> int:
    """Append the rows of a model that takes from the places ``sources``; return its last place."""
    place_of: dict[str, int] = {}
    for layer, receives in _layers(model):
        places = [place_of[name] for name in receives]
        inner = _inner_model(layer)
        if not receives and sources:  # the door of an inner model: what feeds it stands before it
            place_of[layer.name] = sources[0]
        elif inner is not None:
            place_of[layer.name] = _add_layers(inner, places, f"{prefix}{layer.name}/", rows)
        else:
            place_of[layer.name] = len(rows)
            rows.append(_row(layer, places, prefix))
    return place_of[_output_name(model)]


def _row(layer: Any, receives: list[int], prefix: str) -> tuple:
    shape = " x ".join("any" if size is None else str(size) for size in layer.output.shape[1:])
    n_parameters = layer.count_params() if hasattr(layer, "count_params") else 0
    places = ",".join(map(str, receives))
    return (f"{prefix}{layer.name}", _kind(layer), shape, n_parameters, places)


def _kind(layer: Any) -> str:
    """Class of a layer, with the one that it wraps: "Bidirectional LSTM"."""
    name, wrapped = type(layer).__name__, _wrapped(layer)
    return name if wrapped is None else f"{name} {type(wrapped).__name__}"


def _wrapped(layer: Any) -> Any:
    """The layer inside a TimeDistributed or Bidirectional one, or None."""
    return getattr(layer, "forward_layer", getattr(layer, "layer", None))


def _inner_model(layer: Any) -> Any:
    """The model that a layer is, or None; one applied to every step stays one layer."""
    return layer if hasattr(layer, "layers") and hasattr(layer, "inputs") else None


def _layers(model: Any) -> Iterator[tuple[Any, list[str]]]:
    """Yield each layer or operation of a model, and the names of those that it takes from."""
    if not hasattr(model, "operations"):  # sequential: a chain, its input not among the layers
        chain = [InputLayer(f"{model.name}_input", model.inputs[0]), *model.layers]
        yield chain[0], []
        yield from ((layer, [before.name]) for before, layer in pairwise(chain))
        return
    described = {layer["name"]: layer["inbound_nodes"] for layer in model.get_config()["layers"]}
    for operation in model.operations:
        yield operation, list(dict.fromkeys(_senders(described[operation.name])))


@dataclass(frozen=True)
class InputLayer:
    """The input of a sequential model, under the name that functional models call theirs by."""

    name: str
    output: Any


def _senders(node: Any) -> Iterator[str]:
    """Yield the names of the layers that a saved call takes arrays from."""
    if isinstance(node, dict) and node.get("class_name") == _TENSOR:
        yield node["config"]["keras_history"][0]
    elif isinstance(node, dict):
        for value in node.values():
            yield from _senders(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _senders(value)


def _output_name(model: Any) -> str:
    if not hasattr(model, "operations"):
        return str(model.layers[-1].name)
    output = model.get_config()["output_layers"]
    while isinstance(output[0], list | tuple):
        output = output[0]
    return str(output[0])


def _first_kernel(model: Any) -> np.ndarray | None:
    """Kernels of the first convolution, (rows, columns, filters), or None."""
    for layer, _ in _layers(model):
        inner = _inner_model(layer) or _inner_model(_wrapped(layer))
        if inner is not None:
            found = _first_kernel(inner)
            if found is not None:
                return found
            continue
        convolution = _wrapped(layer) or layer
        if type(convolution).__name__ in ("Conv1D", "Conv2D"):
            kernel = np.asarray(convolution.get_weights()[0])
            return kernel if kernel.ndim == 3 else kernel.sum(axis=2)
    return None
