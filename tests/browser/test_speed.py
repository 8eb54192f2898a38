"""What a visit costs: bytes over the wire, requests, and what a switch asks the server (nothing).

Counts and bytes only, never times: those depend on the machine (``make bench-web`` measures them).
"""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from steps import choose, other_option
from visit import Visit

from dashboard.pages import PAGES

FIRST_BYTES, LATER_BYTES = 1_900_000, 150_000
FIGURES = """() => Object.fromEntries(
  [...document.querySelectorAll(".dash-graph[id]")].filter(graph => graph.offsetParent !== null)
    .map(graph => [graph.id, window.dash_component_api.getLayout(graph.id).props.figure]))"""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.NAME.lower())
ICON = "/assets/favicon.ico"  # which Chromium reads again when the address changes


def asked(visit: Visit) -> list[str]:
    """Return every request, of whatever kind, but for the icon."""
    return [request for request in visit.requests if ICON not in request]


class Wire:
    """Counts the bytes that a tab receives, as they travel: compressed, with their headers."""

    def __init__(self, visit: Visit) -> None:
        self._bytes: dict[str, int] = {}
        session = visit.page.context.new_cdp_session(visit.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        self._bytes[event["requestId"]] = event["encodedDataLength"]

    def taken(self) -> int:
        """Return what has come since the last call."""
        total = int(sum(self._bytes.values()))
        self._bytes.clear()
        return total


def figures(visit: Visit) -> dict[str, Any]:
    """Return the figures in sight as Dash has them: data, layout, template, in all colours."""
    found: dict[str, Any] = visit.page.evaluate(FIGURES)
    return {name: json.loads(json.dumps(figure)) for name, figure in found.items()}


def switch_mode(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Switch between light and dark").click()
    visit.settle()


@each_page
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_switch_of_mode_asks_nothing_and_draws_what_the_server_would(
    page: ModuleType, mode: str, new_visit: Callable[..., Visit]
) -> None:
    visit = new_visit(mode=mode).open(page.PATH)
    visit.requests.clear()
    switch_mode(visit)
    visit.page.wait_for_timeout(300)  # recolouring begins once Dash is idle
    visit.settle()
    assert asked(visit) == []
    assert visit.colour_mode() != mode
    recoloured = figures(visit)
    visit.page.reload()
    visit.settle()
    drawn = figures(visit)
    assert set(recoloured) == set(drawn)
    for name in drawn:
        assert recoloured[name] == drawn[name], name
    assert visit.problems == []


@each_page
def test_first_load_keeps_its_budget(page: ModuleType, visit: Visit) -> None:
    wire = Wire(visit)
    visit.open(page.PATH)
    assert 300_000 < wire.taken() <= FIRST_BYTES  # not nothing: the count itself works


def test_later_pages_keep_their_budget(visit: Visit) -> None:
    wire = Wire(visit)
    visit.open("/")
    wire.taken()
    for page in [*PAGES[1:], PAGES[0]]:
        visit.page.locator("#bar-links a", has_text=page.NAME).click()
        visit.page.wait_for_url(visit.address + page.PATH)
        visit.page.locator(f".page-{page.NAME.lower()}").wait_for()
        visit.settle()
        visit.page.wait_for_timeout(200)
        assert 0 < wire.taken() <= LATER_BYTES, page.NAME


def test_second_visit_asks_for_no_script_or_style_again(visit: Visit) -> None:
    visit.open("/")
    wire = Wire(visit)
    visit.open("/")
    assert wire.taken() <= LATER_BYTES


@pytest.mark.parametrize(
    ("path", "name", "card"),
    [
        ("/model", "confusion", "confusion"),
        ("/model", "order", "genres"),
        ("/compare", "cells", "matrices"),
        ("/compare", "cells", "difference"),
    ],
)
def test_switch_that_needs_no_data_asks_nothing_and_shows_what_the_server_would(
    path: str, name: str, card: str, visit: Visit
) -> None:
    before = visit.open(path).view()
    visit.requests.clear()
    value = other_option(visit, name)
    after = choose(visit, name, value)
    assert asked(visit) == []
    assert after["figures"][f"{card}-figure"] != before["figures"][f"{card}-figure"]
    shown = figures(visit)[f"{card}-figure"]
    visit.page.reload()  # with the choice in the address
    visit.settle()
    visit.wait_for_view(after)
    assert figures(visit)[f"{card}-figure"] == shown
    visit.page.locator(f"#{card}-card .card-view label").click()
    assert visit.page.locator(f"#{card}-table table").count() == 1
