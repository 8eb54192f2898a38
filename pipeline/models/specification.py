"""What a model declares about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Published:
    """The figure that a model reproduces.

    Attributes
    ----------
    accuracy : float
        Between 0 and 1.
    unit : "segment" or "track"
    protocol : str
        Which of our protocols comes closest to how it was measured.
    test_share : float
        Share of the samples that was held out there.
    source : str
    """

    accuracy: float
    unit: Literal["segment", "track"]
    protocol: str
    test_share: float
    source: str


@dataclass(frozen=True)
class ModelSpec:
    """One entry of ``MODELS``.

    Attributes
    ----------
    name, title : str
        Id in run ids, and the readable name.
    family : str
        Decides the colour on the page: dummy, linear, tree, boosting, neighbours, dense,
        convolutional, recurrent, fused or clusters.
    technique : "supervised", "unsupervised" or "deep"
    representations : tuple of str
        What it may be trained on.
    build : callable
        ``build(seed)`` -> unfitted estimator.
    params : dict
        What the page shows; the builder is made from it.
    stops_early : bool
        ``fit`` takes ``validation=(X, y)`` and decides by it when to stop.
    served : tuple of str
        Representations on which it is exported and run on visitors' clips; must fit in 10 MB.
    published : Published or None
        By representation.
    repeated : bool
        Fast enough to be repeated over ten seeds of the random protocols.
    candidate : bool
        May be chosen on validation tracks as a protocol's declared best.
    search : dict or None
        Distributions by parameter for the randomised search inside a training part.
    grouped : bool
        ``fit`` takes ``groups=`` (an integer per row) and never divides a group: the model splits
        its training part again, and pieces of one song must not meet on both sides.
    protocols : tuple of str
        Where it is evaluated; empty for every protocol. Networks that others published are not
        worth hours under each.
    """

    name: str
    title: str
    family: str
    technique: Literal["supervised", "unsupervised", "deep"]
    representations: tuple[str, ...]
    build: Callable[[int], Any]
    params: dict[str, Any]
    stops_early: bool = False
    served: tuple[str, ...] = ()
    published: dict[str, Published] | None = None
    repeated: bool = False
    candidate: bool = False
    search: dict[str, Any] | None = None
    grouped: bool = False
    protocols: tuple[str, ...] = ()


STUDY_TABLES = ("features_3s", "features_30s")  # what the published studies trained on
FEATURE_TABLES = (*STUDY_TABLES, "features_song")
ALL_TABLES = (*FEATURE_TABLES, "echonest")
NOTEBOOKS = "public GTZAN notebooks"  # source of most published figures
# of networks that others published; FMA's study used the data set's own split
PUBLISHED_AND_HONEST = ("clip_random", "fault_filtered", "official")
