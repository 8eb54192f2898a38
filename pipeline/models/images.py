"""Models on the picture of a clip: its pixels, and histograms of their gradients (HOG).

Pixels and histograms are far more numbers than there are clips, so classical models get principal
components. The networks that see the whole picture at once are here too; those that look at
patches of it are in ``convolutional``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from pipeline.models.boosting import lightgbm_classifier
from pipeline.models.networks.network import build_network
from pipeline.models.principal import PrincipalComponents
from pipeline.models.specification import PUBLISHED_AND_HONEST, ModelSpec, Published
from pipeline.models.svm import SHARPNESS, PairwiseMargins

PICTURE = ("images_kaggle",)
PICTURE_STUDY = "a study of the archive's pictures"
NETWORK_STUDY = "a study of networks on the archive's pictures"
SHARE = 0.99999999  # of the variance: nearly as many components as there are clips

LOGISTIC: dict[str, Any] = {"components": SHARE, "penalty": "L2", "C": 1.0}
TREE: dict[str, Any] = {"components": SHARE, "criterion": "gini", "max_depth": None}
FOREST: dict[str, Any] = {"components": SHARE, "n_estimators": 100}
MACHINE: dict[str, Any] = {
    "components": SHARE,
    "kernel": "rbf",
    "C": 1.0,
    "gamma_x_features": 1.0,
}
RIDGE: dict[str, Any] = {"components": SHARE, "alpha": 1.0, "probabilities": "softmax of scores"}
BOOSTED: dict[str, Any] = {"components": SHARE, "n_estimators": 100}

SOFTMAX: dict[str, Any] = {
    "architecture": "dense",
    "hidden": [],
    "activation": "relu",
    "dropout": 0.0,
    "optimizer": "adam",
    "learning_rate": 2e-5,  # steps of 124,416 weights add up
    "batch_size": 32,
    "max_epochs": 40,
    "patience": 8,
}
DENSE_NET: dict[str, Any] = SOFTMAX | {
    "hidden": [300, 100, 100, 100],
    "optimizer": "sgd",
    "learning_rate": 1e-3,
    "max_epochs": 16,
    "patience": 5,
}


class RidgeMargins(ClassifierMixin, BaseEstimator):
    """A ridge classifier, with a softmax of its scores in the place of probabilities.

    It has no probabilities of its own: only the order of a row's genres is the model's.

    After ``fit``: ``ridge_`` (RidgeClassifier) and ``classes_``.
    """

    def __init__(self, *, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, X: np.ndarray, y: np.ndarray) -> "RidgeMargins":
        """Fit least squares on (n, n_features) rows, with targets of -1 and 1 for each genre."""
        from sklearn.linear_model import RidgeClassifier

        self.ridge_ = RidgeClassifier(alpha=self.alpha).fit(X, y)
        self.classes_ = self.ridge_.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return numbers that sum to 1, of shape (n, n_genres)."""
        scores = self.ridge_.decision_function(X)
        if scores.ndim == 1:  # of two genres scikit-learn scores only the second
            scores = np.column_stack([-scores, scores])
        exponential = np.exp(SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
        return exponential / exponential.sum(axis=1, keepdims=True)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre number of each row, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def _logistic(params: dict[str, Any], seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=params["C"], max_iter=10_000)


def _tree(params: dict[str, Any], seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(
        criterion=params["criterion"], max_depth=params["max_depth"], random_state=seed
    )


def _forest(params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(params["n_estimators"], random_state=seed, n_jobs=1)


def _machine(params: dict[str, Any], seed: int) -> Any:
    return PairwiseMargins(C=params["C"], gamma_x_features=params["gamma_x_features"])


def _ridge(params: dict[str, Any], seed: int) -> Any:
    return RidgeMargins(alpha=params["alpha"])


def _boosted(params: dict[str, Any], seed: int) -> Any:
    return lightgbm_classifier({"n_estimators": params["n_estimators"]}, seed)


LAST: dict[str, Callable[[dict[str, Any], int], Any]] = {
    "logistic": _logistic,
    "tree": _tree,
    "forest": _forest,
    "machine": _machine,
    "ridge": _ridge,
    "boosted": _boosted,
}


def on_components(last: str, params: dict[str, Any], seed: int) -> Any:
    """Return principal components of rows of any shape, and a model of them by its name."""
    from sklearn.pipeline import make_pipeline

    return make_pipeline(PrincipalComponents(params["components"]), LAST[last](params, seed))


def _published(accuracy: float, source: str) -> Published:
    return Published(accuracy, "track", "clip_random", 0.2, source)


def _model(
    name: str,
    title: str,
    family: str,
    last: str,
    params: dict[str, Any],
    published: dict[str, Published],
) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family=family,
        technique="supervised",
        representations=tuple(published),
        build=partial(on_components, last, params),
        params=params,
        published=published,
        protocols=PUBLISHED_AND_HONEST,
    )


def _pixels(
    name: str, title: str, family: str, last: str, params: dict[str, Any], accuracy: float
) -> ModelSpec:
    published = {"images_kaggle": _published(accuracy, PICTURE_STUDY)}
    return _model(name, title, family, last, params, published)


IMAGES = (
    _pixels("pixels_logistic", "Pixels, logistic", "linear", "logistic", LOGISTIC, 0.57),
    _pixels("pixels_tree", "Pixels, decision tree", "tree", "tree", TREE, 0.315),
    _pixels("pixels_forest", "Pixels, random forest", "tree", "forest", FOREST, 0.415),
    _pixels("pixels_svm", "Pixels, support vectors", "neighbours", "machine", MACHINE, 0.365),
    _model(
        "hog_logistic",
        "Gradients, logistic",
        "linear",
        "logistic",
        LOGISTIC,
        {"hog_9": _published(0.635, PICTURE_STUDY), "hog_12": _published(0.65, PICTURE_STUDY)},
    ),
    _model(
        "hog_ridge",
        "Gradients, ridge",
        "linear",
        "ridge",
        RIDGE,
        {"hog_12": _published(0.525, f"{PICTURE_STUDY}; size of cells not said")},
    ),
    _model(
        "hog_lightgbm",
        "Gradients, LightGBM",
        "boosting",
        "boosted",
        BOOSTED,
        {"hog_12": _published(0.545, f"{PICTURE_STUDY}; size of cells not said")},
    ),
    ModelSpec(
        name="image_softmax",
        title="Picture, linear softmax",
        family="dense",
        technique="deep",
        representations=PICTURE,
        build=partial(build_network, SOFTMAX),
        params=SOFTMAX,
        stops_early=True,
        published={"images_kaggle": _published(0.545, NETWORK_STUDY)},
        protocols=PUBLISHED_AND_HONEST,
    ),
    ModelSpec(
        name="image_dense",
        title="Picture, dense net",
        family="dense",
        technique="deep",
        representations=PICTURE,
        build=partial(build_network, DENSE_NET),
        params=DENSE_NET,
        stops_early=True,
        published={"images_kaggle": _published(0.24, NETWORK_STUDY)},
        protocols=PUBLISHED_AND_HONEST,
    ),
)
