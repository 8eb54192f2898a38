"""Linear discriminant analysis in which a prolific artist counts less than as many artists."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from pipeline.models.specification import FEATURE_TABLES, ModelSpec

BALANCED: dict[str, Any] = {"shrinkage": 0.3, "group_power": 0.5}


class BalancedDiscriminant(ClassifierMixin, BaseEstimator):
    """Shrunk linear discriminant analysis with weighted rows and equally likely genres.

    A row of a group (an artist, or a song) of n rows weighs n ** -group_power, so that 35 tracks
    by one artist do not stand for a genre. Within-genre correlations are shrunk towards none.

    After ``fit``: ``coef_`` (n_genres, n_features), ``intercept_`` (n_genres,), ``centre_`` and
    ``spread_`` within genres (n_features,), and ``classes_``; probabilities are the softmax of
    ``X @ coef_.T + intercept_``.

    References
    ----------
    Friedman, 1989, "Regularized discriminant analysis".
    """

    def __init__(self, *, shrinkage: float, group_power: float) -> None:
        self.shrinkage = shrinkage
        self.group_power = group_power

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> "BalancedDiscriminant":
        """Fit on (n, n_features) raw rows."""
        X = np.asarray(X, dtype=np.float64)
        _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        weight = sizes[group].astype(float) ** -self.group_power
        self.classes_, genre = np.unique(y, return_inverse=True)
        self.centre_ = np.average(X, axis=0, weights=weight)
        rows = X - self.centre_  # large offsets would cost digits below
        means = np.array(
            [
                np.average(rows[genre == k], axis=0, weights=weight[genre == k])
                for k in range(len(self.classes_))
            ]
        )
        apart = rows - means[genre]
        spread = np.sqrt(np.average(apart**2, axis=0, weights=weight))
        self.spread_ = np.where(spread > 0, spread, 1.0)
        apart /= self.spread_
        correlation = (apart * weight[:, None]).T @ apart / weight.sum()
        shrunk = (1 - self.shrinkage) * correlation
        shrunk[np.diag_indices_from(shrunk)] += self.shrinkage
        self.coef_ = np.linalg.solve(shrunk, (means / self.spread_).T).T / self.spread_
        self.intercept_ = -0.5 * (means * self.coef_).sum(axis=1) - self.coef_ @ self.centre_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        scores = X @ self.coef_.T + self.intercept_
        exponential = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponential / exponential.sum(axis=1, keepdims=True)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def balanced_discriminant(seed: int) -> BalancedDiscriminant:
    """Return an unfitted estimator; nothing in it is random."""
    return BalancedDiscriminant(**BALANCED)


DISCRIMINANTS = (
    ModelSpec(
        name="lda_balanced",
        title="Discriminant analysis, artists balanced",
        family="linear",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=balanced_discriminant,
        params=BALANCED,
        grouped=True,
        candidate=True,
    ),
)
