"""What an address may say of a grid."""

import pytest

from dashboard.components.grid_address import GridAddress, fields_of
from dashboard.query import read_choice

KEPT = GridAddress("page", "grid", ("model", "size"), "models-", ticks={"a": "A", "b": "B"})
ORDERS = {"size": "smallest first"}
NAMES = ("models-sort", "models-filter", "models-tick")


def read(**asked: str) -> tuple[list[str], int]:
    """Return the values of sort, filter and tick, and how many notes there are."""
    query = {f"models-{name}": value for name, value in asked.items()}
    choice = read_choice(query, KEPT.parameters(ORDERS))
    return [choice[name] for name in NAMES], len(choice.notes)


def test_nothing_said_is_the_grid_as_it_comes() -> None:
    assert read() == (["listed", "", ""], 0)


@pytest.mark.parametrize("order", ["listed", "size", "size-down", "model-down"])
def test_every_column_gives_an_order(order: str) -> None:
    assert read(sort=order) == ([order, "", ""], 0)


@pytest.mark.parametrize("order", ["time", "size-up", "size-down;", ""])
def test_other_orders_are_said(order: str) -> None:
    assert read(sort=order) == (["listed", "", ""], 1)


@pytest.mark.parametrize(
    "filters",
    [
        "model~contains~forest",
        "model~blank",
        "model~contains~100%25",
        "model~contains~" + "%25" * 26,
        "size~inRange~1000~2000;model~startsWith~L~or~equals~x",
    ],
)
def test_conditions_on_columns_are_kept(filters: str) -> None:
    assert read(filter=filters) == (["listed", filters, ""], 0)


@pytest.mark.parametrize(
    "filters",
    [
        "time~equals~1",
        "model~sounds~x",
        "model",
        "model~equals~" + "x" * 81,
        "size~blank;",
        "model~contains~100%",
        "model~contains~%2",
        "model~contains~%zz~or~blank",
        "model~contains~" + "%25" * 27,
    ],
)
def test_conditions_that_no_grid_knows_are_said(filters: str) -> None:
    assert read(filter=filters) == (["listed", "", ""], 1)


def test_rows_that_are_there_are_ticked() -> None:
    assert read(tick="b,c") == (["listed", "", "b"], 1)


def test_grid_without_ticks_has_no_parameter_of_them() -> None:
    kept = GridAddress("page", "grid", fields_of([{"field": "model"}]))
    assert [one.name for one in kept.parameters({})] == ["sort", "filter"]
    assert len(kept.hidden({"filter": ""})) == 1
