"""Commands inside sentences: what stands between backticks is set as code."""

from dash import html
from dash.development.base_component import Component


def with_code(text: str) -> list[Component | str]:
    """Return a sentence in which what stands between backticks is code, without the backticks."""
    parts = text.split("`")
    pieces = [html.Code(part) if place % 2 else part for place, part in enumerate(parts)]
    return [piece for piece in pieces if piece != ""]
