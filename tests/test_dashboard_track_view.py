"""One opened track: answers, what is known of it, and what is said where something is missing."""

import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from component_text import parts, text_of
from shared_tiny import shared_tiny_results

from dashboard.pages.tracks_view import update_answers, update_answers_absent, update_track
from dashboard.rows import track_list
from dashboard.rows.track_answers import read_track_answers
from dashboard.state import Results, load_results
from dashboard.words import feature_words
from pipeline import artifacts
from pipeline.artifacts.analysis import ANALYSES, analysis_path
from pipeline.config import DATA_VARIABLE, REPOSITORY

LIGHTGBM, FOREST = "gtzan.features_3s.lightgbm", "gtzan.features_30s.random_forest"
TRACK = "rock.00003"
CHOSEN = ("gtzan", "new-song", [LIGHTGBM, FOREST], TRACK)


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that holds nothing."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "no-data"))


def copied(folder: Path) -> Path:
    """Return a folder that holds tiny results, and that a test may change."""
    return shutil.copytree(shared_tiny_results().folder, folder, dirs_exist_ok=True)


def with_table(folder: Path, kind: str, rows: list[tuple]) -> Results:
    """Return tiny results whose table of a kind holds these rows."""
    copied(folder)
    table = pd.DataFrame(rows, columns=list(ANALYSES[kind].columns))
    artifacts.write_table(analysis_path(folder, kind), table)
    return load_results(folder)


def test_answers_are_the_stored_probabilities(results: Results) -> None:
    content = update_answers(results, *CHOSEN, "light")
    assert content is not None
    stored = results.track_answers(f"{LIGHTGBM}.track_kfold").loc[TRACK]
    assert content.table["Answer"].iloc[0] == stored["answer"]
    assert content.table["rock"].iloc[0] == pytest.approx(stored["rock"])
    assert content.runs == (f"{LIGHTGBM}.track_kfold", f"{FOREST}.track_kfold")
    assert f"says {stored['answer']} {stored[stored['answer']]:.2f}" in content.sentence
    assert content.sentence.startswith("Under “new song”, ")


def test_answers_name_the_accuracy_at_the_hardest_test(results: Results) -> None:
    content = update_answers(results, *CHOSEN, "dark")
    assert content is not None
    scores = results.scores
    row = scores[
        (scores["id"] == f"{LIGHTGBM}.fault_filtered") & (scores["metric"] == "accuracy")
        & (scores["unit"] == "track")
    ].iloc[0]  # fmt: skip
    honest = f"{row['value']:.2f} [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
    assert content.table["Hardest test"].iloc[0] == honest
    assert "“new artist, faults removed”, in this order" in content.sentence
    assert honest in content.sentence


def test_figure_has_a_row_a_genre_and_a_mark_a_model(results: Results) -> None:
    content = update_answers(results, *CHOSEN, "light")
    assert content is not None
    marks = [trace for trace in content.figure.data if trace.mode == "markers"]
    assert [len(trace.x) for trace in marks] == [10, 10]
    assert "<b>rock (true)</b>" in content.figure.layout.yaxis.ticktext


def test_track_outside_the_test_part_says_so(results: Results) -> None:
    chosen = ("gtzan", "new-artist-faults-removed", [LIGHTGBM], TRACK)
    assert update_answers(results, *chosen, "light") is None
    assert "None of the chosen models was tested on this song" in update_answers_absent(
        results, *chosen
    )
    assert update_answers_absent(results, *CHOSEN) == ""


@pytest.mark.parametrize("track", ["", "polka.00001", "../x"])
def test_unknown_track_opens_nothing(results: Results, track: str) -> None:
    chosen = (*CHOSEN[:3], track)
    assert update_track(results, *chosen) == ("", [], [])
    assert update_answers(results, *chosen, "light") is None
    assert update_answers_absent(results, *chosen) == ""


def test_missing_sound_says_where_it_would_be_heard(results: Results) -> None:
    heading, sound, _ = update_track(results, *CHOSEN)
    assert heading == f"{TRACK}: rock"
    assert "Sound and picture of this song are not here." in text_of(sound)
    assert not any(type(part).__name__ in ("Audio", "Img") for part in parts(sound))


def test_sound_that_is_there_gets_player_and_picture(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    folder = tmp_path / "genres_original" / "rock"
    folder.mkdir(parents=True)
    (folder / f"{TRACK}.wav").write_bytes(b"RIFF")
    _, sound, _ = update_track(results, *CHOSEN)
    sources = [part.src for part in parts(sound) if hasattr(part, "src")]
    assert sources == [f"/api/audio/gtzan/{TRACK}", f"/api/spectrogram/gtzan/{TRACK}"]


def test_copies_and_doubts_are_told(results: Results) -> None:
    copies = results.analysis("duplicates")
    own = copies[copies["dataset"] == "gtzan"]
    track, other = own.loc[own["group"] == own["group"].iloc[0], "track_id"].iloc[:2]
    _, sound, _ = update_track(results, *CHOSEN[:3], track)
    assert "The same recording as" in text_of(sound)
    links = [part for part in parts(sound) if type(part).__name__ == "A"]
    assert links[0].children == other
    assert f"track={other}" in links[0].href
    labels = results.analysis("suspicious_labels")
    doubt = labels[labels["dataset"] == "gtzan"].iloc[0]
    _, sound, _ = update_track(results, *CHOSEN[:3], doubt["track_id"])
    assert f"the models give {doubt['suggested']}" in text_of(sound)


def test_nearest_tracks_are_links_in_order(tmp_path: Path) -> None:
    rows = [
        ("gtzan", "features_30s", TRACK, 1, "rock.00004", 1.25),
        ("gtzan", "features_30s", TRACK, 2, "blues.00001", 2.5),
        ("gtzan", "features_30s", "rock.00009", 1, "rock.00001", 9.0),
    ]
    own = with_table(tmp_path, "nearest_tracks", rows)
    _, _, details = update_track(own, *CHOSEN)
    links = [part.children for part in parts(details) if type(part).__name__ == "A"]
    assert links == ["rock.00004", "blues.00001"]
    assert "1 of 2 are rock, too." in text_of(details)


@pytest.mark.parametrize("kept_components", [8, 16, None])
def test_distance_names_the_components_that_are_stored(
    tmp_path: Path, kept_components: int | None
) -> None:
    own = with_table(
        tmp_path, "nearest_tracks", [("gtzan", "features_30s", TRACK, 1, "rock.00004", 1.25)]
    )
    path = artifacts.embedding_path(tmp_path, "gtzan", "features_30s")
    if kept_components is None:
        path.unlink(missing_ok=True)
    else:
        table = {f"pc{k + 1}": [0.0, 1.0] for k in range(kept_components)}
        table |= {"track_id": [TRACK, "rock.00004"], "segment": [-1, -1], "genre": ["rock", "rock"]}
        path.parent.mkdir(exist_ok=True)
        artifacts.write_table(path, pd.DataFrame(table))
    _, _, details = update_track(own, *CHOSEN)
    among = f"{kept_components} principal" if kept_components else "Distance in principal"
    assert f"{among} components of" in text_of(details)


def without_probabilities(folder: Path, *models: str) -> Results:
    """Return tiny results in which these models store answers only."""
    copied(folder)
    for model in models:
        path = artifacts.predictions_path(folder, f"{model}.track_kfold")
        rows = pd.read_parquet(path)
        path.unlink()
        artifacts.write_table(path, rows[[c for c in rows if not c.startswith("proba_")]])
    return load_results(folder)


def test_model_without_stored_probabilities_is_told_without_a_number(tmp_path: Path) -> None:
    own = without_probabilities(tmp_path, FOREST)
    answer = read_track_answers(tmp_path, f"{FOREST}.track_kfold").loc[TRACK, "answer"]
    content = update_answers(own, *CHOSEN, "light")
    assert content is not None
    assert "nan" not in content.sentence
    assert f"says {answer} (" in content.sentence
    assert "No probabilities are stored of " in content.sentence
    assert len([trace for trace in content.figure.data if trace.mode == "markers"]) == 1
    assert list(content.table["Answer"])[1] == answer
    assert update_answers_absent(own, *CHOSEN) == ""


def test_where_no_probabilities_are_stored_the_answers_are_said(tmp_path: Path) -> None:
    own = without_probabilities(tmp_path, FOREST, LIGHTGBM)
    assert update_answers(own, *CHOSEN, "light") is None
    said = update_answers_absent(own, *CHOSEN)
    assert said.startswith("Under “new song”, ")
    assert "No probabilities of these models are stored under this protocol." in said
    one = update_answers_absent(own, "gtzan", "new-song", [FOREST], TRACK)
    assert "No probabilities of this model are stored" in one


def test_second_opening_reads_and_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    own = load_results(REPOSITORY / "results")
    chosen = ("fma", "", "", "000002")

    def opened() -> list[object]:
        heading, sound, details = update_track(own, *chosen)
        answers = update_answers(own, *chosen, "light")
        return [heading, len(sound), details, answers, update_answers_absent(own, *chosen)]

    first = opened()
    monkeypatch.setattr(artifacts, "read_table", None)  # whoever asks for a table now fails
    monkeypatch.setattr(track_list, "embedding_path", None)
    monkeypatch.setattr("dashboard.rows.track_details.rows_of_dataset", None)
    began = time.thread_time()
    again = opened()
    assert time.thread_time() - began < 0.1
    assert again == first


def test_what_was_not_computed_is_said_with_the_command(tmp_path: Path) -> None:
    copied(tmp_path)
    for kind in ("nearest_tracks", "track_features", "duplicates", "suspicious_labels"):
        analysis_path(tmp_path, kind).unlink(missing_ok=True)
    _, sound, details = update_track(load_results(tmp_path), *CHOSEN)
    assert text_of([*sound, *details]).count("make results") == 4
    assert "`" not in text_of([*sound, *details])


def test_words_never_claim_all_and_turn_at_the_middle() -> None:
    assert feature_words.compared("tempo", 1.0, "rock songs") == "faster than 99 % of rock songs"
    assert feature_words.compared("tempo", 0.0, "rock songs") == "slower than 99 % of rock songs"
    assert feature_words.compared("tempo", 0.0451, "x") == "slower than 95 % of x"  # not 96
    assert feature_words.compared("tempo", 0.03, "x", about=True) == "slower than about 97 % of x"
    assert feature_words.compared("mfcc2_mean", 0.5, "x") == "higher in MFCC 2 than 50 % of x"
    assert (
        feature_words.compared("harmony_mean", 0.2, "x")
        == "lower in the mean of the harmonic part than 80 % of x"
    )
