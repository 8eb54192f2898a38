"""What Explore says of models: quality against cost, what mistakes cost, and keeping silent."""

from collections.abc import Mapping

import pandas as pd

from dashboard.components.formats import (
    format_count,
    format_percent,
    format_score,
    is_number,
)
from dashboard.rows.costs import Cost
from dashboard.words.sentences import score_of
from dashboard.words.wording import MOST_NAMED, counted, highest, joined, lowest, named

NEARLY = 0.03  # three points: what a cheaper model may miss and still be named
MOST_ON_FRONT = 4  # of the models that nothing beats, by name
NEAR, FAR = 0.95, 1.05  # between these the mistakes are as far as average ones


def cost_sentence(runs: pd.DataFrame, cost: Cost, tested: str) -> str:
    """Return which models nothing beats, what the best costs and what nearly does as well.

    Parameters
    ----------
    runs : DataFrame
        Columns ``short, value, ci_low, ci_high, cost, front, reason``.
    cost : Cost
    tested : str
        Short name of the protocol.
    """
    known = runs.dropna(subset=["cost"])
    what = cost.title.split(" (")[0]
    if known.empty:
        return f"Under “{tested}” no model has a stored {what}."
    front = known[known["front"]].sort_values(["value", "cost"], ascending=[False, True])
    if len(known) == 1:
        said = f"the one model with a stored {what} is {_with_cost(known.iloc[0], cost)}."
    else:
        n = len(front)
        share = f"{n} of {len(known)} models {'is' if n == 1 else 'are'}"
        share = f"all {n} models are" if n == len(known) else share
        said = f"{share} beaten by none that costs no more: {_front(front, cost)}."
    said = f"Counting whole songs under “{tested}”, {said}{_nearly(front, cost)}"
    return said + _without_cost(runs)


def _front(front: pd.DataFrame, cost: Cost) -> str:
    names = [_with_cost(row, cost) for _, row in front.head(MOST_ON_FRONT).iterrows()]
    more = len(front) - len(names)
    return joined([*names, f"{more} more"] if more else names)


def _with_cost(row: pd.Series, cost: Cost) -> str:
    return f"{row['short']} ({score_of(row)}, {cost.text(row['cost'])})"


def _nearly(front: pd.DataFrame, cost: Cost) -> str:
    """Return the cheapest models within three points of the best, where they are others."""
    best = front.iloc[0]
    cheapest = lowest(front[front["value"] >= best["value"] - NEARLY], "cost")
    times = best["cost"] / cheapest["cost"].iloc[0]
    if times < 2:
        return ""
    verb = "comes" if len(cheapest) == 1 else "come"
    return (
        f" {named(list(cheapest['short']), 'model')} {verb} within {round(100 * NEARLY)} points of "
        f"the best at 1/{format_count(float(f'{times:.2g}'))} of its cost."
    )


def _without_cost(runs: pd.DataFrame) -> str:
    """Return how many models have no stored cost, and why."""
    missing = runs[runs["cost"].isna()]
    if missing.empty:
        return ""
    reasons = joined(sorted({reason for reason in missing["reason"] if reason}))
    has = "has" if len(missing) == 1 else "have"
    why = f": {reasons}" if reasons else ""
    return f" {counted(len(missing), 'model')} {has} no stored number{why}."


def distances_sentence(pairs: pd.DataFrame, features: str) -> str:
    """Return the nearest and the farthest pair of genres."""
    known = pairs.dropna(subset=["distance"])
    if known.empty:
        return f"By {features}, no distance between genres is stored."
    near, far = lowest(known, "distance"), highest(known, "distance")
    if len(known) == 1:
        said = f"{_named_pairs(near)} are the one pair of genres, {_apart(near)} apart"
    elif len(near) == len(known):
        said = f"all {counted(len(known), 'pair')} of genres lie equally far apart ({_apart(near)})"
    else:
        said = (
            f"{_named_pairs(near)} lie nearest ({_apart(near)}), {_named_pairs(far)} farthest "
            f"apart ({_apart(far)})"
        )
    return (
        f"By {features}, {said}; 1 is the mean over all pairs of genres. A mistake costs the "
        "distance between the two genres."
    )


def _apart(pairs: pd.DataFrame) -> str:
    return f"{pairs['distance'].iloc[0]:.2f}"


def _named_pairs(pairs: pd.DataFrame) -> str:
    """Return "blues and rock", of several that tie "blues with rock and jazz with pop"."""
    link = "and" if len(pairs) == 1 else "with"
    both = zip(pairs["genre_a"], pairs["genre_b"], strict=True)
    return named([f"{one} {link} {other}" for one, other in both], "pair")


def costs_of_mistakes_sentence(rows: pd.DataFrame, tested: str, drawn: int) -> str:
    """Return whose mistakes cost least, and whether these fall on near genres.

    Parameters
    ----------
    rows : DataFrame
        Columns ``short, cost, cost_low, cost_high, mistake_distance, value, ci_low, ci_high``, the
        cheapest first.
    tested : str
    drawn : int
        How many are drawn.
    """
    known = rows.dropna(subset=["cost"])
    if known.empty:
        return f"Under “{tested}” no model has a stored cost of its mistakes."
    first, accurate = lowest(known, "cost"), highest(rows, "value")
    said = f"Counting whole songs under “{tested}”: {_cheapest(first, len(known))}"
    if not set(first["short"]) & set(accurate["short"]):
        verb = "is" if len(accurate) == 1 else "are"
        names = named([f"{row['short']} ({score_of(row)})" for _, row in accurate.iterrows()],
                      "model")  # fmt: skip
        said += f" Most often right {verb} {names}."
    more = f" Drawn: the first {drawn} of {counted(len(rows), 'model')}."
    return said if drawn >= len(rows) else said + more


def _cheapest(first: pd.DataFrame, n_models: int) -> str:
    """Return what a song costs the models that are level with the least cost."""
    least = "" if n_models == 1 else f", the least of {counted(n_models, 'model')}"
    scale = "(0: right, 1: an average mistake)"
    if len(first) > MOST_NAMED:
        score = format_score(first["cost"].iloc[0])
        return f"a song costs each of {len(first)} models {score} on average {scale}{least}."
    costs = joined(
        [
            f"{row['short']} {format_score(row['cost'], row['cost_low'], row['cost_high'])}"
            for _, row in first.iterrows()
        ]
    )
    scores = joined([score_of(row) for _, row in first.iterrows()])
    falls = [_where_mistakes_fall(row, alone=len(first) == 1) for _, row in first.iterrows()]
    said = f"a song costs {costs} on average {scale}{least}, at accuracy {scores}"
    return f"{said}. {' '.join(falls)}"


def _where_mistakes_fall(row: pd.Series, *, alone: bool) -> str:
    """Return whether a model's mistakes are near ones."""
    distance = row["mistake_distance"]
    if pd.isna(distance):
        return f"{'It' if alone else row['short']} makes no mistakes."
    whose = "Its mistakes" if alone else f"The mistakes of {row['short']}"
    if NEAR <= distance <= FAR:
        return f"{whose} fall on genres as far away as average ({distance:.2f})."
    where = "near genres" if distance < NEAR else "far genres"
    return f"{whose} fall on {where} (mean distance {distance:.2f} of an average mistake)."


def abstain_sentence(levels: Mapping[str, pd.Series], tested: str) -> str:
    """Return how often each model is right when it answers only what it is surest of.

    Parameters
    ----------
    levels : mapping of str to Series
        Row of the analysis "coverage" nearest to the chosen share, by name of the model; each
        model's stored shares may be others.
    tested : str
    """
    shares = {name: _share(row) for name, row in levels.items()}
    if len(set(shares.values())) == 1:
        how = f"answering {next(iter(shares.values()))}"
        said = [f"{name} {_right(row)}" for name, row in levels.items()]
    else:
        how = "each at its stored share"
        said = [f"{name}, answering {shares[name]}, {_right(row)}" for name, row in levels.items()]
    return f"Counting whole songs under “{tested}”, {how}: {'; '.join(said)}."


def _share(row: pd.Series) -> str:
    if row["coverage"] >= 1:
        return "every song"
    return f"the surest {format_percent(row['coverage'])} of songs"


def _right(row: pd.Series) -> str:
    score = format_score(row["accuracy"], row["ci_low"], row["ci_high"])
    if row["coverage"] >= 1 or not is_number(row["threshold"]):
        return f"is right for {score}"
    silent = f"below confidence {row['threshold']:.2f} it says it does not know"
    return f"is right for {score}, and {silent}"
