"""What a protocol declares, and the split that it makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from pipeline.datasets import Dataset, FeatureTable
from pipeline.splits.groups import TrackGroups

LeakKind = Literal["track", "duplicate", "artist"]
LEAK_KINDS: tuple[LeakKind, ...] = ("track", "duplicate", "artist")


@dataclass(frozen=True)
class Fold:
    """Row numbers of one split; ``validation`` only where the protocol sets rows apart itself."""

    number: int
    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray | None = None


MakeFolds = Callable[[FeatureTable, Dataset, TrackGroups, int], list[Fold]]


@dataclass(frozen=True)
class Protocol:
    """One way to hold data out.

    Attributes
    ----------
    label, slug, title, explanation : str
        Short name on the page, the same in a URL, heading, one sentence.
    held_out : str
        What the test part has that training has not.
    permits : mapping of leak kind to None or set of artist names
        Leaks that this protocol is known to have: None for any number, else just these groups.
    independent_unit : "track" or "artist"
        What the intervals resample.
    held_group : kind of group
        What inner splits of the training part keep together, as this protocol does.
    needs : str
        What is missing where ``make_folds`` gives none, as a reason for the page.
    test_share : float
        Share of the rows or tracks that a single random split holds out.
    supervised : bool
        False where nothing is held out because no label is used.
    """

    name: str
    label: str
    slug: str
    title: str
    explanation: str
    held_out: str
    independent_unit: Literal["track", "artist"]
    order: int
    make_folds: MakeFolds
    held_group: LeakKind
    needs: str
    permits: Mapping[LeakKind, frozenset | None] = field(default_factory=dict)
    test_share: float = 0.25
    supervised: bool = True
