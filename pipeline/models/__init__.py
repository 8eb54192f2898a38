"""The models: one declared entry each, appearing in training, in results and on every page.

A builder takes a seed and returns an unfitted estimator with scikit-learn's interface; heavy
libraries are imported inside builders. Labels are genre numbers 0 .. n_genres - 1.

Adding a model is adding one file to this folder: every tuple of ``ModelSpec`` at the top level of
a module here is found (docs/adding-a-model.md).
"""

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from pipeline.models.specification import ModelSpec, Published

# the order of training, results and pages; modules that are not named here follow by name
FIRST = (
    "dummy", "linear", "discriminant", "tree", "forest", "boosting", "neighbours", "svm", "dense",
    "ensemble", "images", "convolutional", "recurrent", "spectrogram", "fused", "clusters",
)  # fmt: skip


def found_models(folders: Iterable[str]) -> dict[str, ModelSpec]:
    """Return every entry that the modules of this package declare, by name.

    Parameters
    ----------
    folders : iterable of str
        Where the package's modules lie.

    Raises
    ------
    ValueError
        If two entries have the same name.
    """
    names = {module.name for module in pkgutil.iter_modules(folders) if not module.ispkg}
    names.discard("specification")  # what a model declares, and no model
    place = {name: number for number, name in enumerate(FIRST)}
    models: dict[str, ModelSpec] = {}
    for name in sorted(names, key=lambda name: (place.get(name, len(FIRST)), name)):
        for spec in _declared(importlib.import_module(f"{__name__}.{name}")):
            if models.setdefault(spec.name, spec) is not spec:
                raise ValueError(
                    f"two models are called {spec.name!r}, the second in pipeline/models/{name}.py:"
                    " names are parts of run ids, so give one of them another name"
                )
    return models


def _declared(module: ModuleType) -> list[ModelSpec]:
    """Return the entries in the tuples of a module, in the order in which it declares them."""
    return [
        entry
        for value in vars(module).values()
        if isinstance(value, tuple)
        for entry in value
        if isinstance(entry, ModelSpec)
    ]


MODELS: dict[str, ModelSpec] = found_models(__path__)

__all__ = ["MODELS", "ModelSpec", "Published"]
