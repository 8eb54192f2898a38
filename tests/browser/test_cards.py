"""A card's tools: link, Markdown, pictures, menu by keyboard, provenance, print."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gunicorn_server import gunicorn_server
from playwright.sync_api import Browser, Page, Route, expect
from steps import choose, table_texts, use_tool
from visit import Visit

from pipeline.config import REPOSITORY

CARD = "confusion"


@pytest.fixture
def copying(browser: Browser, address: str) -> Iterator[Visit]:
    """A tab that may read what was copied."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    tab = Visit(context.new_page(), address)
    yield tab
    assert tab.problems == []
    context.close()


def copied(page: Page) -> str:
    """Return what is in the clipboard."""
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_copied_link_shows_this_card_as_it_was(copying: Visit) -> None:
    copying.open("/model")
    choose(copying, "confusion", "shares")
    copying.page.locator(f"#{CARD}-card .card-view label").click()
    shown = table_texts(copying, CARD)
    copying.page.locator(f"#{CARD}-card").get_by_role("button", name="Copy link").click()
    expect(copying.page.locator("#toast")).to_have_text("Link copied.")
    link = copied(copying.page)
    assert link.endswith(f"#{CARD}-card")
    assert "confusion=shares" in link
    copying.page.goto("about:blank")
    copying.open(link.removeprefix(copying.address))
    expect(copying.page.locator(f"#{CARD}-card")).to_be_focused()
    expect(copying.page.locator(f"#{CARD}-table table")).to_be_in_viewport()
    assert table_texts(copying, CARD) == shown


def test_address_of_a_card_far_below_scrolls_to_it(visit: Visit) -> None:
    visit.open("/compare#significance-card")
    heading = visit.page.locator("#significance-heading")
    expect(heading).to_be_in_viewport()
    expect(visit.page.locator("#significance-card")).to_be_focused()


def test_markdown_has_sentence_protocol_table_and_link(copying: Visit) -> None:
    copying.open("/model")
    use_tool(copying, "genres", "Markdown")
    expect(copying.page.locator("#toast")).to_have_text("Table copied as Markdown.")
    text = copied(copying.page)
    sentence = copying.page.locator("#genres-sentence").text_content() or ""
    assert sentence in text
    assert "Tested on: new artist, faults removed" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    header, *body = table_texts(copying, "genres")
    assert rows[0] == f"| {' | '.join(header)} |"
    assert {"95 % low", "95 % high"} <= set(header)
    assert rows[2:] == [f"| {' | '.join(row)} |" for row in body]
    assert f"({copying.address}/model#genres-card)" in text
    assert ".fault_filtered`" in text


def test_markdown_of_the_models_is_what_the_grid_shows(copying: Visit) -> None:
    copying.open("/")
    use_tool(copying, "models", "Markdown")
    rows = [line for line in copied(copying.page).splitlines() if line.startswith("| ")]
    assert len(rows) - 2 == copying.page.locator(".ag-center-cols-container .ag-row").count()
    assert "New artist, faults removed" in rows[0]
    assert "[" in rows[2]  # an interval


def test_svg_download_is_a_drawing(visit: Visit, tmp_path: Path) -> None:
    visit.open("/model")
    with visit.page.expect_download() as started:
        use_tool(visit, CARD, "SVG")
    assert started.value.suggested_filename == f"genrelens-{CARD}.svg"
    started.value.save_as(tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "classical" in text


def test_menu_goes_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    visit.open("/model")
    more = visit.page.locator(f"#{CARD}-more-button")
    menu = visit.page.locator(f"#{CARD}-more")
    focused = visit.page.locator(":focus")
    more.focus()
    visit.page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(focused).to_have_text("Copy table as Markdown")
    visit.page.keyboard.press("ArrowDown")
    expect(focused).to_have_text("Download numbers, CSV")
    visit.page.keyboard.press("End")
    expect(focused).to_have_text("Where the numbers come from")
    visit.page.keyboard.press("ArrowDown")
    expect(focused).to_have_text("Copy table as Markdown")
    visit.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("width_px", [1440, 390])
def test_menus_stay_on_the_page_and_only_one_is_open(
    width_px: int, new_visit: Callable[..., Visit]
) -> None:
    visit = new_visit(width_px=width_px).open("/model")
    for card in ("genres", CARD):
        visit.page.locator(f"#{card}-more-button").click()
        menus = visit.page.locator(".menu-list:visible")
        expect(menus).to_have_count(1)
        box = menus.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width_px
    assert not visit.scrolls_sideways()
    visit.page.locator("h1").click()
    expect(visit.page.locator(".menu-list:visible")).to_have_count(0)
    assert visit.problems == []


def test_provenance_is_asked_for_when_opened_and_can_be_copied(copying: Visit) -> None:
    copying.open("/model")
    assert not any("/api/provenance" in request for request in copying.requests)
    use_tool(copying, CARD, "Where")
    drawer = copying.page.get_by_role("dialog", name="Where the numbers come from")
    expect(drawer).to_contain_text("Data, SHA-256")
    commit = copying.page.locator("#results-id").get_attribute("data-commit") or "none"
    expect(drawer).to_contain_text(commit)
    drawer.get_by_role("button", name="Copy command to repeat").click()
    text = copied(copying.page)
    assert text.startswith("python -m pipeline train ")
    assert ".fault_filtered'" in text
    copying.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert sum("/api/provenance" in request for request in copying.requests) == 1


def test_drawer_opened_from_the_menu_gives_the_focus_back(visit: Visit) -> None:
    visit.open("/data")
    for card, said in (
        ("data-genres", "is computed from the data, not by a model."),
        ("suspicious", "No single run is behind"),
    ):
        more = visit.page.locator(f"#{card}-more-button")
        more.focus()
        visit.page.keyboard.press("Enter")
        visit.page.keyboard.press("End")
        visit.page.keyboard.press("Enter")
        drawer = visit.page.get_by_role("dialog", name="Where the numbers come from")
        expect(drawer).to_contain_text(said)
        expect(drawer).to_contain_text("All results on this page")
        visit.page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        expect(more).to_be_focused()


def test_place_that_cannot_be_read_is_no_place(visit: Visit) -> None:
    for address in ("/model#%", "/help#%"):
        visit.open(address)
        expect(visit.page.locator("h1")).to_be_visible()  # and no exception: see ``visit``


def test_provenance_of_many_runs_comes_in_parts(visit: Visit) -> None:
    visit.open("/")
    use_tool(visit, "fall", "Where")
    runs = visit.page.locator("#provenance .drawer-body details")
    expect(runs).to_have_count(10)
    visit.page.get_by_role("button", name="Show 10 of").click()
    expect(runs).to_have_count(20)


def test_provenance_that_cannot_be_had_says_so_and_takes_the_focus(visit: Visit) -> None:
    visit.open("/model")
    visit.page.evaluate("window.genrelens.showProvenance(['no.such.run.here'], 'Test')")
    message = visit.page.locator("#provenance .message")
    expect(message).to_contain_text("no run")
    expect(message).to_be_focused()
    visit.take_problem("404")


def test_snapshot_is_what_the_card_shows(visit: Visit) -> None:
    visit.open("/model")
    shot = visit.page.evaluate("window.genrelens.snapshot('genres')")
    assert shot["page"] == "model"
    assert shot["sentence"] == visit.page.locator("#genres-sentence").text_content()
    assert shot["runs"][0].endswith(".fault_filtered")
    assert shot["results"] == visit.page.locator("#results-id").get_attribute("data-results")
    assert shot["address"] == "/model#genres-card"
    assert [trace["type"] for trace in shot["figure"]["data"]]
    assert shot["numbers"]["columns"] == table_texts(visit, "genres")[0]


def test_on_paper_only_content_is_left_in_light_colours(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(mode="dark").open("/model")
    before = visit.view()
    visit.page.emulate_media(media="print", color_scheme="dark")
    for gone in (".bar", ".controls", ".card-controls", ".card-tools", ".jump-links"):
        expect(visit.page.locator(gone).first).to_be_hidden()
    white = "rgb(255, 255, 255)"
    assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == white
    figure = visit.page.locator("#genres-figure .main-svg").first
    expect(figure).to_have_css("background-color", white)
    expect(figure).to_have_attribute("width", re.compile("690|6[0-8][0-9]"))
    broken = visit.page.locator(".figure-card:visible").evaluate_all(
        "cards => cards.filter(card => getComputedStyle(card).breakInside !== 'avoid').length"
    )
    assert broken == 0
    visit.page.emulate_media(media="screen", color_scheme="dark")
    visit.wait_for_view(before)
    assert visit.problems == []


@pytest.fixture(scope="module")
def without_confusions(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Iterator[str]:
    """Address of a server whose results lack what one card shows."""
    folder = tmp_path_factory.mktemp("without-confusions")
    for path in (REPOSITORY / "results").iterdir():
        if path.name != "confusion":
            (folder / path.name).symlink_to(path)
    with gunicorn_server(folder) as server:
        yield server.address


def test_card_that_cannot_be_drawn_says_so_in_its_place(
    without_confusions: str, new_visit: Callable[..., Visit]
) -> None:
    visit = new_visit(server=without_confusions)
    visit.page.goto(f"{without_confusions}/model")
    failure = visit.page.locator(f"#{CARD}-card .card-error")
    failure.wait_for()
    expect(failure).to_contain_text("make results")
    expect(failure).to_be_focused()
    expect(visit.page.locator("#shell-message")).to_be_hidden()
    expect(visit.page.locator("#genres-figure .main-svg").first).to_be_visible()


def test_skeleton_has_the_size_of_the_figure_and_waits(visit: Visit) -> None:
    visit.open("/model")
    body = visit.page.locator("#curves-card .card-body-switch")
    size = body.bounding_box()
    held: list[Route] = []
    visit.page.route(re.compile("_dash-update-component"), lambda route: held.append(route))
    visit.page.locator('.control-protocol label[for$="_input_new-artist"]').click()
    veil = "getComputedStyle(document.querySelector('#curves-card .card-body-switch'), '::after')"
    visit.page.wait_for_function(f"() => {veil}.opacity > 0.5")
    assert body.bounding_box() == size
    assert "0.3s" in visit.page.evaluate(f"{veil}.transitionDelay")
    for route in held:
        route.continue_()
    visit.page.unroute_all()
    visit.settle()
    visit.page.wait_for_function(f"() => {veil}.opacity == 0")
