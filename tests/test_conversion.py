"""ONNX graphs of our own estimators, of pipelines and of votes, before calibration."""

import numpy as np
import onnx
import onnxruntime
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from pipeline.conversion import NotConvertibleError, converted
from pipeline.conversion.libraries import float32_thresholds
from pipeline.conversion.own import pair_weights
from pipeline.models import MODELS
from pipeline.models.discriminant import BalancedDiscriminant
from pipeline.models.fused import POOL, LogPool, blocks_of_spectrograms
from pipeline.models.svm import PairwiseMargins
from pipeline.models.transforms import LogSkewed
from pipeline.models.vote import SoftVote, Stack

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 4, 400)
X = np.exp(RNG.normal(size=(400, 5)) + 0.8 * Y[:, None]).astype(np.float32)


def answer(model: onnx.ModelProto, rows: np.ndarray) -> np.ndarray:
    """Run a graph and return its last output."""
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"features": rows})[-1]


def test_logarithms_and_what_lies_below_the_floor():
    transformer = LogSkewed().fit(X)
    assert transformer.logged_.all()
    rows = np.vstack([X[:50], np.zeros((1, 5)), np.full((1, 5), -3.0)]).astype(np.float32)
    got = answer(converted(transformer, (5,)), rows)
    np.testing.assert_allclose(got, transformer.transform(rows), atol=1e-6)


def test_features_without_logarithms_pass():
    normal = RNG.normal(size=(300, 3)).astype(np.float32)
    transformer = LogSkewed().fit(normal)
    assert not transformer.logged_.any()
    np.testing.assert_array_equal(answer(converted(transformer, (3,)), normal), normal)


@pytest.mark.parametrize("n_classes", [3, 4])
def test_pair_weights_give_the_margins_of_the_machine(n_classes):
    rows = n_classes > Y
    Z = StandardScaler().fit_transform(np.log(X[rows]))
    machine = SVC(C=3, gamma=0.2, decision_function_shape="ovo").fit(Z, Y[rows])
    distance = ((Z[:, None] - machine.support_vectors_[None]) ** 2).sum(axis=2)
    margins = np.exp(-0.2 * distance) @ pair_weights(machine) + machine.intercept_
    np.testing.assert_allclose(margins, machine.decision_function(Z), atol=1e-9)


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(LogSkewed(), StandardScaler(), PairwiseMargins(C=5, gamma_x_features=1)),
        make_pipeline(LogSkewed(), StandardScaler(), LogisticRegression(max_iter=1000)),
        BalancedDiscriminant(shrinkage=0.3, group_power=0.5),
    ],
    ids=["margins", "logistic", "discriminant"],
)
def test_graph_equals_the_estimator(estimator):
    groups = {"groups": np.arange(400)} if isinstance(estimator, BalancedDiscriminant) else {}
    fitted = estimator.fit(X, Y, **groups)
    got = answer(converted(fitted, (5,)), X)
    np.testing.assert_allclose(got, fitted.predict_proba(X), atol=2e-5)


def test_vote_of_unlike_members_with_unlike_weights():
    members = {
        "trees": MODELS["random_forest_small"].build(0),
        "boosted": MODELS["lightgbm_small"].build(0),
        "logistic": MODELS["logistic_l2"].build(0),
        "discriminant": BalancedDiscriminant(shrinkage=0.3, group_power=0.5),
    }
    weights = {"trees": 1.0, "boosted": 2.0, "logistic": 0.5, "discriminant": 3.0}
    vote = SoftVote(members, weights).fit(X, Y, groups=np.arange(400))
    got = answer(converted(vote, (5,)), X)
    np.testing.assert_allclose(got, vote.predict_proba(X), atol=2e-5)
    unweighted = SoftVote(members).fit(X, Y, groups=np.arange(400))
    assert np.abs(got - unweighted.predict_proba(X)).max() > 0.01


def test_a_stack_is_a_regression_on_the_logarithms_of_its_members():
    members = {
        "trees": MODELS["random_forest_small"].build(0),
        "discriminant": BalancedDiscriminant(shrinkage=0.3, group_power=0.5),
    }
    stack = Stack(members, C=0.1).fit(X, Y, groups=np.arange(400))
    got = answer(converted(stack, (5,)), X)
    np.testing.assert_allclose(got, stack.predict_proba(X), atol=2e-5)


def test_steps_may_change_the_number_of_features():
    pipeline = make_pipeline(StandardScaler(), PCA(3), LogSkewed(), LogisticRegression())
    fitted = pipeline.fit(X, Y)
    got = answer(converted(fitted, (5,)), X)
    np.testing.assert_allclose(got, fitted.predict_proba(X), atol=2e-5)


def test_a_discriminant_of_thousands_of_features_keeps_its_digits():
    rng = np.random.default_rng(1)
    offsets = 1e3 * rng.normal(size=2_000)
    rows = (offsets + rng.normal(size=(90, 2_000)) + 0.2 * (np.arange(90) % 3)[:, None]).astype(
        np.float32
    )
    fitted = BalancedDiscriminant(shrinkage=0.6, group_power=0.5).fit(
        rows, np.arange(90) % 3, groups=np.arange(90)
    )
    strange = rows + 30 * rng.normal(size=rows.shape).astype(np.float32)
    got = answer(converted(fitted, (2_000,)), strange)
    np.testing.assert_allclose(got, fitted.predict_proba(strange), atol=1e-6)


def test_a_pool_that_computes_in_between_is_refused():
    pool = LogPool(seed=0, params=POOL, blocks=blocks_of_spectrograms)
    with pytest.raises(NotConvertibleError, match="Train it on fused rows"):
        converted(pool, (333, 128))


def test_lightgbm_thresholds_round_down_without_changing_an_answer():
    model = MODELS["lightgbm_small"].build(0).fit(X, Y)
    rounded = float32_thresholds(model.booster_)
    np.testing.assert_array_equal(rounded.predict(X), model.booster_.predict(X))
    tree = rounded.dump_model()["tree_info"][0]["tree_structure"]
    assert tree["threshold"] == float(np.float32(tree["threshold"]))
