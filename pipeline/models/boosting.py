"""Gradient-boosted trees: LightGBM (Ke et al. 2017)."""

from functools import partial
from typing import Any

from pipeline.models.specification import (
    ALL_TABLES,
    FEATURE_TABLES,
    NOTEBOOKS,
    STUDY_TABLES,
    ModelSpec,
    Published,
)

FULL: dict[str, Any] = {"n_estimators": 400}
# half the rounds and leaves: a third of the size, so that it can be shipped
SMALL: dict[str, Any] = {"n_estimators": 200, "num_leaves": 15}
BALANCED: dict[str, Any] = {
    "n_estimators": 1000,
    "num_leaves": 10,
    "max_depth": 10,
    "learning_rate": 0.1,
    "class_weight": "balanced",
}
# few rows and columns a tree: what one song or one feature says counts less
SAMPLED: dict[str, Any] = {
    "n_estimators": 200,
    "num_leaves": 15,
    "colsample_bytree": 0.3,
    "subsample": 0.5,
    "subsample_freq": 1,
}
SMALL_STEPS: dict[str, Any] = {
    "n_estimators": 150,
    "learning_rate": 0.05,
    "num_leaves": 7,
    "colsample_bytree": 0.1,
    "min_child_samples": 10,
    "subsample": 0.7,
    "subsample_freq": 1,
}
SEARCH: dict[str, Any] = {
    "n_estimators": [100, 200, 400],
    "num_leaves": [7, 15, 31, 63],
    "learning_rate": [0.03, 0.05, 0.1, 0.2],
    "min_child_samples": [5, 10, 20, 40],
    "colsample_bytree": [0.3, 0.5, 0.8, 1.0],
    "reg_lambda": [0.0, 1.0, 10.0],
}


def lightgbm_classifier(params: dict[str, Any], seed: int) -> Any:
    """Return an unfitted LightGBM classifier that repeats itself, with one thread."""
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        **params,
        random_state=seed,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,  # LightGBM asks for it beside `deterministic`
        verbose=-1,
    )


def _boosted(
    name: str, title: str, representations: tuple[str, ...], params: dict[str, Any], **other: Any
) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family="boosting",
        technique="supervised",
        representations=representations,
        build=partial(lightgbm_classifier, params),
        params=params,
        **other,
    )


BOOSTING = (
    _boosted(
        "lightgbm",
        "LightGBM",
        ALL_TABLES,
        FULL,
        search=SEARCH,
        published={"features_3s": Published(0.913, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    _boosted(
        "lightgbm_small",
        "LightGBM, small",
        STUDY_TABLES,
        SMALL,
        served=STUDY_TABLES,
        repeated=True,
    ),
    _boosted("lightgbm_sampled", "LightGBM, sampled", FEATURE_TABLES, SAMPLED, candidate=True),
    _boosted("lightgbm_balanced", "LightGBM, balanced", (*STUDY_TABLES, "echonest"), BALANCED),
)
