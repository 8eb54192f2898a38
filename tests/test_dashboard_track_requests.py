"""What is asked for of an opened track: all models' answers, and its features in its genre."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from component_text import parts, text_of
from dash import html
from shared_tiny import shared_tiny_results

from dashboard.pages.tracks_all import update_all
from dashboard.pages.tracks_choices import model_parameter
from dashboard.pages.tracks_features import update_others, update_unusual
from dashboard.rows.all_answers import all_answers
from dashboard.rows.track_features import features_of
from dashboard.state import Results, load_results
from pipeline import artifacts
from pipeline.artifacts.analysis import ANALYSES, analysis_path

TRACK, GENRE = "rock.00003", "rock"
PROTOCOL = "track_kfold"
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def with_features(
    folder: Path, places: dict[str, float], *, scales: dict[str, tuple[float, ...]]
) -> Results:
    """Return tiny results in which the track has these features, with values at ``SHARES``."""
    shutil.copytree(
        shared_tiny_results().folder, folder, dirs_exist_ok=True, copy_function=os.link
    )  # writing replaces files whole
    tables = {
        "track_features": [
            ("gtzan", "features_30s", TRACK, feature, 0.5, place)
            for feature, place in places.items()
        ],
        "genre_scales": [
            ("gtzan", "features_30s", genre, feature, 100, share, value)
            for feature, values in scales.items()
            for genre in (GENRE, "pop")
            for share, value in zip(
                SHARES, values if genre == GENRE else np.zeros(len(SHARES)), strict=True
            )
        ],
    }
    for kind, rows in tables.items():
        table = pd.DataFrame(rows, columns=list(ANALYSES[kind].columns))
        artifacts.write_table(analysis_path(folder, kind), table)
    return load_results(folder)


def test_all_models_that_were_tested_are_listed_by_accuracy(results: Results) -> None:
    rows = all_answers(results, "gtzan", PROTOCOL, TRACK)
    offered = model_parameter(results, "gtzan", "new-song").options
    assert {run.removesuffix(f".{PROTOCOL}") for run in rows["id"]} == set(offered)
    assert list(rows["value"]) == sorted(rows["value"], reverse=True)
    for _, row in rows.iterrows():
        stored = results.track_answers(row["id"]).loc[TRACK]
        assert row["answer"] == stored["answer"]
        assert row["probability"] == pytest.approx(stored.get(GENRE, np.nan), nan_ok=True)


def test_model_without_probabilities_has_an_answer_and_no_number(tmp_path: Path) -> None:
    shutil.copytree(shared_tiny_results().folder, tmp_path, dirs_exist_ok=True)
    run = f"gtzan.features_30s.random_forest.{PROTOCOL}"
    path = artifacts.predictions_path(tmp_path, run)
    rows = pd.read_parquet(path)
    path.unlink()
    artifacts.write_table(path, rows[[name for name in rows if not name.startswith("proba_")]])
    own = load_results(tmp_path)
    told = all_answers(own, "gtzan", PROTOCOL, TRACK).set_index("id")
    assert np.isnan(told.loc[run, "probability"])
    assert told.loc[run, "answer"] == own.track_answers(run).loc[TRACK, "answer"]
    assert "nan" not in text_of(update_all(own, "gtzan", "new-song", TRACK))


def test_table_of_all_models_has_a_row_each_with_interval(results: Results) -> None:
    sentence, table = update_all(results, "gtzan", "new-song", TRACK)
    rows = all_answers(results, "gtzan", PROTOCOL, TRACK)
    right = int((rows["answer"] == GENRE).sum())
    assert f"Of {len(rows)} models under “new song” {right} call it rock" in text_of([sentence])
    shown = [part for part in parts([table]) if isinstance(part, html.Tr)][1:]
    assert len(shown) == len(rows)
    best = rows.iloc[0]
    interval = f"{best['value']:.2f} [{best['ci_low']:.2f}, {best['ci_high']:.2f}]"
    assert [best["name"], interval] == [
        shown[0].children[0].children,
        shown[0].children[3].children,
    ]


def test_track_outside_every_test_part_says_so(results: Results) -> None:
    (said,) = update_all(results, "gtzan", "new-artist-faults-removed", TRACK)
    assert "none was tested on this song" in text_of([said])
    assert update_all(results, "gtzan", "new-song", "polka.00001") == []


def test_value_is_read_off_the_quantiles_of_its_own_genre(tmp_path: Path) -> None:
    scale = (10.0, 20.0, 40.0, 50.0, 70.0, 100.0, 110.0)
    own = with_features(tmp_path, {"tempo": 0.85}, scales={"tempo": scale})
    (row,) = features_of(own, "gtzan", TRACK, GENRE).to_dict("records")
    assert row["value"] == pytest.approx(85.0)  # half way from 70 at 0.75 to 100 at 0.95
    assert [row[f"q{q}"] for q in (1, 5, 25, 50, 75, 95, 99)] == pytest.approx(scale)
    assert not row["is_unusual"]


def test_only_the_outer_tenth_is_unusual_and_the_rest_is_folded(tmp_path: Path) -> None:
    places = {"tempo": 0.45, "rms_mean": 0.9, "spectral_centroid_mean": 0.91, "mfcc3_var": 0.05}
    scales = {name: (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0) for name in places}
    own = with_features(tmp_path, places, scales=scales)
    told = text_of(update_unusual(own, "gtzan", TRACK, GENRE))
    assert told.startswith("Unusual for rock")
    assert "2 of its 4 features lie in the outer tenth" in told
    assert told.index("Lower in the variance of MFCC 3 than 95 %") < told.index(
        "Brighter than 91 %"
    )
    assert "Louder" not in told
    others = text_of(update_others(own, "gtzan", TRACK))
    assert others.index("Louder than 90 %") < others.index("Slower than 55 %")
    assert "Brighter" not in others


def test_shares_stored_in_single_precision_are_what_they_were(tmp_path: Path) -> None:
    single = {"tempo": float(np.float32(0.95)), "rms_mean": float(np.float32(0.9))}
    own = with_features(tmp_path, single, scales={})
    said = text_of(update_unusual(own, "gtzan", TRACK, GENRE))
    assert "Faster than 95 % of rock songs" in said
    assert "Louder than 90 % of rock songs" in text_of(update_others(own, "gtzan", TRACK))


def test_nothing_unusual_says_so(tmp_path: Path) -> None:
    own = with_features(tmp_path, {"acousticness": 0.53, "tempo": 0.1}, scales={})
    said = text_of(update_unusual(own, "gtzan", TRACK, GENRE))
    assert said.startswith("Nothing about it is unusual for rock")
    assert "More acoustic" not in said
    assert "More acoustic than 53 %" in text_of(update_others(own, "gtzan", TRACK))


def test_more_unusual_features_than_are_told_are_counted_and_folded(tmp_path: Path) -> None:
    places = {f"mfcc{k}_mean": 0.95 + k / 1000 for k in range(1, 13)}
    own = with_features(tmp_path, places, scales={})
    said = text_of(update_unusual(own, "gtzan", TRACK, GENRE))
    assert "12 of its 12 features lie" in said
    assert "here are the farthest 8" in said
    assert text_of(update_others(own, "gtzan", TRACK)).count("Higher in MFCC") == 4


def test_line_shows_quartiles_range_and_mark_with_value_and_unit(tmp_path: Path) -> None:
    scale = (1000.0, 1100.0, 1400.0, 1500.0, 1700.0, 1900.0, 2000.0)
    feature = "spectral_centroid_mean"
    own = with_features(tmp_path, {feature: 0.95}, scales={feature: scale})
    unusual = update_unusual(own, "gtzan", TRACK, GENRE)
    assert "about 1,900 Hz; the middle half: 1,400 to 1,700" in text_of(unusual)
    assert "not its values" in text_of(unusual)
    styles = {part.className: part.style for part in parts(unusual) if getattr(part, "style", None)}
    assert styles == {
        "strip-most": {"left": "10.0%", "width": "80.0%"},
        "strip-half": {"left": "40.0%", "width": "30.0%"},
        "strip-median": {"left": "50.0%"},
        "strip-mark": {"left": "90.0%"},
    }


@pytest.mark.parametrize(("place", "word"), [(0.004, "at most 1,000"), (0.996, "at least 2,000")])
def test_song_beyond_the_stored_quantiles_is_told_as_a_bound(
    tmp_path: Path, place: float, word: str
) -> None:
    scale = (1000.0, 1100.0, 1400.0, 1500.0, 1700.0, 1900.0, 2000.0)
    own = with_features(tmp_path, {"tempo": place}, scales={"tempo": scale})
    assert word in text_of(update_unusual(own, "gtzan", TRACK, GENRE))


def test_genre_whose_quantiles_are_equal_is_drawn_in_the_middle(tmp_path: Path) -> None:
    own = with_features(tmp_path, {"tempo": 0.95}, scales={"tempo": (7.0,) * len(SHARES)})
    unusual = update_unusual(own, "gtzan", TRACK, GENRE)
    (mark,) = [part for part in parts(unusual) if getattr(part, "className", "") == "strip-mark"]
    assert mark.style == {"left": "50.0%"}


def test_ranks_without_quantiles_say_that_only_ranks_are_stored(tmp_path: Path) -> None:
    own = with_features(tmp_path, {"tempo": 0.95}, scales={})
    unusual = update_unusual(own, "gtzan", TRACK, GENRE)
    assert "ranks only, no values" in text_of(unusual)
    (mark,) = [part for part in parts(unusual) if getattr(part, "style", None)]
    assert mark.style == {"left": "95.0%"}
