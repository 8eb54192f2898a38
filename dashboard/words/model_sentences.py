"""What the Model and the Clusters page say, computed from one run's stored numbers."""

import pandas as pd

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.figures.confusion import shares_of_rows
from dashboard.rows.selection import UNITS
from dashboard.words.sentences import ONE_UNIT, score_of
from dashboard.words.wording import MOST_NAMED, highest, joined, lowest, named


def genres_sentence(scores: pd.DataFrame, protocol: str, unit: str) -> str:
    """Return which genre the model does best and worst."""
    f1 = scores[(scores["metric"] == "f1") & scores["value"].notna()].sort_values("genre")
    if f1.empty:
        return "This run has no scores by genre."
    best, worst = highest(f1, "value"), lowest(f1, "value")
    how = f"under “{protocol}”, counting {UNITS[unit]}. Bars are 95 % intervals."
    if len(best) == len(f1):
        alike = "" if len(f1) == 1 else "All alike: "
        return f"{alike}{_each_f1(best)}, {how}"
    return f"Best at {_each_f1(best)}, worst at {_each_f1(worst)}, {how}"


def _each_f1(rows: pd.DataFrame) -> str:
    """Return genres that have the same F1, each with its own interval while they are few."""
    if len(rows) > MOST_NAMED:
        return f"{len(rows)} genres (F1 {format_score(rows['value'].iloc[0])})"
    return joined([f"{row['genre']} (F1 {score_of(row)})" for _, row in rows.iterrows()])


def confusion_sentence(
    counts: pd.DataFrame, protocol: str, unit: str, accuracy: pd.Series | None
) -> str:
    """Return how many samples lie on the diagonal, as the stored accuracy with its interval.

    Parameters
    ----------
    counts : DataFrame
    protocol : str
        Its short name.
    unit : "track" or "segment"
        What the matrix and the accuracy count.
    accuracy : Series or None
        Row of ``scores.parquet``; None where none is stored for this unit.
    """
    total = int(counts.to_numpy().sum())
    right = int(sum(counts.loc[genre, genre] for genre in counts.index))
    score = "" if accuracy is None else f": accuracy {score_of(accuracy)}"
    return (
        f"{format_count(right)} of {format_count(total)} {ONE_UNIT[unit]} are named rightly under "
        f"“{protocol}”{score}. They lie on the diagonal; each row is a true genre and is shaded by "
        "its shares."
    )


def worst_confusions(
    counts: pd.DataFrame, unit: str, number: int = 3
) -> dict[tuple[str, str], str]:
    """Return the confusions that take the largest share of a true genre.

    Returns
    -------
    dict
        (true genre, answer) -> sentence, the worst first.
    """
    share = shares_of_rows(counts)
    pairs = [
        (-share.loc[true, predicted], true, predicted)
        for true in counts.index
        for predicted in counts.columns
        if true != predicted and counts.loc[true, predicted] > 0
    ]
    return {
        (true, predicted): (
            f"{true[:1].upper()}{true[1:]} is taken for {predicted}: "
            f"{format_count(counts.loc[true, predicted])} of "
            f"{format_count(counts.loc[true].sum())} {ONE_UNIT[unit]} "
            f"({format_percent(-negative)})."
        )
        for negative, true, predicted in sorted(pairs)[:number]
    }


def cluster_scores(scores: pd.DataFrame, run_id: str) -> pd.DataFrame:
    """Return value and interval of ``ari``, ``nmi`` and ``purity``, indexed by metric."""
    rows = scores[(scores["id"] == run_id) & scores["metric"].isin(["ari", "nmi", "purity"])]
    return rows.set_index("metric")[["value", "ci_low", "ci_high", "unit"]]


def agreement_sentence(scores: pd.DataFrame) -> str:
    """Return what ARI and NMI say about clusters and genres.

    Parameters
    ----------
    scores : DataFrame
        As ``cluster_scores`` returns them.
    """
    rows = {str(metric): row for metric, row in scores.iterrows()}
    if "ari" not in rows or "nmi" not in rows:
        return "This run has no agreement scores."
    ari, nmi = rows["ari"], rows["nmi"]
    if ari["ci_low"] <= 0:
        verdict = "Clusters and genres agree no better than chance"
    elif ari["value"] < 0.3:
        verdict = "Clusters follow genres only loosely"
    elif ari["value"] < 0.7:
        verdict = "Clusters follow genres in part"
    else:
        verdict = "Clusters and genres are nearly the same division"
    return (
        f"{verdict}: adjusted Rand {score_of(ari)}, where 0 is chance and 1 the same division; "
        f"NMI {score_of(nmi)}, where 0 says that a cluster tells nothing about the genre and 1 "
        "that it tells all."
    )


def purity_sentence(counts: pd.DataFrame) -> str:
    """Return what purity means, and what no clustering at all would reach."""
    total = counts.to_numpy().sum()
    largest = float(counts.sum(axis=0).max() / total) if total else None
    return (
        "Purity is the share that would be right if each cluster stood for its commonest genre; "
        f"one cluster for everything would reach {format_score(largest)}. In brackets: 95 % "
        "intervals."
    )


def composition_sentence(counts: pd.DataFrame, what: str) -> str:
    """Return which cluster is the purest and which the most mixed."""
    share = shares_of_rows(counts)
    top = pd.DataFrame({"share": share.max(axis=1), "genre": share.idxmax(axis=1)})
    top = top[counts.sum(axis=1) > 0]  # what has nobody in it is neither pure nor mixed
    end = f"Numbers in brackets count {what}."
    if top.empty:
        return f"No cluster holds anything. {end}"
    pure, mixed = highest(top, "share"), lowest(top, "share")
    most = format_percent(pure["share"].iloc[0])
    if len(pure) == len(top):
        each = "each cluster" if len(top) > 1 else "the one cluster"
        return f"The commonest genre of {each} has {most}. {end}"
    if len(pure) == 1:
        said = f"The purest, {pure.index[0].lower()}, is {most} {pure['genre'].iloc[0]}"
    else:
        said = f"The purest, {_clusters(pure)}, are {most} one genre each"
    genre = f" ({mixed['genre'].iloc[0]})" if len(mixed) == 1 else ""
    return (
        f"{said}; in the most mixed, {_clusters(mixed)}, the commonest genre{genre} has "
        f"{format_percent(mixed['share'].iloc[0])}. {end}"
    )


def _clusters(rows: pd.DataFrame) -> str:
    return named([str(name).lower() for name in rows.index], "cluster")
