"""ONNX graphs of networks: every kind of layer that ours are made of, rows of any shape."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from pipeline.calibration import tempered
from pipeline.conversion import NotConvertibleError, converted
from pipeline.export import exported, validate_export
from pipeline.models.dense import keras_library, make_repeatable

N_GENRES = 10
RNG = np.random.default_rng(0)


def pictures(shape: tuple[int, ...]) -> np.ndarray:
    """Return rows of levels in dB."""
    return RNG.uniform(-80, 0, (40, *shape)).astype(np.float32)


def settled(network: Any) -> SimpleNamespace:
    """Return a network with weights of every kind away from where they start, as an estimator."""
    rng = np.random.default_rng(1)
    weights = [
        w + rng.uniform(0.05, 0.3, w.shape).astype(w.dtype) * (1 if w.min() >= 0 else np.sign(w))
        for w in network.get_weights()
    ]
    network.set_weights(weights)
    return SimpleNamespace(network_=network, predict_proba=lambda X: network.predict(X, verbose=0))


def convolutional(layers: Any, rows: Any, shape: tuple[int, ...]) -> Any:
    x = layers.Reshape((*shape, 1))(rows)
    x = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.MaxPooling2D(2)(x)
    x = layers.Activation("gelu")(layers.SeparableConv2D(8, 3, padding="same")(x))
    x = layers.Add()([x, layers.Conv2D(8, 1, padding="same", activation="elu")(x)])
    x = layers.AveragePooling2D((2, 3), padding="same")(x)
    x = layers.SpatialDropout2D(0.2)(x)
    wide = layers.Concatenate()(
        [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    )
    wide = layers.Dropout(0.5)(layers.Dense(12, activation="relu", name="embedding")(wide))
    return layers.Dense(N_GENRES, activation="softmax", name="genre")(wide)


def crops() -> tuple[Any, tuple[int, ...]]:
    """Standardised bands, pooled in pairs, and one body on three crops."""
    keras = keras_library()
    layers, (time, bands), crop = keras.layers, (60, 32), 24
    piece = layers.Input((crop, bands // 2))
    body = keras.Model(piece, convolutional(layers, piece, (crop, bands // 2)))
    rows = layers.Input((time, bands), name="features")
    scale = np.linspace(0.02, 0.03, bands)
    x = layers.Rescaling(scale.tolist(), (40 * scale).tolist())(rows)
    x = layers.AveragePooling2D((1, 2))(layers.Reshape((time, bands, 1))(x))
    x = layers.Reshape((time, bands // 2))(x)
    answers = [body(layers.Cropping1D((start, time - start - crop))(x)) for start in (0, 18, 36)]
    return keras.Model(rows, layers.Average()(answers)), (time, bands)


def recurrent() -> tuple[Any, tuple[int, ...]]:
    """Every recurrent layer, in both directions."""
    keras = keras_library()
    layers, shape = keras.layers, (20, 12)
    rows = layers.Input(shape, name="features")
    x = layers.Rescaling(1 / 40, 1.0)(rows)
    x = layers.GRU(8, return_sequences=True)(x)
    x = layers.Bidirectional(layers.GRU(6, return_sequences=True))(x)
    x = layers.LSTM(8, return_sequences=True)(x)
    x = layers.Bidirectional(layers.LSTM(6))(x)
    return keras.Model(rows, layers.Dense(N_GENRES, activation="softmax")(x)), shape


def pieces() -> tuple[Any, tuple[int, ...]]:
    """One body on each piece of time, then an order in time and attention to it."""
    keras = keras_library()
    layers, (n, length, bands) = keras.layers, (3, 16, 12)
    piece = layers.Input((length, bands))
    body = keras.Model(piece, convolutional(layers, piece, (length, bands)))
    rows = layers.Input((n * length, bands), name="features")
    x = layers.TimeDistributed(body)(layers.Reshape((n, length, bands))(rows))
    x = layers.Conv1D(8, 2, padding="same", activation="tanh")(x)
    x = layers.LayerNormalization()(layers.MultiHeadAttention(2, 4)(x, x))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(rows, layers.Dense(N_GENRES, activation="softmax")(x)), (n * length, bands)


@pytest.fixture(scope="module", params=[crops, recurrent, pieces], ids=lambda made: made.__name__)
def example(request):
    """Return an estimator, rows for it, and its graph with a temperature of 1.7."""
    make_repeatable(keras_library(), 0)
    network, shape = request.param()
    estimator = settled(network)
    model = exported(estimator, shape=shape, n_genres=N_GENRES, temperature=1.7)
    return estimator, pictures(shape), model.SerializeToString()


def test_the_graph_of_a_network_equals_it(example):
    estimator, X, content = example
    error = validate_export(content, estimator, X, temperature=1.7, tolerance=1e-5)
    answers = estimator.predict_proba(X)
    assert error <= 1e-5 < np.abs(answers - answers.mean(axis=0)).max()  # it tells rows apart


def test_any_number_of_rows_gives_each_its_own_answer(example):
    estimator, X, content = example
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert given.name == "features" and given.shape == ["n", *X.shape[1:]]
    alone = np.concatenate([session.run(None, {"features": X[k : k + 1]})[0] for k in range(7)])
    np.testing.assert_allclose(alone, tempered(estimator.predict_proba(X[:7]), 1.7), atol=1e-5)


def test_a_body_on_several_crops_is_stored_once(example):
    estimator, _, content = example
    assert len(content) < 4 * estimator.network_.count_params() + 40_000


def test_numbers_that_only_keras_knows_are_refused():
    keras = keras_library()
    rows = keras.layers.Input((4,), name="features")
    x = keras.layers.Normalization(mean=[1.0] * 4, variance=[2.0] * 4)(rows)
    network = keras.Model(rows, keras.layers.Dense(3, activation="softmax")(x))
    with pytest.raises(NotConvertibleError, match=r"asks for .* too\. Keep such numbers"):
        converted(SimpleNamespace(network_=network), (4,))
