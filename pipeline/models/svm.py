"""Support vector machines with a Gaussian kernel (Cortes & Vapnik 1995) on standardised features.

scikit-learn's own probabilities need five more fits and are being removed; ``PairwiseMargins``
turns margins into probabilities that are good enough to average and are calibrated afterwards.
"""

from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from pipeline.models.specification import ALL_TABLES, ModelSpec
from pipeline.models.transforms import LOGARITHMS, LogSkewed

# C = 20 with gamma = 0.03 on 57 features; distances grow with the number of features
RBF: dict[str, Any] = {"kernel": "rbf", "C": 20.0, "gamma_x_features": 1.7}
LOGGED: dict[str, Any] = RBF | {"features": LOGARITHMS}
SHARPNESS = 5.0  # beyond it whole votes are no better, below it near margins weigh too much


class PairwiseMargins(ClassifierMixin, BaseEstimator):
    """A support vector classifier with probabilities from the margins between genres.

    One machine stands between each two genres; with margin m it gives tanh(5 m) votes to the one
    and as many less to the other. Probabilities are the softmax of a genre's votes. Unlike whole
    votes they change smoothly, so that rounding cannot turn one over.

    After ``fit``: ``machine_`` (SVC) and ``classes_``.
    """

    def __init__(self, *, C: float, gamma_x_features: float, kernel: str = "rbf") -> None:
        self.C = C
        self.gamma_x_features = gamma_x_features
        self.kernel = kernel

    def fit(self, X: np.ndarray, y: np.ndarray) -> "PairwiseMargins":
        """Fit on standardised features of shape (n, n_features)."""
        from sklearn.svm import SVC

        self.machine_ = SVC(
            kernel=self.kernel,
            C=self.C,
            gamma=self.gamma_x_features / X.shape[1],
            decision_function_shape="ovo",
            cache_size=500,  # MB
        ).fit(X, y)
        self.classes_ = self.machine_.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, n_genres)."""
        margins = self.machine_.decision_function(X).reshape(len(X), -1)
        if len(self.classes_) == 2:
            margins = -margins  # scikit-learn's sign is another one where there is one machine
        votes = np.tanh(SHARPNESS * margins) @ pair_signs(len(self.classes_))
        exponential = np.exp(votes - votes.max(axis=1, keepdims=True))
        return exponential / exponential.sum(axis=1, keepdims=True)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def pair_signs(n_classes: int) -> np.ndarray:
    """Return for which class (+1) and against which (-1) each machine votes.

    Shape (n_classes * (n_classes - 1) / 2, n_classes), in scikit-learn's order of pairs.
    """
    pairs = list(combinations(range(n_classes), 2))
    signs = np.zeros((len(pairs), n_classes))
    for row, (first, second) in enumerate(pairs):
        signs[row, first], signs[row, second] = 1, -1
    return signs


def machine(params: dict[str, Any], seed: int) -> Any:
    """Return standardisation, after logarithms where asked for, and support vectors."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps = [LogSkewed()] if params.get("features") == LOGARITHMS else []
    margins = PairwiseMargins(C=params["C"], gamma_x_features=params["gamma_x_features"])
    return make_pipeline(*steps, StandardScaler(), margins)


def _machine(name: str, title: str, params: dict[str, Any], **other: Any) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family="neighbours",  # it answers by likeness to the training rows that it keeps
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(machine, params),
        params=params,
        **other,
    )


MACHINES = (
    _machine("svm_rbf", "Support vector machine", RBF, repeated=True),
    _machine("svm_log", "Support vector machine, log", LOGGED, candidate=True),
)
