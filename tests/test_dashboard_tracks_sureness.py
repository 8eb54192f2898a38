"""How sure the leading model is of its answers to a list, and the list behind each bar."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import pytest
from dash import Dash
from shared_tiny import shared_tiny_results

from dashboard.app import create_app
from dashboard.components.card import CardContent
from dashboard.pages.tracks_choices import LISTED, chosen_list, read_address
from dashboard.pages.tracks_sureness import update_sureness
from dashboard.rows.answers import answered, narrowed
from dashboard.rows.sureness import STEPS, step_of, sureness_counts
from dashboard.rows.track_list import TrackList
from dashboard.state import Results
from dashboard.words.track_sentences import list_sentence, list_title

LIGHTGBM, FOREST = "gtzan.features_3s.lightgbm", "gtzan.features_30s.random_forest"


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


@pytest.fixture(scope="module", autouse=True)
def app(results: Results) -> Iterator[Dash]:
    """Register the pages, whose names the way back needs."""
    yield create_app(results.folder)


def chosen(results: Results, **query: str) -> list[Any]:
    """Return the values of an address, in the order of ``LISTED``; all of it must fit."""
    _, choice = read_address(results, query)
    assert choice.notes == ()
    return [choice[name] for name in LISTED]


def shown(results: Results, **query: str) -> TrackList:
    return chosen_list(results, *chosen(results, **query))


def content_of(results: Results, **query: str) -> CardContent:
    content = update_sureness(results, *chosen(results, **query), "light")
    assert content is not None
    return content


def test_steps_hold_their_lower_edge_and_the_last_one_both() -> None:
    values = pd.Series([0.0, 0.1, 0.95, 1.0, np.nan], list("abcde"))
    assert list(step_of(values).iloc[:4]) == ["0.0-0.1", "0.1-0.2", "0.9-1.0", "0.9-1.0"]
    assert pd.isna(step_of(values)["e"])
    assert (len(STEPS), STEPS["0.9-1.0"]) == (10, "0.9 to 1.0")


def test_sureness_counts_every_answer_once(results: Results) -> None:
    tracks = shown(results)
    counts = sureness_counts(tracks.table)
    assert counts is not None
    right = int(tracks.right(tracks.table).iloc[:, 0].sum())
    assert (counts["right"].sum(), counts.to_numpy().sum()) == (right, len(tracks.table))
    content = update_sureness(results, *chosen(results), "dark")
    assert content is not None
    assert len(content.figure.data) == 2


def test_sureness_of_only_mistakes_says_so(results: Results) -> None:
    assert "is wrong on every song of this list" in content_of(results, answer="wrong").sentence


def test_sureness_of_an_empty_list_is_none(results: Results) -> None:
    values = chosen(results)
    values[LISTED.index("ids")] = "unknown"
    assert update_sureness(results, *values, "light") is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"protocol": "new-song", "model": f"{LIGHTGBM},{FOREST}", "true": "rock", "lead": FOREST},
        {"protocol": "new-song", "model": f"{LIGHTGBM},{FOREST}", "answer": "other"},
        {"protocol": "new-song", "near": "gtzan.features_3s:-9,-9;9,-9;9,9;-9,9"},
    ],
)
def test_each_bar_leads_to_just_its_songs(results: Results, query: dict[str, str]) -> None:
    before = shown(results, **query)
    steps = step_of(before.table["probability_0"])
    right = before.right(before.table).iloc[:, 0]
    led = 0
    for trace in content_of(results, **query).figure.data:
        for (step, count), drawn in zip(trace.customdata, trace.y, strict=True):
            assert count == drawn
            if not count or not trace.meta:
                continue
            address = trace.meta["leads"].replace("%7B0%7D", step)
            after = shown(results, **dict(parse_qsl(urlsplit(address).query)))
            kind = right if trace.name == "right" else ~right
            assert list(after.table.index) == list(before.table.index[(steps == step) & kind])
            assert after.runs == before.runs
            led += count
    expected = int(right.sum()) if query.get("answer") == "other" else len(before.table)
    assert led == expected > 0


def test_cells_of_the_table_lead_where_the_bars_do(results: Results) -> None:
    content = content_of(results)
    for row, leads in zip(content.table.itertuples(index=False), content.leads, strict=True):
        for songs, address in zip(row[1:3], leads[1:3], strict=True):
            assert bool(address) == bool(songs)
            if address:
                found = shown(results, **dict(parse_qsl(urlsplit(address).query)))
                assert len(found.table) == songs


@pytest.mark.parametrize(
    "answer", ["", "right", "wrong", "same", "other", "right-right", "right-wrong", "wrong-wrong"]
)
@pytest.mark.parametrize("kind", ["right", "wrong"])
def test_narrowed_answer_picks_what_both_pick(answer: str, kind: str) -> None:
    said = ["rock", "pop", "jazz"]
    tested = pd.DataFrame(
        [(first, second) for first in said for second in said], columns=["answer_0", "answer_1"]
    ).assign(genre="rock")
    both = answered(tested, kind) & (answered(tested, answer) if answer else True)
    one = narrowed(answer, kind)
    if one:
        assert list(answered(tested, one)) == list(both)
    else:
        assert kind == "wrong" or not both.any()


def test_sentence_and_title_say_the_step(results: Results) -> None:
    tracks = shown(results, sure="0.3-0.4")
    said = f"{tracks.names[0]} gives its answer a probability of 0.3 to 0.4"
    assert said in list_sentence(results, tracks)
    both = shown(results, sure="0.3-0.4", answer="right")
    said = f"{both.names[0]} is right, it gives its answer a probability of 0.3 to 0.4"
    assert said in list_sentence(results, both)
    assert "probability 0.3 to 0.4" in list_title(results, tracks)
