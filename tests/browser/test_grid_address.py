"""Order, filters and ticks of a grid are in the address; its list becomes a scene."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from steps import control, use_tool
from visit import Visit

HEADER = "#models-grid .ag-header-cell"
TICKS = "#models-grid .ag-center-cols-container .ag-checkbox-input"


def numbers(visit: Visit, column: int) -> list[str]:
    """Return a column of the models as they are listed, in full."""
    script = f"genrelens.numbers('models').exact.map(row => row[{column}])"
    found: list[str] = visit.page.evaluate(script)
    return found


def header(visit: Visit, field: str) -> Locator:
    return visit.page.locator(f"{HEADER}[col-id={field}]")


def test_order_filter_and_ticks_of_the_models_are_in_the_address(visit: Visit) -> None:
    page = visit.open("/").page
    header(visit, "train_s").locator(".ag-header-cell-text").click()
    header(visit, "model").locator(".ag-header-cell-filter-button").click()
    page.locator(".ag-filter input[type=text]").first.fill("forest")
    page.wait_for_url("**filter=model~contains~forest")
    page.keyboard.press("Escape")
    for place in (0, 2):
        page.locator(TICKS).nth(place).check()
    compare = page.locator("#compare-link")
    expect(compare).to_have_text("Compare 2 chosen models")
    visit.settle()
    query = visit.query()
    assert query["sort"] == "train_s"
    assert len(query["tick"].split(",")) == 2
    names, times = numbers(visit, 0), [float(text) for text in numbers(visit, 9)]
    assert all("forest" in name.lower() for name in names)
    assert times == sorted(times)
    page.reload()
    expect(compare).to_have_text("Compare 2 chosen models")
    visit.settle()
    assert (numbers(visit, 0), visit.query()) == (names, query)


def test_address_orders_a_grid_on_a_phone_and_its_menu_says_so(
    new_visit: Callable[..., Visit],
) -> None:
    visit = new_visit(width_px=390).open("/?sort=size")
    expect(control(visit, "sort").locator("option:checked")).to_have_text("Size, lowest first")
    sizes = [float(text) for text in numbers(visit, 10) if text]
    assert sizes == sorted(sizes)
    assert visit.problems == []


@pytest.mark.parametrize("value", ["100%25", "%25ff"])
def test_filter_with_a_broken_escape_leaves_order_and_filters_at_work(
    value: str, visit: Visit
) -> None:
    page = visit.open(f"/?sort=train_s&filter=model~contains~{value}").page
    times = [float(text) for text in numbers(visit, 9) if text]
    assert times == sorted(times) and len(times) > 1
    assert page.locator(".note").count() == (value == "100%25")  # "%ff" says no text, but is one
    header(visit, "model").locator(".ag-header-cell-filter-button").click()
    page.locator(".ag-filter input[type=text]").first.fill("forest")
    page.wait_for_url("**filter=model~contains~forest")


def test_filter_that_no_grid_knows_is_said(visit: Visit) -> None:
    visit.open("/data?labels-filter=genre~sounds~rock&copies-sort=share-down")
    expect(visit.page.locator(".note")).to_contain_text("labels-filter=genre~sounds~rock")
    assert visit.query() == {"copies-sort": "share-down"}


def test_lists_become_scenes_and_are_fetched_like_figures(visit: Visit) -> None:
    visit.open("/?sort=train_s")
    added = visit.page.locator("#present-toast [role=status]")
    use_tool(visit, "models", "Add to presentation")
    expect(added).to_contain_text("scene 1")
    first = numbers(visit, 0)[0]
    visit.open("/tracks?true=rock&back=%2F")
    use_tool(visit, "tracks", "Add to presentation")
    expect(added).to_contain_text("scene 2")
    page = visit.open("/present").page
    expect(page.locator(".scene-picture img[src^='data:image/png']")).to_have_count(2)
    sources = page.locator(".scene-source a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert sources == ["/?sort=train_s#models-card", "/tracks?true=rock#tracks-card"]
    page.locator("[data-present=show]").click()
    drawn = page.locator(".stage-figure text")
    expect(drawn.filter(has_text=first.split(",")[0]).first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(drawn.filter(has_text="rock.00010").first).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator(".stage-figure tbody tr")).to_have_count(32)
    page.keyboard.press("Escape")
    again = page.evaluate(
        """async addresses => (await genrelensPresent.fetch.cards(
          addresses.map(address => ({address})))).scenes.map(one => one.numbers.rows[0][0])""",
        sources,
    )
    assert again == [first, "rock.00010"]
    visit.wait_until_quiet()
