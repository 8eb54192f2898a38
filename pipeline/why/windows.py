"""Which windows of a clip carried a model's answer, and what it would be without them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Role = Literal["decided", "for", "against"]


@dataclass(frozen=True)
class Carried:
    """How the windows share in an answer.

    Attributes
    ----------
    role : tuple of str
        Of each window: "decided" where the answer would be another without these windows
        together, "against" where the window alone sounds like another genre, else "for".
    margin : ndarray of shape (n_windows,)
        Probability of the answer minus that of the genre that comes next in the whole clip.
    rival : int
        The answer without the windows that decided, or the genre that comes next where no
        windows can be left out so that another wins.
    """

    role: tuple[Role, ...]
    margin: np.ndarray
    rival: int


def carried(proba: np.ndarray) -> Carried:
    """Return which windows carried the answer, the genre with the highest mean probability.

    Those that decided are the fewest windows without which another genre would have the highest
    mean. For one rival these are the windows with the largest margins over it, so the fewest of all
    are found by trying every rival; of equals the one that then wins by more. Where only one
    window would be left, or more than half of the windows would have to go, none decided.

    Parameters
    ----------
    proba : ndarray of shape (n_windows, n_genres)
    """
    mean = proba.mean(axis=0)
    answer = int(mean.argmax())
    order = np.argsort(-mean, kind="stable")
    next_best = int(order[1]) if len(order) > 1 else answer
    found = min(
        (found for rival in order[1:] if (found := _without(proba, answer, int(rival)))),
        default=None,
    )
    n_decided, _, rival = found or (0, 0.0, next_best)
    margin = proba[:, answer] - proba[:, rival]
    decided = set(np.argsort(-margin, kind="stable")[:n_decided].tolist())
    heard = proba.argmax(axis=1)
    role: tuple[Role, ...] = tuple(
        "decided" if number in decided else "for" if heard[number] == answer else "against"
        for number in range(len(proba))
    )
    return Carried(role, proba[:, answer] - proba[:, next_best], rival)


def _without(proba: np.ndarray, answer: int, rival: int) -> tuple[int, float, int] | None:
    """Return how many windows must go so that a rival wins, minus its lead, and the rival."""
    margin = proba[:, answer] - proba[:, rival]
    order = np.argsort(-margin, kind="stable")
    left = margin.sum() - np.cumsum(margin[order])
    for gone in range(1, len(proba) // 2 + 1):
        if left[gone - 1] < 0 and len(proba) - gone > 1:
            kept = np.delete(proba, order[:gone], axis=0).mean(axis=0)
            if int(kept.argmax()) == rival:
                return gone, float(left[gone - 1]), rival
    return None
