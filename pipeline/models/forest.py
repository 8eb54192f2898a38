"""Random forests (Breiman 2001)."""

from functools import partial
from typing import Any

from pipeline.models.specification import (
    ALL_TABLES,
    NOTEBOOKS,
    STUDY_TABLES,
    ModelSpec,
    Published,
)

DEFAULT: dict[str, Any] = {"n_estimators": 100}
FULL: dict[str, Any] = {"n_estimators": 300}
# 300 full trees are 94 MB as ONNX; the limits make it less than 5 MB
SMALL: dict[str, Any] = {"n_estimators": 100, "max_leaf_nodes": 250, "min_samples_leaf": 2}
TUNED_3S: dict[str, Any] = {"n_estimators": 1400, "max_depth": 40, "bootstrap": False}
TUNED_30S: dict[str, Any] = {
    "n_estimators": 800,
    "min_samples_split": 5,
    "max_depth": 90,
    "bootstrap": False,
}
BALANCED: dict[str, Any] = {"n_estimators": 1500, "max_depth": 29, "class_weight": "balanced"}
SEARCH: dict[str, Any] = {
    "n_estimators": [100, 200, 300],
    "max_depth": [10, 20, 40, None],
    "max_features": ["sqrt", "log2", 0.3],
    "min_samples_split": [2, 5, 10],
    "min_samples_leaf": [1, 2, 4],
    "bootstrap": [True, False],
}


def _build(params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**params, random_state=seed, n_jobs=1)


def _forest(
    name: str, title: str, representations: tuple[str, ...], params: dict[str, Any], **other: Any
) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family="tree",
        technique="supervised",
        representations=representations,
        build=partial(_build, params),
        params=params,
        **other,
    )


FORESTS = (
    _forest(
        "random_forest_default",
        "Random forest, 100 trees",
        (*STUDY_TABLES, "echonest"),
        DEFAULT,
        repeated=True,
        published={
            "features_3s": Published(0.87, "segment", "segment_random", 0.25, NOTEBOOKS),
            "features_30s": Published(
                0.65, "track", "clip_random", 0.2, f"{NOTEBOOKS}, 0.65 to 0.66"
            ),
        },
    ),
    _forest("random_forest", "Random forest", ALL_TABLES, FULL, search=SEARCH),
    _forest(
        "random_forest_small",
        "Random forest, small",
        STUDY_TABLES,
        SMALL,
        served=("features_3s",),  # another 3 MB on whole clips, and no better
    ),
    _forest(
        "random_forest_tuned_3s",
        "Random forest, tuned on segments",
        ("features_3s",),
        TUNED_3S,
        published={"features_3s": Published(0.90, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    _forest(
        "random_forest_tuned_30s",
        "Random forest, tuned on clips",
        ("features_30s",),
        TUNED_30S,
        published={"features_30s": Published(0.66, "track", "clip_random", 0.2, NOTEBOOKS)},
    ),
    _forest(
        "random_forest_balanced",
        "Random forest, balanced",
        ("features_30s", "echonest"),  # on segments it would take minutes a fold
        BALANCED,
    ),
)
