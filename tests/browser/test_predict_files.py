"""Several clips on the Predict page: side by side, in order, some bad, one busy server."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

from looks import violations
from playwright.sync_api import Route, expect
from predicting import (
    assert_refused,
    drop,
    file_rows,
    short_clips,
    shown_answer,
    upload,
    wait_for_answer,
)
from visit import Visit

from pipeline import artifacts
from pipeline.config import LIMITS, REPOSITORY

CARDS = artifacts.read_cards(REPOSITORY / "results")
BUSY = '{"error":"Other clips are being analysed.","code":"busy"}\n'


def hold(visit: Visit) -> list[Route]:
    """Keep every clip from the server; its upload never ends by itself."""
    held: list[Route] = []
    visit.page.route("**/api/predict", lambda route: held.append(route))
    return held


def test_clips_stand_side_by_side_and_bad_ones_stop_nobody(
    visit: Visit, tmp_path: Path, screenshots: Path
) -> None:
    good = short_clips(tmp_path, 2)
    letter = tmp_path / "letter.wav"
    letter.write_text("Dear listener,\n" * 500, encoding="utf-8")
    empty = tmp_path / "empty.mp3"
    empty.touch()
    visit.open("/predict")
    upload(visit, good[0], letter, empty, good[1])
    wait_for_answer(visit, good[0].name)
    rows = file_rows(visit)
    assert [row[0] for row in rows] == [good[0].name, letter.name, empty.name, good[1].name]
    assert [len(row) for row in rows] == [len(CARDS) + 4, 3, 3, len(CARDS) + 4]
    assert "Accepted: WAV" in rows[1][1]
    assert "is empty" in rows[2][1]
    models = {model["id"]: model for model in shown_answer(visit)["models"]}
    for card, cell in zip(CARDS, rows[0][1 : len(CARDS) + 1], strict=True):
        model = models[card["id"]]
        assert cell.split() == [model["genre"], f"{model['probabilities'][model['genre']]:.2f}"]
    expect(visit.page.locator("#predict-clips-sentence")).to_have_text(
        "2 of 4 files are answered, 2 cannot be. Choose a file to see it below."
    )
    assert violations(visit.page) == []
    assert not visit.scrolls_sideways()
    visit.page.screenshot(path=screenshots / "predict-files-1440-light.png", full_page=True)


def test_row_shows_its_clip_and_the_csv_has_every_number(visit: Visit, tmp_path: Path) -> None:
    clips = short_clips(tmp_path, 2)
    visit.open("/predict")
    upload(visit, *clips)
    wait_for_answer(visit, clips[0].name)
    before = visit.view()
    visit.page.get_by_role("row", name=clips[1].name).locator("td").nth(2).click()
    visit.wait_for_change(before)
    wait_for_answer(visit, clips[1].name)
    pressed = visit.page.locator('#predict-clips-table [aria-pressed="true"]')
    expect(pressed).to_have_text([clips[1].name])
    name = visit.page.locator("#predict-name")
    expect(name).to_be_focused()
    expect(name).to_be_in_viewport()
    expect(visit.page.locator("#predict-live")).to_have_text(f"{clips[1].name} is shown below.")
    expect(visit.page).to_have_title(
        re.compile(r"^(\d of \d models hear \w+|Divided models) · Genre")
    )
    assert clips[1].name not in visit.page.title()  # a title goes into the browser's history
    visit.page.locator("#predict-back").click()
    expect(pressed).to_be_focused()
    expect(pressed).to_be_in_viewport()
    answer = shown_answer(visit)
    with visit.page.expect_download() as started:
        visit.page.get_by_role("button", name="Download CSV").click()
    path = tmp_path / "clips.csv"
    started.value.save_as(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [path.name for path in clips]
    assert float(rows[1]["duration (s)"]) == answer["duration_s"]
    for card in CARDS:
        name = f"{card['title']}, {card['window_s']:g} s"
        model = next(model for model in answer["models"] if model["id"] == card["id"])
        assert rows[1][f"{name}: genre"] == model["genre"]
        assert float(rows[1][f"{name}: probability"]) == model["probabilities"][model["genre"]]


def test_twenty_clips_are_taken_and_the_next_is_named(visit: Visit, tmp_path: Path) -> None:
    visit.open("/predict")
    held = hold(visit)
    names = [f"song {number}.wav" for number in range(LIMITS.max_clips + 2)]
    drop(visit, files=dict.fromkeys(names, "RIFF"))
    expect(visit.page.locator("#predict-error")).to_contain_text(
        f"the first {LIMITS.max_clips} were taken, “{names[-2]}”, “{names[-1]}” were left out"
    )
    rows = file_rows(visit)
    assert [row[0] for row in rows] == names[: LIMITS.max_clips]
    assert [row[1] for row in rows[1:]] == ["Waiting"] * (LIMITS.max_clips - 1)
    visit.page.wait_for_timeout(200)
    assert len(held) == 1  # one after another
    visit.page.get_by_role("button", name="Cancel all").click()
    expect(visit.page.locator("#predict-clips-card")).to_be_hidden()
    assert file_rows(visit) == []
    visit.take_problem("request failed: .*/api/predict .*ERR_ABORTED")


def test_busy_server_is_asked_again_after_the_time_it_names(visit: Visit, tmp_path: Path) -> None:
    clip = short_clips(tmp_path, 1)[0]
    tries: list[Route] = []

    def answer(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            headers = {"Retry-After": "2", "Content-Type": "application/json"}
            route.fulfill(status=503, headers=headers, body=BUSY)
        elif len(tries) == 2:  # as one that waited too long in the line
            error = {"error": "Try later.", "code": "busy", "status": 503, "retry_after_s": 1}
            route.fulfill(status=200, body=json.dumps(error) + "\n")
        else:
            route.continue_()

    visit.open("/predict")
    visit.page.route("**/api/predict", answer)
    upload(visit, clip)
    step = visit.page.locator("#predict-step")
    expect(step).to_have_text("The server is busy. Trying again in 2 s (try 2 of 5)")
    expect(visit.page.locator("#predict-live")).to_contain_text("Trying again in 2 s")
    wait_for_answer(visit, clip.name)
    assert len(tries) == 3
    visit.take_problem("503")


def test_busy_server_is_not_asked_for_ever_and_waiting_can_be_cancelled(
    visit: Visit, tmp_path: Path
) -> None:
    clip = short_clips(tmp_path, 1)[0]
    tries: list[Route] = []
    pause = {"Retry-After": "1", "Content-Type": "application/json"}

    def answer(route: Route) -> None:
        tries.append(route)
        route.fulfill(status=429, headers=pause, body=BUSY)

    visit.page.clock.install()
    visit.open("/predict")
    visit.page.route("**/api/predict", answer)
    upload(visit, clip)
    for number in range(2, 6):
        step = f"Many clips come from your address. Trying again in 1 s (try {number} of 5)"
        expect(visit.page.locator("#predict-step")).to_have_text(step)
        visit.page.clock.fast_forward(1_000)
    assert_refused(visit, "Other clips are being analysed")
    assert len(tries) == 5
    assert [row[0] for row in file_rows(visit)] == [
        clip.name
    ]  # a recording could not be chosen again
    expect(visit.page.locator("#predict-clips-sentence")).to_have_text(
        "0 of 1 file is answered, 1 can be tried again."
    )
    again = visit.page.get_by_role("button", name="Try again")
    again.press("Enter")
    expect(visit.page.locator("#predict-step")).to_contain_text("Trying again")
    visit.page.get_by_role("button", name="Cancel").click()
    expect(visit.page.locator("#predict-progress")).to_be_hidden()
    visit.page.clock.fast_forward(5_000)
    assert len(tries) == 6
    assert file_rows(visit) == []
    visit.take_problem("429")


def test_place_in_the_line_is_shown_and_announced(visit: Visit, tmp_path: Path) -> None:
    lines = '{"step":"queued","done":0,"total":3}\n{"step":"queued","done":0,"total":2}\n'
    error = '{"error":"It took too long.","code":"timeout","status":503}\n'
    visit.open("/predict")
    visit.page.evaluate(
        """() => {
          window.spoken = [];
          const line = document.getElementById("predict-live");
          new MutationObserver(changes => changes.forEach(change =>
            change.addedNodes.forEach(text => window.spoken.push(text.textContent))
          )).observe(line, {childList: true});
        }"""
    )
    visit.page.route("**/api/predict", lambda route: route.fulfill(status=200, body=lines + error))
    upload(visit, *short_clips(tmp_path, 1))
    assert_refused(visit, "It took too long")
    assert visit.page.evaluate("window.spoken") == ["Uploading", "3rd in line", "2nd in line"]


def test_lost_clip_of_several_can_be_sent_again(visit: Visit, tmp_path: Path) -> None:
    clips = short_clips(tmp_path, 2)
    visit.open("/predict")
    visit.page.route("**/api/predict", lambda route: route.abort("connectionreset"))
    upload(visit, *clips)
    expect(visit.page.get_by_role("button", name="Try again")).to_have_count(2)
    visit.take_problem("api/predict|ERR_CONNECTION_RESET")
    visit.page.unroute("**/api/predict")
    held = hold(visit)
    visit.page.get_by_role("button", name="Try again").first.press("Enter")
    row = visit.page.get_by_role("row", name=clips[0].name)
    expect(row.get_by_role("button", name="Try again")).to_have_count(0)
    expect(row).to_be_focused()
    held[0].continue_()
    expect(visit.page.locator("#predict-name")).to_have_text(clips[0].name)
    expect(visit.page.get_by_role("button", name="Try again")).to_have_count(1)
    wait_for_answer(visit, clips[0].name)
    expect(row).to_be_focused()


def test_answers_outlast_another_page_and_are_gone_after_a_reload(
    visit: Visit, tmp_path: Path
) -> None:
    clips = short_clips(tmp_path, 2)
    visit.open("/predict")
    upload(visit, *clips)
    wait_for_answer(visit, clips[0].name)
    before = visit.view()
    visit.page.locator("#bar-links a", has_text="Help").click()
    visit.page.locator(".page-help").wait_for()
    visit.page.locator("#bar-links a", has_text="Predict").click()
    wait_for_answer(visit, clips[0].name)
    visit.wait_for_view(before)
    assert len(file_rows(visit)) == 2
    visit.page.reload()
    visit.settle()
    expect(visit.page.locator("#predict-result")).to_be_hidden()
    assert file_rows(visit) == []


def test_drop_anywhere_shows_an_overlay_and_text_is_no_file(visit: Visit) -> None:
    visit.open("/predict")
    drop(visit, files={"letter.wav": "Dear listener, " * 99})
    assert visit.page.evaluate("window.overlaid")
    expect(visit.page.locator("#predict-overlay")).to_be_hidden()
    assert_refused(visit, "Accepted: WAV")
    drop(visit, text="https://example.org/song.mp3")
    assert not visit.page.evaluate("window.overlaid")
    assert_refused(visit, "text or a link")


def test_pasted_file_is_taken(visit: Visit) -> None:
    visit.open("/predict")
    visit.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["Dear listener, ".repeat(99)], "letter.wav"));
          document.body.dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    assert_refused(visit, "Accepted: WAV")


def test_files_on_a_phone_are_blocks_without_sideways_scrolling(
    new_visit: Callable[..., Visit], tmp_path: Path, screenshots: Path
) -> None:
    clips = short_clips(tmp_path, 2)
    visit = new_visit(width_px=390, mode="dark").open("/predict")
    upload(visit, *clips)
    wait_for_answer(visit, clips[0].name)
    assert not visit.scrolls_sideways()
    frame = visit.page.locator("#predict-clips-table")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    assert violations(visit.page) == []
    visit.page.screenshot(path=screenshots / "predict-files-390-dark.png", full_page=True)
    assert visit.problems == []
