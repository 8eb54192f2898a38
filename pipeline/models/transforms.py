"""Transformations of feature tables that models are fitted on, inside the training part."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

LOGARITHMS = "logarithms where skewed"  # how a model's params name what LogSkewed does
POSITIVE_SHARE = 0.99  # a value in a hundred may be zero: silence, or what rounding left


class LogSkewed(TransformerMixin, BaseEstimator):
    """Logarithms of the features that are skewed and positive: variances, mostly.

    A feature is replaced by its natural logarithm if at least 99 % of the training values are
    positive and the logarithm is less skewed than the feature. Values below the smallest positive
    one of the training part count as that.

    After ``fit``: ``logged_`` (bool) and ``floor_`` (float64), both of shape (n_features,).
    """

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "LogSkewed":
        """Decide by (n, n_features) training rows which features get logarithms."""
        X = np.asarray(X, dtype=np.float64)
        positive = X > 0
        smallest = np.where(positive, X, np.inf).min(axis=0)
        self.floor_ = np.where(np.isfinite(smallest), smallest, 1.0)
        logarithms = np.log(np.maximum(X, self.floor_))
        less_skewed = np.abs(_skewness(logarithms)) < np.abs(_skewness(X))
        self.logged_ = (positive.mean(axis=0) >= POSITIVE_SHARE) & less_skewed
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the rows, float64, with logarithms where the training part asked for them."""
        X = np.asarray(X, dtype=np.float64)
        return np.where(self.logged_, np.log(np.maximum(X, self.floor_)), X)


class WithinGroupWhitening(TransformerMixin, BaseEstimator):
    """Rows in coordinates in which the rows of one group spread equally in every direction.

    Directions in which one song's segments differ among themselves shrink, those that tell songs
    apart grow: the nearest row is then one of the same song, if there is one.

    After ``fit``: ``matrix_`` of shape (n_features, n_features).

    References
    ----------
    Hatch, Kajarekar & Stolcke, 2006, "Within-class covariance normalization for SVM-based speaker
    recognition".
    """

    def fit(self, X: np.ndarray, *, groups: np.ndarray) -> "WithinGroupWhitening":
        """Measure the covariance of (n, n_features) standardised rows within their groups."""
        _, group = np.unique(groups, return_inverse=True)
        counts = np.bincount(group)
        means = np.zeros((len(counts), X.shape[1]))
        np.add.at(means, group, X)
        means /= counts[:, None]
        apart = X - means[group]
        covariance = apart.T @ apart / max(len(X) - len(counts), 1)
        variances, directions = np.linalg.eigh(covariance)
        # a direction without any spread would become infinitely important
        floor = 1e-3 * variances.mean() or 1.0
        self.matrix_ = directions / np.sqrt(np.maximum(variances, floor))
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the (n, n_features) rows in the whitened coordinates."""
        return np.asarray(X @ self.matrix_)


def _skewness(X: np.ndarray) -> np.ndarray:
    """Third standardised moment of each column; 0 where a column is constant."""
    centred = X - X.mean(axis=0)
    spread = centred.std(axis=0)
    return (centred**3).mean(axis=0) / np.where(spread > 0, spread, 1.0) ** 3
