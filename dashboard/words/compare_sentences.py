"""What the Compare page says, computed from the stored numbers of the compared runs."""

from collections import Counter

import numpy as np
import pandas as pd

from dashboard.components.formats import (
    format_count,
    format_percent,
    format_points,
    format_score,
    format_whole_points,
)
from dashboard.figures.significance import verdict_text
from dashboard.rows.comparison import Compared
from dashboard.rows.selection import UNITS
from dashboard.words.sentences import ONE_UNIT, score_of
from dashboard.words.wording import counted, joined

MOST_NAMED = 3  # models that a sentence lists
SONGS_ONLY = "Counted in whole songs."


def headline(comparison: Compared, n_models: int) -> str:
    """Return who is ahead among the models, and by how much; of ``n_models`` to choose from."""
    runs = comparison.runs.sort_values("value", ascending=False, kind="stable")
    if runs.empty:
        return "Choose two or more models to compare them."
    tested = f"under “{comparison.protocol}”, counting {UNITS[comparison.unit]}"
    best = runs.iloc[0]
    if len(runs) == 1:
        advice = "Choose another model to compare it with."
        if n_models < 2:
            advice = "These results hold no other model to compare it with."
        return f"Only {best['short']} is shown, {tested}: {score_of(best)}. {advice}"
    rest = "; ".join(f"{run['short']} {score_of(run)}" for _, run in runs.iloc[1:4].iterrows())
    more = "" if len(runs) <= 4 else f"; and {len(runs) - 4} more"
    return f"Share named rightly {tested}: {best['short']} {score_of(best)}; {rest}{more}."


def genres_sentence(scores: pd.DataFrame, metric: str, comparison: Compared) -> str:
    """Return the genre on which the models differ most."""
    where = f"under “{comparison.protocol}”, counting {UNITS[comparison.unit]}"
    wide = scores.pivot(index="genre", columns="short", values="value").dropna(thresh=2)
    if wide.empty:
        return f"{metric.capitalize()} of every genre, {where}. Bars are 95 % intervals."
    gap = (wide.max(axis=1) - wide.min(axis=1)).sort_values(kind="stable")
    if gap.iloc[-1] == 0:
        return f"{metric.capitalize()} {where}: equal at every genre. Bars are 95 % intervals."
    far, near = str(gap.index[-1]), str(gap.index[0])
    high, low = str(wide.loc[far].idxmax()), str(wide.loc[far].idxmin())
    numbers = {
        model: scores[(scores["short"] == model) & (scores["genre"] == far)].iloc[0]
        for model in (high, low)
    }
    nearest = (
        ""
        if near == far
        else (f"; closest at {near}, within {format_whole_points(gap.iloc[0])} points")
    )
    return (
        f"{metric.capitalize()} {where}: furthest apart at {far}, where {high} has "
        f"{score_of(numbers[high])} and {low} {score_of(numbers[low])}{nearest}. Bars are 95 % "
        "intervals."
    )


def matrices_sentence(matrices: dict[str, pd.DataFrame], comparison: Compared) -> str:
    """Return which confusion most of the models share."""
    votes = Counter(pair for counts in matrices.values() for pair in _worst_confusions(counts))
    text = (
        f"Rows are true genres, shaded by their shares, under “{comparison.protocol}”, counting "
        f"{UNITS[comparison.unit]}."
    )
    if not votes:
        return f"{text} No model takes one genre for another."
    number = max(votes.values())
    shared = [
        f"{true} taken for {predicted}" for (true, predicted), n in votes.items() if n == number
    ]
    if len(matrices) == 1:
        return f"{text} The commonest confusion is {' or '.join(shared)}."
    if number == 1:
        return f"{text} No two models have the same commonest confusion."
    return (
        f"{text} The commonest confusion of {number} of the {len(matrices)} models is "
        f"{', of as many '.join(shared)}."
    )


def _worst_confusions(counts: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the true and the predicted genre that are confused most often, all that tie."""
    wrong = counts.to_numpy() * (1 - np.eye(len(counts), dtype=int))
    if not wrong.max() > 0:
        return []
    places = np.argwhere(wrong == wrong.max())
    return [(str(counts.index[row]), str(counts.columns[column])) for row, column in places]


def difference_sentence(
    difference: pd.DataFrame, names: tuple[str, str], comparison: Compared, *, shares: bool
) -> str:
    """Return where A and B differ most."""
    if names[0] == names[1]:
        return f"A and B are both {names[0]}: choose two models."
    where = f"{names[0]} minus {names[1]}, under “{comparison.protocol}”"
    cells = difference.to_numpy(dtype=float)
    row, column = divmod(int(np.abs(cells).argmax()), cells.shape[1])
    true, predicted = str(difference.index[row]), str(difference.columns[column])
    value = float(cells[row, column])
    if abs(value) < 1e-9:
        return f"{where}: the matrices are equal."
    unit = ONE_UNIT[comparison.unit]
    size = (
        f"{format_whole_points(abs(value))} points"
        if shares
        else f"{format_count(abs(value))} {unit}"
    )
    what = "named rightly" if true == predicted else f"taken for {predicted}"
    more, less = names if value > 0 else names[::-1]
    level = int(np.isclose(np.abs(cells), abs(value)).sum())
    furthest = "Furthest apart" if level == 1 else f"Furthest apart, as {level} cells are"
    return (
        f"{where}. {furthest}: {true} {what}, {size} more with {more} than with {less}. "
        "Blue: more with A; orange: more with B."
    )


def pair_sentence(pair: pd.Series | None, names: tuple[str, str]) -> str:
    """Return how often A and B agree and who is right when they do not."""
    if names[0] == names[1]:
        return f"A and B are both {names[0]}: choose two models."
    if pair is None:
        return "A and B were tested on too few of the same songs to be paired."
    return (
        f"A, {names[0]}, and B, {names[1]}, give the same answer for "
        f"{format_percent(pair['agreement'])} of {format_count(pair['n_units'])} songs. Only A is "
        f"right for {format_count(pair['only_a'])}, only B for {format_count(pair['only_b'])}: "
        f"{_against(pair)}. {SONGS_ONLY}"
    )


def _against(pair: pd.Series) -> str:
    said = verdict_text(pair["verdict"], pair["p_holm"])
    return "they are tied" if pair["verdict"] == "tied" else f"A is {said}"


def agreement_sentence(pairs: pd.DataFrame, names: dict[str, str]) -> str:
    """Return which two models are most and least alike."""
    if pairs.empty:
        return ""
    ordered = pairs.sort_values(["agreement", "id_a", "id_b"], kind="stable")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    text = f"{_alike(most, names)} give the same answer for {_share(most)} of songs"
    if len(names) == 2:
        return f"{text}. {SONGS_ONLY}"
    if least["agreement"] == most["agreement"]:
        return f"Any two models give the same answer for {_share(most)} of songs. {SONGS_ONLY}"
    return f"{text}, the most; {_alike(least, names)} for {_share(least)}, the least. {SONGS_ONLY}"


def _alike(pair: pd.Series, names: dict[str, str]) -> str:
    return f"{names[pair['id_a']]} and {names[pair['id_b']]}"


def _share(pair: pd.Series) -> str:
    return format_percent(pair["agreement"])


def significance_sentence(pairs: pd.DataFrame, names: dict[str, str], protocol: str) -> str:
    """Return which models are better than others, by the corrected tests."""
    better = pairs[pairs["verdict"] == "better"]
    n_pairs = len(pairs) // 2
    how = (
        "Counted in whole songs, the row's model against the column's, by exact McNemar tests "
        "with Holm's correction over all pairs of models there."
    )
    if better.empty:
        who = f"All {n_pairs} pairs" if n_pairs > 1 else _alike(pairs.iloc[0], names)
        return f"{who} are tied under “{protocol}”. {how}"
    wins: dict[str, list[str]] = {}
    for winner, loser in zip(better["id_a"], better["id_b"], strict=True):
        wins.setdefault(names[winner], []).append(names[loser])
    most = sorted(wins.items(), key=lambda item: -len(item[1]))[:2]
    said = [f"{winner} is better than {_listed(beaten)}" for winner, beaten in most]
    tied = n_pairs - len(better)
    verb = "is" if tied == 1 else "are"
    rest = "" if not tied else f"; {tied} of {n_pairs} pairs {verb} tied"
    return f"Under “{protocol}” {'; '.join(said)}{rest}. {how}"


def _listed(names: list[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{len(names)} others"
    return joined(names)


def seeds_sentence(ranges: pd.DataFrame, unit: str) -> str:
    """Return how far scores move with the seed, and where the published figure lies."""
    text = f"{_moved(ranges)}, counting {UNITS[unit]}. A seed draws the model anew, and the split "
    text += "where chance makes it."
    known = ranges[ranges["published"].notna()]
    for _, row in known.head(3).iterrows():
        inside = row["low"] <= row["published"] <= row["high"]
        gap = row["mean"] - row["published"]
        text += (
            f" The published {row['published']:.3f} of {row['name']} lies "
            f"{'inside' if inside else 'outside'} our range (our mean is {format_points(gap)} "
            "against it)."
        )
    return text


def _moved(ranges: pd.DataFrame) -> str:
    """Return whose score moves furthest, or what it is where no digit that is shown changes."""
    spread = ranges["high"] - ranges["low"]
    widest = ranges.iloc[int(spread.to_numpy().argmax())]
    low, high = (f"{widest[end]:.3f}" for end in ("low", "high"))
    seeds = counted(int(widest["n_seeds"]), "seed")
    if low == high:
        others = "" if len(ranges) == 1 else ", and no other moves further"
        return f"{widest['name']} is {format_score(widest['mean'])} with each of {seeds}{others}"
    moves = "moves" if len(ranges) == 1 else "moves most,"
    return f"{widest['name']} {moves} {low} to {high} with {seeds}"
