"""An opened track and its list: what is in sight, where keys lead, and what is asked for."""

from collections.abc import Callable

from looks import violations
from opened_track import LIST, expect_open, listed
from playwright.sync_api import expect
from visit import Visit


def test_song_that_left_the_list_says_so_and_keys_go_on_from_it(visit: Visit) -> None:
    models = "gtzan.features_3s.lightgbm,gtzan.features_3s.svm_rbf"
    called = f"true=rock&predicted=country&protocol=new-artist&model={models}"
    page = visit.open(f"/tracks?{called}&track=rock.00030").page
    place = page.locator("#track-place")
    expect(place).to_have_text(f"{listed(visit).index('rock.00030') + 1} of {len(listed(visit))}")
    page.keyboard.press("2")
    expect(place).to_have_text("not in this list now")
    now = listed(visit)
    page.keyboard.press("k")
    expect_open(visit, max(track for track in now if track < "rock.00030"))
    page.keyboard.press("j")
    expect_open(visit, min(track for track in now if track > "rock.00030"))


def test_in_another_order_keys_go_on_as_the_list_stood(visit: Visit) -> None:
    page = visit.open(f"{LIST}&sort=margin").page
    before = listed(visit)
    page.keyboard.press("j")
    expect_open(visit, before[0])
    wrong = page.locator(".control-answer select")
    wrong.select_option("wrong" if "✓" in row_text(visit, before[0]) else "right")
    expect(page.locator("#track-place")).to_have_text("not in this list now")
    now = set(listed(visit))
    page.keyboard.press("j")
    expect_open(visit, next(track for track in before if track in now))


def row_text(visit: Visit, track: str) -> str:
    """Return what the first model's cell of a row says."""
    row = visit.page.locator(f".tracks-grid .ag-row[row-id='{track}'] [col-id=answer_0]")
    return row.first.text_content() or ""


def in_sight(visit: Visit, track: str) -> bool:
    """Return whether a row lies inside both the list and the window."""
    inside: bool = visit.page.evaluate(
        """id => {
          const row = document.querySelector(`#tracks-grid .ag-row[row-id="${id}"]`);
          const body = document.querySelector("#tracks-grid .ag-body-viewport");
          if (!row) return false;
          const own = row.getBoundingClientRect(), list = body.getBoundingClientRect();
          return own.top >= list.top - 1 &&
            own.bottom <= Math.min(list.bottom, window.innerHeight) + 1;
        }""",
        track,
    )
    return inside


def test_row_of_a_deep_link_is_in_sight_and_marked(visit: Visit) -> None:
    page = visit.open("/tracks?protocol=new-artist&track=rock.00001").page
    row = page.locator(".tracks-grid .ag-row[row-id='rock.00001']").first
    expect(row).to_have_attribute("aria-selected", "true")
    assert in_sight(visit, "rock.00001")


def test_list_stays_in_view_beside_a_long_song(visit: Visit) -> None:
    page = visit.open(f"{LIST}&track=blues.00002").page
    page.evaluate(
        """() => document.getElementById("track-content")
          .scrollIntoView({block: "end", behavior: "instant"})"""
    )
    box = page.locator("#tracks-grid").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 120
    assert 780 < box["y"] + box["height"] <= 900


def test_all_models_are_asked_for_only_when_unfolded(visit: Visit) -> None:
    page = visit.open(f"{LIST}&track=blues.00002").page
    fold = page.locator("[data-fold=track-all-models]")
    rows = fold.locator("tbody tr")
    expect(rows).to_have_count(0)
    fold.locator("summary").click()
    expect(fold).to_contain_text("Of 70 models under “new song”")
    expect(rows).to_have_count(70)
    accuracies = rows.locator("td:last-child").all_text_contents()
    assert accuracies == sorted(accuracies, key=lambda text: text.split()[0], reverse=True)
    first = fold.locator(".fold-content").text_content() or ""
    page.keyboard.press("j")
    expect_open(visit, "blues.00003")
    expect(fold.locator(".fold-content")).not_to_have_text(first)
    fold.locator("summary").click()
    visit.settle()
    visit.requests.clear()
    page.keyboard.press("j")
    expect_open(visit, "blues.00004")
    asked = [request for request in visit.requests if "/_dash-update-component" in request]
    assert len(asked) == 2  # the track and its answers


def test_other_features_are_drawn_on_request_and_axe_finds_nothing(
    new_visit: Callable[..., Visit],
) -> None:
    visit = new_visit(width_px=390, mode="dark").open("/tracks?data=fma&track=000002")
    page = visit.page
    expect(page.locator("#track-content")).to_contain_text("Nothing about it is unusual for")
    for name in ("track-other-features", "track-all-models"):
        page.locator(f"[data-fold={name}] summary").click()
    lines = page.locator("[data-fold=track-other-features] .strips li")
    expect(lines).to_have_count(8)
    for mark in ("most", "half", "median", "mark"):
        expect(lines.first.locator(f".strip-{mark}")).to_be_visible()
    expect(page.locator("[data-fold=track-all-models] tbody tr")).to_have_count(18)
    assert violations(page) == []
    assert not visit.scrolls_sideways()
    assert visit.problems == []
