"""One explained number, and the groups that they are read in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One number: its name, two sentences, and what the results call it."""

    name: str
    text: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Terms that are read together, by id."""

    name: str
    title: str
    terms: dict[str, Term]
