"""Paired tests from either side: turned rightly, and never more than was tested."""

import dataclasses

import pandas as pd
import pytest
from tiny_models import shared_results

from dashboard.rows.pairs import pairs_of, standings
from dashboard.state import Results, State


@pytest.fixture(scope="module")
def stored() -> Results:
    return State(shared_results()).current()


@pytest.fixture
def results(stored: Results) -> Results:
    """A is better than B, A and C are tied, D was tested on other songs."""
    tests = stored.analysis("paired_tests").head(2).copy()
    tests["id_a"], tests["id_b"] = ["a", "c"], ["b", "a"]
    tests["only_a"], tests["only_b"] = [9, 2], [1, 3]
    tests["accuracy_a"], tests["accuracy_b"] = [0.9, 0.89], [0.5, 0.9]
    tests["verdict"] = ["better_a", "tied"]
    tables = {("read_analysis", "paired_tests"): tests}
    return dataclasses.replace(stored, _tables=tables)


def test_pair_turned_round_exchanges_a_and_b(results: Results) -> None:
    pairs = pairs_of(results, ["a", "b"]).set_index(["id_a", "id_b"])
    there, back = pairs.loc[("a", "b")], pairs.loc[("b", "a")]
    assert (there["verdict"], back["verdict"]) == ("better", "worse")
    assert (there["only_a"], there["only_b"]) == (back["only_b"], back["only_a"]) == (9, 1)
    assert (back["accuracy_a"], back["accuracy_b"]) == (0.5, 0.9)
    for same in ("both_right", "neither", "agreement", "p_holm", "n_units"):
        assert there[same] == back[same]


def test_pairs_are_those_asked_for(results: Results) -> None:
    assert len(pairs_of(results, ["a", "b", "c"])) == 4
    assert pairs_of(results, ["b", "c"]).empty
    assert pairs_of(results, []).empty


def test_standings_name_the_best_and_the_tied_and_pass_over_the_untested(results: Results) -> None:
    runs = pd.DataFrame({"id": list("abcd"), "value": [0.9, 0.5, 0.89, 0.7]})
    assert standings(results, runs) == {"a": "best", "c": "tied with the best"}


def test_standings_of_nothing_are_nothing(results: Results) -> None:
    assert standings(results, pd.DataFrame({"id": [], "value": []})) == {}
