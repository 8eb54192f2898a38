"""Our own estimators, written out in plain ONNX operators."""

from typing import Any

import numpy as np
import onnx
import onnx.numpy_helper

from pipeline.conversion.graphs import Shape, constant, parsed
from pipeline.models.discriminant import BalancedDiscriminant
from pipeline.models.svm import SHARPNESS, PairwiseMargins, pair_signs
from pipeline.models.transforms import LogSkewed


def from_logarithms(transformer: LogSkewed, shape: Shape) -> onnx.ModelProto:
    """Return logarithms of the skewed columns, floored, beside the other columns."""
    (n_features,) = shape
    model = parsed(
        f"""(float[N, {n_features}] features) => (float[N, {n_features}] transformed) {{
            floored = Max (features, floor)
            logarithm = Log (floored)
            transformed = Where (logged, logarithm, features)
        }}"""
    )
    logged = onnx.numpy_helper.from_array(transformer.logged_, "logged")
    model.graph.initializer.extend([constant("floor", transformer.floor_), logged])
    return model


def from_discriminant(classifier: BalancedDiscriminant, shape: Shape) -> onnx.ModelProto:
    """Return scores and softmax, in float64: a score is a difference of sums of thousands."""
    (n_features,), n_genres = shape, len(classifier.classes_)
    model = parsed(
        f"""(float[N, {n_features}] features) => (float[N, {n_genres}] probabilities) {{
            rows = Cast <to = 11> (features)
            centred = Sub (rows, centre)
            weighted = MatMul (centred, weights)
            scores = Add (weighted, intercept)
            exact = Softmax <axis = 1> (scores)
            probabilities = Cast <to = 1> (exact)
        }}"""
    )
    centre = classifier.centre_
    constants = {
        "centre": centre,
        "weights": np.ascontiguousarray(classifier.coef_.T),
        "intercept": classifier.intercept_ + classifier.coef_ @ centre,
    }
    model.graph.initializer.extend(
        onnx.numpy_helper.from_array(value, name) for name, value in constants.items()
    )
    return model


def from_margins(classifier: PairwiseMargins, shape: Shape) -> onnx.ModelProto:
    """Return the Gaussian kernel, every pair's margin and the softmax of the votes.

    Constants are stored as float32, margins computed in float64: they are differences of sums of
    thousands of terms.
    """
    machine = classifier.machine_
    (n_features,), n_genres = shape, len(classifier.classes_)
    model = parsed(
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
    model.graph.initializer.extend(constant(name, value) for name, value in constants.items())
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
