"""The pages, in the order of the bar.

A page is a module with ``PATH``, ``NAME`` (its word in the bar), ``TITLE`` (of the browser window),
``DESCRIPTION``, ``layout(**query) -> Component`` (called inside a request, with the parameters of
the address; may raise ``ResultsError``) and ``register_callbacks(app, state)``. Adding a page means
adding its module to ``PAGES``.
"""

from types import ModuleType

from dashboard.pages import (
    clusters,
    compare,
    data,
    explore,
    help,
    model,
    overview,
    predict,
    present,
    robustness,
    tracks,
)

PAGES: tuple[ModuleType, ...] = (
    overview, model, compare, tracks, explore, clusters, data, robustness, predict, present,
    help,
)  # fmt: skip
