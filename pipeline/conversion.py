"""Fitted estimators -> ONNX graphs that equal them, before any calibration.

Every graph takes float32 "features" (n, n_features) first and gives probabilities, or transformed
features, last. scikit-learn's, LightGBM's and Keras' own converters do what they can; our
estimators, pipelines and votes are put together here out of plain operators.
"""

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnx.numpy_helper
import onnx.parser

from pipeline.idle_entries import drop_idle_entries
from pipeline.models.discriminant import BalancedDiscriminant
from pipeline.models.svm import SHARPNESS, PairwiseMargins, pair_signs
from pipeline.models.transforms import LogSkewed
from pipeline.models.vote import SoftVote

OPSET = 17
IR_VERSION = 8
ML_OPSET = 3


def converted(estimator: Any, n_features: int) -> onnx.ModelProto:
    """Return a fitted classifier or transformer as ONNX.

    Parameters
    ----------
    estimator : object
        Of scikit-learn, LightGBM or ``pipeline.models``, or a network with ``network_``; a
        pipeline or a vote of those.
    n_features : int
        Number of columns that it was fitted on.
    """
    own: dict[str, Callable[[Any, int], onnx.ModelProto]] = {
        "Pipeline": _from_pipeline,
        LogSkewed.__name__: _from_logarithms,
        PairwiseMargins.__name__: _from_margins,
        BalancedDiscriminant.__name__: _from_discriminant,
        SoftVote.__name__: _from_vote,
    }
    library = {"sklearn": _from_sklearn, "lightgbm": _from_lightgbm}
    kind = type(estimator)
    convert = own.get(kind.__name__) or library.get(kind.__module__.split(".")[0], _from_keras)
    model = convert(estimator, n_features)
    drop_idle_entries(model)
    return model


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


def _from_sklearn(estimator: Any, n_features: int) -> onnx.ModelProto:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    return to_onnx(
        estimator,
        initial_types=[("features", FloatTensorType([None, n_features]))],
        options={"zipmap": False} if hasattr(estimator, "predict_proba") else None,
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


def _from_pipeline(pipeline: Any, n_features: int) -> onnx.ModelProto:
    """Chain the steps, each converted alone; no step may change the number of features."""
    models = [converted(step, n_features) for _, step in pipeline.steps]
    output = "features"
    parts = []
    for number, model in enumerate(models):
        part, output = _part(model, f"step_{number}/", takes=output)
        parts.append(part)
    return _joined(parts, [], output, n_features)


def _from_vote(vote: SoftVote, n_features: int) -> onnx.ModelProto:
    """Give every member the features, and sum its answers by its share."""
    parts, nodes, weighted = [], [], []
    for number, (member, share) in enumerate(zip(vote.fitted_, vote.shares_, strict=True)):
        part, output = _part(converted(member, n_features), f"member_{number}/", takes="features")
        parts.append(part)
        name = f"share_{number}"
        part.graph.initializer.append(_constant(name, [share]))
        nodes.append(onnx.helper.make_node("Mul", [output, name], [f"weighted_{number}"]))
        weighted.append(f"weighted_{number}")
    nodes.append(onnx.helper.make_node("Sum", weighted, ["probabilities"]))
    return _joined(parts, nodes, "probabilities", n_features)


def _from_logarithms(transformer: LogSkewed, n_features: int) -> onnx.ModelProto:
    model = _parsed(
        f"""(float[N, {n_features}] features) => (float[N, {n_features}] transformed) {{
            floored = Max (features, floor)
            logarithm = Log (floored)
            transformed = Where (logged, logarithm, features)
        }}"""
    )
    logged = onnx.numpy_helper.from_array(transformer.logged_, "logged")
    model.graph.initializer.extend([_constant("floor", transformer.floor_), logged])
    return model


def _from_discriminant(classifier: BalancedDiscriminant, n_features: int) -> onnx.ModelProto:
    """Write out scores and softmax, on centred and scaled features: raw ones would cost digits."""
    n_genres = len(classifier.classes_)
    model = _parsed(
        f"""(float[N, {n_features}] features) => (float[N, {n_genres}] probabilities) {{
            centred = Sub (features, centre)
            scaled = Mul (centred, scale)
            weighted = MatMul (scaled, weights)
            scores = Add (weighted, intercept)
            probabilities = Softmax <axis = 1> (scores)
        }}"""
    )
    centre = classifier.centre_.astype(np.float32).astype(np.float64)  # as the graph holds it
    constants = {
        "centre": centre,
        "scale": 1 / classifier.spread_,
        "weights": (classifier.coef_ * classifier.spread_).T,
        "intercept": classifier.intercept_ + classifier.coef_ @ centre,
    }
    model.graph.initializer.extend(_constant(name, value) for name, value in constants.items())
    return model


def _from_margins(classifier: PairwiseMargins, n_features: int) -> onnx.ModelProto:
    """Write out the Gaussian kernel, every pair's margin and the softmax of the votes.

    Constants are stored as float32, margins computed in float64: they are differences of sums of
    thousands of terms.
    """
    machine = classifier.machine_
    n_genres = len(classifier.classes_)
    model = _parsed(
        f"""(float[N, {n_features}] features) => (float[N, {n_genres}] probabilities) {{
            rows = Cast <to = 11> (features)
            vectors = Cast <to = 11> (support_vectors)
            pair_weights = Cast <to = 11> (weights)
            square = Mul (rows, rows)
            length = ReduceSum <keepdims = 1> (square, axis)
            vector_square = Mul (vectors, vectors)
            vector_length = ReduceSum <keepdims = 1> (vector_square, axis)
            vector_lengths = Transpose (vector_length)
            transposed = Transpose (vectors)
            product = MatMul (rows, transposed)
            lengths = Add (length, vector_lengths)
            twice = Add (product, product)
            distance = Sub (lengths, twice)
            exponent = Mul (distance, minus_gamma)
            kernel = Exp (exponent)
            weighted = MatMul (kernel, pair_weights)
            margins = Cast <to = 1> (weighted)
            sharp = Add (margins, intercept)
            vote = Tanh (sharp)
            votes = MatMul (vote, signs)
            probabilities = Softmax <axis = 1> (votes)
        }}"""
    )
    constants = {
        "support_vectors": machine.support_vectors_,
        "weights": SHARPNESS * pair_weights(machine),
        "intercept": SHARPNESS * machine.intercept_,
        "signs": pair_signs(n_genres),
    }
    model.graph.initializer.extend(_constant(name, value) for name, value in constants.items())
    for name, exact in (("axis", np.array([1])), ("minus_gamma", np.array([-machine.gamma]))):
        model.graph.initializer.append(onnx.numpy_helper.from_array(exact, name))
    return model


def pair_weights(machine: Any) -> np.ndarray:
    """Return each support vector's weight in each pair of genres.

    Shape (n_vectors, n_pairs): libsvm stores the weights of a genre's vectors in the machines
    against the other genres, without the gap where a genre would meet itself.
    """
    n_classes = len(machine.n_support_)
    ends = np.cumsum(machine.n_support_)
    columns = []
    for first in range(n_classes):
        for second in range(first + 1, n_classes):
            column = np.zeros(len(machine.support_vectors_))
            for own, row in ((first, second - 1), (second, first)):
                rows = slice(ends[own] - machine.n_support_[own], ends[own])
                column[rows] = machine.dual_coef_[row, rows]
            columns.append(column)
    return np.array(columns).T


def _part(model: onnx.ModelProto, prefix: str, *, takes: str) -> tuple[onnx.ModelProto, str]:
    """Prefix a graph's names, feed its input from ``takes``, and return its last output too."""
    part = onnx.compose.add_prefix(model, prefix)
    feed = onnx.helper.make_node("Identity", [takes], [part.graph.input[0].name])
    part.graph.node.insert(0, feed)
    return part, part.graph.output[-1].name


def _joined(
    parts: list[onnx.ModelProto], nodes: list[onnx.NodeProto], output: str, n_features: int
) -> onnx.ModelProto:
    """Put graphs into one, followed by nodes; the newest operator sets among them hold for all."""
    float_type = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [*(node for part in parts for node in part.graph.node), *nodes],
        "genrelens",
        [onnx.helper.make_tensor_value_info("features", float_type, ["N", n_features])],
        [onnx.helper.make_tensor_value_info(output, float_type, ["N", None])],
        [constant for part in parts for constant in part.graph.initializer],
    )
    versions: dict[str, int] = {"": OPSET}
    for opset in (opset for part in parts for opset in part.opset_import):
        versions[opset.domain] = max(opset.version, versions.get(opset.domain, 0))
    opsets = [onnx.helper.make_opsetid(domain, version) for domain, version in versions.items()]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def _parsed(graph: str) -> onnx.ModelProto:
    """Read a graph from its text form."""
    return onnx.parser.parse_model(
        f'<ir_version: {IR_VERSION}, opset_import: ["" : {OPSET}]> graph {graph}'
    )


def _constant(name: str, value: Any) -> onnx.TensorProto:
    return onnx.numpy_helper.from_array(np.asarray(value, dtype=np.float32), name)
