"""Addresses of the app's own pages that other pages lead to."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

TRACKS = "/tracks"
MODEL = "/model"


def tracks_href(
    *,
    dataset: str = "",
    protocol: str = "",
    models: Iterable[str] = (),
    true: str = "",
    predicted: str = "",
    answer: str = "",
    sure: str = "",
    flag: str = "",
    near: str = "",
    ids: Iterable[str] = (),
    lead: str = "",
    track: str = "",
    back: str = "",
) -> str:
    """Return the address of the Tracks page that lists exactly these tracks.

    Parameters
    ----------
    dataset, protocol : str
        Id of the data set, slug of the protocol.
    models : iterable of str
        Served ids; ``true``, ``predicted``, ``answer`` and ``sure`` speak of the first.
    true, predicted : str
        Genres.
    answer : str
        "right" or "wrong", or of the first two models "same", "other", "right-wrong" and so on.
    sure : str
        A step of the probability that it gives its answer, "0.9-1.0".
    flag : "duplicate", "label" or ""
        Copies of other tracks, or tracks whose label is suspicious.
    near : str
        "<dataset>.<representation>:<x>,<y>;<x>,<y>;...": a polygon on the map of components.
    ids : iterable of str
        Track ids, where nothing shorter names them.
    lead : str
        The model of which they speak, where it is not the first.
    track : str
        The track to open.
    back : str
        Address of this app that the list was asked for from.
    """
    said = {
        "data": dataset,
        "protocol": protocol,
        "model": ",".join(models),
        "lead": lead,
        "true": true,
        "predicted": predicted,
        "answer": answer,
        "sure": sure,
        "flag": flag,
        "near": near,
        "ids": ",".join(ids),
        "track": track,
        "back": back,
    }
    query = urlencode({name: value for name, value in said.items() if value}, safe=",:;/")
    return f"{TRACKS}?{query}" if query else TRACKS


def model_href(served_id: str, protocol: str = "") -> str:
    """Return the address of a model's page under a protocol, by its slug."""
    said = {"model": served_id, "protocol": protocol}
    return f"{MODEL}?{urlencode({name: value for name, value in said.items() if value})}"


def shared_start(cells: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return addresses with what all of them begin with said once, as the browser gets them.

    Returns
    -------
    dict
        ``start``; ``cells``: the rest of each address, None where a cell leads nowhere.
    """
    found = [cell for row in cells for cell in row if cell]
    start = ""
    for letter, other in zip(min(found, default=""), max(found, default=""), strict=False):
        if letter != other:  # all between the first and the last in order begin alike
            break
        start += letter
    rest = [[cell[len(start) :] if cell else None for cell in row] for row in cells]
    return {"start": start, "cells": rest}
