"""The microphone of the Predict page, with Chromium's own source of beeps in its place.

Seconds are made to pass, so that nobody waits for them; what is recorded is as long as it took.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from looks import violations
from playwright.sync_api import Browser, Page, expect
from predicting import assert_refused, drop, shown_answer, wait_for_answer
from visit import Visit

from pipeline.config import LIMITS

NewPage = Callable[..., Visit]
# What the page is given to hear, kept as window.heard.
KEEP_STREAM = """() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async wish => (window.heard = await ask(wish));
}"""
STREAM_STATES = "window.heard.getTracks().map(track => track.readyState)"


@pytest.fixture(scope="module")
def hearing(browser: Browser, browser_path: Path) -> Iterator[Browser]:
    """A Chromium that hears a beep a second."""
    arguments = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
    own = browser.browser_type.launch(executable_path=browser_path, args=arguments)
    yield own
    own.close()


@pytest.fixture
def listening(hearing: Browser, address: str) -> Iterator[NewPage]:
    """Open the page at a width, with the microphone allowed or not; nothing may go wrong there."""
    visits = []

    def make(*, width_px: int = 1440, allowed: bool = True) -> Visit:
        context = hearing.new_context(viewport={"width": width_px, "height": 900})
        if allowed:
            context.grant_permissions(["microphone"], origin=address)
        page = context.new_page()
        page.clock.install()
        visits.append(Visit(page, address).open("/predict"))
        return visits[-1]

    yield make
    for visit in visits:
        assert visit.problems == []
        visit.page.context.close()


def record(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("group", name="Recording")).to_be_visible()


def test_recording_is_answered_like_a_file_once_it_is_long_enough(listening: NewPage) -> None:
    visit = listening()
    record(visit.page)
    stop = visit.page.get_by_role("button", name="Stop and analyse")
    expect(visit.page.get_by_role("button", name="Cancel recording")).to_be_focused()
    expect(stop).to_have_attribute("aria-disabled", "true")
    visit.page.wait_for_function("() => document.getElementById('predict-meter').value > 0")
    stop.click(force=True)
    expect(stop).to_be_visible()  # it still records
    assert violations(visit.page) == []
    visit.page.wait_for_timeout(1_500)
    visit.page.clock.fast_forward(1_000 * LIMITS.recording_min_s)
    expect(visit.page.locator("#predict-live")).to_have_text("You can stop now.")
    stop.click()
    wait_for_answer(visit, "Recording 1.webm")
    expect(visit.page.get_by_role("group", name="Recording")).to_be_hidden()
    heard_s = shown_answer(visit)["duration_s"]
    assert 1.4 < heard_s < LIMITS.recording_min_s
    played_s = visit.page.evaluate("document.getElementById('predict-audio').duration")
    assert played_s == pytest.approx(heard_s, abs=0.3)


def test_recording_ends_by_itself(listening: NewPage) -> None:
    visit = listening()
    record(visit.page)
    visit.page.wait_for_timeout(1_500)
    visit.page.clock.fast_forward(1_000 * (LIMITS.recording_max_s - 5))
    expect(visit.page.locator("#predict-live")).to_have_text("5 seconds left.")
    visit.page.clock.fast_forward(5_000)
    wait_for_answer(visit, "Recording 1.webm")


def test_cancelled_recording_is_not_sent_and_the_microphone_is_given_back(
    listening: NewPage,
) -> None:
    visit = listening(width_px=390)
    visit.page.evaluate(KEEP_STREAM)
    record(visit.page)
    assert not visit.scrolls_sideways()
    assert violations(visit.page) == []
    visit.page.get_by_role("button", name="Cancel recording").click()
    expect(visit.page.get_by_role("group", name="Recording")).to_be_hidden()
    expect(visit.page.get_by_role("button", name="Record", exact=True)).to_be_focused()
    expect(visit.page.locator("#predict-live")).to_have_text("The recording was cancelled.")
    assert visit.page.evaluate(STREAM_STATES) == ["ended"]
    assert not [request for request in visit.requests if "/api/predict" in request]


def test_microphone_is_given_back_when_recording_cannot_start(listening: NewPage) -> None:
    visit = listening()
    visit.page.evaluate(KEEP_STREAM)
    visit.page.evaluate(
        """() => { MediaRecorder.prototype.start = () => {
          throw new DOMException("No such kind", "NotSupportedError"); }; }"""
    )
    visit.page.get_by_role("button", name="Record", exact=True).click()
    assert_refused(visit, "could not be opened .NotSupportedError")
    assert visit.page.evaluate(STREAM_STATES) == ["ended"]
    expect(visit.page.get_by_role("group", name="Recording")).to_be_hidden()
    expect(visit.page.get_by_role("button", name="Record", exact=True)).to_be_enabled()


@pytest.mark.parametrize("enough", [False, True])
def test_microphone_that_is_disconnected_leaves_what_was_recorded(
    enough: bool, listening: NewPage
) -> None:
    visit = listening()
    visit.page.evaluate(KEEP_STREAM)
    record(visit.page)
    if enough:
        visit.page.wait_for_timeout(1_500)
        visit.page.clock.fast_forward(1_000 * LIMITS.recording_min_s)
    visit.page.evaluate("window.heard.getTracks().forEach(track => track.stop())")
    error = visit.page.locator("#predict-error")
    expect(error).to_contain_text("The microphone was disconnected after")
    expect(error).to_contain_text("is analysed" if enough else "record again")
    expect(visit.page.get_by_role("group", name="Recording")).to_be_hidden()
    if enough:
        wait_for_answer(visit, "Recording 1.webm")
    else:
        assert not [request for request in visit.requests if "/api/predict" in request]


def test_recording_that_could_not_be_kept_is_not_begun(listening: NewPage) -> None:
    visit = listening()
    visit.page.evaluate(KEEP_STREAM)
    visit.page.route("**/api/predict", lambda route: None)  # nothing is answered
    drop(visit, files={f"song {number}.wav": "RIFF" for number in range(LIMITS.max_clips)})
    visit.page.get_by_role("button", name="Record", exact=True).click()
    expect(visit.page.locator("#predict-error")).to_contain_text(
        f"At most {LIMITS.max_clips} files are kept at once. Remove one to make room"
    )
    assert visit.page.evaluate("window.heard") is None
    expect(visit.page.get_by_role("group", name="Recording")).to_be_hidden()


def test_leaving_the_page_ends_the_recording(listening: NewPage) -> None:
    visit = listening()
    record(visit.page)
    visit.page.locator("#bar-links a", has_text="Help").click()
    visit.page.locator(".page-help").wait_for()
    visit.page.wait_for_timeout(300)
    visit.page.locator("#bar-links a", has_text="Predict").click()
    visit.page.locator("#predict-drop").wait_for()
    visit.settle()
    expect(visit.page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    expect(visit.page.get_by_role("group", name="Recording")).to_be_hidden()
    assert not [request for request in visit.requests if "/api/predict" in request]


def test_refused_microphone_is_said_with_what_to_do(listening: NewPage) -> None:
    visit = listening(allowed=False)
    visit.page.get_by_role("button", name="Record", exact=True).click()
    assert_refused(visit, "microphone was refused. Allow it .* or choose a file")


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "https"),
        ("delete window.MediaRecorder", "cannot record"),
    ],
)
def test_browser_without_a_microphone_says_why(lacks: str, said: str, listening: NewPage) -> None:
    visit = listening()
    visit.page.evaluate(lacks)
    visit.page.get_by_role("button", name="Record", exact=True).click()
    assert_refused(visit, said)
