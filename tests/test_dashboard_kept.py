"""Functions of results are computed once for each choice, and again for other results."""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dashboard.kept import Kept, kept
from dashboard.state import load_results
from pipeline.config import REPOSITORY


def results() -> Any:
    return SimpleNamespace(kept=Kept())


@pytest.fixture
def counted() -> tuple[Callable[..., Any], list[Any]]:
    """A function that is kept, and the choices for which it was computed."""
    calls: list[Any] = []

    @kept(2)
    def doubled(results: Any, *choices: Any, **named: Any) -> Any:
        calls.append((choices, named))
        return [choices, named]

    return doubled, calls


@pytest.mark.parametrize(
    "choices", [("a", 1), (["m", "n"],), ({"id": ["x"], "n": None},), ({"q", "p"},)]
)
def test_the_same_choice_is_computed_once(
    counted: tuple[Callable[..., Any], list[Any]], choices: tuple[Any, ...]
) -> None:
    doubled, calls = counted
    here = results()
    assert doubled(here, *choices, mode="dark") is doubled(here, *choices, mode="dark")
    assert len(calls) == 1
    doubled(here, *choices, mode="light")
    assert len(calls) == 2


def test_other_results_are_computed_anew(counted: tuple[Callable[..., Any], list[Any]]) -> None:
    doubled, calls = counted
    doubled(results(), "a")
    doubled(results(), "a")
    assert len(calls) == 2


def test_the_oldest_is_forgotten(counted: tuple[Callable[..., Any], list[Any]]) -> None:
    doubled, calls = counted
    here = results()
    for choice in "abacab":  # "b" is the oldest when "c" comes
        doubled(here, choice)
    assert [choices[0] for choices, _named in calls] == ["a", "b", "c", "b"]


def test_what_a_caller_does_to_its_table_stays_there() -> None:
    @kept()
    def table(results: Any) -> pd.DataFrame:
        return pd.DataFrame({"n": [1, 2]})

    here = results()
    first = table(here)
    first["more"] = 0
    first.loc[0, "n"] = 9
    assert table(here).to_dict("list") == {"n": [1, 2]}


def test_results_made_from_others_have_kept_nothing() -> None:
    first = load_results(REPOSITORY / "results")
    assert dataclasses.replace(first).kept is not first.kept


def test_an_error_is_not_kept() -> None:
    calls: list[int] = []

    @kept()
    def failing(results: Any) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("not yet")
        return 1

    here = results()
    with pytest.raises(KeyError, match="not yet"):
        failing(here)
    assert failing(here) == 1
