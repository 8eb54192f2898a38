"""A network that is trained in two stages: pieces of clips first, then their order.

First a convolutional network learns genres from single pieces. It is cut before its output and
frozen, and LSTM layers learn from what it makes of a clip's pieces in their order. The finished
network has the layers of ``architectures.time_distributed``, which trains all of them together.
"""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.models.dense import keras_library
from pipeline.models.networks.network import PREDICTED_AT_ONCE, SpectrogramNetwork


class TwoStageNetwork(SpectrogramNetwork):
    """A convolutional network on pieces, frozen, under LSTM layers over the pieces of a clip.

    After ``fit`` it has what ``SpectrogramNetwork`` has. ``history_`` holds the first stage's
    epochs, then the second's: both are chosen by the same validation rows, and ``best_epoch_`` is
    one of the second stage.

    Parameters
    ----------
    seed : int
    params : dict
        ``piece``, ``lstm`` and the layers of ``conv_blocks``; ``second``: what differs in the
        training of the second stage. Everything else is about both, except that ``n_crops`` is how
        many pieces of a clip judge the first stage.
    """

    def __init__(self, *, seed: int, params: dict[str, Any]) -> None:
        super().__init__(
            seed=seed, params={"architecture": "time_distributed", "second": {}} | params
        )

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, validation: tuple[np.ndarray, np.ndarray]
    ) -> "TwoStageNetwork":
        """Train on (n, n_columns, n_bands) rows; ``validation`` chooses both stages' epochs.

        Raises
        ------
        ValueError
            If a row has fewer columns than a piece.
        KeyboardInterrupt
            When interrupted; the stage that it hit goes on from there next time.
        """
        first = SpectrogramNetwork(seed=self.seed, params=self._first()).fit(
            X, y, validation=validation
        )
        held = (self._sequences(first, validation[0]), validation[1])
        second = SpectrogramNetwork(seed=self.seed, params=self._second()).fit(
            self._sequences(first, X), y, validation=held
        )
        self._build(X, n_genres=int(y.max()) + 1)
        # the first stage without its output's kernel and bias, then all of the second
        self.body_.set_weights([*first.body_.get_weights()[:-2], *second.body_.get_weights()])
        n_before = len(first.history_)
        later = second.history_.assign(epoch=second.history_["epoch"] + n_before)
        self.history_ = pd.concat([first.history_.assign(chosen=0), later], ignore_index=True)
        self.best_epoch_ = n_before + second.best_epoch_
        return self

    def _build(self, X: np.ndarray, *, n_genres: int) -> None:
        """Make the network that looks at whole rows: crops are the first stage's."""
        params, self.params = self.params, self.params | {"crop": None, "n_crops": 1}
        try:
            super()._build(X, n_genres=n_genres)
        finally:
            self.params = params

    def _first(self) -> dict[str, Any]:
        return self.params | {"architecture": "conv_blocks", "crop": self.params["piece"]}

    def _second(self) -> dict[str, Any]:
        plain = {"architecture": "read_pieces", "lstm": self.params["lstm"], "crop": None}
        shared = ("optimizer", "learning_rate", "schedule", "batch_size", "max_epochs", "patience")
        return {name: self.params[name] for name in shared} | plain | self.params["second"]

    def _sequences(self, first: SpectrogramNetwork, X: np.ndarray) -> np.ndarray:
        """Return what the first stage makes of each piece, (n, n_pieces, n_numbers)."""
        keras = keras_library()
        body, piece = first.body_, self.params["piece"]
        cut = keras.Model(body.input, body.get_layer("embedding").output)
        prepared = first._prepared(X)
        n_pieces = prepared.shape[1] // piece
        pieces = prepared[:, : n_pieces * piece].reshape(-1, piece, *prepared.shape[2:])
        numbers = cut.predict(pieces, batch_size=PREDICTED_AT_ONCE, verbose=0)
        return np.asarray(numbers).reshape(len(X), n_pieces, -1)


def build_two_stage(params: dict[str, Any], seed: int) -> TwoStageNetwork:
    """Return the network of an entry, unfitted."""
    return TwoStageNetwork(seed=seed, params=params)
