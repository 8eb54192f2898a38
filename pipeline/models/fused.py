"""Fused models: networks on the spectrogram and a discriminant of statistics, stacked.

Each member answers by itself; a product of their probabilities, each to the power of its weight,
is the answer of the whole. Weights come from answers to rows that the members were not fitted on,
by inner folds that keep groups together. The networks of those folds stay: their mean is the
network member, so that no row of the training part is left out and none is trained for twice.

References
----------
Wolpert, 1992, "Stacked generalization".
Genest & Zidek, 1986, "Combining probability distributions" (logarithmic pool).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import image_statistics
from pipeline.metrics import PROBABILITY_FLOOR
from pipeline.models.discriminant import BalancedDiscriminant
from pipeline.models.networks.network import SpectrogramNetwork
from pipeline.models.specification import ModelSpec
from pipeline.models.spectrogram import COMPACT, STATISTICS

Blocks = dict[str, np.ndarray]

# statistics and features in one discriminant: what networks add to it is told by the whole pool
JOINT: dict[str, Any] = {
    "members": ["discriminant"],
    "discriminant": STATISTICS,
    "n_folds": 4,
    "pull": 0.0,
}
# the held rows of an inner fold judge the network's answers, so they may not choose its epoch
POOL: dict[str, Any] = {
    "members": ["network", "discriminant"],
    "network": COMPACT | {"keep": "last"},
    "discriminant": STATISTICS,
    "n_folds": 4,
    "pull": 0.02,  # of the weights towards equal ones
}


def blocks_of_rows(X: np.ndarray) -> Blocks:
    """Return what the members take of fused rows: the spectrogram, and all other numbers."""
    mel, statistics, song = FUSED.split(X)
    return {"network": mel, "discriminant": np.hstack([statistics, song])}


def blocks_of_spectrograms(X: np.ndarray) -> Blocks:
    """Return what the members take of spectrograms (n, n_columns, n_bands), in dB."""
    return {"network": X, "discriminant": np.stack([image_statistics(mel) for mel in X])}


class LogPool(ClassifierMixin, BaseEstimator):
    """Members of different kinds, each on its own part of a row, pooled by stacked weights.

    After ``fit``: ``networks_`` (list of SpectrogramNetwork, one an inner fold), ``discriminant_``,
    ``weights_`` (of each member, in the order of ``params["members"]``), ``held_`` (answers to rows
    that the members were not fitted on, by member), ``network_`` (the first network) and
    ``classes_``.

    Parameters
    ----------
    seed : int
    params : dict
        As ``POOL``.
    blocks : callable
        Rows -> what each member takes.
    """

    def __init__(
        self, *, seed: int, params: dict[str, Any], blocks: Callable[[np.ndarray], Blocks]
    ) -> None:
        self.seed = seed
        self.params = params
        self.blocks = blocks

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> "LogPool":
        """Fit members and weights on (n, ...) rows; no group is on both sides of an inner fold."""
        blocks = self.blocks(X)
        self.classes_ = np.unique(y)
        splitter = StratifiedGroupKFold(
            self.params["n_folds"], shuffle=True, random_state=self.seed
        )
        shape = (len(X), len(self.classes_))
        self.held_ = {name: np.zeros(shape) for name in self.params["members"]}
        self.networks_ = []
        for fit, held in splitter.split(np.zeros(len(y)), y, groups=groups):
            for name, answers in self.held_.items():
                member = self._member(name)
                if name == "network":
                    rows = blocks[name]
                    member.fit(rows[fit], y[fit], validation=(rows[held], y[held]))
                    self.networks_.append(member)
                else:
                    member.fit(blocks[name][fit], y[fit], groups=groups[fit])
                answers[held] = member.predict_proba(blocks[name][held])
        if "discriminant" in self.held_:
            self.discriminant_ = self._member("discriminant").fit(
                blocks["discriminant"], y, groups=groups
            )
        self.weights_ = pool_weights(list(self.held_.values()), y, pull=self.params["pull"])
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        blocks = self.blocks(X)
        return log_pool([self._answers(name, blocks) for name in self.held_], self.weights_)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @property
    def network_(self) -> Any:
        """The Keras model of the first inner fold's network; none where no member is one."""
        if not self.networks_:
            raise AttributeError("no member of this pool is a network")
        return self.networks_[0].network_

    def _member(self, name: str) -> Any:
        params = self.params[name]
        if name == "network":
            return SpectrogramNetwork(seed=self.seed, params=params)
        return BalancedDiscriminant(**params)

    def _answers(self, name: str, blocks: Blocks) -> np.ndarray:
        if name == "network":
            answers = [network.predict_proba(blocks[name]) for network in self.networks_]
            return np.mean(answers, axis=0)
        return self.discriminant_.predict_proba(blocks[name])


def log_pool(answers: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Return the weighted product of probabilities, each (n, n_genres), summing to 1."""
    return softmax(np.tensordot(weights, _logarithms(answers), axes=1), axis=1)


def pool_weights(answers: list[np.ndarray], y: np.ndarray, *, pull: float) -> np.ndarray:
    """Return the weights, none negative, of the pool that makes the true genres likeliest.

    Parameters
    ----------
    answers : list of ndarray of shape (n, n_genres)
        Of each member, to rows that it was not fitted on.
    y : ndarray of shape (n,)
        Genre numbers.
    pull : float
        Strength of the pull towards equal weights that sum to 1.
    """
    logarithms = _logarithms(answers)
    n_members, n = len(answers), len(y)
    equal = np.full(n_members, 1 / n_members)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        log_p = log_softmax(np.tensordot(weights, logarithms, axes=1), axis=1)
        excess = np.exp(log_p)
        excess[np.arange(n), y] -= 1
        slope = np.array([(excess * own).sum() / n for own in logarithms])
        apart = weights - equal
        return (
            float(-log_p[np.arange(n), y].mean() + pull * (apart**2).sum()),
            slope + 2 * pull * apart,
        )

    found = minimize(loss, equal, jac=True, bounds=[(0, None)] * n_members)
    return np.asarray(found.x)


def _logarithms(answers: list[np.ndarray]) -> np.ndarray:
    return np.log(np.maximum(np.stack(answers), PROBABILITY_FLOOR))


def build_pool(
    params: dict[str, Any], blocks: Callable[[np.ndarray], Blocks], seed: int
) -> LogPool:
    """Return the fused model of an entry, unfitted."""
    return LogPool(seed=seed, params=params, blocks=blocks)


FUSED_MODELS = (
    ModelSpec(
        name="picture_pool",
        title="Networks and statistics of the spectrogram",
        family="fused",
        technique="deep",
        representations=("mel_clip",),
        build=partial(build_pool, POOL, blocks_of_spectrograms),
        params=POOL,
        grouped=True,
        candidate=True,
    ),
    ModelSpec(
        name="fused_discriminant",
        title="Statistics and features",
        family="fused",
        technique="supervised",
        representations=("fused",),
        build=partial(build_pool, JOINT, blocks_of_rows),
        params=JOINT,
        grouped=True,
        candidate=True,
    ),
    ModelSpec(
        name="fused_pool",
        title="Networks, statistics and features",
        family="fused",
        technique="deep",
        representations=("fused",),
        build=partial(build_pool, POOL, blocks_of_rows),
        params=POOL,
        grouped=True,
        served=("fused",),
        candidate=True,
    ),
)
