"""Random forests (Breiman 2001)."""

from functools import partial
from typing import Any

from pipeline.models.specification import FEATURE_TABLES, ModelSpec, Published

FULL: dict[str, Any] = {"n_estimators": 300}
# 300 full trees are 94 MB as ONNX; the limits make it less than 5 MB
SMALL: dict[str, Any] = {"n_estimators": 100, "max_leaf_nodes": 250, "min_samples_leaf": 2}


def _build(params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**params, random_state=seed, n_jobs=1)


FORESTS = (
    ModelSpec(
        name="random_forest",
        title="Random forest",
        family="tree",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=partial(_build, FULL),
        params=FULL,
        published={
            "features_3s": Published(
                0.87, "segment", "segment_random", 0.25, "public GTZAN notebooks, 0.87 to 0.90"
            ),
            "features_30s": Published(
                0.65, "track", "segment_random", 0.2, "public GTZAN notebooks, 0.65 to 0.66"
            ),
        },
    ),
    ModelSpec(
        name="random_forest_small",
        title="Random forest, small",
        family="tree",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=partial(_build, SMALL),
        params=SMALL,
        served=True,
    ),
)
