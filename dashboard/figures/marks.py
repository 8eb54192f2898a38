"""Marks that lead somewhere: an address with places, which the browser fills from the mark clicked.

What leads where is decided in dashboard/leads.py; assets/leads.js listens to clicks.
"""

from typing import Any

X, Y = "{x}", "{y}"  # places in an address: the coordinates of the mark
AREA = "{area}"  # what a lasso drew
CLICK = "Click for these songs"
CLICK_GENRE = {
    "precision": "Click for the songs that are named so",
    "recall": "Click for the songs of this genre",
    "f1": "Click for the songs of this genre",
}


def place(number: int) -> str:
    """Return the place in an address that an entry of the mark's ``customdata`` fills."""
    return f"{{{number}}}"


def marks(address: str, *, count: int | None = None) -> dict[str, Any]:
    """Return the ``meta`` of a trace whose marks lead to an address with places to fill.

    Parameters
    ----------
    address : str
        As ``tracks_href`` makes it of ``X``, ``Y`` and ``place(number)``. A mark whose value for
        a place is empty leads nowhere.
    count : int, optional
        Entry of ``customdata`` that counts the tracks; where it is 0 there is nothing to list.
    """
    meta: dict[str, Any] = {"leads": address}
    return meta if count is None else {**meta, "count": count}
