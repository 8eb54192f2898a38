"""Training of a network: stopped and resumed, chosen epochs, crops, and what it may depend on."""

import numpy as np
import pytest

from pipeline.models.dense import keras_library
from pipeline.models.networks import training
from pipeline.models.networks.architectures import ARCHITECTURES
from pipeline.models.networks.augmentation import epoch_view, masked, mixed, random_crops
from pipeline.models.networks.network import SpectrogramNetwork
from pipeline.underway import task_underway, told

PARAMS = {
    "architecture": "tiny",
    "normalise": "bands",
    "pool_bands": 2,
    "crop": 12,
    "n_crops": 3,
    "masks": {"bands": 2, "columns": 3, "n": 1},
    "mixup": 0.3,
    "equaliser": 0.2,
    "optimizer": "adamw",
    "weight_decay": 0.01,
    "schedule": "cosine",
    "batch_size": 8,
    "max_epochs": 5,
}


def tiny(shape, n_genres, params):
    """A network with everything that keeps a state: batch normalisation and dropout."""
    keras = keras_library()
    layers = keras.layers
    rows = keras.Input(shape)
    x = layers.Conv1D(8, 3)(rows)
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(8, activation="relu", name="embedding")(x)
    return keras.Model(rows, layers.Dense(n_genres, activation="softmax", name="genre")(x))


@pytest.fixture(autouse=True)
def tiny_architecture(monkeypatch):
    monkeypatch.setitem(ARCHITECTURES, "tiny", tiny)
    monkeypatch.setattr(training, "SECONDS_BETWEEN_STATES", 0.0)


@pytest.fixture(scope="module")
def clips():
    """Sixty spectrograms of 20 columns and 8 bands; the genre is which bands are loud."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    X = rng.normal(-40, 5, (60, 20, 8)).astype(np.float32)
    for genre in range(3):
        X[y == genre, :, 2 * genre : 2 * genre + 2] += 20
    return X, y


def trained(clips, params=PARAMS, seed=0):
    X, y = clips
    network = SpectrogramNetwork(seed=seed, params=params)
    return network.fit(X[15:], y[15:], validation=(X[:15], y[:15]))


@pytest.fixture(scope="module")
def whole(clips):
    """A training that nobody stopped."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ARCHITECTURES, "tiny", tiny)
        return trained(clips)


def test_stopped_training_resumes_with_the_same_outcome(clips, whole, tmp_path, monkeypatch):
    say = training._Training._say

    def stop_after_two(self):
        say(self)
        if self.progress.epochs == 2:
            raise KeyboardInterrupt

    with task_underway(tmp_path, "gtzan.mel_clip.tiny"):
        with monkeypatch.context() as patch:
            patch.setattr(training._Training, "_say", stop_after_two)
            with pytest.raises(KeyboardInterrupt):
                trained(clips)
        assert told(tmp_path)[0].startswith("gtzan.mel_clip.tiny: epoch 2 of 5")
        (curve,) = tmp_path.rglob("history.csv")
        assert len(curve.read_text().splitlines()) == 3
        resumed = trained(clips)
    np.testing.assert_array_equal(resumed.predict_proba(clips[0]), whole.predict_proba(clips[0]))
    assert resumed.history_.equals(whole.history_)
    assert told(tmp_path) == []


def test_finished_training_is_loaded_not_repeated(clips, whole, tmp_path, monkeypatch):
    with task_underway(tmp_path, "x"):
        trained(clips)
        monkeypatch.setattr(
            training._Training, "_epoch", lambda *_: pytest.fail("trained a second time")
        )
        loaded = trained(clips)
    np.testing.assert_array_equal(loaded.predict_proba(clips[0]), whole.predict_proba(clips[0]))


def test_other_rows_are_another_training(clips, tmp_path):
    X, y = clips
    with task_underway(tmp_path, "x"):
        trained(clips, PARAMS | {"max_epochs": 1})
        changed = X.copy()
        changed[20] += 1
        trained((changed, y), PARAMS | {"max_epochs": 1})
    assert len(list(tmp_path.rglob("result.npz"))) == 2


def test_interrupted_network_answers_with_its_best_weights(clips, monkeypatch):
    say = training._Training._say

    def stop_after_two(self):
        say(self)
        if self.progress.epochs == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(training._Training, "_say", stop_after_two)
    X, y = clips
    network = SpectrogramNetwork(seed=0, params=PARAMS)
    with pytest.raises(KeyboardInterrupt):
        network.fit(X[15:], y[15:], validation=(X[:15], y[:15]))
    proba = network.predict_proba(X[:15])
    loss = -np.log(network._judged_answers(network._prepared(X[:15]))[np.arange(15), y[:15]])
    assert loss.mean() == pytest.approx(network.history_["val_loss"].min(), rel=1e-5)
    assert proba.shape == (15, 3)


def test_chosen_epoch_has_the_lowest_validation_loss(whole):
    history = whole.history_
    assert history["chosen"].sum() == 1
    assert history.loc[history["chosen"] == 1, "val_loss"].iloc[0] == history["val_loss"].min()
    assert whole.best_epoch_ == history["val_loss"].idxmin()


def test_last_epoch_is_kept_where_asked(clips):
    network = trained(clips, PARAMS | {"keep": "last", "max_epochs": 3})
    assert network.best_epoch_ == 2


def test_patience_ends_a_training_that_does_not_improve(clips):
    stuck = PARAMS | {"learning_rate": 0.0, "schedule": "constant", "patience": 2, "max_epochs": 50}
    assert len(trained(clips, stuck | {"weight_decay": 0.0}).history_) < 50


def test_answers_depend_on_the_row_only(clips, whole):
    X = clips[0]
    together = whole.predict_proba(X)
    alone = np.concatenate([whole.predict_proba(X[place : place + 1]) for place in range(4)])
    np.testing.assert_allclose(alone, together[:4], atol=1e-5)
    np.testing.assert_allclose(whole.predict_proba(X[::-1])[::-1], together, atol=1e-5)


def test_answer_is_the_mean_over_crops(clips, whole):
    X = clips[0]
    prepared = whole._prepared(X)
    crops = [prepared[:, start : start + 12] for start in (0, 4, 8)]
    mean = np.mean([whole.body_.predict(crop, verbose=0) for crop in crops], axis=0)
    np.testing.assert_allclose(whole.predict_proba(X), mean, atol=1e-5)


def test_standardisation_is_of_the_training_rows_only(clips):
    X, y = clips
    far = X.copy()
    far[:15] += 1000  # validation rows
    one, other = (trained((rows, y), PARAMS | {"max_epochs": 1}) for rows in (X, far))
    np.testing.assert_array_equal(one._mean, other._mean)


def test_crop_longer_than_a_row_is_refused(clips):
    with pytest.raises(ValueError, match="a crop of 30 columns is longer than a row of 20"):
        trained(clips, PARAMS | {"crop": 30})


def test_unknown_optimizer_is_refused(clips):
    with pytest.raises(ValueError, match='"adam", "adamw" or "sgd", not \'adagrad\''):
        trained(clips, PARAMS | {"optimizer": "adagrad"})


def test_crops_are_pieces_of_their_own_clip():
    X = np.arange(5 * 10).reshape(5, 10, 1).astype(np.float32)
    order = np.array([3, 1])
    crops = random_crops(X, order, length=4, rng=np.random.default_rng(0))
    for crop, clip in zip(crops[:, :, 0], order, strict=True):
        assert (np.diff(crop) == 1).all() and 10 * clip <= crop[0] <= 10 * clip + 6


def test_masks_hide_no_more_than_they_may():
    X = np.ones((50, 20, 10), dtype=np.float32)
    hidden = masked(X, bands=3, columns=4, n=1, rng=np.random.default_rng(0)) == 0
    assert hidden.any()
    assert hidden.all(axis=1).sum(axis=1).max() == 3  # whole bands
    assert hidden.all(axis=2).sum(axis=1).max() == 4  # whole columns
    assert (X == 1).all()


def test_mixtures_keep_the_larger_share_of_their_own_clip():
    X = np.eye(6, dtype=np.float32)[:, :, None]
    targets = np.eye(6, dtype=np.float32)
    view, aims = mixed(X, targets, alpha=0.4, rng=np.random.default_rng(0))
    np.testing.assert_allclose(view[:, :, 0], aims, atol=1e-6)
    assert (aims.argmax(axis=1) == np.arange(6)).all()
    np.testing.assert_allclose(aims.sum(axis=1), 1, atol=1e-6)


def test_epoch_without_changes_is_a_permutation():
    X = np.arange(12, dtype=np.float32).reshape(6, 2)
    targets = np.eye(6, dtype=np.float32)
    view, aims = epoch_view(X, targets, params={}, rng=np.random.default_rng(0))
    order = aims.argmax(axis=1)
    assert sorted(order) == list(range(6))
    np.testing.assert_array_equal(view, X[order])
