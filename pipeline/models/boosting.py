"""Gradient-boosted trees: LightGBM (Ke et al. 2017)."""

from typing import Any

from pipeline.models.specification import FEATURE_TABLES, ModelSpec, Published

FULL: dict[str, Any] = {"n_estimators": 400}
# half the rounds and leaves: a third of the size, so that it can be shipped
SMALL: dict[str, Any] = {"n_estimators": 200, "num_leaves": 15}


def _build(params: dict[str, Any], seed: int) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        **params,
        random_state=seed,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,  # LightGBM asks for it beside `deterministic`
        verbose=-1,
    )


def build(seed: int) -> Any:
    """Return LightGBM with its defaults, 400 rounds."""
    return _build(FULL, seed)


def build_small(seed: int) -> Any:
    """Return LightGBM small enough to ship; another model, with its own scores."""
    return _build(SMALL, seed)


BOOSTING = (
    ModelSpec(
        name="lightgbm",
        title="LightGBM",
        family="boosting",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=build,
        params=FULL,
        published={
            "features_3s": Published(
                0.913, "segment", "segment_random", 0.25, "public GTZAN notebooks"
            ),
        },
    ),
    ModelSpec(
        name="lightgbm_small",
        title="LightGBM, small",
        family="boosting",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=build_small,
        params=SMALL,
        served=True,
    ),
)
