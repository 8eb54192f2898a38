"""Random forests (Breiman 2001)."""

from typing import Any

from pipeline.models.specification import FEATURE_TABLES, ModelSpec, Published

FULL: dict[str, Any] = {"n_estimators": 300}
# 300 full trees are 94 MB as ONNX; the limits make it 4 MB
SMALL: dict[str, Any] = {"n_estimators": 100, "max_leaf_nodes": 250, "min_samples_leaf": 2}


def _build(params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**params, random_state=seed, n_jobs=1)


def build(seed: int) -> Any:
    """Return the forest of the published comparisons."""
    return _build(FULL, seed)


def build_small(seed: int) -> Any:
    """Return a forest small enough to ship; another model, with its own scores."""
    return _build(SMALL, seed)


FORESTS = (
    ModelSpec(
        name="random_forest",
        title="Random forest",
        family="tree",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=build,
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
        build=build_small,
        params=SMALL,
        served=True,
    ),
)
