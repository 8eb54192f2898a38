"""What Explore says of songs and features: the plane, what goes together, a clip."""

import pandas as pd

from dashboard.components.formats import (
    format_count,
    is_number,
)
from dashboard.words.data_sentences import STRONG, signed
from dashboard.words.sentences import score_of
from dashboard.words.wording import counted, joined

MOST_PAIRS_NAMED = 3


def plane_sentence(
    shown: int, total: int, names: tuple[str, str], correlation: float | None
) -> str:
    """Return what the points are, and how far the two features say the same."""
    if not total:
        return f"Of no song here both {joined(names)} are stored."
    said = (
        f"{_points(shown, total)}, placed by its rank among all songs: by {names[0]} from left to "
        f"right, by {names[1]} upwards. Ticks are in the units of the features, evenly spread over "
        "songs."
    )
    if names[0] == names[1]:
        return f"{said} Both axes show the same feature, so that all songs lie on a line."
    if not is_number(correlation):
        return said
    return f"{said} The two correlate at {signed(correlation)} (Pearson)."


def _points(shown: int, total: int) -> str:
    drawn = "" if shown == total else f" drawn (of {format_count(total)})"
    if shown == 1:
        return f"The one point{drawn} is a song"
    return f"Each of the {format_count(shown)} points{drawn} is a song"


def answers_sentence(
    score: pd.Series | None, right: int, total: int, model: str, tested: str
) -> str:
    """Return how often the chosen model is right, and that crosses are its mistakes."""
    if not total:
        return f"Under “{tested}” {model} was tested on none of these songs."
    interval = "" if score is None else f", {score_of(score)}"
    return (
        f"Under “{tested}” {model} names {format_count(right)} of {counted(total, 'song')} "
        f"rightly{interval}. Rings are right answers, crosses wrong ones."
    )


def pairs_sentence(pairs: pd.DataFrame, n_features: int, *, clustered: bool) -> str:
    """Return the pairs of features that say nearly the same, the strongest by name.

    Parameters
    ----------
    pairs : DataFrame
        Columns ``feature_a, feature_b, correlation``, the strongest first.
    n_features : int
    clustered : bool
        Whether the order of the matrix puts alike features side by side.
    """
    known = pairs.dropna(subset=["correlation"])
    strong = known[known["correlation"].abs() >= STRONG]
    order = (
        "The order puts features that say alike side by side (hierarchical clustering of 1 − |r|)."  # noqa: RUF001 (a minus sign)
        if clustered
        else "Features of a family stand together."
    )
    features = counted(n_features, "feature")
    if known.empty:
        return f"No two of {features} have a stored correlation. {order}"
    how = f"at {STRONG} or beyond, in either direction"
    of = f"of {counted(len(known), 'pair')} of {features}"
    if strong.empty:
        said = f"None {of} correlates" if len(known) > 1 else f"The one pair of {features} does not"
        said += "" if len(known) > 1 else " correlate"
        return f"{said} {how}. {order}"
    who = f"{len(strong):,} {of} {'correlates' if len(strong) == 1 else 'correlate'}"
    if len(known) == 1:
        who = f"The one pair of {features} correlates"
    return f"{who} {how}: {_strongest(strong)}. {order}"


def _strongest(strong: pd.DataFrame) -> str:
    """Return the first pairs; where the next is as strong as the last, they are some of several."""
    shown = [
        f"{row['feature_a']} and {row['feature_b']} ({signed(row['correlation'])})"
        for _, row in strong.head(MOST_PAIRS_NAMED).iterrows()
    ]
    strengths = list(strong["correlation"].abs())
    first = ""
    if len(strong) > len(shown):
        ties = strengths[len(shown)] == strengths[len(shown) - 1]
        first = "among them " if ties else "first "
    return f"{first}{'; '.join(shown)}"


def clip_sentence(name: str, duration_s: float, *, synthetic: bool) -> str:
    """Return what is drawn of a clip."""
    made = " (synthetic, made with numpy)" if synthetic else ""
    return (
        f"{name}{made}, {duration_s:.0f} s: the same sound as amplitude, as levels over frequency "
        "(in hertz, in octaves, in mel bands; 0 dB is the loudest), as cepstral coefficients and "
        "as energy by pitch class. The axes of time are one; a zoom into one is a zoom into all."
    )
