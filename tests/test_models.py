"""One contract for every declared model, and what each family promises."""

import numpy as np
import pytest

from pipeline.artifacts import RunId
from pipeline.models import MODELS
from pipeline.models.dense import PARAMS, DenseNetwork
from pipeline.report import REPRESENTATIONS
from pipeline.splits import PROTOCOLS

FAMILIES = {
    "dummy", "linear", "tree", "boosting", "neighbours", "dense", "convolutional", "recurrent",
    "fused", "clusters",
}  # fmt: skip
RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(3), 40)
X = (RNG.normal(size=(120, 6)) + 2 * Y[:, None]).astype(np.float32) * 100


@pytest.mark.parametrize("name", MODELS)
def test_declaration_is_complete(name):
    model = MODELS[name]
    assert model.name == name
    assert str(RunId.parse(f"gtzan.features_3s.{name}.track_kfold")).count(".") == 3
    assert model.family in FAMILIES
    assert set(model.representations) <= set(REPRESENTATIONS)
    assert model.title and model.params
    for figure in (model.published or {}).values():
        assert 0 < figure.accuracy < 1
        assert figure.protocol in PROTOCOLS
        assert figure.source


@pytest.mark.parametrize("name", [m.name for m in MODELS.values() if m.technique == "supervised"])
def test_supervised_model_gives_probabilities_and_repeats_itself(name):
    first, second = (MODELS[name].build(1).fit(X, Y).predict_proba(X) for _ in range(2))
    assert first.shape == (120, 3)
    np.testing.assert_allclose(first.sum(axis=1), 1, atol=1e-6)
    assert first.tobytes() == second.tobytes()
    if MODELS[name].family != "dummy":
        assert (first.argmax(axis=1) == Y).mean() > 0.8


@pytest.mark.parametrize("name", [m.name for m in MODELS.values() if m.technique == "unsupervised"])
def test_clusters_do_not_depend_on_the_scale_of_a_feature(name):
    labels = MODELS[name].build(0).fit_predict(X)
    scaled = MODELS[name].build(0).fit_predict(X * np.array([1, 1000, 1, 1, 1, 1]))
    pairs = {(a, b) for a, b in zip(labels, scaled, strict=True)}
    assert len(pairs) == len(set(labels)) == 10


def test_dummy_answers_with_the_commonest_genre():
    model = MODELS["dummy"].build(0).fit(X[:90], np.where(Y[:90] == 2, 2, 1))
    assert (model.predict(X) == 1).all()


@pytest.fixture(scope="module")
def network() -> DenseNetwork:
    params = PARAMS | {"hidden": [16], "max_epochs": 60, "patience": 5, "batch_size": 16}
    order = np.random.default_rng(1).permutation(120)
    fit, stop = order[:90], order[90:]
    return DenseNetwork(seed=0, params=params).fit(X[fit], Y[fit], validation=(X[stop], Y[stop]))


def test_dense_net_learns_from_raw_features_and_records_every_epoch(network):
    proba = network.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-5)
    assert (proba.argmax(axis=1) == Y).mean() > 0.8
    assert list(network.history_) == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]
    assert network.best_epoch_ == network.history_["val_loss"].idxmin()


def test_dense_net_stops_early_on_noise():
    noise = np.random.default_rng(0).permutation(Y)
    params = PARAMS | {"hidden": [64], "max_epochs": 80, "patience": 3, "batch_size": 8}
    fitted = DenseNetwork(seed=0, params=params).fit(
        X[:80], noise[:80], validation=(X[80:], noise[80:])
    )
    assert len(fitted.history_) < 80


def test_dense_net_repeats_itself_whatever_ran_before(network):
    params = PARAMS | {"hidden": [16], "max_epochs": 3}
    give = (X[::2], Y[::2], (X[1::2], Y[1::2]))

    def trained() -> bytes:
        fresh = DenseNetwork(seed=5, params=params).fit(*give[:2], validation=give[2])
        return fresh.predict_proba(X).tobytes()

    first = trained()
    network.predict_proba(X)
    assert trained() == first


def test_dense_net_answer_does_not_depend_on_the_batch(network):
    np.testing.assert_allclose(
        network.predict_proba(X)[:5], network.predict_proba(X[:5]), atol=1e-6
    )


def test_a_constant_feature_does_not_break_the_dense_net():
    flat = X.copy()
    flat[:, 0] = 7
    params = PARAMS | {"hidden": [8], "max_epochs": 2}
    fitted = DenseNetwork(seed=0, params=params).fit(flat, Y, validation=(flat, Y))
    assert np.isfinite(fitted.predict_proba(flat)).all()
