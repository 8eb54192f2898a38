"""The pool of networks, statistics and features: weights, leaks of stacking, and what it reads."""

import numpy as np
import pytest

from pipeline.features.fused import FUSED
from pipeline.models import fused
from pipeline.models.dense import keras_library
from pipeline.models.fused import LogPool, log_pool, pool_weights
from pipeline.models.networks.architectures import ARCHITECTURES

N_GENRES = 3


def tiny(shape, n_genres, params):
    keras = keras_library()
    rows = keras.Input(shape)
    x = keras.layers.GlobalAveragePooling1D()(rows)
    x = keras.layers.Identity(name="embedding")(x)
    return keras.Model(rows, keras.layers.Dense(n_genres, activation="softmax", name="genre")(x))


NETWORK = {"architecture": "tiny", "normalise": "bands", "keep": "last", "max_epochs": 4,
           "learning_rate": 0.1}  # fmt: skip
PARAMS = {
    "members": ["network", "discriminant"],
    "network": NETWORK,
    "discriminant": {"shrinkage": 0.5, "group_power": 0.5},
    "n_folds": 3,
    "pull": 0.02,
}


@pytest.fixture(autouse=True)
def tiny_architecture(monkeypatch):
    monkeypatch.setitem(ARCHITECTURES, "tiny", tiny)


@pytest.fixture(scope="module")
def clips():
    """Forty-five clips of 15 groups: 12 columns of 6 bands, and 5 other numbers."""
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(15), 3)
    y = group % N_GENRES
    X = rng.normal(0, 1, (45, 12 * 6 + 5)).astype(np.float32)
    for genre in range(N_GENRES):
        X[np.ix_(y == genre, np.arange(genre, 72, 6))] += 1.5
        X[y == genre, 72 + genre] += 3
    return X, y, group


def in_blocks(X):
    return {"network": X[:, :72].reshape(len(X), 12, 6), "discriminant": X[:, 72:]}


def pool(**other):
    return LogPool(seed=0, params=PARAMS | other, blocks=in_blocks)


@pytest.fixture(scope="module")
def fitted(clips):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ARCHITECTURES, "tiny", tiny)
        X, y, group = clips
        return pool().fit(X, y, groups=group)


def test_pool_learns_its_training_rows(clips, fitted):
    X, y, _ = clips
    assert (fitted.predict(X) == y).mean() > 0.9
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1, atol=1e-6)


def test_answers_that_weights_are_learnt_from_come_from_members_that_did_not_see_the_group(
    clips, monkeypatch
):
    X, y, group = clips
    seen: list[tuple[set[int], set[int]]] = []
    row = {tuple(values): int(number) for values, number in zip(X[:, 72:], group, strict=True)}

    class Watched(fused.BalancedDiscriminant):
        def fit(self, X, y, groups):
            self.groups = {row[tuple(values)] for values in X}
            return super().fit(X, y, groups)

        def predict_proba(self, X):
            seen.append((self.groups, {row[tuple(values)] for values in X}))
            return super().predict_proba(X)

    monkeypatch.setattr(fused, "BalancedDiscriminant", Watched)
    pool(members=["discriminant"]).fit(X, y, groups=group)
    assert len(seen) == 3
    assert all(not trained & asked for trained, asked in seen)
    assert set.union(*(asked for _, asked in seen)) == set(group)


def test_every_training_row_is_held_once_and_by_one_network(clips, fitted):
    assert len(fitted.networks_) == 3
    for answers in fitted.held_.values():
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)


def test_network_member_is_the_mean_of_the_folds_networks(clips, fitted):
    X = clips[0]
    mel = in_blocks(X)["network"]
    mean = np.mean([network.predict_proba(mel) for network in fitted.networks_], axis=0)
    expected = log_pool([mean, fitted.discriminant_.predict_proba(X[:, 72:])], fitted.weights_)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, atol=1e-6)


def test_answers_depend_on_the_row_only(clips, fitted):
    X = clips[0]
    together = fitted.predict_proba(X)
    np.testing.assert_allclose(fitted.predict_proba(X[:1]), together[:1], atol=1e-5)
    np.testing.assert_allclose(fitted.predict_proba(X[::-1])[::-1], together, atol=1e-5)


def test_same_seed_gives_the_same_pool(clips, fitted):
    X, y, group = clips
    again = pool().fit(X, y, groups=group)
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))


def test_pool_without_networks_says_that_it_has_none(clips):
    X, y, group = clips
    plain = pool(members=["discriminant"]).fit(X, y, groups=group)
    assert not hasattr(plain, "network_")
    assert hasattr(plain, "weights_")


def test_log_pool_is_the_normalised_weighted_product():
    first, second = np.array([[0.5, 0.3, 0.2]]), np.array([[0.1, 0.1, 0.8]])
    product = first**0.5 * second**2
    np.testing.assert_allclose(
        log_pool([first, second], np.array([0.5, 2.0])), product / product.sum(), atol=1e-12
    )


def test_weights_go_to_the_member_that_knows_and_are_never_negative():
    rng = np.random.default_rng(0)
    y = rng.integers(0, N_GENRES, 300)
    knowing = 0.7 * np.eye(N_GENRES)[y] + 0.1
    wrong = 0.7 * np.eye(N_GENRES)[(y + 1) % N_GENRES] + 0.1
    good, bad = pool_weights([knowing, wrong], y, pull=0.0)
    assert good > 1 and bad == 0


def test_strong_pull_gives_equal_weights():
    rng = np.random.default_rng(0)
    y = rng.integers(0, N_GENRES, 100)
    answers = [rng.dirichlet(np.ones(N_GENRES), 100) for _ in range(2)]
    np.testing.assert_allclose(pool_weights(answers, y, pull=1e6), 0.5, atol=1e-3)


def test_rows_of_the_fused_table_are_split_as_their_layout_says():
    X = np.arange(2 * FUSED.width, dtype=np.float32).reshape(2, FUSED.width)
    blocks = fused.blocks_of_rows(X)
    np.testing.assert_array_equal(blocks["network"].reshape(2, -1), X[:, : FUSED.n_mel])
    np.testing.assert_array_equal(blocks["discriminant"], X[:, FUSED.n_mel :])


def test_spectrograms_give_the_statistics_that_the_table_has():
    rng = np.random.default_rng(0)
    mel = rng.uniform(-80, 0, (2, FUSED.n_columns, FUSED.n_bands)).astype(np.float32)
    blocks = fused.blocks_of_spectrograms(mel)
    assert blocks["discriminant"].shape == (2, FUSED.n_statistics)
    np.testing.assert_array_equal(blocks["network"], mel)
