"""The floor under every score: a model that hears nothing."""

from typing import Any

from pipeline.models.specification import ALL_TABLES, ModelSpec

PARAMS: dict[str, Any] = {"strategy": "prior"}


def build(seed: int) -> Any:
    """Return a classifier that answers with the commonest training genre."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(**PARAMS, random_state=seed)


DUMMIES = (
    ModelSpec(
        name="dummy",
        title="Majority (hears nothing)",
        family="dummy",
        technique="supervised",
        representations=ALL_TABLES,
        build=build,
        params=PARAMS,
        repeated=True,
    ),
)
