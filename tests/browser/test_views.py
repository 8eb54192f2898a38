"""What each switch means: the figures, sentences and grid that follow from one choice."""

from playwright.sync_api import Locator, expect
from steps import choose, table_texts
from visit import Visit

NO_MODEL_HERE = "no model has this name"


def test_overview_protocol_marks_the_axis_and_is_the_order_of_the_rows(visit: Visit) -> None:
    visit.open("/")
    published = choose(visit, "protocol", "as-published")
    assert "as published" in published["title"]
    assert visit.page.locator("#fall-figure .xtick b, #fall-figure .xtick [style*=bold]").count()
    scores = grid_scores(visit, "at_as_published")
    assert scores == sorted(scores, reverse=True)
    expect(visit.page.locator("#models-sentence")).to_contain_text("“as published”")


def test_overview_features_keep_only_their_models(visit: Visit) -> None:
    everything = visit.open("/").view()
    chosen = choose(visit, "features", "features_30s")
    assert 0 < len(chosen["grid"]) < len(everything["grid"])
    drawn = {row[0] for row in table_texts(visit, "fall")[1:]}
    assert len(drawn) == len(chosen["grid"])
    assert not any("3-s features" in row for row in chosen["grid"])


def test_overview_unit_is_named_and_counts_segments(visit: Visit) -> None:
    visit.open("/")
    assert "3-second segments" in choose(visit, "unit", "segment")["title"]
    counted = {row[2] for row in table_texts(visit, "fall")[1:]}
    assert counted == {"3-second segments"}


def test_overview_grid_sorts_by_a_column(visit: Visit) -> None:
    visit.open("/")
    header = visit.page.locator(".ag-header-cell[col-id=at_new_song]")
    before = visit.view()
    header.locator(".ag-header-cell-text").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    visit.wait_for_change(before)
    scores = grid_scores(visit, "at_new_song")
    assert len(scores) > 1
    assert scores == sorted(scores)


def test_overview_grid_filters_by_text(visit: Visit) -> None:
    visit.open("/")
    rows = visit.page.locator(".ag-center-cols-container .ag-row")
    forests = rows.filter(has_text="forest").count()
    assert 0 < forests < rows.count()
    visit.page.locator(".ag-header-cell[col-id=model] .ag-header-cell-filter-button").click()
    field = visit.page.locator(".ag-popup input[type=text]").first
    field.fill("forest")
    expect(rows).to_have_count(forests)
    assert all("forest" in text for text in rows.all_text_contents())
    field.fill(NO_MODEL_HERE)
    expect(rows).to_have_count(0)


def test_overview_grid_links_to_the_same_score_on_the_model_page(visit: Visit) -> None:
    visit.open("/")
    row = grid_row(visit, 0)
    name = row.locator("a").text_content() or ""
    score = row.locator("[col-id=at_new_artist_faults_removed]").text_content()
    row.locator("a").click()
    visit.page.wait_for_url("**/model?**")
    visit.settle()
    expect(visit.page.locator("h1")).to_contain_text(name)
    assert visit.page.locator(".chip dd").first.text_content() == score


def test_overview_ticked_models_are_compared_side_by_side(visit: Visit) -> None:
    visit.open("/")
    names = [grid_row(visit, k).locator("a").text_content() or "" for k in (0, 1)]
    for k in (0, 1):
        grid_row(visit, k).locator("input[type=checkbox]").check()
    visit.page.get_by_role("link", name="Compare 2 chosen models").click()
    visit.page.wait_for_url("**/compare?**")
    visit.settle()
    chips = visit.page.locator("#compare-chips li")
    expect(chips).to_have_count(2)
    for name, chip in zip(names, chips.all_text_contents(), strict=True):
        assert chip.startswith(name.split(" (")[0])


def test_compare_chip_drops_its_model(visit: Visit) -> None:
    before = visit.open("/compare").view()
    chips = visit.page.locator("#compare-chips li")
    names = chips.all_text_contents()
    visit.page.get_by_role("button", name="Remove").first.click()
    visit.wait_for_change(before)
    assert chips.all_text_contents() == names[1:]
    assert len(visit.query()["models"].split(",")) == len(names) - 1


def test_compare_without_models_asks_for_some(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}/compare?models=")
    expect(visit.page.locator("#compare-headline")).to_contain_text("Choose two or more models")
    expect(visit.page.locator("#by-genre-card")).to_be_hidden()


def test_compare_difference_turns_round_with_a_and_b(visit: Visit) -> None:
    visit.open("/compare")
    a, b = (visit.view()["controls"][name] for name in ("a", "b"))
    there = [[float(cell) for cell in row[1:]] for row in table_texts(visit, "difference")[1:]]
    choose(visit, "a", b)
    choose(visit, "b", a)
    back = [[float(cell) for cell in row[1:]] for row in table_texts(visit, "difference")[1:]]
    assert any(any(row) for row in there)
    assert back == [[-cell for cell in row] for row in there]


def test_overview_question_mark_explains_each_protocol(visit: Visit) -> None:
    visit.open("/")
    visit.page.locator(".explain summary").click()
    explained = visit.page.locator(".explain dt")
    assert explained.count() >= visit.page.locator(".control-protocol input").count()
    expect(explained.first).to_be_visible()
    assert not visit.scrolls_sideways()


def test_model_order_by_name_is_alphabetical(visit: Visit) -> None:
    visit.open("/model")
    by_score = genre_ticks(visit)
    choose(visit, "order", "name")
    assert genre_ticks(visit) == sorted(by_score) != by_score


def test_model_shares_sum_to_one_in_each_row(visit: Visit) -> None:
    visit.open("/model")
    choose(visit, "confusion", "shares")
    for row in table_texts(visit, "confusion")[1:]:
        assert abs(sum(float(cell) for cell in row[1:]) - 1) < 0.006  # ten rounded cells


def test_model_of_clusters_shows_their_genres_instead_of_scores(visit: Visit) -> None:
    visit.open("/model")
    menu = visit.page.get_by_role("combobox", name="Model")
    values = menu.locator("option").evaluate_all("options => options.map(o => o.value)")
    choose(visit, "model", next(value for value in values if "kmeans" in value))
    expect(visit.page.locator("#model-clusters-figure")).to_be_visible()
    expect(visit.page.locator("#genres-figure")).to_be_hidden()
    expect(visit.page.locator("#confusion-figure")).to_be_hidden()


def test_model_network_shows_its_training(visit: Visit) -> None:
    visit.open("/model?model=gtzan.features_30s.dense")
    expect(visit.page.locator("#training-figure .main-svg").first).to_be_visible()
    assert "epoch" in (visit.page.locator("#training-sentence").text_content() or "")


def test_model_details_unfold(visit: Visit) -> None:
    visit.open("/model")
    facts = visit.page.locator("#model-facts")
    expect(facts).to_be_hidden()
    visit.page.get_by_text("Parameters and provenance").click()
    expect(facts).to_contain_text("Random seed")
    assert not visit.scrolls_sideways()


def test_clusters_in_three_dimensions_are_drawn_as_such(visit: Visit) -> None:
    visit.open("/clusters")
    flat = set(traces(visit, "map"))
    choose(visit, "dimensions", "3")
    visit.page.locator("#map-figure canvas").first.wait_for()
    assert {kind for kind, _ in flat} == {"scatter"}
    assert {kind for kind, _ in traces(visit, "map")} == {"scatter3d"}


def test_clusters_colour_by_cluster_names_clusters(visit: Visit) -> None:
    visit.open("/clusters")
    genres = [name for _, name in traces(visit, "map")]
    choose(visit, "colour", "cluster")
    clusters = [name for _, name in traces(visit, "map")]
    assert "metal" in genres
    assert clusters == [f"Cluster {k}" for k in range(1, 11)]


def test_clusters_other_features_keep_the_clustering(visit: Visit) -> None:
    before = visit.open("/clusters").view()
    model = visit.page.locator(".control-model option").last.get_attribute("value") or ""
    choose(visit, "model", model)
    other = next(
        value
        for value in ("gtzan.features_30s", "gtzan.features_3s")
        if value != before["controls"]["features"]
    )
    assert choose(visit, "features", other)["controls"]["model"] == model


def grid_row(visit: Visit, index: int) -> Locator:
    """Return one row of the grid by its place."""
    return visit.page.locator(f".ag-center-cols-container .ag-row[row-index='{index}']")


def grid_scores(visit: Visit, column: str) -> list[float]:
    """Return the scores of a column from top to bottom."""
    count = visit.page.locator(".ag-center-cols-container .ag-row").count()
    cells = [grid_row(visit, k).locator(f"[col-id={column}]") for k in range(count)]
    texts = [(cell.text_content() or "").split()[0] for cell in cells]
    return [float(text) for text in texts if text[0].isdigit()]  # a dash where it has no run


def genre_ticks(visit: Visit) -> list[str]:
    """Return the genres of the plot of scores, from top to bottom."""
    ticks: list[str] = visit.page.locator("#genres-figure .ytick text").evaluate_all(
        """ticks => ticks.map(tick => [tick.getBoundingClientRect().y, tick.textContent.trim()])
          .sort((a, b) => a[0] - b[0]).map(pair => pair[1])"""
    )
    return ticks


def traces(visit: Visit, card: str) -> list[tuple[str, str]]:
    """Return type and name of each trace of a card's figure."""
    shown = visit.view()["figures"][f"{card}-figure"]["traces"]
    return [tuple(trace.split(" ", 1)) for trace in shown]
