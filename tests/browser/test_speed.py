"""What a visit costs: bytes over the wire, requests, and what a switch asks the server (nothing).

Counts and bytes only, never times: those depend on the machine (``make bench-web`` measures them).
"""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from visit import Visit

from dashboard.pages import PAGES

FIGURES = """() => Object.fromEntries(
  [...document.querySelectorAll(".dash-graph[id]")].filter(graph => graph.offsetParent !== null)
    .map(graph => [graph.id, window.dash_component_api.getLayout(graph.id).props.figure]))"""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.NAME.lower())


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
    assert visit.requests == []
    assert visit.colour_mode() != mode
    recoloured = figures(visit)
    visit.page.reload()
    visit.settle()
    drawn = figures(visit)
    assert set(recoloured) == set(drawn)
    for name in drawn:
        assert recoloured[name] == drawn[name], name
    assert visit.problems == []
