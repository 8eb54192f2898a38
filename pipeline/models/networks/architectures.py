"""The networks' layers, by name: what ``params["architecture"]`` may say.

An architecture is called with ``(input_shape, n_genres, params)`` and returns an unfitted Keras
model from one normalised array without a channel axis (time first, or the rows of a picture) to
probabilities. Its last layers are named: "embedding" is what the clip becomes before "genre" reads
its genre off it. Sizes are in ``params``, so that a declared entry shows them. Keras 3 code that
names no backend; nothing here trains.
"""

from collections.abc import Callable
from typing import Any

from pipeline.models.dense import keras_library

MOMENTUM = 0.9  # of batch statistics: an epoch has only some forty steps

Params = dict[str, Any]
Shape = tuple[int, ...]


def dense(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return a multi-layer perceptron on all numbers of the array.

    Parameters
    ----------
    input_shape : tuple of int
        Any.
    n_genres : int
    params : dict
        ``hidden`` (widths; none gives a linear softmax), ``activation``, ``dropout``.
    """
    layers = keras_library().layers
    inputs = layers.Input(input_shape)
    x = _hidden(layers.Flatten()(inputs), params)
    return _classifier(inputs, x, n_genres, params)


def conv_blocks(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return blocks of convolutions, each pooled, then dense layers.

    Parameters
    ----------
    input_shape : (int, int)
    n_genres : int
    params : dict
        ``blocks`` (for each block the filters of its convolutions), ``kernel`` and ``pool`` (sides
        of squares), ``batch_norm`` (after each convolution), ``hidden``, ``activation``,
        ``dropout``.
    """
    layers = keras_library().layers
    inputs = layers.Input(input_shape)
    x = _convolved(layers.Reshape((*input_shape, 1))(inputs), params)
    x = _hidden(layers.Flatten()(x), params)
    return _classifier(inputs, x, n_genres, params)


def compact(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return small convolutions, then one as tall as what is left of the bands, pooled over time.

    It answers rows of any number of columns: what it knows of a clip is the mean and the maximum
    over time of what it heard.

    Parameters
    ----------
    input_shape : (int or None, int)
        Columns (None for any number) and bands.
    n_genres : int
    params : dict
        ``filters`` (of each 3 x 3 layer; the first one steps by two), ``summary`` (filters of the
        tall one), ``dropout`` (half of it before the tall one).
    """
    keras = keras_library()
    layers = keras.layers
    inputs = layers.Input(input_shape)
    x = layers.Reshape((-1, input_shape[1], 1))(inputs)
    for place, n_filters in enumerate(params["filters"]):
        x = _normalised(x, n_filters, 3, strides=1 if place else 2, padding="same")
        x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Dropout(params["dropout"] / 2)(x)
    x = _normalised(x, params["summary"], (1, x.shape[2]), strides=1, padding="valid")
    pooled = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    return _classifier(inputs, layers.Concatenate()(pooled), n_genres, params)


def patches(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return convolutions of large patches that step far, and no pooling.

    Parameters
    ----------
    input_shape : (int, int)
    n_genres : int
    params : dict
        ``units``, ``patches`` and ``strides`` (one number a layer, sides of squares), ``hidden``,
        ``activation``, ``dropout``.
    """
    layers = keras_library().layers
    inputs = layers.Input(input_shape)
    x = layers.Reshape((*input_shape, 1))(inputs)
    sizes = zip(params["units"], params["patches"], params["strides"], strict=True)
    for units, patch, stride in sizes:
        x = layers.Conv2D(units, patch, strides=stride, activation=params["activation"])(x)
    x = _hidden(layers.Flatten()(x), params)
    return _classifier(inputs, x, n_genres, params)


def lstm(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return LSTM layers that read the frames in order, then dense layers.

    Parameters
    ----------
    input_shape : (int, int)
        Frames and numbers of each.
    n_genres : int
    params : dict
        ``lstm`` (widths), ``hidden``, ``activation``, ``dropout``.
    """
    layers = keras_library().layers
    inputs = layers.Input(input_shape)
    x = _hidden(_read_in_order(inputs, params["lstm"]), params)
    return _classifier(inputs, x, n_genres, params)


def time_distributed(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return one convolutional network on every piece of time, and LSTM layers over the pieces.

    Parameters
    ----------
    input_shape : (int, int)
        Columns and bands. Columns at the end that do not fill a piece are not looked at.
    n_genres : int
    params : dict
        ``piece`` (columns), ``lstm`` (widths), and those of ``conv_blocks``.

    Raises
    ------
    ValueError
        If there are fewer columns than one piece has.
    """
    layers = keras_library().layers
    inputs = layers.Input(input_shape)
    pieces, n_pieces = in_pieces(inputs, input_shape, piece=params["piece"])
    x = _convolved(layers.Reshape((params["piece"], input_shape[1], 1))(pieces), params)
    x = _hidden(layers.Flatten()(x), params)
    if params["dropout"]:
        x = layers.Dropout(params["dropout"])(x)
    x = _read_in_order(together(x, n_pieces), params["lstm"])
    return _classifier(inputs, x, n_genres, params | {"dropout": 0.0})


def read_pieces(input_shape: Shape, n_genres: int, params: Params) -> Any:
    """Return LSTM layers over what a trained network made of the pieces: ``two_stage``.

    Parameters
    ----------
    input_shape : (int, int)
        Pieces and numbers of each.
    n_genres : int
    params : dict
        ``lstm`` (widths).
    """
    inputs = keras_library().layers.Input(input_shape)
    x = _read_in_order(inputs, params["lstm"])
    return _classifier(inputs, x, n_genres, {"dropout": 0.0})


def in_pieces(x: Any, shape: Shape, *, piece: int) -> tuple[Any, int]:
    """Return all pieces of all clips as rows of their own, and how many a clip has.

    Parameters
    ----------
    x : Keras tensor of shape (batch, n_columns, n_bands)
    shape : (int, int)
        Columns and bands.
    piece : int
        Columns of each.

    Returns
    -------
    (Keras tensor of shape (batch * n_pieces, piece, n_bands), int)

    Raises
    ------
    ValueError
        If the clip is shorter than one piece.
    """
    keras = keras_library()
    n_columns, n_bands = shape
    n_pieces, rest = divmod(n_columns, piece)
    if not n_pieces:
        raise ValueError(
            f"a piece has {piece} columns, the clip only {n_columns}. Take shorter pieces."
        )
    if rest:
        x = keras.layers.Cropping1D((0, rest))(x)
    # not TimeDistributed: pieces as rows of one batch are one convolution, not a loop over them
    return keras.ops.reshape(x, (-1, piece, n_bands)), n_pieces


def together(x: Any, n_pieces: int) -> Any:
    """Return the numbers of a clip's pieces in their order, (batch, n_pieces, n_numbers)."""
    return keras_library().ops.reshape(x, (-1, n_pieces, x.shape[-1]))


def _convolved(x: Any, params: Params) -> Any:
    """Return (batch, rows, columns, channels) after blocks of convolutions with pooling."""
    layers = keras_library().layers
    for filters in params["blocks"]:
        for n_filters in filters:
            x = layers.Conv2D(
                n_filters, params["kernel"], padding="same", use_bias=not params["batch_norm"]
            )(x)
            if params["batch_norm"]:
                x = layers.BatchNormalization(momentum=MOMENTUM)(x)
            x = layers.Activation(params["activation"])(x)
        # "same": small inputs keep a row through all blocks
        x = layers.MaxPooling2D(params["pool"], padding="same")(x)
    return x


def _normalised(x: Any, n_filters: int, kernel: Any, *, strides: int, padding: str) -> Any:
    """Return a convolution, normalised over the batch, rectified."""
    layers = keras_library().layers
    x = layers.Conv2D(n_filters, kernel, strides=strides, padding=padding, use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))


def _hidden(x: Any, params: Params) -> Any:
    """Return (batch, n_numbers) after the dense layers, with dropout between them."""
    layers = keras_library().layers
    for place, width in enumerate(params["hidden"]):
        if place and params["dropout"]:
            x = layers.Dropout(params["dropout"])(x)
        x = layers.Dense(width, activation=params["activation"])(x)
    return x


def _read_in_order(x: Any, widths: list[int]) -> Any:
    """Return what LSTM layers know at the end of (batch, n_steps, n_numbers)."""
    layers = keras_library().layers
    for place, width in enumerate(widths, start=1):
        x = layers.LSTM(width, return_sequences=place < len(widths))(x)
    return x


def _classifier(inputs: Any, x: Any, n_genres: int, params: Params) -> Any:
    """Return the model that ends with the named layers; dropout, if any, is the embedding's."""
    keras = keras_library()
    layers = keras.layers
    dropout = params["dropout"]
    last = layers.Dropout(dropout, name="embedding") if dropout else None
    embedding = (last or layers.Identity(name="embedding"))(x)
    return keras.Model(
        inputs, layers.Dense(n_genres, activation="softmax", name="genre")(embedding)
    )


ARCHITECTURES: dict[str, Callable[[Shape, int, Params], Any]] = {
    "dense": dense,
    "conv_blocks": conv_blocks,
    "compact": compact,
    "patches": patches,
    "lstm": lstm,
    "time_distributed": time_distributed,
    "read_pieces": read_pieces,
}
