"""A network on spectrograms, pictures or sequences, with scikit-learn's interface.

Two Keras models share their weights. ``body_`` is what is trained: it takes a prepared array
(standardised, bands pooled, cut to the length of a crop). ``network_`` takes rows as the tables
hold them, prepares them, and averages the body's answers over crops; it is what predicts and what
is exported. Keras 3; no backend is named.
"""

from typing import Any

import numpy as np

from pipeline.cache import digest, source_digest, versions
from pipeline.models.dense import keras_library, make_repeatable
from pipeline.models.networks.architectures import ARCHITECTURES
from pipeline.models.networks.checkpoint import Checkpoint, Progress
from pipeline.models.networks.training import Interrupted, history_of, train_body

# What a network's parameters are unless its entry says otherwise:
DEFAULTS: dict[str, Any] = {
    "normalise": "none",  # none; global: one mean and sd; bands: one of each band
    "pool_bands": 1,  # neighbouring bands that are averaged
    "crop": None,  # columns of a training crop; None: the whole row
    "n_crops": 1,  # crops, evenly spaced, whose answers are averaged; 0: the whole row at once
    "judged_crops": 2,  # of these, at most so many judge an epoch
    "equaliser": None,  # sd of a smooth random gain over bands, in standardised levels
    "masks": None,  # SpecAugment: {"bands": widest, "columns": widest, "n": of each}
    "mixup": None,  # alpha
    "label_smoothing": 0.0,
    "optimizer": "adam",
    "learning_rate": 1e-3,
    "schedule": "constant",  # or cosine
    "weight_decay": 0.0,
    "batch_size": 32,
    "max_epochs": 30,
    "patience": None,  # epochs without a lower validation loss; None: all epochs are done
    "keep": "best",  # the epoch of the lowest validation loss, or the last
}
PREDICTED_AT_ONCE = 64
# what this module imports and a training does not depend on
APART = frozenset(
    {
        "pipeline.artifacts",
        "pipeline.artifacts.storage",
        "pipeline.cache",
        "pipeline.config",
        "pipeline.models.specification",
        "pipeline.underway",
    }
)


class SpectrogramNetwork:
    """A declared architecture, trained on the rows of one table.

    After ``fit``: ``network_``, ``body_``, ``history_`` (DataFrame: epoch, loss, accuracy,
    val_loss, val_accuracy, chosen) and ``best_epoch_``.

    Parameters
    ----------
    seed : int
    params : dict
        ``architecture`` (a name in ``ARCHITECTURES``), what that architecture asks for, and
        whatever differs from ``DEFAULTS``.
    """

    def __init__(self, *, seed: int, params: dict[str, Any]) -> None:
        self.seed = seed
        self.params = DEFAULTS | params

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, validation: tuple[np.ndarray, np.ndarray]
    ) -> "SpectrogramNetwork":
        """Train on (n, ...) rows; ``validation`` (rows, genre numbers) chooses the epoch.

        Raises
        ------
        KeyboardInterrupt
            When interrupted; the network then has the best weights so far, and the state is kept.
        """
        make_repeatable(keras_library(), self.seed)
        checkpoint = Checkpoint(self._key(X, y, validation))
        self._build(X, n_genres=int(y.max()) + 1)
        prepared, held = self._prepared(X), self._prepared(validation[0])
        try:
            progress = train_body(
                self.body_,
                prepared,
                y,
                validation=(held, validation[1]),
                predict=self._judged_answers,
                params=self.params,
                seed=self.seed,
                checkpoint=checkpoint,
            )
        except Interrupted as stop:
            self._note(stop.progress)
            raise
        self._note(progress)
        return self

    def _note(self, progress: Progress) -> None:
        if progress.history:
            self.history_ = history_of(progress)
        self.best_epoch_ = progress.best_epoch

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        return np.asarray(self.network_.predict(X, batch_size=PREDICTED_AT_ONCE, verbose=0))

    def _key(self, X: np.ndarray, y: np.ndarray, validation: tuple[np.ndarray, np.ndarray]) -> str:
        backend = keras_library().backend.backend()
        held, held_y = validation
        return digest(
            [self.params, self.seed, backend, versions(), source_digest((__name__,), APART)],
            [X, y.astype(np.int64), held, held_y.astype(np.int64)],
        )

    def _build(self, X: np.ndarray, *, n_genres: int) -> None:
        """Make both models; only constants of the training rows are learnt here."""
        self._mean, self._scale = _standardisation(X, self.params["normalise"])
        shape = self._prepared(X[:1]).shape[1:]
        crop, n_crops = self.params["crop"], self.params["n_crops"]
        length = crop or shape[0]
        if crop and not n_crops:
            length = None  # trained on crops, asked about whole rows
        architecture = ARCHITECTURES[self.params["architecture"]]
        self.body_ = architecture((length, *shape[1:]), n_genres, self.params)
        n_judged = min(n_crops, self.params["judged_crops"])
        self._judge = self._over_crops(shape, _crop_starts(shape[0], crop, n_judged))
        averaged = self._over_crops(shape, _crop_starts(shape[0], crop, n_crops))
        self.network_ = self._from_rows(averaged, X.shape[1:], shape)
        self.network_(X[:1])  # Keras exports only what was called

    def _prepared(self, X: np.ndarray) -> np.ndarray:
        """Return rows as the body takes them but for the crop; equals the layers in network_."""
        if self.params["normalise"] == "none" and self.params["pool_bands"] == 1:
            return X
        scaled = (X - self._mean) * self._scale
        width = self.params["pool_bands"]
        pooled = scaled.reshape(*scaled.shape[:-1], -1, width).mean(axis=-1)
        return np.asarray(pooled, dtype=np.float32)

    def _judged_answers(self, prepared: np.ndarray) -> np.ndarray:
        answers = self._judge.predict(prepared, batch_size=PREDICTED_AT_ONCE, verbose=0)
        return np.asarray(answers)

    def _over_crops(self, shape: tuple[int, ...], starts: list[int]) -> Any:
        """Return prepared rows -> mean answer of the body to the crops that begin there."""
        keras = keras_library()
        rows = keras.Input(shape, name="prepared")
        if not starts:
            return keras.Model(rows, self.body_(rows))
        ends = [shape[0] - start - self.params["crop"] for start in starts]
        answers = [
            self.body_(keras.layers.Cropping1D((start, end))(rows))
            for start, end in zip(starts, ends, strict=True)
        ]
        mean = keras.layers.Average()(answers) if len(answers) > 1 else answers[0]
        return keras.Model(rows, mean)

    def _from_rows(self, averaged: Any, raw: tuple[int, ...], shape: tuple[int, ...]) -> Any:
        """Return rows of the table -> probabilities."""
        keras = keras_library()
        rows = keras.Input(raw, name="features")
        prepared = rows
        if self.params["normalise"] != "none":
            scale, offset = self._scale, -self._mean * self._scale
            prepared = keras.layers.Rescaling(_plain(scale), _plain(offset))(prepared)
        if self.params["pool_bands"] > 1:
            column = keras.layers.Reshape((*raw, 1))(prepared)
            pooled = keras.layers.AveragePooling2D((1, self.params["pool_bands"]))(column)
            prepared = keras.layers.Reshape(shape)(pooled)
        return keras.Model(rows, averaged(prepared))


def build_network(params: dict[str, Any], seed: int) -> SpectrogramNetwork:
    """Return the network of an entry, unfitted."""
    return SpectrogramNetwork(seed=seed, params=params)


def _standardisation(X: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (mean, 1 / sd) as float32: of everything, or of each band (the last axis)."""
    if kind == "none":
        return np.zeros(1, np.float32), np.ones(1, np.float32)
    axes = tuple(range(X.ndim)) if kind == "global" else tuple(range(X.ndim - 1))
    mean = np.atleast_1d(X.mean(axis=axes, dtype=np.float64))
    sd = np.atleast_1d(X.std(axis=axes, dtype=np.float64))
    return mean.astype(np.float32), (1 / np.where(sd > 0, sd, 1)).astype(np.float32)


def _crop_starts(n_columns: int, crop: int | None, n_crops: int) -> list[int]:
    if crop is None:
        return []
    if crop > n_columns:
        raise ValueError(f"a crop of {crop} columns is longer than a row of {n_columns}")
    if not n_crops:
        return []
    last = n_columns - crop
    places = np.linspace(0, last, n_crops) if n_crops > 1 else np.array([last / 2])
    return [round(place) for place in places.tolist()]


def _plain(values: np.ndarray) -> Any:
    """Return one number as a number, several as a list, as Keras can save them."""
    numbers = values.astype(float).tolist()
    return numbers[0] if len(numbers) == 1 else numbers
