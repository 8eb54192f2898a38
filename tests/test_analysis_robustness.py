"""Answers to altered clips: counted by hand, and never by a model that heard the clip."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from small_dataset import small_dataset
from tiny_models import synthetic_clip

from pipeline.analysis import altered_clips
from pipeline.analysis import robustness as module
from pipeline.analysis.altered_clips import (
    CONDITIONS,
    UNALTERED,
    held_out_answers,
    rows_of_clip,
    validate_held_out,
)
from pipeline.analysis.robustness import judging_protocol, robustness, whole_clips
from pipeline.analysis.robustness_scores import answers_of_clips, robustness_scores, scores_of
from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.audio.alterations import ALTERATIONS
from pipeline.cache import Cache
from pipeline.config import ANALYSIS
from pipeline.datasets import Dataset
from pipeline.features.summary import FEATURE_NAMES
from pipeline.plan import Selection, planned_runs
from pipeline.splits import LeakError, track_groups

FEW = ((UNALTERED, 0.0), ("gain", 6.0), ("crop", 3.0))


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


# --- the table


def windows_of(answers: dict[str, dict[tuple[str, float], list[tuple[float, float]]]]):
    """Rows of windows with probabilities of "a" and "b"."""
    return pd.DataFrame(
        [
            (track, alteration, level, *proba)
            for track, conditions in answers.items()
            for (alteration, level), windows in conditions.items()
            for proba in windows
        ],
        columns=["track_id", "alteration", "level", "proba_a", "proba_b"],
    )


def test_a_clip_is_answered_by_the_mean_of_its_tempered_windows() -> None:
    sure, doubtful = (0.99, 0.01), (0.3, 0.7)
    windows = windows_of({"one": {(UNALTERED, 0.0): [sure, doubtful, doubtful]}})
    assert answers_of_clips(windows, 1.0).loc["one", (UNALTERED, 0.0)] == "a"  # 0.53
    assert answers_of_clips(windows, 8.0).loc["one", (UNALTERED, 0.0)] == "a"
    assert answers_of_clips(windows, 0.2).loc["one", (UNALTERED, 0.0)] == "b"  # two votes of three


def test_shares_and_differences_are_those_counted_by_hand() -> None:
    truth = np.array(["a", "a", "b", "b", "b"])
    base = np.array(["a", "b", "b", "b", "a"])  # 3 of 5 right
    answers = np.array(["a", "a", "a", "b", "a"])  # 3 of 5 right, 3 of 5 unchanged
    group = np.arange(5)
    unchanged, *_, n_clips, n_groups = scores_of(answers, base=base, truth=truth, group=group)
    accuracy, difference = scores_of(answers, base=base, truth=truth, group=group)[3:7:3]
    assert (unchanged, accuracy, difference) == pytest.approx((0.6, 0.6, 0.0))
    assert (n_clips, n_groups) == (5, 5)


def test_interval_of_the_difference_is_paired_and_resamples_artists() -> None:
    rng = np.random.default_rng(0)
    truth = np.array(["a"] * 60)
    base = np.where(rng.random(60) < 0.5, "a", "b")
    answers = base.copy()
    answers[np.flatnonzero(base == "a")[:6]] = "b"  # six of 60 are lost, none is gained
    alone = scores_of(answers, base=base, truth=truth, group=np.arange(60))
    value, low, high = alone[6:9]
    assert value == pytest.approx(-0.1) and low < value < high <= 0
    accuracy_width = alone[5] - alone[4]
    assert high - low < 0.8 * accuracy_width  # what both have in common is not in it
    together = scores_of(answers, base=base, truth=truth, group=np.arange(60) // 10)
    assert together[-1] == 6 and together[8] - together[7] > high - low


def test_nothing_changed_is_not_certainty() -> None:
    same = np.array(["a", "b"] * 10)
    unchanged, low, high, *_ = scores_of(same, base=same, truth=same, group=np.arange(20))
    difference, worst, best = scores_of(same, base=same, truth=same, group=np.arange(20))[6:9]
    assert unchanged == high == 1 and 0.7 < low < 0.9
    assert difference == 0 and worst == -best and 0.1 < best < 0.3


def test_the_table_has_a_row_a_condition_and_is_valid() -> None:
    proba = {condition: [(0.9, 0.1)] for condition in CONDITIONS}
    other = {condition: [(0.2, 0.8)] for condition in CONDITIONS} | {("mp3", 32.0): [(0.6, 0.4)]}
    groups = pd.DataFrame({"genre": ["a", "b"], "artist": [0, 1]}, index=["one", "two"])
    table = robustness_scores("x.y.z.p", windows_of({"one": proba, "two": other}), groups, 1.0)
    validate_analysis(table, "robustness")
    assert len(table) == 1 + sum(len(one.levels) for one in ALTERATIONS.values())
    shares = table.set_index(["alteration", "level"])["unchanged"]
    assert shares[("mp3", 32.0)] == 0.5 and shares.drop(("mp3", 32.0)).eq(1).all()
    assert table.set_index(["alteration", "level"]).loc[("mp3", 32.0), "difference"] == -0.5


# --- out of fold


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Return a data set of 30-s features with folds by artist, two tracks an artist."""
    made = small_dataset()
    tracks = sorted(set(made.tables["features_30s"].rows["track_id"]))
    artist = pd.Series(np.arange(len(tracks)) // 2, index=tracks)
    table = made.tables["features_30s"]
    rng = np.random.default_rng(0)
    X = rng.normal(size=(len(table.rows), len(FEATURE_NAMES))).astype(np.float32)
    described = replace(table, features=tuple(FEATURE_NAMES), X=X)
    return replace(
        made,
        tables={"features_30s": described},
        artist_group=artist,
        artist_fold=artist % 3,
        fault_filtered=None,
    )


def units_of(dataset: Dataset, model: str = "knn_1"):
    run_id = f"{dataset.name}.features_30s.{model}.artist_3fold"
    selection = Selection((model,), ("artist_3fold",), only=run_id)
    (run,) = planned_runs(dataset, track_groups(dataset), selection)
    return run.units


def test_no_fold_that_judges_a_clip_holds_it_or_its_artist_in_training(dataset: Dataset) -> None:
    artist = dataset.artist_group
    for unit in units_of(dataset):
        tracks = unit.table.rows["track_id"].to_numpy()
        tested, seen = set(tracks[unit.fold.test]), set(tracks[unit.fold.train])
        validate_held_out(unit, sorted(tested))
        assert not tested & seen
        assert not set(artist[sorted(tested)]) & set(artist[sorted(seen)])


def test_a_model_that_saw_a_clip_may_not_judge_it(dataset: Dataset) -> None:
    unit = units_of(dataset)[0]
    tracks = unit.table.rows["track_id"].to_numpy()
    seen = tracks[unit.fold.train][0]
    rows = {seen: {condition: unit.table.X[:1] for condition in FEW}}
    with pytest.raises(LeakError, match=f"1 clips are not held out, e.g. {seen}"):
        held_out_answers(unit=unit, clips=rows, columns=None)
    leaking = replace(
        unit, fold=replace(unit.fold, train=np.append(unit.fold.train, unit.fold.test[0]))
    )
    with pytest.raises(LeakError, match="are not held out"):
        validate_held_out(leaking, [tracks[unit.fold.test[0]]])
    stopping = replace(unit, stop=unit.fold.test[:1])
    with pytest.raises(LeakError, match="are not held out"):
        validate_held_out(stopping, [tracks[unit.fold.test[0]]])


@pytest.fixture(scope="module")
def with_sound(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Return the data set with sound of three tracks: two whole clips, and one cut short."""
    folder = tmp_path_factory.mktemp("audio")
    rows = dataset.tables["features_30s"].rows
    for number, (track, duration_s) in enumerate(
        zip(rows["track_id"].iloc[[0, 1, 2]], (30.1, 30.1, 20.0), strict=True)
    ):
        path = folder / "genre" / f"{track}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, synthetic_clip(number, duration_s=duration_s), ANALYSIS.sr)
    (folder / "genre" / "unknown.wav").write_bytes(b"no sound")
    return replace(dataset, audio=folder)


def test_every_clip_is_judged_by_the_fold_that_never_saw_it_from_sound_to_table(
    with_sound: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONDITIONS", FEW)
    monkeypatch.setattr("pipeline.analysis.robustness_scores.CONDITIONS", FEW)
    fitted = altered_clips.fitted
    judged: list[tuple[set[str], set[str]]] = []

    def watched(unit):
        tracks = unit.table.rows["track_id"].to_numpy()
        judged.append((set(tracks[unit.fold.train]), set(tracks[unit.fold.test])))
        return fitted(unit)

    monkeypatch.setattr(altered_clips, "fitted", watched)
    clips = whole_clips(with_sound)
    cards = {f"{with_sound.name}.features_30s.knn_1": {"temperature": 1.0}}
    cache = Cache(tmp_path)
    arguments = (with_sound, track_groups(with_sound), cards, Selection(jobs=1))
    table = robustness(*arguments, cache=cache, advance=quiet)
    assert len(clips) == 2 and table["n_units"].eq(2).all()
    assert len(table) == len(FEW) and list(table.columns) == list(ANALYSES["robustness"].columns)
    assert table["id"].unique() == [f"{with_sound.name}.features_30s.knn_1.artist_3fold"]
    for track in clips:
        assert sum(track in tested for _, tested in judged) == 1
        assert not any(track in seen and track in tested for seen, tested in judged)
    n_fits = len(judged)
    again = robustness(*arguments, cache=cache, advance=quiet)
    pd.testing.assert_frame_equal(table, again)
    assert len(judged) == n_fits  # finished work is not done again


def test_rows_are_those_of_live_prediction_and_of_the_altered_clip() -> None:
    y = synthetic_clip(0, duration_s=6.1)
    rows = rows_of_clip(
        y=y, sr=ANALYSIS.sr, representations=["features_3s", "features_30s"], conditions=FEW
    )
    plain, louder, cut = (rows[condition] for condition in FEW)
    assert plain["features_3s"].shape == (2, len(FEATURE_NAMES))
    assert cut["features_3s"].shape == (1, len(FEATURE_NAMES))
    rms = FEATURE_NAMES.index("rms_mean")
    ratio = louder["features_30s"][0, rms] / plain["features_30s"][0, rms]
    assert ratio == pytest.approx(10 ** (6 / 20), rel=0.05)


def test_without_sound_it_says_so_and_goes_on(
    dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    cards = {f"{dataset.name}.features_30s.knn_1": {"temperature": 1.0}}
    silent = replace(dataset, audio=None)
    table = robustness(
        silent, track_groups(silent), cards, Selection(jobs=1), cache=Cache(None), advance=quiet
    )
    assert table.empty and "there are no whole clips" in caplog.text


def test_without_served_models_nothing_is_said(
    dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    table = robustness(
        dataset, track_groups(dataset), {}, Selection(jobs=1), cache=Cache(None), advance=quiet
    )
    assert table.empty and not caplog.text


def test_songs_are_held_out_where_artists_are_not_known(dataset: Dataset) -> None:
    assert judging_protocol(dataset) == "artist_3fold"
    assert judging_protocol(replace(dataset, artist_fold=None)) == "track_kfold"
