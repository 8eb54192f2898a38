"""Titles, colour mode, the bar and its menu; how pages look is asked in test_looks.py."""

from collections.abc import Callable
from types import ModuleType

import pytest
from playwright.sync_api import expect
from visit import Visit

from dashboard.pages import PAGES

# Predict waits for a clip, Present for cards, Help is text: none has a figure of its own.
FIGURES_COME_LATER = ("/predict", "/present", "/help")


@pytest.mark.parametrize("page", [page for page in PAGES if page.PATH not in FIGURES_COME_LATER])
def test_title_names_the_state_and_every_card_is_filled(page: ModuleType, visit: Visit) -> None:
    view = visit.open(page.PATH).view()
    assert view["title"] != page.TITLE  # which names only the page
    assert view["figures"]
    for sentence in visit.page.locator(".card-sentence:visible").all_text_contents():
        assert sentence.endswith(".")


def test_other_address_says_that_the_page_does_not_exist(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}/nowhere")
    visit.page.get_by_role("heading", name="This page does not exist").wait_for()


def test_unknown_choice_in_the_address_is_said_and_replaced(visit: Visit) -> None:
    visit.open("/?protocol=nonsense")
    assert "protocol=nonsense" in (visit.page.locator(".note").text_content() or "")
    assert visit.view()["controls"]["protocol"] != "nonsense"


def test_colour_mode_of_the_switch_is_remembered(visit: Visit) -> None:
    before = visit.open("/").view()
    assert visit.colour_mode() == "light"
    visit.page.get_by_role("button", name="Switch between light and dark").click()
    after = visit.wait_for_change(before)
    assert visit.colour_mode() == "dark"
    assert after["figures"] != before["figures"]
    visit.page.reload()
    visit.settle()
    assert visit.colour_mode() == "dark"
    visit.wait_for_view(after)
    visit.page.emulate_media(color_scheme="light")
    assert visit.colour_mode() == "dark"


def test_colour_mode_follows_the_system_without_a_choice(visit: Visit) -> None:
    before = visit.open("/").view()
    visit.page.emulate_media(color_scheme="dark")
    visit.wait_for_change(before)
    assert visit.colour_mode() == "dark"


def test_skip_link_is_the_first_stop_and_leads_to_the_content(visit: Visit) -> None:
    visit.open("/model")
    visit.page.keyboard.press("Tab")
    focused = visit.page.locator(":focus")
    assert focused.text_content() == "Skip to the content"
    expect(focused).to_be_in_viewport()  # it is out of sight until it has the focus
    visit.page.keyboard.press("Enter")
    assert visit.page.locator(":focus").get_attribute("id") == "main"


def test_menu_on_a_phone_opens_leads_on_and_closes(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(width_px=390).open("/")
    menu = visit.page.get_by_role("button", name="Menu")
    link = visit.page.locator("#bar-links a", has_text="Clusters")
    assert not link.is_visible()
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    link.click()
    visit.page.wait_for_url("**/clusters")
    visit.settle()
    assert not link.is_visible()
    assert visit.problems == []


def test_bar_links_lead_to_every_page(visit: Visit) -> None:
    visit.open("/")
    for page in PAGES:
        visit.page.locator("#bar-links a", has_text=page.NAME).click()
        visit.page.wait_for_url(visit.address + page.PATH)
        visit.page.locator(f".page-{page.NAME.lower()}").wait_for()
        visit.settle()
