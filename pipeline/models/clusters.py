"""K-means on standardised features: what groups there are when no label is seen."""

from typing import Any

from pipeline.models.specification import FEATURE_TABLES, ModelSpec

N_CLUSTERS = 10
ALL_FEATURES: dict[str, Any] = {"n_clusters": N_CLUSTERS, "n_init": 10, "space": "57 features"}
THREE_COMPONENTS: dict[str, Any] = {
    "n_clusters": N_CLUSTERS,
    "n_init": 10,
    "space": "3 principal components",
}


def build(seed: int) -> Any:
    """Return standardisation and k-means over all features."""
    from sklearn.cluster import KMeans
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), KMeans(N_CLUSTERS, n_init=10, random_state=seed))


def build_on_components(seed: int) -> Any:
    """Return standardisation, the first three principal components, and k-means over them."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        StandardScaler(),
        PCA(3, svd_solver="full"),
        KMeans(N_CLUSTERS, n_init=10, random_state=seed),
    )


CLUSTERS = (
    ModelSpec(
        name="kmeans_10",
        title="K-means, 10 clusters",
        family="clusters",
        technique="unsupervised",
        representations=FEATURE_TABLES,
        build=build,
        params=ALL_FEATURES,
    ),
    ModelSpec(
        name="kmeans_10_pca3",
        title="K-means, 10 clusters on 3 components",
        family="clusters",
        technique="unsupervised",
        representations=FEATURE_TABLES,
        build=build_on_components,
        params=THREE_COMPONENTS,
    ),
)
