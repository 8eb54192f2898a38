"""Slim trees answer as the full ones do."""

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier

from pipeline.idle_entries import TREES, drop_idle_entries


def test_trees_keep_their_answers_without_the_entries_that_say_nothing():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4)).astype(np.float32)
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
    forest = RandomForestClassifier(20, random_state=0).fit(X, y)
    inputs = [("features", FloatTensorType([None, 4]))]
    model = to_onnx(
        forest,
        initial_types=inputs,
        options={"zipmap": False},
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    whole = model.SerializeToString()
    drop_idle_entries(model)
    (trees,) = (node for node in model.graph.node if node.op_type == TREES)
    attributes = {attribute.name: attribute for attribute in trees.attribute}
    assert all(attributes["class_weights"].floats)
    assert not {"nodes_hitrates", "nodes_missing_value_tracks_true"} & set(attributes)
    slim = model.SerializeToString()
    assert len(slim) < 0.7 * len(whole)
    answers = [
        onnxruntime.InferenceSession(content).run(None, {"features": X})[1]
        for content in (whole, slim)
    ]
    np.testing.assert_array_equal(*answers)
