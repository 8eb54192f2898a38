"""What the Data page says, computed from stored counts, quantiles, correlations and lists."""

import pandas as pd

from dashboard.components.formats import MINUS, format_count, format_percent, format_score
from dashboard.words.wording import counted, highest, lowest, named
from pipeline.artifacts.analysis import ANALYSES

STRONG = 0.9  # a correlation from which two features say nearly the same
SEARCHED = ("search_trials", "sweeps")  # what “make results” leaves out
NAMES = ("Pearson",)  # begin an explanation, and keep their capital inside a sentence


def genres_sentence(counts: pd.Series, what: str, rows: pd.Series | None = None) -> str:
    """Return how many there are in how many genres, and how even they are.

    Parameters
    ----------
    counts : Series
        Songs (or rows) by genre.
    what : str
        What is counted, "songs".
    rows : Series, optional
        Rows of the table by genre, where a song has several.
    """
    ordered = counts.sort_values(kind="stable")
    total = int(ordered.sum())
    said = f"{format_count(total)} {what} in {counted(len(ordered), 'genre')}"
    low, high = ordered.iloc[0], ordered.iloc[-1]
    fewest, most = (list(map(str, ordered.index[ordered == end])) for end in (low, high))
    pieces = (
        ""
        if rows is None
        else f" The table has {format_count(rows.sum())} rows, which are pieces of them."
    )
    if low == high:
        each = f", {format_count(high)} in each" if len(ordered) > 1 else ""
        return f"{said}{each}.{pieces}"
    always = most[0] if len(most) == 1 else "one of the largest"
    return (
        f"{said}: from {format_count(low)} ({named(fewest, 'genre')}) to {format_count(high)} "
        f"({named(most, 'genre')}). A model that always names {always} would be right for "
        f"{format_percent(high / total)} of them.{pieces}"
    )


def distribution_sentence(rows: pd.DataFrame, feature: str) -> str:
    """Return between which genres a feature lies highest and lowest, and whether they overlap."""
    known = rows[rows["p50"].notna()].sort_values("genre")
    legend = (
        "Thick bars hold the middle half of a genre, thin lines nine in ten; the gap is the median."
    )
    title = f"{feature} ({rows['family'].iloc[0]})"
    if known.empty:
        return f"{title} has no known values. {legend}"
    lows, highs = lowest(known, "p50"), highest(known, "p50")
    low, high = lows.iloc[0], highs.iloc[0]
    if len(highs) == len(known):
        return f"{title}: the median is {quantity(high['p50'])} for every genre. {legend}"
    apart = low["p75"] < high["p25"]
    two = len(lows) == len(highs) == 1
    halves = f"; the middle halves of these two {'do not overlap' if apart else 'overlap'}"
    return (
        f"{title}: the median is highest for {named(highs['genre'].tolist(), 'genre')} "
        f"({quantity(high['p50'])}) and lowest for {named(lows['genre'].tolist(), 'genre')} "
        f"({quantity(low['p50'])}){halves if two else ''}. {legend}"
    )


def correlation_sentence(pairs: pd.DataFrame, n_features: int) -> str:
    """Return how many pairs of features say nearly the same, and the strongest pair.

    Parameters
    ----------
    pairs : DataFrame
        Columns ``feature_a, feature_b, correlation``, the strongest first.
    n_features : int
    """
    pairs = pairs[pairs["correlation"].notna()]  # a feature that never changes has none
    if pairs.empty:
        return "No pair of features has a correlation."
    strong = int((pairs["correlation"].abs() >= STRONG).sum())
    first = pairs.iloc[0]
    level = int((pairs["correlation"].abs() == abs(first["correlation"])).sum())
    which = "the strongest are" if level == 1 else f"first of {level} that are level are"
    return (
        f"{format_count(strong)} of {format_count(len(pairs))} pairs of {format_count(n_features)} "
        f"features correlate at {STRONG} or beyond, in either direction; {which} "
        f"{first['feature_a']} and {first['feature_b']} ({signed(first['correlation'])}). "
        "Pearson's correlation over all rows, families side by side."
    )


def duplicates_sentence(copies: pd.DataFrame) -> str:
    """Return how many groups of copies there are, and which have two genres."""
    groups = copies.groupby("group")
    conflicting = [
        " = ".join(rows["track_id"]) for _, rows in groups if bool(rows["conflicting"].any())
    ]
    n_groups = groups.ngroups
    said = (
        f"{format_count(len(copies))} tracks are copies of one another, in "
        f"{format_count(n_groups)} {'group' if n_groups == 1 else 'groups'}."
    )
    if not conflicting:
        return f"{said} No group has more than one genre."
    have = "group has" if len(conflicting) == 1 else "groups have"
    named = f": {'; '.join(conflicting)}" if len(conflicting) <= 4 else ""
    return f"{said} {len(conflicting)} {have} more than one genre{named}."


def suspicious_sentence(labels: pd.DataFrame, checks: pd.DataFrame, n_tracks: int) -> str:
    """Return how many labels are suspicious, and how that compares with a published list.

    Parameters
    ----------
    labels : DataFrame
        Rows of the analysis "suspicious_labels" of one data set.
    checks : DataFrame
        Rows of "label_checks" of it; none where there is no list to check against.
    n_tracks : int
        Of the data set.
    """
    everyone = int((labels["n_families_agree"] == labels["n_families"]).sum())
    said = (
        f"Out-of-fold confident learning doubts the genre of {format_count(len(labels))} of "
        f"{format_count(n_tracks)} tracks. For {format_count(everyone)} of them every model family "
        "names the suggested genre."
    )
    for _, check in checks.iterrows():
        listed = f"{format_count(check['n_listed_faulty'])} of {format_count(check['n_listed'])}"
        others = f"{format_count(check['n_other_faulty'])} of {format_count(check['n_other'])}"
        said += (
            f" The published {check['checked_against']} leaves out {listed} of these "
            f"({_share(check, 'listed')}) and {others} of the other tracks "
            f"({_share(check, 'other')}; Fisher's exact test: {p_value(check['p'])}). "
            "It leaves out repeated and distorted clips too, so this does not say how many labels "
            "are wrong."
        )
    if checks.empty:
        said += " There is no published list to check them against."
    return (
        f"{said} Whether a label is wrong is for ears to decide. Open marks: probability of the "
        "given genre; filled: of the suggested one."
    )


def absence(computed: bool, kind: str, title: str) -> str:
    """Return why a card is not there: nothing was found, or nothing was looked for."""
    found = {
        "duplicates": f"No two tracks of {title} were found to be copies of each other.",
        "suspicious_labels": f"Confident learning doubts no label of {title}.",
    }
    if computed and kind in found:
        return found[kind]
    explanation = ANALYSES[kind].explanation.split(".")[0]
    what = (
        explanation if explanation.startswith(NAMES) else explanation[:1].lower() + explanation[1:]
    )
    command = "make results-full" if kind in SEARCHED else "make results"
    return f"Not in these results: {what}. Run “{command}”."


def p_value(p: float) -> str:
    """Return "p = 0.03", or "p < 0.001"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def quantity(value: float) -> str:
    """Return a number of any size with three significant digits and a true minus sign."""
    size = abs(value)
    text = f"{size:,.0f}" if size >= 1000 else f"{size:.3g}"
    return f"{MINUS}{text}" if value < 0 else text


def signed(value: float) -> str:
    """Return a correlation with two digits and a true minus sign."""
    return format_score(value).replace("-", MINUS)


def _share(check: pd.Series, part: str) -> str:
    total = check[f"n_{part}"]
    return format_percent(check[f"n_{part}_faulty"] / total if total else None)
