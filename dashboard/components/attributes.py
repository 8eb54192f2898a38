"""HTML attributes whose names are no Python names: ``aria-*`` and ``data-*``."""

from typing import Any


def aria(**values: str) -> dict[str, Any]:
    """Return ``aria-`` attributes: ``aria(label="Close")`` gives ``{"aria-label": "Close"}``."""
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: str) -> dict[str, Any]:
    """Return ``data-`` attributes; an underscore in a name becomes a hyphen."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}
