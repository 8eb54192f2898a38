"""Single decision trees (Breiman et al. 1984), and bagged ones (Breiman 1996)."""

from functools import partial
from typing import Any

from pipeline.models.specification import ALL_TABLES, NOTEBOOKS, STUDY_TABLES, ModelSpec, Published

DEFAULT: dict[str, Any] = {"criterion": "gini", "max_depth": None}
TUNED: dict[str, Any] = {"criterion": "entropy", "max_depth": 14, "class_weight": "balanced"}
BAGGED: dict[str, Any] = {"n_estimators": 50}


def _tree(params: dict[str, Any], seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(**params, random_state=seed)


def _bagged(params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import BaggingClassifier

    return BaggingClassifier(**params, random_state=seed, n_jobs=1)


TREES = (
    ModelSpec(
        name="decision_tree",
        title="Decision tree",
        family="tree",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(_tree, DEFAULT),
        params=DEFAULT,
        repeated=True,
        published={"features_3s": Published(0.66, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    ModelSpec(
        name="decision_tree_tuned",
        title="Decision tree, tuned",
        family="tree",
        technique="supervised",
        representations=(*STUDY_TABLES, "echonest"),
        build=partial(_tree, TUNED),
        params=TUNED,
        repeated=True,
    ),
    ModelSpec(
        name="bagged_trees",
        title="Bagged trees",
        family="tree",
        technique="supervised",
        representations=(*STUDY_TABLES, "echonest"),
        build=partial(_bagged, BAGGED),
        params=BAGGED,
        published={"features_3s": Published(0.83, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
)
