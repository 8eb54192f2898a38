"""Names in figures: long ones in lines, so that a phone shows all of them."""

import textwrap


def wrapped(name: str, letters: int) -> str:
    """Return a name in lines of at most so many letters, as Plotly breaks them."""
    return "<br>".join(textwrap.wrap(name, letters))
