"""Exported models equal their estimators, and the check for it can fail."""

import numpy as np
import onnx
import onnxruntime
import pytest

from pipeline.calibration import tempered
from pipeline.export import ExportError, exported, validate_export
from pipeline.models import MODELS
from pipeline.models.dense import PARAMS, DenseNetwork

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 10, 1500)
X = (RNG.normal(size=(1500, 57)) * 10 ** RNG.uniform(-4, 6, 57) + 0.3 * Y[:, None]).astype(
    np.float32
)


SHIPPABLE = ["random_forest_small", "lightgbm_small", "dense", "logistic_l2", "lda_shrinkage",
             "lda_balanced", "svm_log", "vote"]  # fmt: skip


@pytest.fixture(scope="module", params=SHIPPABLE)
def estimator(request):
    if request.param == "dense":
        params = PARAMS | {"max_epochs": 3}
        return DenseNetwork(seed=0, params=params).fit(X, Y, validation=(X[:200], Y[:200]))
    groups = {"groups": np.arange(1500) // 5} if MODELS[request.param].grouped else {}
    return MODELS[request.param].build(0).fit(X, Y, **groups)


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_export_equals_its_estimator_over_1000_rows(estimator, temperature):
    content = exported(estimator, shape=(57,), n_genres=10, temperature=temperature)
    tolerance = 1e-5 if isinstance(estimator, DenseNetwork) else 1e-4
    error = validate_export(
        content.SerializeToString(), estimator, X, temperature=temperature, tolerance=tolerance
    )
    assert error <= tolerance


def test_export_has_the_declared_input_and_output(estimator):
    model = exported(estimator, shape=(57,), n_genres=10, temperature=1.0)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    assert [i.name for i in session.get_inputs()] == ["features"]
    assert [o.name for o in session.get_outputs()] == ["probabilities"]
    (one,) = session.run(None, {"features": X[:1]})
    (many,) = session.run(None, {"features": X[:7]})
    assert one.shape == (1, 10) and many.shape == (7, 10)
    np.testing.assert_allclose(many.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(one[0], many[0], atol=1e-6)


def test_another_temperature_is_noticed(estimator):
    model = exported(estimator, shape=(57,), n_genres=10, temperature=2.0)
    with pytest.raises(ExportError, match="differ by"):
        validate_export(model.SerializeToString(), estimator, X, temperature=1.0, tolerance=1e-4)


def test_a_model_too_large_to_ship_is_refused(estimator, monkeypatch):
    monkeypatch.setattr("pipeline.export.MAX_BYTES", 1000)
    model = exported(estimator, shape=(57,), n_genres=10, temperature=1.0)
    with pytest.raises(ExportError, match="at most 1000 are served"):
        validate_export(model.SerializeToString(), estimator, X, temperature=1.0, tolerance=1e-4)


def test_zero_probabilities_survive_the_logarithm():
    tree = MODELS["random_forest_small"].build(0).fit(X[:50], np.arange(50) % 10)
    model = exported(tree, shape=(57,), n_genres=10, temperature=1.5)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (got,) = session.run(None, {"features": X[:50]})
    np.testing.assert_allclose(got, tempered(tree.predict_proba(X[:50]), 1.5), atol=1e-4)
