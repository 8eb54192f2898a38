"""What the Clusters page says of the number of clusters, and of clusters as genres."""

import pandas as pd

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.words.wording import highest

NO_CLUSTERING = "Nothing was clustered here: this is the map of the features alone."


def sweep_sentence(points: pd.DataFrame, chosen: int) -> str:
    """Return where the silhouette is highest, and what it is for the clustering shown.

    Parameters
    ----------
    points : DataFrame
        Columns ``n_clusters, inertia, silhouette``.
    chosen : int
        Number of clusters of the clustering shown.
    """
    known = points.dropna(subset="silhouette").sort_values("n_clusters", kind="stable")
    if known.empty:
        return "No silhouettes are stored for these features."
    best = highest(known, "silhouette")
    numbers = " or ".join(map(format_count, best["n_clusters"]))
    said = (
        f"The silhouette (1: clusters well apart, 0: they touch) is highest with "
        f"{numbers} clusters ({format_score(best['silhouette'].iloc[0])})"
    )
    own = known[known["n_clusters"] == chosen]
    if len(own):
        said += f"; with the {chosen} shown above it is {format_score(own.iloc[0]['silhouette'])}"
    return (
        f"{said}. Inertia, the squared distance to the own centre, always falls; a bend in it "
        "would speak for a number of clusters. Dashed: the clustering shown."
    )


def matching_sentence(matched: pd.DataFrame, what: str) -> str:
    """Return how many samples would be right if each cluster stood for one genre of its own.

    Parameters
    ----------
    matched : DataFrame
        Rows of the analysis "cluster_matching" of one run.
    what : str
        What a sample is, "whole songs".
    """
    right, total = int(matched["n_matched"].sum()), int(matched["n_cluster"].sum())
    named = matched[matched["genre"] != ""].sort_values("n_matched", kind="stable")
    said = (
        f"Matched one to one so that most {what} agree, clusters hold the right genre for "
        f"{format_count(right)} of {format_count(total)} "
        f"({format_percent(right / total if total else None)})"
    )
    if named.empty:
        return f"{said}."
    shares = named["n_matched"] / named["n_genre"].where(named["n_genre"] > 0)
    best = named.iloc[int(shares.fillna(-1).to_numpy().argmax())]
    level = int((shares == shares.max()).sum())
    left = len(matched) - len(named)
    rest = f" {left} clusters are left without a genre." if left > 1 else ""
    rest = " One cluster is left without a genre." if left == 1 else rest
    return (
        f"{said}: best for {best['genre']}{_beside(level)}, {format_count(best['n_matched'])} of "
        f"{format_count(best['n_genre'])} of it in one cluster.{rest} The matching knows the "
        "genres, so this is an upper bound for these clusters, not a test score."
    )


def _beside(level: int) -> str:
    """Return how many genres do as well as the one that is named."""
    if level < 2:
        return ""
    return f" (and {level - 1} {'other' if level == 2 else 'others'} as well)"


def held_out_sentence(n_tracks: int) -> str:
    """Return what the map of a network's last layer is, and why it is no discovery."""
    return (
        f"Here the features are what our network makes of a song before it names a genre. Drawn "
        f"are the {format_count(n_tracks)} songs that it was not trained on; some of them chose "
        "when its training ended. It learned from labels, so its groups follow genres on purpose: "
        "compare them with those of the features, which know no labels."
    )
