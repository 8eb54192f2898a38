"""The playhead of the Predict page: where it lies, and how it is moved."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, FloatRect, Locator, expect
from predicting import short_clips, shown_answer, upload, wait_for_answer
from visit import Visit

DURATION_S = 6.5
AXIS = """() => {
  const plot = document.querySelector("#predict-clip-figure .js-plotly-plot");
  const layout = plot._fullLayout, box = plot.getBoundingClientRect();
  const of = axis => [box.left + axis._offset, box.left + axis._offset + axis._length];
  return [...of(layout.xaxis), ...of(layout.xaxis2), layout.xaxis.range[1], layout.xaxis2.range[1]];
}"""


@pytest.fixture(scope="module")
def opened(
    browser: Browser, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """A page with a clip of two whole windows and a remainder."""
    clip = short_clips(tmp_path_factory.mktemp("clips"), 1, duration_s=DURATION_S)[0]
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    visit = Visit(context.new_page(), address).open("/predict")
    upload(visit, clip)
    wait_for_answer(visit, clip.name)
    visit.page.wait_for_function("() => document.getElementById('predict-audio').readyState > 1")
    yield visit
    assert visit.problems == []
    context.close()


@pytest.fixture
def answered(opened: Visit) -> Visit:
    """The same page, its clip at the start."""
    opened.page.evaluate("() => { document.getElementById('predict-audio').currentTime = 0; }")
    expect(opened.page.locator("#predict-here")).to_contain_text("0:00 of 0:06")
    opened.page.mouse.move(0, 0)
    return opened


def box(part: Locator) -> FloatRect:
    found = part.bounding_box()
    assert found
    return found


def second(visit: Visit) -> float:
    """Return where the player is, in seconds."""
    at: float = visit.page.evaluate("document.getElementById('predict-audio').currentTime")
    return at


@pytest.mark.parametrize("width_px", [390, 1440])
def test_playhead_lies_exactly_over_the_time_axis_of_spectrogram_and_lanes(
    answered: Visit, width_px: int
) -> None:
    answered.page.set_viewport_size({"width": width_px, "height": 900})
    answered.page.wait_for_timeout(500)  # the figure is drawn anew for a phone
    answered.settle()
    slider, line = (answered.page.locator(name) for name in ("#predict-seek", ".predict-playhead"))
    upper_left, upper_right, left, right, upper_end, end = answered.page.evaluate(AXIS)
    assert (upper_left, upper_right, upper_end) == (left, right, end)
    assert [box(slider)["x"], box(slider)["x"] + box(slider)["width"]] == pytest.approx(
        [left, right], abs=0.5
    )
    answered.page.evaluate("document.getElementById('predict-audio').currentTime = 3.25")
    expect(answered.page.locator("#predict-here")).to_contain_text("0:03 of 0:06")
    centre = box(line)["x"] + box(line)["width"] / 2
    assert centre == pytest.approx(left + (right - left) * 3.25 / end, abs=1)


def picture_of(visit: Visit, part: Locator, second_: float) -> Image.Image:
    """Return a part of the figure, with the playhead at a second."""
    visit.page.evaluate(
        "at => { document.getElementById('predict-audio').currentTime = at; }", second_
    )
    expect(visit.page.locator("#predict-here")).to_contain_text(f"0:0{second_:.0f} of 0:06")
    return Image.open(BytesIO(part.screenshot())).convert("RGB")


@pytest.mark.parametrize("width_px", [390, 1440])
def test_playhead_runs_over_windows_but_not_through_names(answered: Visit, width_px: int) -> None:
    answered.page.set_viewport_size({"width": width_px, "height": 900})
    answered.page.wait_for_timeout(500)  # the figure is drawn anew for a phone
    answered.settle()
    name = answered.page.locator("#predict-clip-figure .annotation-text").first
    bar = answered.page.locator("#predict-clip-figure .bars path").first
    for part, crossed in [(name, False), (bar, True)]:
        before, after = (picture_of(answered, part, at) for at in (1.0, 5.0))
        assert (ImageChops.difference(before, after).getbbox() is not None) == crossed


def test_click_and_drag_seek_and_ask_the_server_nothing(answered: Visit) -> None:
    slider = answered.page.locator("#predict-seek")
    slider.scroll_into_view_if_needed()
    place = box(slider)
    answered.requests.clear()
    answered.page.mouse.click(place["x"] + place["width"] * 0.5, place["y"] + 60)
    assert second(answered) == pytest.approx(DURATION_S / 2, abs=0.1)
    answered.page.mouse.move(place["x"] + place["width"] * 0.5, place["y"] + 60)
    answered.page.mouse.down()
    answered.page.mouse.move(place["x"] + place["width"] * 0.8, place["y"] + 60, steps=4)
    answered.page.mouse.up()
    assert second(answered) == pytest.approx(DURATION_S * 0.8, abs=0.1)
    assert [request for request in answered.requests if "blob:" not in request] == []


def test_keys_move_the_slider_and_it_says_what_is_heard_there(answered: Visit) -> None:
    slider = answered.page.get_by_role("slider", name="Place in the clip")
    slider.focus()
    for key, at in [
        ("ArrowRight", 1),
        ("ArrowUp", 2),
        ("ArrowLeft", 1),
        ("PageUp", 6),
        ("Home", 0),
    ]:
        answered.page.keyboard.press(key)
        assert second(answered) == pytest.approx(at, abs=0.05)
        expect(slider).to_have_attribute("aria-valuenow", f"{at:.1f}")
    first = [model["windows"][0]["probabilities"] for model in shown_answer(answered)["models"]]
    genres = [max(window, key=window.__getitem__) for window in first]
    commonest = max(genres, key=genres.count)
    said = slider.get_attribute("aria-valuetext") or ""
    assert said.startswith(f"0:00 of 0:06: {genres.count(commonest)} of {len(genres)} models hear")
    outline = slider.evaluate("slider => getComputedStyle(slider).outlineStyle")
    assert outline == "solid"
    answered.page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuenow", f"{DURATION_S:.1f}")


def test_playhead_follows_the_player_frame_by_frame(answered: Visit) -> None:
    places = answered.page.evaluate(
        """async () => {
          const audio = document.getElementById("predict-audio");
          const line = document.querySelector(".predict-playhead"), places = [];
          audio.muted = true;
          await audio.play();
          while (audio.currentTime < 0.8) {
            await new Promise(requestAnimationFrame);
            places.push([parseFloat(line.style.left), audio.currentTime]);
          }
          audio.pause();
          return places;
        }"""
    )
    lines = [line for line, _played_s in places]
    assert lines == sorted(lines)
    assert len(set(lines)) > 5  # of the four a second that the player itself tells
    behind_s = [played_s - DURATION_S * line / 100 for line, played_s in places]
    assert sorted(behind_s)[len(behind_s) // 2] == pytest.approx(0, abs=0.1)  # the usual frame


def test_playhead_moves_by_whole_seconds_with_reduced_motion(answered: Visit) -> None:
    answered.page.emulate_media(reduced_motion="reduce")
    answered.page.evaluate("document.getElementById('predict-audio').currentTime = 2.7")
    line = answered.page.locator(".predict-playhead")
    expect(answered.page.locator("#predict-here")).to_contain_text("0:02")
    answered.page.emulate_media(reduced_motion="no-preference")
    left = float(line.evaluate("line => parseFloat(line.style.left)"))
    assert left == pytest.approx(100 * 2 / DURATION_S, abs=0.01)


def test_hover_over_a_lane_says_every_probability_of_its_window(answered: Visit) -> None:
    slider = answered.page.locator("#predict-seek")
    slider.scroll_into_view_if_needed()
    bar = answered.page.locator("#predict-clip-figure .bars path").first
    place = box(bar)
    answered.page.mouse.move(place["x"] + place["width"] / 3, place["y"] + place["height"] / 2)
    label = answered.page.locator("#predict-clip-figure .hoverlayer .hovertext")
    expect(label).to_be_visible()
    window = shown_answer(answered)["models"][0]["windows"][0]["probabilities"]
    text = label.text_content() or ""
    for genre, probability in window.items():
        assert f"{genre} {probability:.2f}" in text
