"""Components of Dash read without a browser: their parts, and their text."""

from collections.abc import Sequence

from dash.development.base_component import Component


def parts(components: Sequence[Component]) -> list[Component]:
    """Return components with all that is inside them, in the order of the page."""
    return [part for one in components for part in (one, *one._traverse())]


def text_of(components: Sequence[Component]) -> str:
    """Return the text of components, its pieces joined by a space."""
    texts = []
    for part in parts(components):
        children = getattr(part, "children", None)
        for child in children if isinstance(children, list) else [children]:
            texts += [child] if isinstance(child, str) else []
    return " ".join(texts)
