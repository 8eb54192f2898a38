"""Several models asked together; members and weights were chosen on validation tracks only."""

from collections.abc import Callable
from functools import partial
from typing import Any

from pipeline.models.boosting import SAMPLED, SMALL_STEPS, lightgbm_classifier
from pipeline.models.discriminant import BALANCED, balanced_discriminant
from pipeline.models.linear import logistic
from pipeline.models.neighbours import RECOGNISER, SongRecogniser
from pipeline.models.specification import ModelSpec
from pipeline.models.svm import machine
from pipeline.models.transforms import LOGARITHMS
from pipeline.models.vote import SoftVote, Stack

SONG_TABLES = ("features_30s", "features_song")  # one row a track

LOGISTIC: dict[str, Any] = {"penalty": "L2", "C": 0.1, "features": LOGARITHMS}
SOFT_MARGIN: dict[str, Any] = {
    "kernel": "rbf",
    "C": 5.0,
    "gamma_x_features": 1.0,
    "features": LOGARITHMS,
}
OF_SONGS: dict[str, Any] = {
    "discriminant": BALANCED,
    "lightgbm": SMALL_STEPS,
    "logistic": LOGISTIC,
    "svm": SOFT_MARGIN,
}
OF_SEGMENTS: dict[str, Any] = {"lightgbm": SAMPLED, "svm": SOFT_MARGIN}
RECOGNISING: dict[str, Any] = {"recogniser": RECOGNISER, "lightgbm": SAMPLED}
WEIGHTS = {"recogniser": 2.0, "lightgbm": 1.0}
STACKING: dict[str, Any] = {"C": 0.01, "n_folds": 5}

BUILDERS: dict[str, Callable[[dict[str, Any], int], Any]] = {
    "discriminant": lambda params, seed: balanced_discriminant(seed),
    "lightgbm": lightgbm_classifier,
    "logistic": logistic,
    "svm": machine,
    "recogniser": lambda params, seed: SongRecogniser(),
}


def _members(declared: dict[str, Any], seed: int) -> dict[str, Any]:
    """Build the declared members, unfitted."""
    return {name: BUILDERS[name](params, seed) for name, params in declared.items()}


def _vote(declared: dict[str, Any], weights: dict[str, float] | None, seed: int) -> SoftVote:
    return SoftVote(_members(declared, seed), weights)


def _stack(declared: dict[str, Any], seed: int) -> Stack:
    return Stack(_members(declared, seed), **STACKING, seed=seed)


def _ensemble(
    name: str,
    title: str,
    representations: tuple[str, ...],
    build: Callable[[int], Any],
    params: dict[str, Any],
    *,
    grouped: bool,
    candidate: bool = True,
) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family="fused",
        technique="supervised",
        representations=representations,
        build=build,
        params=params,
        grouped=grouped,
        candidate=candidate,
    )


ENSEMBLES = (
    _ensemble(
        "vote", "Vote of four", SONG_TABLES, partial(_vote, OF_SONGS, None), OF_SONGS, grouped=True
    ),
    _ensemble(
        "stack",
        "Stack of four",
        SONG_TABLES,
        partial(_stack, OF_SONGS),
        OF_SONGS | {"stack": STACKING},
        grouped=True,
        candidate=False,  # below the vote on validation tracks, at six times its cost
    ),
    _ensemble(
        "vote_segments",
        "Vote of two",
        ("features_3s",),
        partial(_vote, OF_SEGMENTS, None),
        OF_SEGMENTS,
        grouped=False,
    ),
    _ensemble(
        "vote_recogniser",
        "Vote with the song recogniser",
        ("features_3s",),
        partial(_vote, RECOGNISING, WEIGHTS),
        RECOGNISING | {"weights": WEIGHTS},
        grouped=True,
    ),
)
