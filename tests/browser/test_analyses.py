"""Cards of analyses on Model and Data, on results that hold every kind of them."""

from collections.abc import Callable, Iterator

import pytest
from gunicorn_server import gunicorn_server
from playwright.sync_api import expect
from shared_tiny import shared_tiny_results
from steps import choose, table_texts
from visit import Visit

FOREST = "/model?model=gtzan.features_3s.random_forest"


@pytest.fixture(scope="module")
def tiny_address(one_thread: None) -> Iterator[str]:
    with gunicorn_server(shared_tiny_results().folder) as server:
        yield server.address


@pytest.fixture
def tiny_visit(new_visit: Callable[..., Visit], tiny_address: str) -> Iterator[Visit]:
    visit = new_visit(server=tiny_address)
    yield visit
    assert visit.problems == []


def test_jump_link_moves_the_focus_and_leaves_the_address(tiny_visit: Visit) -> None:
    tiny_visit.open(FOREST)
    before = tiny_visit.page.url
    tiny_visit.page.get_by_role("link", name="Inside the model").click()
    expect(tiny_visit.page.locator("#model-inside")).to_be_focused()
    expect(tiny_visit.page.locator("#model-inside-heading")).to_be_in_viewport()
    tiny_visit.page.get_by_role("link", name="Parameters", exact=True).click()
    expect(tiny_visit.page.locator("#model-facts")).to_be_visible()
    assert tiny_visit.page.url == before


def test_search_trials_are_drawn_and_listed(tiny_visit: Visit) -> None:
    tiny_visit.open(FOREST)
    expect(tiny_visit.page.locator("#trials-figure .parcoords").first).to_be_attached()
    assert len(table_texts(tiny_visit, "trials")) == 1 + 20


def test_a_model_without_analyses_hides_their_cards_and_says_so(tiny_visit: Visit) -> None:
    tiny_visit.open(FOREST)
    expect(tiny_visit.page.locator("#curves-card")).to_be_visible()
    choose(tiny_visit, "model", "gtzan.features_3s.dummy")
    expect(tiny_visit.page.locator("#curves-card")).to_be_hidden()
    expect(tiny_visit.page.locator("#model-probabilities-said")).to_contain_text("hold no ROC")


def test_test_track_of_a_network_is_in_the_address_until_another_model_has_none(
    tiny_visit: Visit,
) -> None:
    tiny_visit.open("/model?model=gtzan.features_3s.dense")
    expect(tiny_visit.page.locator("#architecture-figure .bars path").first).to_be_attached()
    choose(tiny_visit, "track", "country.00007")
    expect(tiny_visit.page.locator("#saliency-sentence")).to_contain_text("country.00007")
    assert tiny_visit.query()["track"] == "country.00007"
    choose(tiny_visit, "model", "gtzan.features_3s.random_forest")
    expect(tiny_visit.page.locator("#model-network")).to_be_hidden()
    assert "track" not in tiny_visit.query()


def test_list_of_models_to_compare_can_be_searched(tiny_visit: Visit) -> None:
    tiny_visit.open("/compare")
    tiny_visit.page.locator(".picker > summary").click()
    items = tiny_visit.page.locator(".pick-list .form-check:visible")
    before = items.count()
    tiny_visit.page.locator("#compare-find").fill("forest 3-s")
    expect(items).to_have_count(1)
    expect(items).to_contain_text("Random forest · 3-s features")
    tiny_visit.page.locator("#compare-find").fill("")
    expect(items).to_have_count(before)


def test_another_data_set_has_its_own_genres_and_features(tiny_visit: Visit) -> None:
    tiny_visit.open("/data")
    genres = table_texts(tiny_visit, "data-genres")
    choose(tiny_visit, "dataset", "fma")
    assert len(table_texts(tiny_visit, "data-genres")) == 1 + 12 != len(genres)
    assert tiny_visit.query() == {"dataset": "fma"}
    expect(tiny_visit.page.locator("#data-features")).to_be_hidden()


def test_suspicious_labels_sort_by_a_column(tiny_visit: Visit) -> None:
    tiny_visit.open("/data")
    grid = tiny_visit.page.locator("#suspicious-grid")
    first = grid.locator(".ag-row[row-index='0'] [col-id=rank]")
    expect(first).to_have_text("1")
    grid.locator("[col-id=margin] .ag-header-cell-text").click()
    expect(first).to_have_text("12")
