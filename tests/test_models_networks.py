"""Architectures and network entries: shapes, and that each learns, repeats itself and is sound."""

import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from pipeline.models import MODELS
from pipeline.models.dense import keras_library, make_repeatable
from pipeline.models.networks.architectures import ARCHITECTURES
from pipeline.models.networks.network import SpectrogramNetwork

# what an entry is tried on: small, but with the axes of the real thing
SHAPES = {
    "images_kaggle": (64, 72),
    "mel_clip": (40, 16),
    "mfcc_sequence": (32, 20),
    "mfcc_pieces": (32, 20),
    "mel_3s": (32, 16),
}
REAL = {
    "images_kaggle": (288, 432),
    "mel_clip": (333, 128),
    "mfcc_sequence": (130, 20),
    "mfcc_pieces": (41, 20),
    "mel_3s": (130, 128),
}
# less of everything; only what an entry has is changed
SMALLER: dict[str, Any] = {
    "hidden": [16],
    "blocks": [[8], [8]],
    "lstm": [8, 8],
    "patches": [12, 4],
    "strides": [4, 2],
    "units": [8, 8],
    "filters": [8, 8],
    "summary": 16,
    "piece": 16,
    "crop": 32,
    "masks": None,
    "mixup": None,
    "equaliser": None,
    "label_smoothing": 0.0,
    "weight_decay": 0.0,
    "max_epochs": 6,
    "patience": None,
    "batch_size": 5,
    "learning_rate": 5e-3,
    "dropout": 0.1,
}
ENTRIES = [
    model.name
    for model in MODELS.values()
    if model.technique == "deep" and model.stops_early and {*model.representations} <= {*SHAPES}
]
ONE_OF_EACH_FAMILY = list({MODELS[name].family: name for name in reversed(ENTRIES)}.values())
Y = np.repeat(np.arange(4), 5)


def smaller(params: dict[str, Any], **other: Any) -> dict[str, Any]:
    """Return an entry's parameters with fewer layers, columns and epochs."""
    reduced = params | {
        name: value for name, value in SMALLER.items() if params.get(name) not in (None, [])
    }
    reduced |= {name: SMALLER[name] for name in ("max_epochs", "patience")}
    reduced |= other
    if reduced.get("second"):
        reduced["second"] = reduced["second"] | {
            name: reduced[name] for name in ("max_epochs", "patience", "learning_rate")
        }
    return reduced


def clips(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Twenty clips of four genres, each with a band of its own over noise."""
    X = np.random.default_rng(seed).normal(size=(len(Y), *shape)).astype(np.float32)
    width = shape[1] // 4
    for row, genre in enumerate(Y):
        X[row, :, genre * width : (genre + 1) * width] += 1.5
    return X


@pytest.fixture(scope="module", params=ENTRIES)
def trained(request) -> tuple[Any, np.ndarray]:
    """One small network of each entry, fitted on its twenty clips."""
    return _trained(request.param)


def _trained(name: str, **other: Any) -> tuple[Any, np.ndarray]:
    """Return an entry's small network, and its clips; an epoch shows each of them five times."""
    network = MODELS[name].build(3)
    network.params = smaller(network.params, **other)
    X = clips(SHAPES[MODELS[name].representations[0]])
    often = np.tile(X, (5, 1, 1)), np.tile(Y, 5)
    return network.fit(*often, validation=(X, Y)), X


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_builds_for_the_real_input(name):
    network = MODELS[name].build(0)
    params, shape = network.params, REAL[MODELS[name].representations[0]]
    columns = params["crop"] or shape[0]
    body = ARCHITECTURES[params["architecture"]](
        (columns, shape[1] // params["pool_bands"]), 10, params
    )
    assert body.output_shape == (None, 10)
    assert [layer.name for layer in body.layers[-2:]] == ["embedding", "genre"]
    assert body.input_shape[1:] == (columns, shape[1] // params["pool_bands"])


def test_the_number_of_parameters_is_known():
    lstm = MODELS["lstm_pieces"].params
    body = ARCHITECTURES["lstm"]((41, 20), 10, lstm)
    assert body.count_params() == 4 * 450 * (20 + 450 + 1) + 451 * 10
    dense = MODELS["image_dense"].params
    body = ARCHITECTURES["dense"]((288, 432), 10, dense)
    sizes = [288 * 432, 300, 100, 100, 100, 10]
    assert body.count_params() == sum((before + 1) * after for before, after in pairwise(sizes))
    patches = MODELS["image_patches"].params
    body = ARCHITECTURES["patches"]((288, 432), 10, patches)
    # 25 x 40 places of the large patch, 4 x 7 of the small one
    expected = 50 * (40 * 40 + 1) + 50 * (10 * 10 * 50 + 1) + 10 * (4 * 7 * 50 + 1)
    assert body.count_params() == expected


def test_the_double_blocks_keep_a_cell_of_the_smallest_crop():
    body = ARCHITECTURES["conv_blocks"]((64, 64), 10, MODELS["cnn_double_blocks"].params)
    flat = next(layer for layer in body.layers if type(layer).__name__ == "Flatten")
    assert flat.output.shape == (None, 256)
    convolutions = [layer for layer in body.layers if type(layer).__name__ == "Conv2D"]
    filters = [layer.filters for layer in convolutions]
    assert filters == [32, 32, 64, 64, 128, 128, 256, 256]


def test_a_piece_longer_than_the_clip_is_refused():
    params = MODELS["cnn_lstm"].params
    with pytest.raises(ValueError, match="a piece has 64 columns, the clip only 63"):
        ARCHITECTURES["time_distributed"]((63, 64), 10, params)


def test_every_entry_learns_twenty_clips_by_heart(trained):
    network, X = trained
    proba = network.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-5)
    assert (proba.argmax(axis=1) == Y).mean() >= 0.95


def test_an_answer_depends_on_the_clip_only(trained):
    network, X = trained
    together = network.predict_proba(X)
    order = np.random.default_rng(0).permutation(len(X))
    np.testing.assert_allclose(network.predict_proba(X[order]), together[order], atol=1e-5)
    alone = network.network_.predict(X[:7], batch_size=1, verbose=0)
    np.testing.assert_allclose(alone, together[:7], atol=1e-5)
    other = np.concatenate([X[:3], 50 + clips(X.shape[1:], seed=9)])
    np.testing.assert_allclose(network.predict_proba(other)[:3], together[:3], atol=1e-5)


# Keras itself hands numpy its variables by an older protocol
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_what_was_learnt_survives_saving(trained, tmp_path):
    network, X = trained
    network.network_.save(tmp_path / "network.keras")
    again = keras_library().models.load_model(tmp_path / "network.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), network.predict_proba(X), atol=1e-6)


def test_weights_carry_over_to_an_untrained_network(trained):
    network, X = trained
    before = network.predict_proba(X)
    weights = network.body_.get_weights()
    network.body_.set_weights([np.zeros_like(weight) for weight in weights])
    flat = network.predict_proba(X)
    network.body_.set_weights(weights)
    np.testing.assert_allclose(flat, 1 / 4, atol=1e-6)
    np.testing.assert_array_equal(network.predict_proba(X), before)


def test_the_history_tells_every_epoch_and_which_was_chosen(trained):
    network, _ = trained
    history = network.history_
    assert {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"} <= set(history)
    assert history["epoch"].tolist() == list(range(len(history)))
    assert history.loc[history["chosen"] == 1, "epoch"].tolist() == [network.best_epoch_]


@pytest.mark.parametrize("name", ONE_OF_EACH_FAMILY)
def test_two_fits_with_one_seed_are_one(name):
    first, X = _trained(name, max_epochs=1)
    again, _ = _trained(name, max_epochs=1)
    assert first.predict_proba(X).tobytes() == again.predict_proba(X).tobytes()


def test_the_two_stages_are_the_network_that_is_asked():
    """Each is trained once more here by itself, with the same seed."""
    network, X = _trained("cnn_lstm", max_epochs=2)
    often, genres = np.tile(X, (5, 1, 1)), np.tile(Y, 5)
    first = SpectrogramNetwork(seed=3, params=network._first())
    first.fit(often, genres, validation=(X, Y))
    sequences = network._sequences(first, X)
    assert sequences.shape == (20, 2, 16)
    second = SpectrogramNetwork(seed=3, params=network._second())
    second.fit(np.tile(sequences, (5, 1, 1)), genres, validation=(sequences, Y))
    answers = network.predict_proba(X)
    np.testing.assert_allclose(answers, second.predict_proba(sequences), atol=1e-5)
    assert len(network.history_) == len(first.history_) + len(second.history_) == 4
    swapped = np.concatenate([X[:, 16:32], X[:, :16], X[:, 32:]], axis=1)
    assert np.abs(network.predict_proba(swapped) - answers).max() > 1e-4  # order counts
    np.testing.assert_allclose(
        second.predict_proba(sequences[:, ::-1]), network.predict_proba(swapped), atol=1e-5
    )


def test_an_entry_survives_pickling_before_it_is_fitted():
    for name in ENTRIES:
        network = MODELS[name].build(4)
        again = pickle.loads(pickle.dumps(network))
        assert (again.seed, again.params) == (4, network.params)


def test_the_seed_decides():
    keras = keras_library()
    answers = []
    for seed in (1, 2):
        make_repeatable(keras, seed)
        body = ARCHITECTURES["dense"]((4, 3), 4, {"hidden": [], "activation": "relu", "dropout": 0})
        answers.append(body.get_weights()[0])
    assert not np.allclose(*answers)
