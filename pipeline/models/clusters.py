"""K-means on standardised features: what groups there are when no label is seen."""

from functools import partial
from typing import Any

from pipeline.models.specification import ALL_TABLES, ModelSpec

TEN: dict[str, Any] = {"n_clusters": 10, "n_init": 10, "space": "all features"}
TEN_ON_COMPONENTS: dict[str, Any] = {
    "n_clusters": 10,
    "n_init": 10,
    "space": "3 principal components",
}
THIRTY: dict[str, Any] = {"n_clusters": 30, "n_init": 10, "space": "all features"}


def _build(params: dict[str, Any], seed: int) -> Any:
    """Return standardisation and k-means, over components if the space says so."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    means = KMeans(params["n_clusters"], n_init=params["n_init"], random_state=seed)
    if params["space"] == "all features":
        return make_pipeline(StandardScaler(), means)
    return make_pipeline(StandardScaler(), PCA(3, svd_solver="full"), means)


def _clusters(name: str, title: str, params: dict[str, Any]) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family="clusters",
        technique="unsupervised",
        representations=ALL_TABLES,
        build=partial(_build, params),
        params=params,
    )


CLUSTERS = (
    _clusters("kmeans_10", "K-means, 10 clusters", TEN),
    _clusters("kmeans_10_pca3", "K-means, 10 clusters on 3 components", TEN_ON_COMPONENTS),
    _clusters("kmeans_30", "K-means, 30 clusters", THIRTY),
)
