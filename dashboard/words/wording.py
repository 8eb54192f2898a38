"""Words that sentences share: counts with their noun, lists, and the rows that tie for a place."""

from collections.abc import Sequence

import pandas as pd

from dashboard.components.formats import format_count

MOST_NAMED = 3  # of those that tie; more are counted


def counted(number: int, noun: str) -> str:
    """Return "1 model" or "1,000 models"."""
    return f"{format_count(number)} {noun}{'' if number == 1 else 's'}"


def joined(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def named(names: Sequence[str], noun: str) -> str:
    """Return the names, or how many there are where a sentence cannot list them."""
    return joined(names) if len(names) <= MOST_NAMED else f"{len(names)} {noun}s"


def highest(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return every row that has the largest value, in order; none where no value is known."""
    return rows[rows[column] == rows[column].max()]


def lowest(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return every row that has the smallest value, in order; none where no value is known."""
    return rows[rows[column] == rows[column].min()]
