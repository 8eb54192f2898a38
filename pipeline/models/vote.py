"""Estimators that ask several models: the mean of their probabilities, or a model of them.

Members are unfitted estimators by name; a member that takes ``groups`` is given them.
"""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils.validation import has_fit_parameter

from pipeline.metrics import PROBABILITY_FLOOR


class SoftVote(ClassifierMixin, BaseEstimator):
    """The weighted mean of the probabilities of several models.

    After ``fit``: ``fitted_`` (list of estimators, in the members' order), ``shares_`` (weights
    that sum to 1) and ``classes_``.
    """

    def __init__(self, members: dict[str, Any], weights: dict[str, float] | None = None) -> None:
        self.members = members
        self.weights = weights

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray | None = None) -> "SoftVote":
        """Fit every member on the same (n, n_features) rows."""
        weights = self.weights or dict.fromkeys(self.members, 1.0)
        shares = np.array([weights[name] for name in self.members], dtype=float)
        self.shares_ = shares / shares.sum()
        self.fitted_ = [_fitted(member, X, y, groups) for member in self.members.values()]
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        answers = [member.predict_proba(X) for member in self.fitted_]
        return np.tensordot(self.shares_, answers, axes=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class Stack(ClassifierMixin, BaseEstimator):
    """Logistic regression on the logarithms of several models' probabilities.

    It learns from answers to rows that the members were not fitted on, by inner folds that keep
    groups together: a member that recognises songs would else be trusted for it.

    After ``fit``: ``fitted_`` (members fitted on all rows), ``final_`` (LogisticRegression) and
    ``classes_``.

    References
    ----------
    Wolpert, 1992, "Stacked generalization".
    """

    def __init__(
        self, members: dict[str, Any], *, C: float = 0.01, n_folds: int = 5, seed: int = 0
    ) -> None:
        self.members = members
        self.C = C
        self.n_folds = n_folds
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> "Stack":
        """Fit members and the model of their answers on (n, n_features) rows."""
        self.classes_ = np.unique(y)
        splitter = StratifiedGroupKFold(self.n_folds, shuffle=True, random_state=self.seed)
        unseen = np.zeros((len(X), len(self.members) * len(self.classes_)))
        for fit, held in splitter.split(X, y, groups=groups):
            members = self._fitted_members(X[fit], y[fit], groups[fit])
            unseen[held] = _log_answers(members, X[held])
        self.final_ = LogisticRegression(C=self.C, max_iter=5_000).fit(unseen, y)
        self.fitted_ = self._fitted_members(X, y, groups)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        return self.final_.predict_proba(_log_answers(self.fitted_, X))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _fitted_members(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> list[Any]:
        return [_fitted(member, X, y, groups) for member in self.members.values()]


def _fitted(member: Any, X: np.ndarray, y: np.ndarray, groups: np.ndarray | None) -> Any:
    """Fit a copy, so that a member is as it was declared whoever fits it."""
    extra = {"groups": groups} if has_fit_parameter(member, "groups") else {}
    return clone(member).fit(X, y, **extra)


def _log_answers(members: list[Any], X: np.ndarray) -> np.ndarray:
    """Return log probabilities side by side, shape (n, n_members * n_genres)."""
    answers = np.hstack([member.predict_proba(X) for member in members])
    return np.log(np.maximum(answers, PROBABILITY_FLOOR))
