"""What leaves the Present page: links, HTML, PDF, PPTX; what is fetched anew; the story."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect
from pptx import Presentation as open_pptx
from presentation import deck, export, open_deck, scene, titles
from visit import Visit

FETCHED_MS = 60_000  # pages are loaded for it


def copied_link(visit: Visit) -> str:
    """Return the link that the page makes."""
    visit.page.locator("[data-present=link]").click()
    expect(visit.page.locator("#present-link")).to_have_value(re.compile("#scenes="))
    return visit.page.locator("#present-link").input_value()


def test_link_fetches_the_cards_with_titles_and_notes(
    visit: Visit, new_visit: Callable[..., Visit], tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2, hidden=True)))
    link = copied_link(visit)
    assert len(link) < 600
    other = new_visit()
    other.page.goto(link)
    expect(other.page.locator(".scene")).to_have_count(2, timeout=FETCHED_MS)
    assert titles(other.page) == ["Title 1", "Title 2"]
    assert other.page.locator("#present-title").input_value() == "A talk"
    assert other.page.locator(".scene-notes").first.input_value() == "Say 1."
    assert other.page.locator(".scene-hidden").count() == 1
    assert "placed by the first 2 principal components" in (
        other.page.locator(".scene-sentence").first.inner_text()
    )
    assert other.page.url == f"{other.address}/present"
    assert other.problems == []


def test_link_over_scenes_of_ones_own_asks_first(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    link = copied_link(visit)
    visit.page.goto("about:blank")
    visit.page.goto(link)
    expect(visit.page.locator("#present-offer-text")).to_contain_text("1 scene. Yours has 1.")
    visit.page.locator("[data-present=append]").click()
    expect(visit.page.locator(".scene")).to_have_count(2, timeout=FETCHED_MS)
    assert titles(visit.page) == ["Title 1", "Title 1"]


def test_link_that_is_pasted_on_the_open_page_is_followed(
    visit: Visit, new_visit: Callable[..., Visit], tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    link = copied_link(visit)
    other = new_visit()
    other.open("/present")
    other.page.evaluate("link => { location.href = link; }", link)
    expect(other.page.locator(".scene")).to_have_count(1, timeout=FETCHED_MS)
    expect(other.page.locator("#present-live")).to_have_text("1 scene is here.")
    assert other.page.url == f"{other.address}/present"
    assert other.problems == []


def test_scenes_that_cannot_be_fetched_anew_stay_and_say_so(visit: Visit, tmp_path: Path) -> None:
    gone = scene(1, results="000000000000", address="/clusters#gone-card")
    open_deck(visit, tmp_path, deck(gone))
    visit.page.get_by_role("button", name="Fetch them anew").click()
    expect(visit.page.locator("#present-error")).to_contain_text(
        "None of these scenes could be fetched anew.", timeout=FETCHED_MS
    )
    assert visit.page.locator(".scene-sentence").inner_text().startswith("Sentence 1")


def test_cards_that_are_not_there_fail_at_once_and_others_come_meanwhile(
    visit: Visit, new_visit: Callable[..., Visit], tmp_path: Path
) -> None:
    hidden = "/model?model=gtzan.features_3s.dummy#sweeps-card"  # a card that it has nothing for
    empty = "/clusters?features=gtzan.image_statistics#cluster-sweep-card"
    absent = [
        scene(3, address=hidden, title="Hidden"),
        scene(4, address="/clusters#gone-card", title="Gone"),
    ]
    missing = scene(5, address=empty, title="Empty")
    open_deck(visit, tmp_path, deck(*absent, scene(1), missing, scene(2)))
    link = copied_link(visit)
    other = new_visit()
    other.open("/present")
    # The clock stands still: what is found missing is found without waiting for a time to pass.
    other.page.evaluate("link => { Date.now = () => 1; location.href = link; }", link)
    other.page.locator("#present-progress").wait_for()
    expect(other.page.locator("#present-empty")).to_be_hidden()
    expect(other.page.locator(".scene").first).to_be_visible(timeout=FETCHED_MS)
    expect(other.page.locator("#present-live")).to_have_text(
        "2 scenes are here.", timeout=FETCHED_MS
    )
    said = other.page.locator("#present-problems")
    expect(said).to_contain_text("“Hidden”: these results do not show this card.")
    expect(said).to_contain_text("“Gone”: these results do not show this card.")
    expect(said).to_contain_text("“Empty”: Not in these results: ")
    assert titles(other.page) == ["Title 1", "Title 2"]
    assert other.problems == []


def test_damaged_link_says_so(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}/present#scenes=AAAAnonsense")
    expect(visit.page.locator("#present-error")).to_contain_text("This link is damaged")
    expect(visit.page.locator("#present-error")).to_be_focused()


def test_fetching_can_be_cancelled(visit: Visit) -> None:
    visit.open("/present")
    visit.page.locator("#present-empty [data-present=story]").click()
    visit.page.locator("[data-present=cancel]").click()
    expect(visit.page.locator("#present-live")).to_have_text("Cancelled. Nothing was changed.")
    expect(visit.page.locator("#present-progress")).to_be_hidden()
    expect(visit.page.locator("iframe")).to_have_count(0)
    expect(visit.page.locator("#present-empty")).to_be_visible()
    visit.wait_until_quiet()  # what the frame was loading stops with it
    visit.problems = [problem for problem in visit.problems if "ERR_ABORTED" not in problem]


def test_cancelling_keeps_what_came_and_undo_takes_it_back(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    visit.page.locator("#present-tools [data-present=story]").click()
    expect(visit.page.locator(".scene-source").first).to_contain_text("results", timeout=FETCHED_MS)
    visit.page.locator("[data-present=cancel]").click()
    said = visit.page.locator("#present-live")
    expect(said).to_have_text(re.compile("^Cancelled. .* Undo brings back what was here before.$"))
    visit.page.locator("#present-tools [data-present=undo]").click()
    expect(visit.page.locator(".scene-title")).to_have_count(1)
    assert titles(visit.page) == ["Title 1"]
    visit.wait_until_quiet()
    visit.problems = [problem for problem in visit.problems if "ERR_ABORTED" not in problem]


def test_scenes_of_other_results_say_so_and_are_fetched_anew(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1, results="000000000000"), scene(2, results="")))
    notice = visit.page.locator("#present-stale")
    expect(notice).to_contain_text("Results have changed since 1 of these scenes was added.")
    notice.get_by_role("button", name="Fetch them anew").click()
    expect(notice).to_be_hidden(timeout=FETCHED_MS)
    first = visit.page.locator(".scene").first
    said = visit.page.locator("#present-live")
    expect(said).to_have_text("1 scene shows the results of today.")
    expect(first.locator(".scene-sentence")).to_contain_text("principal components")
    assert first.locator(".scene-title").input_value() == "Title 1"
    assert first.locator(".scene-notes").input_value() == "Say 1."
    assert "000000000000" not in first.locator(".scene-source").inner_text()
    visit.page.locator("#present-tools [data-present=undo]").click()
    expect(notice).to_be_visible()


def test_ready_made_story_has_ten_scenes_with_figures(visit: Visit) -> None:
    visit.open("/present")
    visit.page.locator("#present-empty [data-present=story]").click()
    expect(visit.page.locator("#present-progress button")).to_be_focused()
    expect(visit.page.locator("#present-step")).to_contain_text("of 10", timeout=FETCHED_MS)
    expect(visit.page.locator("#present-empty")).to_be_hidden()
    come = visit.page.wait_for_function(
        """() => !document.getElementById("present-progress").hidden &&
          document.querySelectorAll(".scene").length"""
    )
    assert 0 < come.json_value() < 10
    expect(visit.page.locator(".scene")).to_have_count(10, timeout=2 * FETCHED_MS)
    expect(visit.page.locator("#present-problems")).to_be_hidden()
    expect(visit.page.locator(".scene-picture img[src^='data:']")).to_have_count(10)
    sentences = visit.page.locator(".scene-sentence").all_inner_texts()
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == 10
    headlines = visit.page.evaluate(
        "said => said.map(one => genrelensPresent.deck.headline(one).first)", sentences
    )
    how = re.compile("^(Count|Each point|Rows are|The row)")
    assert [
        one for one in headlines if how.match(one) or not re.search(r"\d|tied|better", one)
    ] == []
    assert visit.page.locator(".scene-notes").first.input_value()


def test_html_file_opens_from_disk_offline_and_draws(
    visit: Visit, browser: Browser, tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2, hidden=True), scene(3)))
    file = export(visit.page, "html", tmp_path)
    text = file.read_text()
    assert text.count("plotly.js v") == 1
    assert "Say 1." in text
    assert "Title 2" not in text  # hidden scenes stay at home
    context = browser.new_context(offline=True)
    page, asked, problems = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(file.as_uri())
    assert page.locator(".stage-headline").inner_text().startswith("Sentence 1")
    assert page.locator(".present-plot .bars path").count() == 1
    page.keyboard.press("ArrowRight")
    expect(page.locator(".present-plot .bars path")).to_have_count(3)
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    expect(opened.value.locator(".speaker-notes")).to_have_text("Say 3.")
    assert page.title() == "A talk"
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert problems == []
    context.close()


def test_html_file_without_notes_keeps_them_back(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    visit.page.locator("#present-with-notes label").click()
    text = export(visit.page, "html", tmp_path).read_text()
    assert "Say 1." not in text
    assert "speaker-notes" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_pptx_without_notes_keeps_them_back(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    visit.page.get_by_label("HTML and PPTX with the notes").uncheck()
    slide = open_pptx(export(visit.page, "pptx", tmp_path)).slides[0]
    assert slide.notes_slide.notes_text_frame.text == "More of it follows."


def test_pptx_opens_with_pictures_titles_and_notes(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2, hidden=True), scene(3)))
    slides = list(open_pptx(export(visit.page, "pptx", tmp_path)).slides)
    assert len(slides) == 2
    assert slides[0].shapes.title.text == "Sentence 1 of 0.53 [0.47, 0.58] is short."
    assert slides[1].notes_slide.notes_text_frame.text == "Say 3.\n\nMore of it follows."
    pictures = [shape for shape in slides[0].shapes if shape.shape_type == 13]
    assert len(pictures) == 1
    assert min(pictures[0].image.size) > 500  # pixels


def test_refused_slides_say_why(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    answer = '{"error": "All pictures together may have at most 48 MB.", "code": "too_large"}'
    visit.page.route("**/api/present/pptx", lambda route: route.fulfill(status=413, body=answer))
    visit.page.locator("[data-present=pptx]").click()
    expect(visit.page.locator("#present-error")).to_contain_text("at most 48 MB")
    visit.take_problem("413")


def test_print_has_one_landscape_page_a_scene(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2), scene(3, hidden=True)))
    visit.page.evaluate("window.print = () => { window.asked = true; }")
    visit.page.locator("[data-present=pdf]").click()
    visit.page.wait_for_function("() => window.asked")
    pdf = visit.page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == 2
    assert all(float(width) > float(height) for width, height in boxes)
    expect(visit.page.locator("#present-print")).to_have_count(0)
    expect(visit.page.locator(".scene")).to_have_count(3)
