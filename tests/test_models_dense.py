"""Dense nets: they learn, stop, repeat themselves and take any feature."""

import numpy as np
import pytest

from pipeline.models import MODELS
from pipeline.models.dense import PARAMS, DenseNetwork

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(3), 40)
X = (RNG.normal(size=(120, 6)) + 2 * Y[:, None]).astype(np.float32) * 100


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


@pytest.mark.parametrize(
    ("name", "hidden", "activation"),
    [
        ("dense", [100, 250, 250, 100], "relu"),
        ("dense_50", [50], "tanh"),
        ("dense_echonest", [128, 64, 32], "relu"),
    ],
)
def test_declared_layers_are_built(name, hidden, activation):
    network = MODELS[name].build(0)
    network.params = network.params | {"max_epochs": 1}
    layers = network.fit(X, Y, validation=(X, Y)).network_.layers
    dense = [layer for layer in layers if type(layer).__name__ == "Dense"]
    assert [layer.units for layer in dense] == [*hidden, 3]
    assert {layer.activation.__name__ for layer in dense[:-1]} == {activation}
