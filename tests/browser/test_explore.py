"""Explore in a browser: choices in the address, a slider that asks nothing, clicks that lead on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from steps import choose, control
from visit import Visit

# Where a point of a figure is on the screen: trace, point -> x, y.
PLACE = """([figure, trace, point]) => {
  const plot = document.querySelector(`#${figure} .js-plotly-plot`), full = plot._fullLayout;
  const box = plot.getBoundingClientRect(), drawn = plot._fullData[trace];
  return [
    box.left + full.xaxis._offset + full.xaxis.d2p(drawn.x[point]),
    box.top + full.yaxis._offset + full.yaxis.d2p(drawn.y[point]),
  ];
}"""
POINTS = """figure => document.querySelector(`#${figure} .js-plotly-plot`)._fullData
  .map(trace => trace.customdata ? [...trace.customdata].map(carried => carried[0]) : [])"""


def press_point(visit: Visit, figure: str, *, among: Callable[[str], bool]) -> str:
    """Click the first point whose first ``customdata`` fits, and return that."""
    visit.page.locator(f"#{figure}").scroll_into_view_if_needed()
    for trace, points in enumerate(visit.page.evaluate(POINTS, figure)):
        for point, carried in enumerate(points):
            if among(carried):
                x, y = visit.page.evaluate(PLACE, [figure, trace, point])
                visit.page.mouse.move(x, y)
                visit.page.locator(f"#{figure} .hoverlayer .hovertext").first.wait_for()
                visit.page.mouse.click(x, y)
                return str(carried)
    raise AssertionError(f"{figure} has no such point")


def test_choices_stand_in_the_address_and_come_back(visit: Visit) -> None:
    visit.open(
        "/explore?protocol=new-artist&x=tempo&y=rms_mean&colour=answer&answered=40&cost=size"
    )
    before = visit.view()
    chosen = before["controls"]
    assert (chosen["x"], chosen["y"], chosen["colour"]) == ("tempo", "rms_mean", "answer")
    assert (chosen["answered"], chosen["cost"]) == ("40", "size")
    assert "“new artist”" in (visit.page.locator("#plane-sentence").text_content() or "")
    other = choose(visit, "clip", "example-3")
    assert other["figures"]["clip-figure"] != before["figures"]["clip-figure"]
    assert visit.query()["clip"] == "example-3"


def test_slider_moves_marker_and_sentence_without_a_request(visit: Visit) -> None:
    visit.open("/explore")
    slider = control(visit, "answered")
    slider.scroll_into_view_if_needed()
    said, asked = visit.page.locator("#abstain-sentence"), len(visit.requests)
    marker = "document.querySelector('#abstain-figure .js-plotly-plot').data.at(-1).x[0]"
    assert visit.page.evaluate(marker) == pytest.approx(0.6)
    slider.fill("30")
    expect(said).to_contain_text("answering the surest 30 % of songs")
    expect(visit.page.locator("#answered-shown")).to_have_text("30 %")
    slider.press("ArrowRight")
    expect(said).to_contain_text("answering the surest 35 % of songs")
    visit.settle()
    assert visit.page.evaluate(marker) == pytest.approx(0.35)
    assert visit.query()["answered"] == "35"
    icon = "/assets/favicon.ico"  # which Chromium reads again when the address changes
    assert [request for request in visit.requests[asked:] if icon not in request] == []


def test_a_song_leads_to_its_track_and_back(visit: Visit) -> None:
    visit.open("/explore?colour=answer")
    track = press_point(visit, "plane-figure", among=lambda carried: carried.startswith("metal."))
    visit.page.wait_for_url(re.compile(r"/tracks\?"))
    visit.settle()
    query = visit.query()
    assert query["track"] == track  # of the data set that Tracks shows anyway
    assert query["back"] == "/explore?colour=answer#plane-card"


def test_a_model_leads_to_its_page(visit: Visit) -> None:
    visit.open("/explore?protocol=new-artist")
    model = press_point(visit, "cost-figure", among=lambda carried: "fused_pool" in carried)
    visit.page.wait_for_url(re.compile(r"/model\?"))
    visit.settle()
    assert visit.view()["controls"]["model"] == model
    assert "back" not in visit.query()


def test_tables_lead_there_by_keyboard(visit: Visit) -> None:
    visit.open("/explore?table=plane,mistakes")
    for card, page in (("plane", "tracks"), ("mistakes", "model")):
        link = visit.page.locator(f"#{card}-table a.lead-link").first
        name = link.text_content() or ""
        link.focus()
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url(re.compile(rf"/{page}\?"))
        if page == "tracks":
            assert f"track={name}" in visit.page.url
            visit.page.go_back()
            visit.settle()


def test_another_data_set_changes_every_card(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(width_px=390, mode="dark").open("/explore")
    before = visit.view()
    after = choose(visit, "data", "fma")
    assert visit.query() == {"data": "fma"}
    assert not visit.scrolls_sideways()
    assert set(after["figures"]) < set(before["figures"])  # nothing was searched on this data set
    kept = set(after["figures"]) - {"clip-figure"}
    assert all(after["figures"][name] != before["figures"][name] for name in kept)
    assert visit.problems == []
