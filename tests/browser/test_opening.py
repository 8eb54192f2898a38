"""A page of cards asks the server once for all of them, and a choice made meanwhile stands."""

import json
from collections.abc import Callable
from types import ModuleType

import pytest
from playwright.sync_api import Route
from steps import choose, press
from visit import Visit

from dashboard.pages import clusters, compare, data, explore, model, robustness

ASKED = "**/_dash-update-component*"  # some with a query


def outputs(visit: Visit) -> list[str]:
    """Begin to note what callbacks are asked for; the list grows."""
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}")["output"])
        route.continue_()

    visit.page.route(ASKED, note)
    return asked


@pytest.mark.parametrize(
    "page", [model, compare, explore, clusters, data, robustness], ids=lambda p: p.PAGE
)
def test_page_asks_once_for_all_its_cards(page: ModuleType, visit: Visit) -> None:
    visit.open("/help")
    asked = outputs(visit)
    visit.page.locator(f"#bar-links a[href='{page.PATH}']").click()
    visit.page.locator(f".page-{page.PAGE}").wait_for()
    visit.settle()
    assert [output.partition(".data")[0] for output in asked[1:]] == [
        f'{{"page":"{page.PAGE}","type":"opening"}}'
    ]
    assert asked[0].startswith(".._pages_content.children")
    assert visit.problems == []


def test_predict_page_asks_nothing_but_itself(visit: Visit) -> None:
    visit.open("/help")
    asked = outputs(visit)
    visit.page.locator("#bar-links a[href='/predict']").click()
    visit.page.locator("#predict-input").wait_for(state="attached")
    visit.settle()
    assert [output.split("...")[0] for output in asked] == [".._pages_content.children"]
    visit.open("/predict")  # and as the first page
    assert [output.split("...")[0] for output in asked[1:]] == [".._pages_content.children"]
    assert visit.problems == []


def test_choice_made_while_a_page_opens_is_what_is_shown(
    visit: Visit, new_visit: Callable[..., Visit]
) -> None:
    other = "/explore?feature=mfcc1_mean"
    wanted = new_visit().open(other).view()["figures"]["explore-distribution-figure"]
    held: list[Route] = []

    def hold(route: Route) -> None:
        if '"type":"opening"' in json.loads(route.request.post_data or "{}")["output"]:
            held.append(route)
        else:
            route.continue_()

    visit.page.route(ASKED, hold)
    visit.page.goto(visit.address + "/explore")
    visit.page.locator(".page-explore").wait_for()
    visit.page.wait_for_timeout(300)
    press(visit, "feature", "mfcc1_mean")
    plot = "#explore-distribution-figure .js-plotly-plot"
    visit.page.wait_for_function(f"() => document.querySelector('{plot}').data.length > 0")
    (route,) = held
    route.continue_()
    visit.settle()
    assert visit.view()["figures"]["explore-distribution-figure"] == wanted
    assert visit.problems == []


def test_tables_are_drawn_when_they_are_looked_at(visit: Visit) -> None:
    visit.open("/explore")
    tables = visit.page.locator(".card-table table")
    assert tables.count() == 0
    visit.page.locator("#explore-distribution-card .card-view label").click()
    assert tables.count() == 1
    first = tables.first.text_content()
    choose(visit, "feature", "mfcc1_mean")  # and anew with other numbers
    assert tables.first.text_content() != first
    assert visit.problems == []
