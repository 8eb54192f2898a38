"""For everybody, too, what opens over a page: drawer, keys, a filled presentation, its stage."""

from collections.abc import Callable
from pathlib import Path

import pytest
from focus import walk
from looks import violations
from playwright.sync_api import Page, expect
from presentation import deck, open_deck, scene
from steps import use_tool
from visit import Visit

NewVisit = Callable[..., Visit]


@pytest.fixture(params=[(1440, "light"), (390, "dark")], ids=["wide", "phone"])
def tab(request: pytest.FixtureRequest, new_visit: NewVisit) -> Visit:
    width_px, mode = request.param
    return new_visit(width_px=width_px, mode=mode)


def assert_for_everybody(page: Page) -> None:
    """Assert that axe finds nothing and that Tab reaches and shows everything."""
    assert violations(page) == []
    found = walk(page)
    assert not found.trapped
    assert (found.unseen, found.backward, found.missed) == ([], [], [])


def stops(page: Page, place: str, count: int) -> list[str]:
    """Return where Tab leads from what has the focus; each is inside and framed."""
    names = []
    for _ in range(count):
        page.keyboard.press("Tab")
        focused = page.locator(f"{place} :focus-visible")
        expect(focused).to_be_in_viewport()
        assert focused.evaluate("one => parseFloat(getComputedStyle(one).outlineWidth)") > 0
        names.append(focused.evaluate("one => one.getAttribute('aria-label') || one.textContent"))
    return names


def test_drawer_of_provenance(tab: Visit) -> None:
    tab.open("/compare")
    use_tool(tab, "by-genre", "Where the numbers come from")
    drawer = tab.page.locator("#provenance")
    expect(drawer.get_by_text("All results on this page")).to_be_visible()
    expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    runs = drawer.locator("summary").all_inner_texts()
    assert stops(tab.page, "#provenance", len(runs)) == runs
    tab.page.keyboard.press("Enter")
    assert stops(tab.page, "#provenance", 2) == ["Copy run", "Copy data"]
    assert violations(tab.page) == []


def test_keys_of_tracks(tab: Visit) -> None:
    tab.open("/tracks")
    tab.page.keyboard.press("?")
    close = tab.page.locator("#track-keys").get_by_role("button", name="Close")
    expect(close).to_be_focused()
    assert violations(tab.page) == []
    tab.page.keyboard.press("Shift+Tab")
    expect(tab.page.locator("#track-keys-switch")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#track-keys")).to_be_hidden()


def test_filled_presentation(tab: Visit, tmp_path: Path) -> None:
    open_deck(tab, tmp_path, deck(scene(1), scene(2, hidden=True), scene(3, results="older")))
    expect(tab.page.locator(".scene-picture img[src^='data:']")).to_have_count(3)
    tab.page.locator("[data-present=link]").click()
    expect(tab.page.locator("#present-link")).to_be_visible()
    assert not tab.scrolls_sideways()
    assert violations(tab.page) == []
    tab.open("/present")
    expect(tab.page.locator(".scene")).to_have_count(3)
    assert_for_everybody(tab.page)


def test_stage_with_figure_and_with_numbers(tab: Visit, tmp_path: Path) -> None:
    open_deck(tab, tmp_path, deck(scene(1), scene(3)))
    tab.page.get_by_role("button", name="Present from scene 1, Title 1").click()
    tab.page.locator(".present-stage .main-svg").first.wait_for()
    assert violations(tab.page) == []
    names = stops(tab.page, ".present-stage", tab.page.locator(".present-stage button").count())
    assert len(set(names)) == len(names)
    tab.page.keyboard.press("t")
    expect(tab.page.locator(".stage-figure table")).to_be_visible()
    assert violations(tab.page) == []


def test_window_of_the_speaker(tab: Visit, tmp_path: Path) -> None:
    open_deck(tab, tmp_path, deck(scene(1), scene(2)))
    tab.page.locator("[data-present=show]").click()
    with tab.page.expect_popup() as opened:
        tab.page.keyboard.press("s")
    speaker = opened.value
    expect(speaker.locator(".speaker-notes")).to_have_text("Say 1.")
    assert_for_everybody(speaker)


def test_undo_takes_back_nothing_of_another_tab(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2)))
    undo = visit.page.locator("[data-present=undo]")
    visit.page.get_by_role("button", name="Remove: scene 2, Title 2").click()
    expect(undo).to_be_enabled()
    undo.focus()  # a title that is being written is not replaced
    other = Visit(visit.page.context.new_page(), visit.address).open("/present")
    other.page.locator(".scene-title").fill("Named over there")
    other.page.locator(".scene-title").blur()
    expect(visit.page.locator(".scene-title")).to_have_value("Named over there")
    expect(undo).to_be_disabled()
    assert other.problems == []
