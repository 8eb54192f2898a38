"""What the Predict page asks about a clip on request: answered, cancelled, kept with the clip."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from predicting import upload, wait_for_answer
from visit import Visit

ANSWERED_MS = 90_000  # twenty-five alterations, the first of which load libraries


@pytest.fixture
def heard(visit: Visit, clips: tuple[Path, Path]) -> Visit:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    return visit


@pytest.mark.parametrize("part", ["steady", "listening"])
def test_question_is_answered_and_its_answer_stays_with_the_clip(
    part: str, heard: Visit, clips: tuple[Path, Path]
) -> None:
    card = heard.page.locator(f"#predict-{part}-slot .figure-card")
    expect(card).to_be_hidden()
    heard.page.locator(f"#predict-{part}-ask").click()
    expect(card).to_be_visible(timeout=ANSWERED_MS)
    heard.settle()
    sentence = card.locator(".card-sentence").inner_text()
    assert "model" in sentence or "hears" in sentence
    expect(heard.page.locator(f"#predict-{part}-progress")).to_be_hidden()
    expect(heard.page.locator(f"#predict-{part}-live")).to_contain_text("The result follows.")
    upload(heard, clips[1])
    wait_for_answer(heard, clips[1].name)
    expect(card).to_be_hidden()  # nobody asked about this one
    heard.page.get_by_role("button", name=clips[0].name, exact=True).click()
    expect(card).to_be_visible()
    assert card.locator(".card-sentence").inner_text() == sentence


@pytest.mark.parametrize("comes", ["while away", "after coming back"])
def test_question_goes_on_while_another_page_is_open(comes: str, heard: Visit) -> None:
    held: list[Route] = []
    heard.page.route("**/api/explain", lambda route: held.append(route))
    ask = heard.page.locator("#predict-listening-ask")
    ask.click()
    expect(ask).to_be_disabled()
    heard.page.locator("#bar-links a", has_text="Help").click()
    heard.page.locator(".page-help").wait_for()
    if comes == "while away":
        with heard.page.expect_response("**/api/explain") as answered:
            held[0].continue_()
        answered.value.finished()
        heard.settle()
    heard.page.locator("#bar-links a", has_text="Predict").click()
    if comes == "after coming back":
        expect(heard.page.locator("#predict-listening-step")).to_contain_text("Uploading")
        expect(ask).to_be_disabled()
        held[0].continue_()
    expect(heard.page.locator("#predict-listening-slot .figure-card")).to_be_visible()
    expect(ask).to_be_enabled()
    assert len(held) == 1


def test_clip_nobody_asked_about_asks_for_no_empty_cards(
    heard: Visit, clips: tuple[Path, Path]
) -> None:
    heard.requests.clear()
    upload(heard, clips[1])
    wait_for_answer(heard, clips[1].name)
    drawn = [request for request in heard.requests if "/_dash-update-component" in request]
    assert len(drawn) == 1  # of the answer itself


def test_question_can_be_cancelled_and_asked_again(heard: Visit) -> None:
    ask = heard.page.locator("#predict-steady-ask")
    ask.click()
    expect(ask).to_be_disabled()
    heard.page.locator("#predict-steady-cancel").click()
    expect(heard.page.locator("#predict-steady-live")).to_have_text("Cancelled.")
    expect(heard.page.locator("#predict-steady-slot")).to_be_hidden()
    expect(ask).to_be_enabled()
    expect(ask).to_be_focused()
    heard.take_problem("request failed: .*/api/robustness .*ERR_ABORTED")
