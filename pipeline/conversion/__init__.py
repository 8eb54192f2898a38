"""Fitted estimators -> ONNX graphs that equal them, before any calibration.

Every graph takes float32 "features" (n, *shape of a row) first and gives probabilities, or
transformed features, last. scikit-learn's, LightGBM's and Keras' own converters do what they can;
our estimators, pipelines, votes, stacks and pools are put together here out of plain operators.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import onnx

from pipeline.conversion.graphs import NotConvertibleError, Shape
from pipeline.conversion.libraries import from_lightgbm, from_sklearn
from pipeline.conversion.networks import from_keras
from pipeline.conversion.own import from_discriminant, from_logarithms, from_margins
from pipeline.conversion.together import from_pipeline, from_pool, from_stack, from_vote
from pipeline.idle_entries import drop_idle_entries
from pipeline.models.discriminant import BalancedDiscriminant
from pipeline.models.fused import LogPool
from pipeline.models.svm import PairwiseMargins
from pipeline.models.transforms import LogSkewed
from pipeline.models.vote import SoftVote, Stack

__all__ = ["NotConvertibleError", "converted"]


def converted(estimator: Any, shape: Shape) -> onnx.ModelProto:
    """Return a fitted classifier or transformer as ONNX.

    Parameters
    ----------
    estimator : object
        Of scikit-learn, LightGBM or ``pipeline.models``, or a network with ``network_``; a
        pipeline, a vote, a stack or a pool of those.
    shape : tuple of int
        Of a row that it was fitted on: (n_features,), (time, bands), ...

    Raises
    ------
    NotConvertibleError
        If a part of it has no ONNX form.
    """
    own: dict[str, Callable[[Any, Shape], onnx.ModelProto]] = {
        "Pipeline": partial(from_pipeline, convert=converted),
        LogSkewed.__name__: from_logarithms,
        PairwiseMargins.__name__: from_margins,
        BalancedDiscriminant.__name__: from_discriminant,
        SoftVote.__name__: partial(from_vote, convert=converted),
        Stack.__name__: partial(from_stack, convert=converted),
        LogPool.__name__: partial(from_pool, convert=converted),
    }
    library = {"sklearn": from_sklearn, "lightgbm": from_lightgbm}
    kind = type(estimator)
    convert = own.get(kind.__name__) or library.get(kind.__module__.split(".")[0])
    if convert is None and not hasattr(estimator, "network_"):
        raise NotConvertibleError(f"a {kind.__name__} has no ONNX form: leave it out of `served`")
    convert = convert or from_keras
    model = convert(estimator, shape)
    drop_idle_entries(model)
    return model
