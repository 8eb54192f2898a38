"""Every two models on the same test tracks, as ``results/analysis`` has them: who is better.

Tests count whole tracks and are corrected by Holm over all pairs of a protocol; here they are only
looked up, and turned round so that a pair can be read from either side.
"""

from collections.abc import Iterable

import pandas as pd

from dashboard.kept import kept
from dashboard.state import Results

UNIT = "track"  # of every paired test
TURNED = {
    "id_a": "id_b", "id_b": "id_a", "accuracy_a": "accuracy_b", "accuracy_b": "accuracy_a",
    "only_a": "only_b", "only_b": "only_a",
}  # fmt: skip
FROM_A = {"better_a": "better", "better_b": "worse", "tied": "tied"}
FROM_B = {"better_a": "worse", "better_b": "better", "tied": "tied"}
BEST, TIED = "best", "tied with the best"


@kept()
def pairs_of(results: Results, ids: Iterable[str]) -> pd.DataFrame:
    """Return the tests between any two of these runs, each pair from both sides.

    Columns are those of the analysis "paired_tests"; ``verdict`` says what A is against B:
    "better", "worse" or "tied".
    """
    tests = results.analysis("paired_tests")
    wanted = set(ids)
    tests = tests[tests["id_a"].isin(wanted) & tests["id_b"].isin(wanted)]
    turned = tests.rename(columns=TURNED)[list(tests.columns)]
    return pd.concat(
        [
            tests.assign(verdict=tests["verdict"].map(FROM_A)),
            turned.assign(verdict=tests["verdict"].map(FROM_B)),
        ],
        ignore_index=True,
    )


def has_tests(results: Results, ids: Iterable[str]) -> bool:
    """Return whether the paired tests of these results know each of these runs.

    Of two that they know and hold no pair of, the tested songs are too different to be paired.
    """
    tests = results.analysis("paired_tests")
    return set(ids) <= {*tests["id_a"], *tests["id_b"]}


def standings(results: Results, runs: pd.DataFrame) -> dict[str, str]:
    """Return which run is the best and which are not significantly worse, by run id.

    Parameters
    ----------
    runs : DataFrame
        Runs of one step, with ``id`` and ``value`` (accuracy of tracks). A run that was not tested
        against the best on the same tracks is not in the answer.
    """
    if runs.empty:
        return {}
    best = str(runs.iloc[int(runs["value"].argmax())]["id"])
    against = pairs_of(results, runs["id"])
    against = against[against["id_b"] == best]
    tied = against.loc[against["verdict"] != "worse", "id_a"]
    return {best: BEST} | dict.fromkeys(map(str, tied), TIED)
