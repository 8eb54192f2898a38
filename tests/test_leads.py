"""A mark, a cell or a row leads to a list that holds as many songs as it says."""

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pandas as pd
import plotly.graph_objects as go
import pytest
from shared_tiny import shared_tiny_results

from dashboard import leads
from dashboard.components.card import CardContent, card_values
from dashboard.figures.marks import X, Y, marks, place
from dashboard.links import shared_start, tracks_href
from dashboard.pages import clusters_updates, compare_cards, data_updates, model_updates
from dashboard.pages.tracks_choices import chosen_list, read_address
from dashboard.rows.answers import OF_TWO, answered, answered_words
from dashboard.rows.compare_leads import COUNTED
from dashboard.rows.track_list import TrackList
from dashboard.state import Results, load_results
from pipeline.config import REPOSITORY

ASKED = ("data", "protocol", "model", "true", "predicted", "answer", "flag", "near", "ids")
MODEL = "gtzan.features_3s.logistic_l2"
OTHER = "gtzan.features_30s.random_forest"
PROTOCOLS = ("new-song", "new-artist-faults-removed")


@pytest.fixture(scope="module")
def results() -> Results:
    return load_results(REPOSITORY / "results")


def listed(results: Results, address: str) -> TrackList:
    """Return the list that the Tracks page shows for an address; nothing of it may be unknown."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    _, choice = read_address(results, query)
    assert choice.notes == ()
    return chosen_list(results, *(choice[name] for name in ASKED))


def filled(trace: Any, at: dict[str, Any]) -> str:
    """Return where a mark leads, as assets/leads.js fills its address."""
    count = trace.meta.get("count")
    if count is not None and not float(at[str(count)]):
        return ""
    values = {name: str(value) for name, value in at.items()}
    said = re.findall(r"%7B(\w+)%7D", trace.meta["leads"])
    if not all(values[name] for name in said):
        return ""
    return re.sub(
        r"%7B(\w+)%7D",
        lambda found: quote(values[found[1]], safe=","),
        trace.meta["leads"],
    )


def cells_of(figure: go.Figure, number: int = 0) -> list[list[str]]:
    """Return where the cells of a figure's nth heatmap lead, row by row."""
    trace = [trace for trace in figure.data if trace.type == "heatmap"][number]

    def lead(row: int, column: int) -> str:
        own = {str(k): value for k, value in enumerate(trace.customdata[row][column])}
        return filled(trace, {"x": trace.x[column], "y": trace.y[row], **own})

    return [[lead(row, column) for column in range(len(trace.x))] for row in range(len(trace.y))]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("unit", ["track", "segment"])
def test_cells_of_the_confusion_matrix_hold_their_songs(
    results: Results, protocol: str, unit: str
) -> None:
    content, worst = model_updates.update_confusion(
        results, MODEL, protocol, unit, "counts", "light"
    )
    assert content is not None and worst
    run = model_updates.shown_run(results, MODEL, protocol)
    songs = results.confusion(run["id"], "track")
    assert ("songs" in content.sentence) is True
    assert ("Cells count segments" in content.sentence) is (unit == "segment")
    by_figure = cells_of(content.figure)
    for row, (true, counts) in enumerate(songs.iterrows()):
        assert len(listed(results, content.leads[row][0]).table) == counts.sum()
        for column, (said, count) in enumerate(counts.items()):
            address = content.leads[row][column + 1]
            assert by_figure[row][column] == address
            assert bool(address) is bool(count)
            if address and (row, column) in {(0, 2), (2, 3), (9, 3), (4, 4), (5, 5)}:
                tracks = listed(results, address)
                assert len(tracks.table) == count
                assert set(tracks.table["genre"]) == {true}
                assert set(tracks.table["answer_0"]) == {said}


def test_scores_of_a_genre_lead_to_the_songs_they_are_shares_of(results: Results) -> None:
    content = model_updates.update_genres(
        results, MODEL, "new-artist-faults-removed", "track", "name", "light"
    )
    assert content is not None
    for row, addresses in zip(content.table.itertuples(), content.leads, strict=True):
        tracks = listed(results, addresses[2]) if row.Genre in ("jazz", "rock") else None
        if tracks is None or row.Score == "F1":
            continue
        right = (tracks.table["genre"] == tracks.table["answer_0"]).mean()
        assert right == pytest.approx(row.Value)


def test_matrices_side_by_side_lead_to_their_own_model(results: Results) -> None:
    models = f"{MODEL},{OTHER}"
    content, _ = compare_cards.update_matrices(
        results, models, "new-artist-faults-removed", "track", "counts", "light"
    )
    assert content is not None
    for number, model in enumerate((MODEL, OTHER)):
        mine = [row for row in range(10 * number, 10 * number + 10)]
        assert cells_of(content.figure, number) == [content.leads[row][2:] for row in mine]
        tracks = listed(results, content.leads[mine[9]][2 + 3])
        assert tracks.wanted.models[0] == model and set(tracks.wanted.models) == {MODEL, OTHER}
        assert len(tracks.table) == content.table.iloc[mine[9]]["disco"]


def test_difference_leads_to_the_model_with_more_songs(results: Results) -> None:
    models, protocol = f"{MODEL},{OTHER}", "new-artist-faults-removed"
    content = compare_cards.update_difference(
        results, models, protocol, "track", "counts", MODEL, OTHER, "light"
    )
    assert content is not None
    assert cells_of(content.figure) == [row[1:] for row in content.leads]
    a, b = (
        results.confusion(model_updates.shown_run(results, model, protocol)["id"], "track")
        for model in (MODEL, OTHER)
    )
    checked = 0
    for row, true in enumerate(a.index):
        for column, said in enumerate(a.columns):
            more = max(a.loc[true, said], b.loc[true, said])
            address = content.leads[row][column + 1]
            assert bool(address) is bool(more)
            if row in (2, 9) and address:
                tracks = listed(results, address)
                assert len(tracks.table) == more
                first = MODEL if a.loc[true, said] >= b.loc[true, said] else OTHER
                assert tracks.wanted.models[0] == first
                checked += 1
    assert checked > 5


def test_pairs_lead_to_the_songs_that_each_number_counts(results: Results) -> None:
    chosen = (f"{MODEL},{OTHER}", "new-artist-faults-removed", "track")
    pair = compare_cards.update_pair(results, *chosen, MODEL, OTHER, "light")
    agreement = compare_cards.update_agreement(results, *chosen, "light")
    assert pair is not None and agreement is not None
    row, addresses = pair.table.iloc[0], dict(zip(pair.table.columns, pair.leads[0], strict=True))
    shares = row["Same answer"] * row["Songs"]
    assert len(listed(results, addresses["Same answer"]).table) == pytest.approx(shares)
    by_figure = [address for row in cells_of(pair.figure) for address in row]
    for name, address in zip(list(COUNTED)[1:], by_figure, strict=True):
        assert address == addresses[name]
        assert len(listed(results, address).table) == row[name]
    ((none, one), (other, nothing)) = cells_of(agreement.figure)
    assert none == nothing == ""
    assert len(listed(results, one).table) == len(listed(results, other).table)
    assert listed(results, other).wanted.models == (OTHER, MODEL)
    assert agreement.leads[0] == pair.leads[0]


def test_answers_of_two_models_divide_the_songs() -> None:
    tested = pd.DataFrame(
        {
            "genre": ["a", "a", "a", "a", "b"],
            "answer_0": ["a", "a", "b", "b", None],
            "answer_1": ["a", "b", "a", "b", "b"],
        }
    )
    found = {answer: list(answered(tested, answer)) for answer in OF_TWO}
    assert found == {
        "same": [True, False, False, True, False],
        "other": [False, True, True, False, False],
        "right-right": [True, False, False, False, False],
        "right-wrong": [False, True, False, False, False],
        "wrong-right": [False, False, True, False, False],
        "wrong-wrong": [False, False, False, True, False],
    }
    assert list(answered(tested, "wrong")) == [False, False, True, True, False]
    alone = tested.drop(columns="answer_1")
    assert not any(answered(alone, answer).any() for answer in OF_TWO)
    assert answered_words(("Forest", "Net"), "right-wrong") == "Forest is right, Net wrong"
    assert answered_words(("Forest", "Net"), "wrong-wrong") == "Forest and Net are both wrong"
    assert answered_words(("Forest", "Net"), "other") == "Forest and Net disagree"
    assert answered_words(("Forest",), "same") == "Forest and no second model agree"


def test_suspicious_labels_and_copies_lead_to_all_of_them(results: Results) -> None:
    content, grid = data_updates.update_suspicious(results, "gtzan", "features_3s", "light")
    assert content is not None and grid
    tracks = listed(results, content.leads[0][1])
    assert set(tracks.table.index) == set(content.table["Track"])
    assert grid[0]["link"] == content.leads[0][1]
    copies, groups = data_updates.update_duplicates(results, "gtzan", "features_3s", "light")
    assert copies is not None
    for bar in copies.figure.data:
        for genre, count, ids in zip(bar.y, bar.x, bar.customdata, strict=True):
            address = filled(bar, {"x": count, "y": genre, "0": ids[0]})
            assert bool(address) is bool(count)
            if address:
                assert len(listed(results, address).table) == count
    assert len(listed(results, groups[0]["link"]).table) == 2


def test_points_of_the_map_lead_to_their_track(results: Results) -> None:
    content = clusters_updates.update_map(results, "gtzan.features_3s", None, "genre", "2", "light")
    trace = content.figure.data[0]
    address = filled(trace, {"0": trace.customdata[0][0]})
    assert f"track={trace.customdata[0][0]}" in address
    whole = content.figure.layout.meta["leads"].replace("%7Barea%7D", "-99,-99;99,-99;99,99;-99,99")
    assert len(listed(results, whole).table) == 1000


def test_address_with_places_keeps_them() -> None:
    address = tracks_href(dataset="a", models=[place(0)], true=Y, predicted=X)
    assert address == "/tracks?data=a&model=%7B0%7D&true=%7By%7D&predicted=%7Bx%7D"
    assert marks(address) == {"leads": address}
    assert marks(address, count=2) == {"leads": address, "count": 2}


def test_shared_start_is_said_once() -> None:
    cells = [["/tracks?a=1", ""], ["/tracks?a=2", "/tracks?b"]]
    assert shared_start(cells) == {"start": "/tracks?", "cells": [["a=1", None], ["a=2", "b"]]}
    assert shared_start([]) == {"start": "", "cells": []}
    assert shared_start([["", ""]]) == {"start": "", "cells": [[None, None]]}
    assert shared_start([["/x"]]) == {"start": "/x", "cells": [[""]]}


def test_card_without_leads_has_none() -> None:
    content = CardContent("Said.", go.Figure(), pd.DataFrame({"a": [1]}))
    numbers = card_values(content)[2]
    assert numbers is not None and numbers["leads"] == {"start": "", "cells": []}


def test_widest_protocol_tests_most_songs_and_is_the_least_leaky_of_these(
    results: Results,
) -> None:
    assert leads.widest_protocol(results, "gtzan") == "new-song"
    assert leads.widest_protocol(results, "nothing") == ""
    tiny = shared_tiny_results()
    slug = leads.widest_protocol(tiny, next(iter(tiny.datasets)))
    assert slug in {protocol["slug"] for protocol in tiny.protocols.values()}
