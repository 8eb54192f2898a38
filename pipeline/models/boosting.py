"""Gradient-boosted trees: LightGBM (Ke et al. 2017)."""

from functools import partial
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


BOOSTING = (
    ModelSpec(
        name="lightgbm",
        title="LightGBM",
        family="boosting",
        technique="supervised",
        representations=FEATURE_TABLES,
        build=partial(_build, FULL),
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
        build=partial(_build, SMALL),
        params=SMALL,
        served=True,
    ),
)
