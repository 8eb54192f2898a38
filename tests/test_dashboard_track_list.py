"""Lists of tracks: answers by track, filters, sentences, what the browser gets of them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shared_tiny import shared_tiny_results
from tiny_results import write_tiny_results

from dashboard.components.track_grid import grid_data
from dashboard.rows.near import parse_area
from dashboard.rows.track_answers import read_track_answers
from dashboard.rows.track_list import TrackList, Wanted, known_tracks, track_list
from dashboard.state import Results, load_results
from dashboard.words.track_sentences import list_sentence, list_title
from pipeline import artifacts
from pipeline.artifacts import ResultsError

MODELS = ("gtzan.features_3s.lightgbm", "gtzan.features_30s.random_forest")
NAMES = ("LightGBM", "Forest")
ALL = Wanted("gtzan", "track_kfold", MODELS)


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def listed(results: Results, wanted: Wanted) -> TrackList:
    return track_list(results, wanted, NAMES[: len(wanted.models)])


@pytest.mark.parametrize("protocol", ["segment_random", "track_kfold", "fault_filtered"])
def test_answers_by_track_are_those_of_the_confusion_counts(
    results: Results, protocol: str
) -> None:
    run = f"{MODELS[0]}.{protocol}"
    answers, counts = results.track_answers(run), results.confusion(run, "track")
    table = pd.crosstab(answers["genre"], answers["answer"])
    table = table.reindex(index=counts.index, columns=counts.columns, fill_value=0)
    assert (table == counts).all().all()


def test_probabilities_of_a_track_are_the_mean_of_its_rows(results: Results) -> None:
    run = f"{MODELS[0]}.track_kfold"
    rows = artifacts.read_predictions(results.folder, run)
    own = rows[rows["track_id"] == "rock.00003"]
    answers = results.track_answers(run).loc["rock.00003"]
    assert answers["rock"] == pytest.approx(own["proba_rock"].astype(float).mean(), abs=1e-6)


def test_validation_rows_are_not_listed(tmp_path: Path, results: Results) -> None:
    rows = artifacts.read_predictions(results.folder, f"{MODELS[0]}.track_kfold")
    rows.loc[rows["track_id"] == "rock.00003", "part"] = "validation"
    artifacts.write_table(artifacts.predictions_path(tmp_path, "a.b.c.d"), rows)
    assert "rock.00003" not in read_track_answers(tmp_path, "a.b.c.d").index


def test_answer_without_probabilities_is_the_commonest(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "track_id": ["a", "a", "a", "b", "b"], "segment": [0, 1, 2, 0, 1], "part": "test",
            "fold": 0, "y_true": "rock", "y_pred": ["pop", "rock", "rock", "rock", "pop"],
        }
    )  # fmt: skip
    artifacts.write_table(artifacts.predictions_path(tmp_path, "a.b.c.d"), rows)
    answers = read_track_answers(tmp_path, "a.b.c.d")
    assert answers["answer"].to_dict() == {"a": "rock", "b": "pop"}
    assert list(answers.columns) == ["genre", "answer"]


def test_missing_predictions_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"a\.b\.c\.d\.parquet not found\. Run `make results`"):
        read_track_answers(tmp_path, "a.b.c.d")


def test_damaged_predictions_say_what_to_run(tmp_path: Path) -> None:
    path = artifacts.predictions_path(tmp_path, "a.b.c.d")
    path.parent.mkdir()
    path.write_bytes(b"no table")
    with pytest.raises(ResultsError, match="damaged"):
        read_track_answers(tmp_path, "a.b.c.d")


def test_margin_is_first_minus_second_probability(results: Results) -> None:
    table = listed(results, ALL).table
    answers = results.track_answers(f"{MODELS[0]}.track_kfold")
    largest = np.sort(answers.drop(columns=["genre", "answer"]).to_numpy(float), axis=1)
    assert table["margin"].to_numpy() == pytest.approx(largest[:, -1] - largest[:, -2])
    assert table["probability_0"].to_numpy() == pytest.approx(largest[:, -1])


def test_filters_keep_what_they_say(results: Results) -> None:
    everything = listed(results, ALL).tested
    assert len(everything) == 100
    right = everything["answer_0"] == everything["genre"]
    cases = {
        "true": (replace(ALL, true="rock"), everything["genre"] == "rock"),
        "predicted": (replace(ALL, predicted="jazz"), everything["answer_0"] == "jazz"),
        "right": (replace(ALL, answer="right"), right),
        "wrong": (replace(ALL, answer="wrong"), ~right),
        "duplicate": (replace(ALL, flag="duplicate"), everything["copy"]),
        "label": (replace(ALL, flag="label"), everything["suggested"] != ""),
    }
    for name, (wanted, kept) in cases.items():
        assert list(listed(results, wanted).table.index) == list(everything.index[kept]), name
        assert kept.any(), name


def test_ids_are_listed_in_the_order_asked_for(results: Results) -> None:
    wanted = replace(ALL, ids=("rock.00003", "blues.00001", "unknown"))
    tracks = listed(results, wanted)
    assert list(tracks.table.index) == ["rock.00003", "blues.00001"]
    assert "1 song asked for was not tested so." in list_sentence(results, tracks)


def test_area_lists_the_songs_drawn_in_it(results: Results) -> None:
    rows = results.embedding("gtzan", "features_30s")
    median = rows["pc1"].median()
    area = parse_area(f"gtzan.features_30s:{median:.2f},-99;99,-99;99,99;{median:.2f},99")
    tracks = listed(results, replace(ALL, area=area))
    assert set(tracks.table.index) == set(rows.loc[rows["pc1"] > round(median, 2), "track_id"])
    assert "lie in the area, tested here or not" in list_sentence(results, tracks)


def test_area_of_a_map_that_is_not_there_holds_nothing(results: Results) -> None:
    area = parse_area("gtzan.nothing:0,0;1,0;1,1")
    assert listed(results, replace(ALL, area=area)).table.empty


def test_flags_are_those_of_the_analyses(results: Results) -> None:
    table = listed(results, ALL).table
    copies = results.analysis("duplicates")
    labels = results.analysis("suspicious_labels").set_index("track_id")
    copies = copies[copies["dataset"] == "gtzan"]
    assert set(table.index[table["copy"]]) == set(copies["track_id"]) & set(table.index)
    for track, suggested in table.loc[table["suggested"] != "", "suggested"].items():
        assert labels.loc[track, "suggested"] == suggested


def test_model_that_heard_other_tracks_leaves_a_gap(tmp_path: Path) -> None:
    own = load_results(write_tiny_results(tmp_path))
    run = f"{MODELS[1]}.track_kfold"
    rows = artifacts.read_predictions(tmp_path, run)
    artifacts.write_table(artifacts.predictions_path(tmp_path, run), rows.iloc[1:])
    tracks = listed(own, ALL)
    assert len(tracks.table) == 100
    assert tracks.table["answer_1"].isna().sum() == 1
    data = grid_data(tracks, own.datasets["gtzan"]["genres"], "new song")
    place = data["answers"][1].index("-")
    assert data["percents"][1][place] is None
    assert "99" not in data["right"]


def test_sentence_names_counts_protocol_and_mistakes(results: Results) -> None:
    tracks = listed(results, replace(ALL, true="rock"))
    table = tracks.table
    right = int((table["answer_0"] == "rock").sum())
    said = list_sentence(results, tracks)
    assert said.startswith("10 rock songs tested under “new song”.")
    assert f"LightGBM is right on {right} of 10" in said
    wrong = table.loc[table["answer_0"] != "rock", "answer_0"].value_counts()
    for genre, count in wrong.head(1).items():
        assert f"{count} {genre}" in said


def test_sentence_over_everything_has_accuracy_with_interval(results: Results) -> None:
    said = list_sentence(results, listed(results, ALL))
    scores = results.scores
    row = scores[
        (scores["id"] == f"{MODELS[0]}.track_kfold") & (scores["metric"] == "accuracy")
        & (scores["unit"] == "track")
    ].iloc[0]  # fmt: skip
    assert f"accuracy {row['value']:.2f} [{row['ci_low']:.2f}, {row['ci_high']:.2f}]" in said


def test_sentence_of_one_cell_says_who_calls_what_what(results: Results) -> None:
    cell = listed(results, ALL).tested
    cell = cell[cell["answer_0"] != cell["genre"]].iloc[0]
    wanted = replace(ALL, true=cell["genre"], predicted=cell["answer_0"])
    tracks = listed(results, wanted)
    said = list_sentence(results, tracks)
    assert said.startswith(
        f"{len(tracks.table)} of 10 {cell['genre']} songs tested under “new song”: LightGBM calls "
        f"them {cell['answer_0']}."
    )
    assert f"{cell['genre']} called {cell['answer_0']}" in list_title(results, tracks)


def test_sentence_of_nothing_says_none(results: Results) -> None:
    tracks = listed(results, replace(ALL, true="rock", ids=("blues.00001",)))
    said = list_sentence(results, tracks)
    assert said == "None of 10 rock songs tested under “new song”: those asked for."


def test_sentence_of_one_model_speaks_of_no_others(results: Results) -> None:
    said = list_sentence(results, listed(results, replace(ALL, models=MODELS[:1])))
    assert "models are" not in said


def test_sentence_of_many_models_counts_all_and_none(results: Results) -> None:
    tracks = listed(results, ALL)
    right = tracks.right(tracks.table).sum(axis=1)
    assert (
        f"Both models are right on {(right == 2).sum()}, neither on {(right == 0).sum()}."
        in list_sentence(results, tracks)
    )


def test_grid_data_say_the_same_as_the_table(results: Results) -> None:
    tracks = listed(results, replace(ALL, answer="wrong"))
    genres = results.datasets["gtzan"]["genres"]
    data = json.loads(json.dumps(grid_data(tracks, genres, "new song"), allow_nan=False))
    assert data["ids"] == list(tracks.table.index)
    for place, (_, row) in enumerate(tracks.table.iterrows()):
        assert genres[ord(data["true"][place]) - 65] == row["genre"]
        answers = [row["answer_0"], row["answer_1"]]
        assert [genres[ord(own[place]) - 65] for own in data["answers"]] == answers
        assert data["right"][place] == str(answers.count(row["genre"]))
        assert data["agree"][place] == ("2" if answers[0] == answers[1] else "1")
        assert data["margin"][place] == round(100 * row["margin"])
        assert int(data["flags"][place]) & 1 == int(row["copy"])


def test_grid_data_of_many_tracks_are_small(results: Results) -> None:
    wanted = Wanted("fma", "track_kfold", ("fma.echonest.lightgbm",))
    tracks = listed(results, wanted)
    data = grid_data(tracks, results.datasets["fma"]["genres"], "new song")
    rows = {name: data[name] for name in data if name not in ("columns", "genres")}
    assert len(json.dumps(rows)) < 60 * len(tracks.table)


def test_known_tracks_hold_what_was_tested(results: Results) -> None:
    for dataset, count in (("gtzan", 100), ("fma", 104)):
        assert len(known_tracks(results, dataset)) == count
