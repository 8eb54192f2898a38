"""The Help page goes where its address says, and question marks of other pages lead there."""

from collections.abc import Callable

from playwright.sync_api import expect
from visit import Visit


def test_address_names_a_place_and_the_contents_change_it(visit: Visit) -> None:
    visit.open("/help#fault-filtered")
    expect(visit.page.locator("#fault-filtered")).to_be_focused()
    expect(visit.page.locator("#fault-filtered")).to_be_in_viewport()
    visit.page.locator(".help-contents a", has_text="Keys").click()
    expect(visit.page.locator("#keys")).to_be_focused()
    assert visit.page.url.endswith("/help#keys")


def test_name_of_a_score_leads_to_its_explanation(visit: Visit) -> None:
    visit.open("/model")
    visit.page.locator(".chip a", has_text="Calibration error").click()
    expect(visit.page.locator("#ece")).to_be_focused()
    assert visit.page.url.endswith("/help#ece")


def test_contents_stand_above_the_text_on_a_phone(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(width_px=390).open("/help")
    contents = visit.page.locator(".help-contents").bounding_box()
    text = visit.page.locator(".help-text").bounding_box()
    assert contents and text and contents["y"] + contents["height"] <= text["y"]
    assert not visit.scrolls_sideways()
    assert visit.problems == []
