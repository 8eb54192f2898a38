"""The ready-made presentation: ten scenes of these results, fewer where results lack something."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash
from tiny_results import write_tiny_results

from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.presentation import story
from dashboard.state import Results, load_results


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_results(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return load_results(folder)


@pytest.fixture(scope="module")
def app(folder: Path) -> Dash:
    return create_app(folder)


def test_committed_results_tell_all_ten_scenes(repository: Path) -> None:
    told = story.tell(load_results(repository / "results"))
    assert len(told.scenes) == len(story.PARTS) == 10
    assert told.skipped == ()


def test_addresses_are_local_lead_to_cards_and_say_what_they_show(results: Results) -> None:
    told = story.tell(results)
    paths = {page.PATH for page in PAGES}
    for scene in told.scenes:
        parts = urlsplit(scene.address)
        assert not parts.netloc
        assert parts.path in paths
        assert parts.fragment.endswith("-card")
        assert all(len(values) == 1 for values in parse_qs(parts.query).values())
    assert len({scene.address for scene in told.scenes}) == len(told.scenes)


def test_words_of_the_story_hold_no_number_that_results_do_not_give(results: Results) -> None:
    explained = [protocol["explanation"] for protocol in results.protocols.values()]
    fall = next(part for part in story.PARTS if part.title == "{fall}")
    for part in story.PARTS:
        notes = "" if part is fall else part.notes(story._cast(results))
        for text in explained:
            notes = notes.replace(text, "")
        assert not any(letter.isdigit() for letter in part.title + part.absent + notes)


def only(folder: Path, *protocols: str) -> Results:
    """Return the tiny results with the runs of some protocols alone."""
    write_tiny_results(folder)
    content = json.loads((folder / "results.json").read_text())
    kept = [
        k
        for k, run in enumerate(content["metadata"])
        if run["protocol"] in protocols or run["technique"] == "unsupervised"
    ]
    for name in ("ids", "metadata", "results", "images"):
        content[name] = [content[name][k] for k in kept]
    (folder / "results.json").write_text(json.dumps(content))
    return load_results(folder)


def test_notes_speak_of_the_tests_that_these_results_have(results: Results) -> None:
    cast = story._cast(results)
    assert cast.first is not None
    assert cast.last is not None
    told = {scene.title: scene.notes for scene in story.tell(results).scenes}
    first, last = (results.protocols[run["protocol"]] for run in (cast.first, cast.last))
    assert first["explanation"] in told[f"What the first test, “{first['label']}”, says"]
    left = told["What is left, genre by genre"]
    assert f"under “{last['label']}”. {last['explanation']}" in left
    assert f"the matrix under “{first['label']}”" in told["Where it errs"]


def test_story_of_one_test_tells_of_no_fall_and_of_no_artists(
    results: Results, tmp_path: Path
) -> None:
    cast = story._cast(results)
    assert cast.first is not None
    one = story.tell(only(tmp_path, str(cast.first["protocol"])))
    assert "The fall" in [scene.title for scene in story.tell(results).scenes]
    assert "The fall" not in [scene.title for scene in one.scenes]
    assert "From test to test" in [scene.title for scene in one.scenes]
    assert len({scene.address for scene in one.scenes}) == len(one.scenes)
    skipped = "“Where it errs” is left out: no model was tested in a second way."
    assert skipped in one.skipped
    assert "never heard" not in " ".join(scene.notes for scene in one.scenes)


def test_data_set_and_numbers_of_the_notes_are_those_of_the_results(results: Results) -> None:
    told = story.tell(results)
    fall = next(scene for scene in told.scenes if scene.title == "The fall")
    assert "Tiny corpus" in told.scenes[0].title
    assert "whole songs" in fall.notes or "of songs" in fall.notes


def test_scenes_without_their_analysis_are_left_out_with_a_word(tmp_path: Path) -> None:
    folder = write_tiny_results(tmp_path / "few")
    for kind in ("duplicates", "suspicious_labels", "paired_tests", "coverage"):
        (folder / "analysis" / f"{kind}.parquet").unlink()
    told = story.tell(load_results(folder))
    assert len(told.scenes) == 6
    assert len(told.skipped) == 4
    assert "“Some songs are there twice” is left out: these results list no copies." in told.skipped


def test_results_of_clusterings_alone_still_tell_of_the_data(tmp_path: Path) -> None:
    folder = write_tiny_results(tmp_path / "clusters")
    content = json.loads((folder / "results.json").read_text())
    kept = [k for k, run in enumerate(content["metadata"]) if run["technique"] == "unsupervised"]
    for name in ("ids", "metadata", "results", "images"):
        content[name] = [content[name][k] for k in kept]
    (folder / "results.json").write_text(json.dumps(content))
    told = story.tell(load_results(folder))
    assert "What Tiny corpus is" in [scene.title for scene in told.scenes]
    assert "“From test to test” is left out: no model was tested." in told.skipped


def test_route_gives_the_story_as_json(app: Dash, results: Results) -> None:
    answer = app.server.test_client().get("/api/present/story")
    told = story.tell(results)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["title"] == told.title
    assert [one["address"] for one in answer.get_json()["scenes"]] == [
        scene.address for scene in told.scenes
    ]


def test_route_without_results_says_what_to_run(tmp_path: Path) -> None:
    answer = create_app(tmp_path / "none").server.test_client().get("/api/present/story")
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "results_unavailable"
    assert "make results" in answer.get_json()["error"]
