"""Dense networks on feature tables, in Keras 3; no backend is named.

The standardisation is the network's first layer, so that an exported network takes raw features.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pipeline.models.specification import NOTEBOOKS, STUDY_TABLES, ModelSpec, Published

PARAMS: dict[str, Any] = {
    "hidden": [100, 250, 250, 100],
    "activation": "relu",
    "dropout": 0.3,
    "batch_size": 128,
    "learning_rate": 1e-3,
    "max_epochs": 200,
    "patience": 15,
}
ONE_LAYER = PARAMS | {"hidden": [50], "activation": "tanh", "dropout": 0.0, "batch_size": 32}
THREE_LAYERS = PARAMS | {"hidden": [128, 64, 32], "dropout": 0.2}


def keras_library() -> Any:
    """Import Keras, quiet and with one thread: units of work run side by side."""
    if "keras" not in sys.modules:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
        os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
        with _no_stderr():
            import keras
    import keras

    return keras


@contextmanager
def _no_stderr() -> Iterator[None]:
    """Silence what C++ prints while TensorFlow loads, before it reads its log level.

    Exceptions still come through; lines of every worker would tear the progress bar apart.
    """
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def make_repeatable(keras: Any, seed: int) -> None:
    """Set every seed and, where the backend has it, operation determinism.

    Called at the start of each unit of work, so that its outcome does not depend on what ran
    before it in the same process.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
        tensorflow.get_logger().setLevel("ERROR")  # a new network is traced anew each time


class DenseNetwork:
    """A multi-layer perceptron with scikit-learn's interface and early stopping.

    After ``fit``: ``network_`` (Keras model), ``history_`` (DataFrame: epoch, loss, accuracy,
    val_loss, val_accuracy) and ``best_epoch_``, whose weights are kept.
    """

    def __init__(self, *, seed: int, params: dict[str, Any] = PARAMS) -> None:
        self.seed = seed
        self.params = params

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, validation: tuple[np.ndarray, np.ndarray]
    ) -> "DenseNetwork":
        """Train on (n, n_features) raw features until the validation loss stops falling."""
        keras = keras_library()
        make_repeatable(keras, self.seed)
        params = self.params
        self.network_ = self._network(X, n_genres=int(y.max()) + 1)
        self.network_.compile(
            optimizer=keras.optimizers.Adam(params["learning_rate"]),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        stopping = keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=params["patience"], restore_best_weights=True
        )
        record = self.network_.fit(
            X,
            y,
            validation_data=validation,
            batch_size=params["batch_size"],
            epochs=params["max_epochs"],
            callbacks=[stopping],
            verbose=0,
        )
        self.history_ = pd.DataFrame(record.history).rename_axis("epoch").reset_index()
        self.best_epoch_ = int(stopping.best_epoch)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        return np.asarray(self.network_.predict(X, batch_size=1024, verbose=0))

    def _network(self, X: np.ndarray, *, n_genres: int) -> Any:
        keras = keras_library()
        layers = keras.layers
        mean, scale = X.mean(axis=0), np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
        network = keras.Sequential([layers.Input((X.shape[1],), name="features")])
        network.add(layers.Rescaling((1 / scale).tolist(), (-mean / scale).tolist()))
        for width in self.params["hidden"]:
            network.add(layers.Dense(width, activation=self.params["activation"]))
            network.add(layers.Dropout(self.params["dropout"]))
        network.add(layers.Dense(n_genres, activation="softmax"))
        return network


def build(params: dict[str, Any], seed: int) -> DenseNetwork:
    """Return a dense net with early stopping."""
    return DenseNetwork(seed=seed, params=params)


DENSE = (
    ModelSpec(
        name="dense",
        title="Dense net",
        family="dense",
        technique="deep",
        representations=STUDY_TABLES,
        build=partial(build, PARAMS),
        params=PARAMS,
        stops_early=True,
        served=STUDY_TABLES,
        published={"features_3s": Published(0.888, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    ModelSpec(
        name="dense_50",
        title="Dense net, one layer",
        family="dense",
        technique="deep",
        representations=("features_30s",),
        build=partial(build, ONE_LAYER),
        params=ONE_LAYER,
        stops_early=True,
        published={
            "features_30s": Published(
                0.74, "track", "clip_random", 0.2, f"{NOTEBOOKS}, 0.74 to 0.76"
            )
        },
    ),
    ModelSpec(
        name="dense_echonest",
        title="Dense net, three layers",
        family="dense",
        technique="deep",
        representations=("echonest",),
        build=partial(build, THREE_LAYERS),
        params=THREE_LAYERS,
        stops_early=True,
    ),
)
