"""What a visitor does on a page, and what a card's table and its file say; for tests/browser."""

import csv
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator
from visit import Visit

from dashboard.components.formats import MISSING


def control(visit: Visit, name: str) -> Locator:
    """Return the control of this name on the page."""
    return visit.page.locator(f'[id^="{{"][id*=\'"name":"{name}"\'][id*=\'"type":"control"\']')


def choose(visit: Visit, name: str, value: str) -> dict[str, Any]:
    """Change a control as a visitor does, and return what is then shown."""
    before = visit.view()
    press(visit, name, value)
    return visit.wait_for_change(before)


def press(visit: Visit, name: str, value: str) -> None:
    """Change a control as a visitor does, and wait for nothing."""
    element = control(visit, name)
    if element.evaluate("element => element.matches('select')"):
        element.select_option(value)
    elif element.evaluate("element => element.matches('input[type=range]')"):
        element.fill(value)
    else:
        element.evaluate("element => element.closest('details')?.setAttribute('open', '')")
        element.locator(f'label[for$="_input_{value}"]').click()


def other_option(visit: Visit, name: str) -> str:
    """Return the first option that is not chosen."""
    options = other_options(visit, name)
    assert options, f"{name} offers no choice"
    return options[0]


def other_options(visit: Visit, name: str) -> list[str]:
    """Return the options that are not chosen; none where there is nothing to choose."""
    options: list[str] = control(visit, name).evaluate(
        """element => element.matches("select")
          ? [...element.options].filter(option => !option.selected && !option.disabled)
            .map(option => option.value)
          : element.matches("input[type=range]")
          ? [element.min, element.max].filter(stop => stop !== element.value)
          : [...element.querySelectorAll("input:not(:checked)")].map(input => input.value)"""
    )
    return options


def visible_cards(visit: Visit) -> list[str]:
    """Return the ids of the cards that apply to what is shown."""
    cards: list[str] = visit.page.locator(".figure-card:has(.card-view:visible)").evaluate_all(
        "cards => cards.map(card => card.dataset.card)"
    )
    assert cards
    return cards


def table_texts(visit: Visit, card: str) -> list[list[str]]:
    """Return the cells of a card's table as they are shown, or would be, the header first."""
    visit.page.evaluate("card => window.genrelens.drawTable(card)", card)
    rows: list[list[str]] = visit.page.locator(f"#{card}-table tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert len(rows) > 1
    return rows


def use_tool(visit: Visit, card: str, name: str) -> None:
    """Choose an entry of a card's menu."""
    tools = visit.page.locator(f"#{card}-card .card-tools")
    tools.get_by_role("button", name="More").click()
    tools.get_by_role("menuitem", name=name).click()


def downloaded_csv(visit: Visit, card: str, folder: Path) -> list[list[str]]:
    """Download a card's numbers and return the rows of the file."""
    with visit.page.expect_download() as started:
        use_tool(visit, card, "CSV")
    assert started.value.suggested_filename == f"genrelens-{card}.csv"
    path = folder / f"{card}.csv"
    started.value.save_as(path)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def assert_same_numbers(written: list[list[str]], shown: list[list[str]]) -> None:
    """Assert that a file has the table's texts, and its numbers before they were rounded."""
    assert written[0] == shown[0]
    for row, cells in zip(written[1:], shown[1:], strict=True):
        for exact, text in zip(row, cells, strict=True):
            same = exact == text or (exact == "" and text == MISSING)
            assert same or abs(float(exact) - float(text.replace(",", ""))) <= 0.5001e-3
