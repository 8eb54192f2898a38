"""The training of one network: epochs, early stopping, checkpoints, and word of how far it is.

An epoch is a function of the state before it, the seed and its number, so that a training that was
killed and goes on ends like one that never was. Keras 3; no backend is named.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from pipeline.metrics import PROBABILITY_FLOOR
from pipeline.models.dense import keras_library
from pipeline.models.networks.augmentation import epoch_view
from pipeline.models.networks.checkpoint import Checkpoint, Progress
from pipeline.underway import tell

SECONDS_BETWEEN_STATES = 15.0  # a killed training loses no more than this, or one epoch
WARM_UP_EPOCHS = 2  # of a cosine schedule

Predict = Callable[[np.ndarray], np.ndarray]


class Interrupted(KeyboardInterrupt):
    """A training was stopped; ``progress`` says how far it came."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(f"stopped after {progress.epochs} epochs")
        self.progress = progress


def train_body(
    body: Any,
    X: np.ndarray,
    y: np.ndarray,
    *,
    validation: tuple[np.ndarray, np.ndarray],
    predict: Predict,
    params: dict[str, Any],
    seed: int,
    checkpoint: Checkpoint,
) -> Progress:
    """Train a network in place, and give it the weights that its validation rows chose.

    Parameters
    ----------
    body : keras.Model
        Takes what ``augmentation.epoch_view`` makes of ``X`` and gives probabilities.
    X : ndarray of shape (n, ...), float32
        Prepared training rows.
    y : ndarray of shape (n,)
        Genre numbers.
    validation : (ndarray, ndarray)
        Prepared rows and genre numbers of whole tracks that are not trained on.
    predict : callable
        Prepared rows -> probabilities, as the finished model will answer.
    params : dict
        See ``network.DEFAULTS``.
    checkpoint : Checkpoint
        Where the state is kept; a finished training is read from there.

    Raises
    ------
    Interrupted
        A KeyboardInterrupt, after the state was kept; the network has the best weights so far.
    """
    finished = checkpoint.result()
    if finished is not None:
        progress, weights = finished
        body.set_weights(weights)
        return progress
    training = _Training(body, params, seed)
    training.resume(checkpoint)
    try:
        training.run(X, y, validation, predict, checkpoint)
    except KeyboardInterrupt as stop:
        training.save(checkpoint)
        training.keep()
        raise Interrupted(training.progress) from stop
    training.keep()
    checkpoint.save_result(training.progress, body.get_weights())
    return training.progress


def history_of(progress: Progress) -> pd.DataFrame:
    """Return the learning curve: epoch, loss, accuracy, val_loss, val_accuracy, chosen."""
    history = pd.DataFrame(progress.history)
    return history.assign(chosen=(history["epoch"] == progress.best_epoch).astype(int))


def learning_rate(params: dict[str, Any], epoch: int) -> float:
    """Return the step size of an epoch: constant, or warmed up and then falling as a cosine."""
    highest, n_epochs = params["learning_rate"], params["max_epochs"]
    if params["schedule"] == "constant":
        return float(highest)
    if epoch < WARM_UP_EPOCHS:
        return float(highest * (epoch + 1) / (WARM_UP_EPOCHS + 1))
    share = (epoch - WARM_UP_EPOCHS) / max(1, n_epochs - WARM_UP_EPOCHS)
    return float(highest * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share))))


class _Training:
    """A network with its optimizer, and how far both are."""

    def __init__(self, body: Any, params: dict[str, Any], seed: int) -> None:
        keras = keras_library()
        self.body, self.params, self.seed = body, params, seed
        self.progress = Progress()
        self.best: list[np.ndarray] = body.get_weights()
        self.optimizer = _optimizer(keras, params)
        self.optimizer.build(body.trainable_variables)
        body.compile(
            optimizer=self.optimizer, loss="categorical_crossentropy", metrics=["accuracy"]
        )

    def resume(self, checkpoint: Checkpoint) -> None:
        """Take over the state of a training that was stopped."""
        stopped = checkpoint.state()
        if stopped is None:
            return
        self.progress, arrays = stopped
        for variables, values in (
            (self.body.variables, arrays["variables"]),
            (self.optimizer.variables, arrays["optimizer"]),
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        self.best = arrays["best"]

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep the state."""
        checkpoint.save_state(
            self.progress,
            {
                "variables": [_values(variable) for variable in self.body.variables],
                "optimizer": [_values(variable) for variable in self.optimizer.variables],
                "best": self.best,
            },
        )
        checkpoint.save_curve(self.progress)

    def keep(self) -> None:
        """Give the network the weights of the chosen epoch."""
        self.body.set_weights(self.best)

    def run(
        self,
        X: np.ndarray,
        y: np.ndarray,
        validation: tuple[np.ndarray, np.ndarray],
        predict: Predict,
        checkpoint: Checkpoint,
    ) -> None:
        """Do the epochs that are left."""
        targets = _targets(y, self.body.output_shape[-1], self.params["label_smoothing"])
        saved = time.monotonic()
        while not self._is_over():
            self._epoch(X, targets)
            self._judge(predict(validation[0]), validation[1])
            self._say()
            if time.monotonic() - saved > SECONDS_BETWEEN_STATES:
                self.save(checkpoint)
                saved = time.monotonic()

    def _is_over(self) -> bool:
        done, patience = self.progress.epochs, self.params["patience"]
        waited = done - 1 - self.progress.best_epoch
        return done >= self.params["max_epochs"] or (patience is not None and waited >= patience)

    def _epoch(self, X: np.ndarray, targets: np.ndarray) -> None:
        epoch = self.progress.epochs
        rng = np.random.default_rng([self.seed, epoch])
        view, aims = epoch_view(X, targets, params=self.params, rng=rng)
        self.optimizer.learning_rate = learning_rate(self.params, epoch)
        record = self.body.fit(
            view,
            aims,
            batch_size=self.params["batch_size"],
            shuffle=False,
            initial_epoch=epoch,
            epochs=epoch + 1,
            verbose=0,
        )
        self.progress.history.append(
            {
                "epoch": epoch,
                "loss": float(record.history["loss"][0]),
                "accuracy": float(record.history["accuracy"][0]),
            }
        )
        self.progress.epochs += 1

    def _judge(self, proba: np.ndarray, y: np.ndarray) -> None:
        """Add the validation scores of the epoch, and keep its weights if they are the choice."""
        right = proba[np.arange(len(y)), y]
        loss = float(-np.log(np.maximum(right, PROBABILITY_FLOOR)).mean())
        accuracy = float((proba.argmax(axis=1) == y).mean())
        self.progress.history[-1] |= {"val_loss": loss, "val_accuracy": accuracy}
        if self.params["keep"] == "last" or loss < self.progress.best_loss:
            self.progress.best_loss = loss
            self.progress.best_epoch = self.progress.epochs - 1
            self.best = self.body.get_weights()

    def _say(self) -> None:
        last = self.progress.history[-1]
        tell(
            f"epoch {self.progress.epochs} of {self.params['max_epochs']}, "
            f"validation accuracy {last['val_accuracy']:.3f}"
        )


def _optimizer(keras: Any, params: dict[str, Any]) -> Any:
    name, rate = params["optimizer"], params["learning_rate"]
    if name == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=params["weight_decay"])
    if name == "adam":
        return keras.optimizers.Adam(rate)
    if name == "sgd":
        return keras.optimizers.SGD(rate, momentum=params.get("momentum", 0.0))
    raise ValueError(f'optimizer must be "adam", "adamw" or "sgd", not {name!r}')


def _targets(y: np.ndarray, n_genres: int, smoothing: float) -> np.ndarray:
    exact = np.eye(n_genres, dtype=np.float32)[y]
    return np.asarray(exact * (1 - smoothing) + smoothing / n_genres, dtype=np.float32)


def _values(variable: Any) -> np.ndarray:
    return np.array(variable.numpy())
