"""The Tracks page without a browser: its address, its options, what it says and lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash, html
from shared_tiny import shared_tiny_results

from dashboard import serving
from dashboard.app import create_app
from dashboard.links import tracks_href
from dashboard.pages import tracks, tracks_choices, tracks_updates
from dashboard.pages.tracks_choices import chosen_list, read_address, way_back
from dashboard.query import listed
from dashboard.state import Results

LIGHTGBM, FOREST = "gtzan.features_3s.lightgbm", "gtzan.features_30s.random_forest"


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


@pytest.fixture(scope="module", autouse=True)
def app(results: Results) -> Iterator[Dash]:
    """Register the pages, whose names the way back needs."""
    yield create_app(results.folder)


def values(results: Results, **query: str) -> dict[str, str]:
    return read_address(results, query)[1].values


def test_plain_address_lists_every_song_of_the_least_leaky_protocol(results: Results) -> None:
    _, choice = read_address(results, {})
    assert choice.notes == ()
    assert choice["protocol"] == "new-artist-faults-removed"
    families = {results.metadata[f"{m}.fault_filtered"]["family"] for m in listed(choice["model"])}
    assert len(families) == len(listed(choice["model"])) == 3
    shown = chosen_list(results, *(choice[name] for name in tracks.LISTED))
    assert len(shown.table) == len(shown.tested) == 40


def test_address_of_links_is_understood_whole(results: Results) -> None:
    href = tracks_href(
        dataset="gtzan", protocol="new-song", models=[LIGHTGBM, FOREST], true="rock",
        predicted="pop", answer="wrong", sure="0.3-0.4", flag="label", lead=FOREST,
        near="gtzan.features_3s:0,0;9,0;9,9", ids=["rock.00001", "rock.00002"], track="rock.00001",
        back="/clusters?colour=cluster",
    )  # fmt: skip
    from urllib.parse import parse_qsl, urlsplit

    query = dict(parse_qsl(urlsplit(href).query))
    _, choice = read_address(results, query)
    assert choice.notes == ()
    assert {name: choice[name] for name in query} == query


def test_first_model_is_the_one_named_first(results: Results) -> None:
    both = {"protocol": "new-song", "model": f"{FOREST},{LIGHTGBM}"}
    choice = read_address(results, both)[1]
    shown = chosen_list(results, *(choice[name] for name in tracks.LISTED))
    assert shown.runs == (f"{FOREST}.track_kfold", f"{LIGHTGBM}.track_kfold")


def test_model_that_leads_comes_first_and_the_chips_stay(results: Results) -> None:
    query = {"protocol": "new-song", "model": f"{LIGHTGBM},{FOREST}", "lead": FOREST}
    choice = read_address(results, query)[1]
    shown = chosen_list(results, *(choice[name] for name in tracks.LISTED))
    assert shown.runs == (f"{FOREST}.track_kfold", f"{LIGHTGBM}.track_kfold")
    rows, _, chips, *_ = tracks_updates.update_list(
        results, *(choice[name] for name in tracks.LISTED)
    )
    buttons = [part for chip in chips for part in chip._traverse() if isinstance(part, html.Button)]
    assert [getattr(button, "data-lead-model") for button in buttons] == [LIGHTGBM, FOREST]
    assert [getattr(button, "aria-pressed") for button in buttons] == ["false", "true"]
    answers = [column["id"] for column in rows["columns"] if column["choice"] == "answers"]
    assert answers == ["answer_1", "answer_0"]


def test_model_that_leads_and_is_not_chosen_is_forgotten(results: Results) -> None:
    query = {"protocol": "new-song", "model": LIGHTGBM, "lead": FOREST}
    choice = read_address(results, query)[1]
    assert (choice["lead"], choice.notes) == ("", ())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("true", "polka", "true=polka"),
        ("predicted", "polka", "predicted=polka"),
        ("answer", "maybe", "answer=maybe"),
        ("sure", "0.9", "sure=0.9"),
        ("model", "gtzan.features_3s.oracle", "model=gtzan.features_3s.oracle"),
        ("lead", "gtzan.features_3s.oracle", "lead=gtzan.features_3s.oracle"),
        ("near", "fma.echonest:0,0;1,0;1,1", "names no area of this data set's map"),
        ("near", "gtzan.features_3s:0,0", "names no area of this data set's map"),
        ("track", "polka.00001", "has no track polka.00001"),
        ("ids", "polka.00001", "has no track polka.00001"),
    ],
)
def test_what_does_not_fit_is_said_and_left_out(
    results: Results, name: str, value: str, said: str
) -> None:
    choice = read_address(results, {name: value})[1]
    assert said in " ".join(choice.notes)
    assert choice[name] == values(results)[name]


def test_more_than_nine_models_are_cut_with_a_note(results: Results) -> None:
    known = tracks_choices.model_parameter(results, "gtzan", "new-song").options
    choice = read_address(results, {"protocol": "new-song", "model": ",".join(known)})[1]
    assert len(known) > 9
    assert len(listed(choice["model"])) == 9
    assert "the first 9 are shown" in " ".join(choice.notes)


@pytest.mark.parametrize("letters", [11, 2000])
def test_more_songs_than_an_address_holds_are_cut_with_a_note(
    results: Results, letters: int
) -> None:
    known = tracks_choices.known_tracks(results, "gtzan")
    made = [f"{k:0{letters}}" for k in range(600)]
    known |= dict.fromkeys(made, "rock")
    try:
        _, choice = read_address(results, {"ids": ",".join(made)})
    finally:
        for name in made:
            del known[name]
    listed_ids = listed(choice["ids"])
    fitting = {11: 500, 2000: 2}[letters]
    assert listed_ids == made[:fitting]
    assert f"names 600 songs, more than an address can hold; the first {fitting} are" in " ".join(
        choice.notes
    )
    href = tracks_href(ids=listed_ids, back="/clusters")
    assert len(f"GET {href} HTTP/1.1") < serving.limit_request_line


@pytest.mark.parametrize(
    "address",
    [
        "", "clusters", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://x.example",
        "javascript:alert(1)", "/nowhere", "/clusters\\x", "/clusters x", "/\n/evil.example",
    ],
)  # fmt: skip
def test_way_back_leads_nowhere_else(results: Results, address: str) -> None:
    assert way_back(address) is None
    assert values(results, back=address)["back"] == ""


def test_way_back_names_its_page() -> None:
    way = way_back("/clusters?colour=cluster#map-card")
    assert way is not None
    assert (way.href, way.name) == ("/clusters?colour=cluster#map-card", "Clusters")


def test_another_data_set_brings_its_own_choices(results: Results) -> None:
    *options, protocol, models, true, predicted, address = tracks_updates.update_options(
        results, "fma", "new-artist", [LIGHTGBM], "rock", "any"
    )
    assert len(options) == 4
    assert protocol == "new-song"
    assert all(model.startswith("fma.") for model in models)
    assert (true, predicted) == ("any", "any")
    assert address["values"]["model"] == ",".join(models)


def test_chosen_models_are_kept_where_they_were_tested(results: Results) -> None:
    answer = tracks_updates.update_options(
        results, "gtzan", "new-artist", [FOREST, LIGHTGBM], "rock", "pop"
    )
    assert answer[4:8] == ["new-artist", [FOREST, LIGHTGBM], "rock", "pop"]


def test_page_without_results_says_what_to_run(tmp_path: Path) -> None:
    client = create_app(tmp_path).server.test_client()
    assert client.get("/tracks").status_code == 200
