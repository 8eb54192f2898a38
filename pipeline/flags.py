"""What a reader of an answer must know of the clip, and what that takes from the answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Spoils = Literal["nothing", "scores", "answer"]
GRAVITY: tuple[Spoils, ...] = ("answer", "scores", "nothing")
DO_NOT_RELY = "Do not rely on the answer."


@dataclass(frozen=True)
class Flag:
    """Something that a reader of the answer must know.

    Attributes
    ----------
    code : str
    message : str
    spoils : str
        "answer" where nothing that the models say can be relied on; "scores" where only how often
        they are right on test tracks tells nothing of this clip; else "nothing".
    reason : str
        Why, as the part of a sentence: "the clip is silent". Empty where nothing is spoilt.
    """

    code: str
    message: str
    spoils: Spoils = "nothing"
    reason: str = ""


def gravest_first(flags: Iterable[Flag]) -> list[Flag]:
    """Return the flags, those that spoil most first, else in their order."""
    return sorted(flags, key=lambda flag: GRAVITY.index(flag.spoils))
