"""Nearest neighbours (Cover & Hart 1967) on standardised features."""

from functools import partial
from typing import Any

from pipeline.models.specification import ALL_TABLES, NOTEBOOKS, ModelSpec, Published

ONE: dict[str, Any] = {"n_neighbors": 1}
THREE: dict[str, Any] = {"n_neighbors": 3}


def _build(params: dict[str, Any], seed: int) -> Any:
    """Return standardisation and neighbours; nothing in them is random."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), KNeighborsClassifier(**params, n_jobs=1))


NEIGHBOURS = (
    ModelSpec(
        name="knn_1",
        title="Nearest neighbour",
        family="neighbours",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(_build, ONE),
        params=ONE,
        repeated=True,
        published={"features_3s": Published(0.904, "segment", "segment_random", 0.25, NOTEBOOKS)},
    ),
    ModelSpec(
        name="knn_3",
        title="3 nearest neighbours",
        family="neighbours",
        technique="supervised",
        representations=ALL_TABLES,
        build=partial(_build, THREE),
        params=THREE,
        repeated=True,
    ),
)
