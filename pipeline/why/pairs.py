"""Which models disagree on a clip, and what is known of their disagreements on other tracks.

From the analysis "disagreements": measured on the test tracks of the protocol that the models'
honest accuracy is from.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.artifacts.analysis import has_analysis, read_analysis
from pipeline.why.sets import rounded

KIND = "disagreements"
Pairs = dict[frozenset[str], dict[str, Any]]


def read_pairs(results: Path, protocols: Mapping[str, str]) -> Pairs:
    """Return what is known of every two served models; empty without the table.

    Parameters
    ----------
    protocols : mapping of str to str
        By served id, the protocol of the honest accuracy.
    """
    if not has_analysis(results, KIND):
        return {}
    honest = {f"{served}.{protocol}": served for served, protocol in protocols.items()}
    table = read_analysis(results, KIND)
    rows = table[table["id_a"].isin(honest) & table["id_b"].isin(honest)].to_dict("records")
    return {frozenset((honest[row["id_a"]], honest[row["id_b"]])): _known(row, honest)
            for row in rows}  # fmt: skip


def disagreement(answers: Sequence[tuple[str, str]], pairs: Pairs) -> list[dict[str, Any]]:
    """Return every two models that hear different genres, as the answer holds them.

    Parameters
    ----------
    answers : sequence of (str, str)
        Served id and genre of each model.
    """
    found = []
    for (a, genre_a), (b, genre_b) in combinations(answers, 2):
        if genre_a == genre_b:
            continue
        known = pairs.get(frozenset((a, b)))
        on_others = None
        if known is not None:
            shared = {key: known[key] for key in ("protocol", "n_tracks", "n_disagree", "share")}
            right = known["right"]
            on_others = {**shared, "right_a": right[a], "right_b": right[b]}
        found.append({"a": a, "b": b, "genre_a": genre_a, "genre_b": genre_b, "known": on_others})
    return found


def _known(row: dict[Any, Any], honest: Mapping[str, str]) -> dict[str, Any]:
    return {
        "protocol": str(row["protocol"]),
        "n_tracks": int(row["n_units"]),
        "n_disagree": int(row["n_disagree"]),
        "share": rounded(row, value="disagree", ci_low="ci_low", ci_high="ci_high"),
        "right": {
            honest[row[f"id_{one}"]]: rounded(
                row,
                value=f"right_{one}",
                ci_low=f"right_{one}_low",
                ci_high=f"right_{one}_high",
            )
            for one in ("a", "b")
        },
    }
