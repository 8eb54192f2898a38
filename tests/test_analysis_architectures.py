"""A drawn network has the layers, shapes, weights and connections that it has."""

import numpy as np
import pytest

from pipeline.analysis.architectures import architecture_rows, filter_rows
from pipeline.artifacts.analysis import ANALYSES
from pipeline.models.dense import keras_library


@pytest.fixture(scope="module")
def keras():
    return keras_library()


@pytest.fixture(scope="module")
def residual(keras):
    """Time x bands -> convolution with a way around it -> LSTM both ways -> two genres."""
    layers = keras.layers
    inputs = keras.Input((20, 8), name="mel")
    x = layers.Reshape((20, 8, 1), name="channel")(inputs)
    first = layers.Conv2D(3, (3, 5), padding="same", name="first")(x)
    second = layers.BatchNormalization(name="norm")(first)
    x = layers.Add(name="sum")([second, first])
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Reshape((10, 12), name="steps")(x)
    x = layers.Bidirectional(layers.LSTM(4), name="order")(x)
    return keras.Model(inputs, layers.Dense(2, activation="softmax", name="genre")(x))


def test_layers_come_with_shapes_parameters_and_where_they_take_from(residual):
    table = architecture_rows("a.b.c.d", residual)
    assert tuple(table.columns) == ANALYSES["architectures"].columns
    assert set(table["id"]) == {"a.b.c.d"}
    found = list(table.drop(columns="id").itertuples(index=False, name=None))
    assert found == [
        (0, "mel", "InputLayer", "20 x 8", 0, ""),
        (1, "channel", "Reshape", "20 x 8 x 1", 0, "0"),
        (2, "first", "Conv2D", "20 x 8 x 3", 3 * 5 * 3 + 3, "1"),
        (3, "norm", "BatchNormalization", "20 x 8 x 3", 4 * 3, "2"),
        (4, "sum", "Add", "20 x 8 x 3", 0, "3,2"),
        (5, "pool", "MaxPooling2D", "10 x 4 x 3", 0, "4"),
        (6, "steps", "Reshape", "10 x 12", 0, "5"),
        (7, "order", "Bidirectional LSTM", "8", 2 * 4 * (12 + 4 + 1) * 4, "6"),
        (8, "genre", "Dense", "2", 8 * 2 + 2, "7"),
    ]


def test_parameters_add_up_to_those_of_the_network(residual):
    assert architecture_rows("a", residual)["n_parameters"].sum() == residual.count_params()


def test_a_model_inside_a_model_is_opened(keras, residual):
    whole = keras.Input((24, 8), name="clip")
    left, right = (
        residual(keras.layers.Cropping1D(sides, name=f"cut{sides[0]}")(whole))
        for sides in ((0, 4), (4, 0))
    )
    table = architecture_rows(
        "a", keras.Model(whole, keras.layers.Average(name="mean")([left, right]))
    )
    by_layer = table.set_index("layer")
    assert table["layer"].iloc[[0, -1]].tolist() == ["clip", "mean"]
    inner = f"{residual.name}/"
    opened = [name for name in by_layer.index if name.startswith(inner)]
    assert [name.removeprefix(inner) for name in opened] == [
        "channel", "first", "norm", "sum", "pool", "steps", "order", "genre",
    ]  # fmt: skip
    place = by_layer["place"]
    assert by_layer["receives"][f"{inner}channel"] == str(place["cut0"])
    assert by_layer["receives"]["mean"] == str(place[f"{inner}genre"])
    assert table["n_parameters"].sum() == residual.count_params()


def test_operations_and_layers_applied_to_every_step_are_named(keras):
    layers = keras.layers
    inputs = keras.Input((6, 20, 8))
    x = layers.TimeDistributed(layers.Conv1D(2, 3), name="steps")(inputs)
    network = keras.Model(inputs, keras.ops.mean(x, axis=(1, 2)))
    table = architecture_rows("a", network)
    assert table["kind"].tolist() == ["InputLayer", "TimeDistributed Conv1D", "Mean"]
    assert table["shape"].tolist() == ["6 x 20 x 8", "6 x 18 x 2", "2"]
    assert table["n_parameters"].tolist() == [0, 3 * 8 * 2 + 2, 0]
    kernel = network.get_layer("steps").layer.get_weights()[0]
    weights = filter_rows("a", network)
    assert weights.query("filter == 1")["weight"].tolist() == kernel[:, :, 1].ravel().tolist()


def test_a_length_that_is_left_open_is_any(keras):
    inputs = keras.Input((None, 8))
    table = architecture_rows("a", keras.Model(inputs, keras.layers.LSTM(2)(inputs)))
    assert table["shape"].tolist() == ["any x 8", "2"]


def test_a_chain_begins_with_its_input(keras):
    layers = keras.layers
    network = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
    table = architecture_rows("a", network)
    assert table["kind"].tolist() == ["InputLayer", "Dense", "Dense"]
    assert table["shape"].tolist() == ["4", "3", "2"]
    assert table["n_parameters"].tolist() == [0, 15, 8]
    assert table["receives"].tolist() == ["", "0", "1"]


def test_filters_are_the_kernels_of_the_first_convolution(residual):
    table = filter_rows("a.b.c.d", residual)
    assert tuple(table.columns) == ANALYSES["filters"].columns
    kernel = residual.get_layer("first").get_weights()[0]
    again = np.empty((3, 5, 3), dtype=np.float32)
    again[table["row"], table["column"], table["filter"]] = table["weight"]
    assert np.array_equal(again, kernel[:, :, 0])
    assert len(table) == 3 * 5 * 3


def test_no_more_than_32_filters_and_none_without_a_convolution(keras):
    layers = keras.layers
    inputs = keras.Input((10, 4))
    wide = keras.Model(inputs, layers.Conv1D(40, 2)(inputs))
    table = filter_rows("a", wide)
    assert table["filter"].max() == 31 and len(table) == 32 * 2 * 4
    none = filter_rows("a", keras.Model(inputs, layers.LSTM(2)(inputs)))
    assert none.empty and tuple(none.columns) == ANALYSES["filters"].columns


def test_filters_of_a_model_inside_a_model_are_found(keras, residual):
    inputs = keras.Input((20, 8))
    assert filter_rows("a", keras.Model(inputs, residual(inputs))).equals(
        filter_rows("a", residual)
    )
