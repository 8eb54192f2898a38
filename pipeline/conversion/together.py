"""Several models as one graph: steps of a pipeline, members of a vote, of a stack, of a pool."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper

from pipeline.conversion.graphs import (
    NotConvertibleError,
    Shape,
    constant,
    joined,
    part,
    width_after,
)
from pipeline.features.fused import FUSED
from pipeline.metrics import PROBABILITY_FLOOR
from pipeline.models.fused import LogPool, blocks_of_rows
from pipeline.models.vote import SoftVote, Stack

Convert = Callable[[Any, Shape], onnx.ModelProto]


@dataclass(frozen=True)
class Member:
    """A fitted model, and the part of a row that it takes.

    Attributes
    ----------
    columns : (int, int) or None
        First and behind the last; None for the whole row.
    shape : tuple of int
        What these columns are to the model.
    """

    estimator: Any
    columns: tuple[int, int] | None
    shape: Shape


def from_pipeline(pipeline: Any, shape: Shape, *, convert: Convert) -> onnx.ModelProto:
    """Return the steps in a chain, each converted alone."""
    output, width, parts = "features", shape, []
    for number, (_, step) in enumerate(pipeline.steps):
        model = convert(step, width)
        width = width_after(model, width)
        own, output = part(model, f"step_{number}/", takes=output)
        parts.append(own)
    return joined(parts, output, shape)


def from_vote(vote: SoftVote, shape: Shape, *, convert: Convert) -> onnx.ModelProto:
    """Return the sum of the members' answers, each by its share."""
    parts, last, weighted, constants = [], [], [], []
    for number, (member, share) in enumerate(zip(vote.fitted_, vote.shares_, strict=True)):
        own, output = part(convert(member, shape), f"member_{number}/", takes="features")
        parts.append(own)
        constants.append(constant(f"share_{number}", [share]))
        weighted.append(f"weighted_{number}")
        last.append(onnx.helper.make_node("Mul", [output, f"share_{number}"], [weighted[-1]]))
    last.append(onnx.helper.make_node("Sum", weighted, ["probabilities"]))
    return joined(parts, "probabilities", shape, last=last, constants=constants)


def from_stack(stack: Stack, shape: Shape, *, convert: Convert) -> onnx.ModelProto:
    """Return the logistic regression on what the members say."""
    members = [Member(member, None, shape) for member in stack.fitted_]
    final = stack.final_
    return log_linear(members, final.coef_, final.intercept_, shape, convert=convert)


def from_pool(pool: LogPool, shape: Shape, *, convert: Convert) -> onnx.ModelProto:
    """Return the weighted product of what the members say of their parts of a fused row.

    Raises
    ------
    NotConvertibleError
        If the pool takes other rows, and computes in between what no graph can.
    """
    if pool.blocks is not blocks_of_rows:
        raise NotConvertibleError(
            f"a pool must take rows of the fused table to be exported; this one makes its members' "
            f"parts by {pool.blocks.__name__}. Train it on fused rows."
        )
    n_genres = len(pool.classes_)
    return log_linear(
        [_member_of_pool(pool, name) for name in pool.held_],
        np.hstack([weight * np.eye(n_genres) for weight in pool.weights_]),
        np.zeros(n_genres),
        shape,
        convert=convert,
    )


def log_linear(
    members: Sequence[Member],
    weights: np.ndarray,
    intercept: np.ndarray,
    shape: Shape,
    *,
    convert: Convert,
) -> onnx.ModelProto:
    """Return softmax(weights @ logarithms of all the members' probabilities + intercept).

    Parameters
    ----------
    weights : ndarray of shape (n_genres, n_members * n_genres)
        Member after member, each genre by genre.
    intercept : ndarray of shape (n_genres,)
    """
    first: list[onnx.NodeProto] = []
    constants = [constant("floor", PROBABILITY_FLOOR), constant("intercept", intercept)]
    constants.append(constant("weights", weights.T))
    parts, answers = [], []
    for number, member in enumerate(members):
        taken = "features"
        if member.columns is not None:
            taken, nodes, numbers = _columns(member, number)
            first += nodes
            constants += numbers
        model = convert(member.estimator, member.shape)
        own, output = part(model, f"member_{number}/", takes=taken)
        parts.append(own)
        answers.append(output)
    node = onnx.helper.make_node
    last = [
        node("Concat", answers, ["answers"], axis=1),
        node("Max", ["answers", "floor"], ["floored"]),
        node("Log", ["floored"], ["logarithms"]),
        node("Gemm", ["logarithms", "weights", "intercept"], ["scores"]),
        node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    return joined(parts, "probabilities", shape, first=first, last=last, constants=constants)


def _member_of_pool(pool: LogPool, name: str) -> Member:
    if name == "network":
        networks = SoftVote({})  # the mean of those of the inner folds
        networks.fitted_ = pool.networks_
        networks.shares_ = np.full(len(pool.networks_), 1 / len(pool.networks_))
        places = FUSED.mel.start, FUSED.mel.stop
        return Member(networks, places, (FUSED.n_columns, FUSED.n_bands))
    places = FUSED.statistics.start, FUSED.song.stop
    return Member(pool.discriminant_, places, (FUSED.n_statistics + FUSED.n_song,))


def _columns(
    member: Member, number: int
) -> tuple[str, list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Return the value that holds a member's columns in its shape, and what makes it."""
    assert member.columns is not None
    start, end, axis, shape = (f"{what}_{number}" for what in ("start", "end", "axis", "shape"))
    cut, shaped = f"columns_{number}", f"rows_{number}"
    nodes = [
        onnx.helper.make_node("Slice", ["features", start, end, axis], [cut]),
        onnx.helper.make_node("Reshape", [cut, shape], [shaped]),
    ]
    first, behind = member.columns
    places = {start: [first], end: [behind], axis: [1], shape: [-1, *member.shape]}
    numbers = [
        onnx.numpy_helper.from_array(np.array(value, dtype=np.int64), name)
        for name, value in places.items()
    ]
    return shaped, nodes, numbers
