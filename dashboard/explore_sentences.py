"""What the cards of the Explore page say, computed from stored numbers."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.costs import Cost
from dashboard.data_sentences import STRONG, signed
from dashboard.sentences import score_of

NEARLY = 0.03  # three points: what a cheaper model may miss and still be named
MOST_NAMED = 4
MOST_PAIRS_NAMED = 3
NEAR, FAR = 0.95, 1.05  # between these the mistakes are as far as average ones


def and_list(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def plane_sentence(
    shown: int, total: int, names: tuple[str, str], correlation: float | None
) -> str:
    """Return what the points are, and how far the two features say the same."""
    points = f"Each of the {format_count(total)} points is a song"
    if shown < total:
        points = (
            f"Each of the {format_count(shown)} points drawn (of {format_count(total)}) is a song"
        )
    said = (
        f"{points}, placed by its rank among all songs: by {names[0]} from left to right, by "
        f"{names[1]} upwards. Ticks are in the units of the features, evenly spread over songs."
    )
    if names[0] == names[1]:
        return f"{said} Both axes show the same feature, so that all songs lie on a line."
    if correlation is None:
        return said
    return f"{said} The two correlate at {signed(correlation)} (Pearson)."


def answers_sentence(
    score: pd.Series | None, right: int, total: int, model: str, tested: str
) -> str:
    """Return how often the chosen model is right, and that crosses are its mistakes."""
    counted = f"{format_count(right)} of {format_count(total)} songs"
    interval = "" if score is None else f", {score_of(score)}"
    return (
        f"Under “{tested}” {model} names {counted} rightly{interval}. Rings are right answers, "
        "crosses wrong ones."
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
    strong = pairs[pairs["correlation"].abs() >= STRONG]
    order = (
        "The order puts features that say alike side by side (hierarchical clustering of 1 − |r|)."  # noqa: RUF001 (a minus sign)
        if clustered
        else "Features of a family stand together."
    )
    counted = (
        f"of {format_count(len(pairs))} pairs of {format_count(n_features)} features "
        f"{'correlates' if len(strong) == 1 else 'correlate'} at {STRONG} or beyond, in either "
        "direction"
    )
    if strong.empty:
        return f"None {counted}. {order}"
    named = [
        f"{row['feature_a']} and {row['feature_b']} ({signed(row['correlation'])})"
        for _, row in strong.head(MOST_PAIRS_NAMED).iterrows()
    ]
    first = "" if len(named) == len(strong) else "first "
    return f"{format_count(len(strong))} {counted}: {first}{'; '.join(named)}. {order}"


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
    if known.empty:
        return f"Under “{tested}” no model has a stored {cost.title.split(' (')[0]}."
    front = known[known["front"]].sort_values(["value", "cost"], ascending=[False, True])
    names = [_with_cost(row, cost) for _, row in front.head(MOST_NAMED).iterrows()]
    n = len(front)
    more = "" if n <= MOST_NAMED else f" and {n - MOST_NAMED} cheaper"
    verb = "is" if n == 1 else "are"
    listed = and_list(names) if not more else f"{', '.join(names)}{more}"
    said = (
        f"Counting whole songs under “{tested}”, {n} of {len(known)} models {verb} beaten by none "
        f"that is cheaper: {listed}."
    )
    said += _nearly(front, cost)
    return said + _without_cost(runs)


def _with_cost(row: pd.Series, cost: Cost) -> str:
    return f"{row['short']} ({score_of(row)}, {cost.text(row['cost'])})"


def _nearly(front: pd.DataFrame, cost: Cost) -> str:
    """Return the cheapest model within three points of the best, where it is another."""
    best = front.iloc[0]
    near = front[front["value"] >= best["value"] - NEARLY]
    cheapest = near.sort_values("cost").iloc[0]
    if cheapest["cost"] * 2 > best["cost"]:
        return ""
    times = best["cost"] / cheapest["cost"]
    return (
        f" {cheapest['short']} comes within {round(100 * NEARLY)} points of the best at 1/"
        f"{format_count(float(f'{times:.2g}'))} of its cost."
    )


def _without_cost(runs: pd.DataFrame) -> str:
    """Return how many models have no stored cost, and why."""
    missing = runs[runs["cost"].isna()]
    if missing.empty:
        return ""
    reasons = and_list(sorted({reason for reason in missing["reason"] if reason}))
    n = len(missing)
    why = f": {reasons}" if reasons else ""
    return f" {n} {'model has' if n == 1 else 'models have'} no stored number{why}."


def distances_sentence(pairs: pd.DataFrame, features: str) -> str:
    """Return the nearest and the farthest pair of genres."""
    ordered = pairs.sort_values("distance", kind="stable")
    near, far = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"By {features}, {near['genre_a']} and {near['genre_b']} lie nearest "
        f"({near['distance']:.2f}), {far['genre_a']} and {far['genre_b']} farthest apart "
        f"({far['distance']:.2f}); 1 is the mean over all pairs of genres. A mistake costs the "
        "distance between the two genres."
    )


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
    first = rows.iloc[0]
    cost = format_score(first["cost"], first["cost_low"], first["cost_high"])
    said = (
        f"Counting whole songs under “{tested}”: a song costs {first['short']} {cost} on average "
        f"(0: right, 1: an average mistake), the least of {len(rows)} models, at accuracy "
        f"{score_of(first)}. {_where_mistakes_fall(first)}"
    )
    accurate = rows.iloc[int(rows["value"].argmax())]
    if accurate["short"] != first["short"]:
        said += f" Most often right is {accurate['short']} ({score_of(accurate)})."
    return said if drawn >= len(rows) else f"{said} Drawn are the first {drawn}."


def _where_mistakes_fall(row: pd.Series) -> str:
    """Return whether a model's mistakes are near ones."""
    distance = row["mistake_distance"]
    if pd.isna(distance):
        return "It makes no mistakes."
    where = (
        "near genres" if distance < NEAR else "far genres" if distance > FAR else "genres as far"
    )
    if where == "genres as far":
        return f"Its mistakes fall on genres as far away as average ({distance:.2f})."
    return f"Its mistakes fall on {where} (mean distance {distance:.2f} of an average mistake)."


def abstain_sentence(levels: Mapping[str, pd.Series], tested: str) -> str:
    """Return how often each model is right when it answers only what it is surest of.

    Parameters
    ----------
    levels : mapping of str to Series
        Row of the analysis "coverage" at the chosen share, by name of the model.
    tested : str
    """
    rows = list(levels.items())
    share = format_percent(rows[0][1]["coverage"])
    if rows[0][1]["coverage"] >= 1:
        said = [f"{name} {_right(row)}" for name, row in rows]
        return f"Counting whole songs under “{tested}”, answering every song: {'; '.join(said)}."
    said = [
        f"{name} {_right(row)}, and below confidence {row['threshold']:.2f} it says it does not "
        "know"
        for name, row in rows
    ]
    return (
        f"Counting whole songs under “{tested}”, answering the surest {share} of songs: "
        f"{'; '.join(said)}."
    )


def _right(row: pd.Series) -> str:
    return f"is right for {format_score(row['accuracy'], row['ci_low'], row['ci_high'])}"


def clip_sentence(name: str, duration_s: float, *, synthetic: bool) -> str:
    """Return what is drawn of a clip."""
    made = " (synthetic, made with numpy)" if synthetic else ""
    return (
        f"{name}{made}, {duration_s:.0f} s: the same sound as amplitude, as levels over frequency "
        "(in hertz, in octaves, in mel bands; 0 dB is the loudest), as cepstral coefficients and "
        "as energy by pitch class. The axes of time are one; a zoom into one is a zoom into all."
    )
