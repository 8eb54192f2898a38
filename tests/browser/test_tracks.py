"""The list of tracks: narrowed by its address, ordered, as CSV, on a phone, thousands of rows."""

import csv
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import expect
from steps import choose, control, use_tool
from visit import Visit

from dashboard.components.controls import BY_HEADER
from dashboard.links import tracks_href
from dashboard.state import load_results
from pipeline.config import REPOSITORY

MODEL = "gtzan.features_3s.lightgbm"
ROWS = ".tracks-grid .ag-center-cols-container .ag-row"


def test_address_lists_exactly_the_songs_of_a_cell(visit: Visit) -> None:
    answers = load_results(REPOSITORY / "results").track_answers(f"{MODEL}.artist_3fold")
    cell = answers[(answers["genre"] == "rock") & (answers["answer"] == "country")]
    back = f"/model?model={MODEL}"
    visit.open(
        tracks_href(
            dataset="gtzan", protocol="new-artist", models=[MODEL], true="rock",
            predicted="country", back=back,
        )
    )  # fmt: skip
    expect(visit.page.locator("#tracks-sentence")).to_contain_text(
        f"{len(cell)} of {(answers['genre'] == 'rock').sum()} rock songs tested under “new artist”"
    )
    listed = visit.page.evaluate("genrelensTracks.listed().map(row => row.id)")
    assert listed == list(cell.index)
    link = visit.page.get_by_role("link", name="Back to Model")
    link.click()
    visit.page.wait_for_url(f"{visit.address}{back}*")
    expect(visit.page.locator("h1")).to_contain_text("LightGBM", timeout=30_000)


def test_header_orders_the_list_and_the_address_keeps_it(visit: Visit) -> None:
    visit.open("/tracks?true=rock")
    header = visit.page.locator(".tracks-grid .ag-header-cell[col-id=margin]")
    header.locator(".ag-header-cell-text").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    visit.settle()
    assert visit.query() == {"true": "rock", "sort": "margin"}
    margins = visit.page.evaluate("genrelensTracks.listed().map(row => row.margin)")
    assert margins == sorted(margins)
    before = visit.view()
    visit.page.reload()
    visit.settle()
    visit.wait_for_view(before)


def test_order_that_no_menu_offers_is_in_the_address_and_the_menu_says_so(visit: Visit) -> None:
    visit.open("/tracks?true=rock")
    header = visit.page.locator(".tracks-grid .ag-header-cell[col-id=flags]")
    header.locator(".ag-header-cell-text").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    visit.page.wait_for_url("**sort=flags")
    expect(control(visit, "sort").locator("option:checked")).to_have_text(BY_HEADER)
    flags = visit.page.evaluate("genrelensTracks.listed().map(row => row.flags)")
    before = visit.settle().view()
    visit.page.reload()
    visit.settle()
    visit.wait_for_view(before)
    assert visit.page.evaluate("genrelensTracks.listed().map(row => row.flags)") == flags
    choose(visit, "sort", "listed")
    assert visit.query() == {"true": "rock"}
    expect(header).not_to_have_attribute("aria-sort", "ascending")


def test_csv_holds_the_list_in_its_order(visit: Visit, tmp_path: Path) -> None:
    visit.open("/tracks?true=rock&sort=margin-down")
    listed = visit.page.evaluate("genrelensTracks.listed().map(row => row.id)")
    with visit.page.expect_download() as started:
        use_tool(visit, "tracks", "CSV")
    started.value.save_as(tmp_path / "tracks.csv")
    with (tmp_path / "tracks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["track"] for row in rows] == listed
    assert {row["true genre"] for row in rows} == {"rock"}
    assert {row["protocol"] for row in rows} == {"new artist, faults removed"}


def shown_columns(visit: Visit) -> set[str]:
    """Return the ids of the grid's columns."""
    heads = visit.page.locator(".tracks-grid .ag-header-cell")
    return set(heads.evaluate_all("all => all.map(head => head.getAttribute('col-id'))"))


def test_columns_are_kept_until_reset(visit: Visit) -> None:
    page = visit.open("/tracks?true=rock").page
    asked = answers_asked(visit)
    page.locator(".column-choice > summary").click()
    page.get_by_label("Runner-up").check()
    page.locator(".column-list").get_by_label("True genre").uncheck()
    visit.settle()
    assert "columns" in visit.query()
    visit.open("/help")
    page.locator("#bar-links").get_by_role("link", name="Tracks").click()
    page.locator(ROWS).first.wait_for()
    visit.settle()
    assert {"second", "true"} & shown_columns(visit) == {"second"}
    assert "second" in visit.query()["columns"].split(",")
    visit.open("/tracks?columns=true,margin")
    assert shown_columns(visit) == {"track", "true", "margin"}
    visit.requests.clear()
    visit.open("/tracks?true=rock")
    assert {"second", "true"} & shown_columns(visit) == {"second"}
    assert answers_asked(visit) == asked > 0
    page.get_by_role("link", name="Reset").click()
    page.wait_for_url("**/tracks")
    page.locator(ROWS).first.wait_for()
    visit.settle()
    assert {"second", "true"} & shown_columns(visit) == {"true"}


def answers_asked(visit: Visit) -> int:
    """Return how many callbacks the server was asked."""
    return sum("/_dash-update-component" in request for request in visit.requests)


def test_nothing_to_list_says_so(visit: Visit) -> None:
    visit.open("/tracks?true=rock&ids=blues.00012")
    expect(visit.page.locator("#tracks-sentence")).to_contain_text("None of 32 rock songs")
    expect(visit.page.locator(".tracks-grid")).to_contain_text("No song is like that")
    expect(visit.page.locator("#sureness-card")).to_be_hidden()


def test_phone_shows_lines_without_scrolling_sideways(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(width_px=390).open("/tracks?answer=wrong")
    first = visit.page.locator(ROWS).first
    expect(first.locator(".track-lines")).to_contain_text("wrong:")
    expect(visit.page.locator(".tracks-grid .ag-header-cell:visible")).to_have_count(0)
    assert not visit.scrolls_sideways()
    before = visit.page.evaluate("genrelensTracks.listed()[0].id")
    choose(visit, "sort", "margin")
    assert visit.page.evaluate("genrelensTracks.listed()[0].id") != before
    assert visit.problems == []


def test_thousands_of_rows_draw_only_those_in_sight(visit: Visit) -> None:
    visit.open("/tracks?data=fma")
    expect(visit.page.locator("#tracks-sentence")).to_contain_text("9,355 songs")
    assert visit.page.evaluate("genrelensTracks.listed().length") == 9355
    assert visit.page.locator(ROWS).count() < 60
    viewport = visit.page.locator(".tracks-grid .ag-body-viewport")
    viewport.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    last = visit.page.evaluate("genrelensTracks.listed().at(-1).id")
    visit.page.locator(f".tracks-grid .ag-row[row-id='{last}']").first.wait_for()
    assert visit.page.locator(ROWS).count() < 60


def test_bar_of_sureness_narrows_the_list_and_the_way_back_widens_it(visit: Visit) -> None:
    page = visit.open("/tracks?true=rock&back=/help").page
    before = page.evaluate("genrelensTracks.listed().length")
    page.locator("#sureness-figure .main-svg").first.wait_for()
    page.locator("#sureness-card").scroll_into_view_if_needed()
    wrong = page.locator("#sureness-figure .barlayer .trace").nth(1).locator(".point path")
    boxes = [box for box in (bar.bounding_box() for bar in wrong.all()) if box]
    tallest = max(boxes, key=lambda box: box["height"])
    place = tallest["x"] + tallest["width"] / 2, tallest["y"] + tallest["height"] / 2
    page.mouse.move(*place)
    page.locator("#sureness-figure .leads-on").wait_for()
    page.mouse.click(*place)
    page.wait_for_url(lambda url: "&sure=" in url)
    page.locator(ROWS).first.wait_for()
    visit.settle()
    assert visit.query()["answer"] == "wrong"
    low, high = map(float, visit.query()["sure"].split("-"))
    rows = page.evaluate(
        "genrelensTracks.listed().map(row => [row.percent_0, row.answer_0 === row.true])"
    )
    assert 0 < len(rows) < before
    assert all(100 * low <= percent <= 100 * high and not right for percent, right in rows)
    page.get_by_role("link", name="Back to Tracks").click()
    page.wait_for_url(lambda url: "&sure=" not in url)
    expect(page.get_by_role("link", name="Back to Help")).to_be_visible()
    page.locator(ROWS).first.wait_for()
    visit.settle()
    assert page.evaluate("genrelensTracks.listed().length") == before


def test_hostile_way_back_is_no_link(visit: Visit) -> None:
    visit.open(f"/tracks?back={quote('//evil.example')}")
    expect(visit.page.locator("#tracks-back")).to_have_count(0)
    assert visit.query() == {}
