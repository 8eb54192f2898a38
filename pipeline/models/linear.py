"""Linear models on standardised features: logistic regression and discriminant analysis."""

from functools import partial
from typing import Any

from pipeline.models.specification import ALL_TABLES, NOTEBOOKS, STUDY_TABLES, ModelSpec, Published
from pipeline.models.transforms import LOGARITHMS, LogSkewed

PLAIN: dict[str, Any] = {"penalty": "none"}
L2: dict[str, Any] = {"penalty": "L2", "C": 1.0}
L1: dict[str, Any] = {"penalty": "L1", "C": 1.0}
SHRINKAGE: dict[str, Any] = {"solver": "lsqr", "shrinkage": "auto"}  # by Ledoit & Wolf's formula

MAX_ITER = 10_000  # far above what any table needs: not to converge is an error


def logistic(params: dict[str, Any], seed: int) -> Any:
    """Return standardisation, after logarithms where asked for, and logistic regression."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # scikit-learn names a penalty by its strength and by the share of L1 in it
    options: dict[str, Any] = {"C": params.get("C", np.inf), "max_iter": MAX_ITER}
    if params["penalty"] == "L1":  # saga visits rows in random order, and is slow at the end
        options |= {"l1_ratio": 1.0, "solver": "saga", "tol": 1e-3, "random_state": seed}
    steps = [LogSkewed()] if params.get("features") == LOGARITHMS else []
    return make_pipeline(*steps, StandardScaler(), LogisticRegression(**options))


def discriminant(params: dict[str, Any], seed: int) -> Any:
    """Return standardisation and linear discriminant analysis; nothing in them is random."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(**params))


LINEAR = (
    ModelSpec(
        name="logistic",
        title="Logistic regression",
        family="linear",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(logistic, PLAIN),
        params=PLAIN,
        repeated=True,
        published={"features_3s": Published(0.71, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    ModelSpec(
        name="logistic_l2",
        title="Logistic regression, L2",
        family="linear",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(logistic, L2),
        params=L2,
        repeated=True,
    ),
    ModelSpec(
        name="logistic_l1",
        title="Logistic regression, L1",
        family="linear",
        technique="supervised",
        representations=(*STUDY_TABLES, "echonest"),
        build=partial(logistic, L1),
        params=L1,
    ),
    ModelSpec(
        name="lda_shrinkage",
        title="Discriminant analysis, shrunk",
        family="linear",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(discriminant, SHRINKAGE),
        params=SHRINKAGE,
        repeated=True,
    ),
)
