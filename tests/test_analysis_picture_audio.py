"""Picture against audio: clips that were not heard, two ways to the same numbers, and the gap."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from remembering import remembering
from small_dataset import small_dataset
from tiny_models import synthetic_clip

from pipeline.analysis import picture_audio as module
from pipeline.analysis.picture_audio import (
    agreement,
    band_correlations,
    clip_paths,
    picture_audio,
    picture_audio_tasks,
)
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.config import ANALYSIS
from pipeline.datasets import Dataset, FeatureTable, gtzan
from pipeline.features.mel_clip import mel_clip, read_mel_clip
from pipeline.intervals import wilson
from pipeline.models import MODELS, ModelSpec
from pipeline.splits import track_groups

SR = ANALYSIS.sr
RUN = RunId("small", "mel_clip", "remembering", "track_kfold")
HEARD = ("alpha.00003", "beta.00007", "gamma.00011")


@pytest.fixture(autouse=True, scope="module")
def model():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            MODELS,
            "remembering",
            ModelSpec(
                name="remembering",
                title="Remembering",
                family="dense",
                technique="supervised",
                representations=("mel_clip",),
                build=remembering,
                params={},
                served=("mel_clip",),
            ),
        )
        yield


@pytest.fixture(scope="module")
def audio(tmp_path_factory) -> Path:
    """Return a folder with three whole clips, one cut short, and a file that is none."""
    folder = tmp_path_factory.mktemp("audio") / "genres_original"
    for number, track in enumerate((*HEARD, "gamma.00012")):
        path = folder / track.split(".")[0] / f"{track}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        duration_s = 12.0 if track == "gamma.00012" else 29.95
        soundfile.write(path, synthetic_clip(number, duration_s=duration_s), SR, subtype="FLOAT")
    (folder / "beta" / "beta.00008.wav").write_bytes(b"RIFF, they said")
    return folder


@pytest.fixture(scope="module")
def dataset(audio) -> Dataset:
    """Return the small data set with pictures: true ones of the clips, flat ones of others."""
    plain = small_dataset()
    rows = plain.tables["features_30s"].rows
    X = np.random.default_rng(0).normal(size=(len(rows), 333, 128)).astype(np.float32)
    X += rows["genre"].map({"alpha": -70, "beta": -50, "gamma": -30}).to_numpy()[:, None, None]
    for track in HEARD:
        y, _ = soundfile.read(audio / track.split(".")[0] / f"{track}.wav", dtype="float32")
        X[rows["track_id"] == track] = mel_clip(y, sr=SR)
    table = FeatureTable("small", "mel_clip", plain.tables["features_30s"].genres, (), rows,
                         X.astype(np.float32), "0" * 64)  # fmt: skip
    return replace(plain, tables={"mel_clip": table}, audio=audio)


def tasks(dataset: Dataset, *run_ids: RunId):
    return picture_audio_tasks(dataset, track_groups(dataset), run_ids or (RUN,), seed=0)


@pytest.fixture(scope="module")
def table(dataset) -> pd.DataFrame:
    (task,) = tasks(dataset)
    return task.function(**task.arguments)


def values(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    return table[table["quantity"] == quantity].reset_index(drop=True)


def test_equal_rows_give_equal_answers_of_models_that_did_not_hear_the_clip(table, dataset):
    validate_analysis(table, "picture_audio")
    assert set(table["id"]) == {"small.mel_clip.remembering.fault_filtered"}
    (agreed,) = values(table, "agreement").to_dict("records")
    assert (agreed["value"], agreed["n_units"], agreed["band"]) == (1.0, 3, -1)
    assert (agreed["ci_low"], agreed["ci_high"]) == wilson(3, 3)
    (difference,) = values(table, "probability_difference").to_dict("records")
    assert difference["value"] == 0
    bands = values(table, "band_correlation")
    assert list(bands["band"]) == list(range(128)) and (bands["value"] > 1 - 1e-9).all()


def test_a_model_that_was_taught_a_clip_never_answers_for_it(dataset):
    (task,) = tasks(dataset)
    (units,) = task.arguments["units"].values()
    assert len(units) >= 5
    live = {track: module._rows_of(units[0].table, [track])[0] for track in HEARD}
    seen, heard = module.out_of_fold_answers(units, live)
    assert np.isclose(seen.max(axis=1), 0.6).all() and np.isclose(heard, seen).all()


def test_a_gap_is_measured(dataset):
    table = dataset.tables["mel_clip"]
    X = table.X.copy()
    X[:, :, 5] = np.random.default_rng(1).normal(size=X.shape[:2])
    X[table.rows["track_id"] == HEARD[0], 0] = 0.0  # a level that gamma has
    other = replace(table, X=X)
    (task,) = tasks(replace(dataset, tables={"mel_clip": other}))
    found = picture_audio(**task.arguments)
    (agreed,) = values(found, "agreement")["value"]
    assert agreed == pytest.approx(2 / 3)
    (difference,) = values(found, "probability_difference")["value"]
    assert difference == pytest.approx((0.4 + 0.4 + 0) / 3 / 3, abs=1e-6)
    bands = values(found, "band_correlation").set_index("band")
    assert abs(bands.loc[5, "value"]) < 0.2 < 0.5 < bands.loc[100, "value"] < 1


def test_short_and_damaged_files_are_left_out(table, dataset, caplog):
    assert set(clip_paths(dataset)) == {*HEARD, "gamma.00012", "beta.00008"}
    (task,) = tasks(dataset)
    with caplog.at_level(logging.WARNING):
        picture_audio(**task.arguments)
    assert "beta.00008 is left out" in caplog.text
    assert set(table["n_units"]) == {3}


def test_without_the_archives_sound_the_reason_is_logged(dataset, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert tasks(replace(dataset, audio=tmp_path / "genres_original")) == []
    assert "picture against audio: left out, there are no clips in" in caplog.text


def test_a_data_set_without_pictures_is_not_told_to_unpack_their_sound(dataset, caplog):
    with caplog.at_level(logging.WARNING):
        assert tasks(replace(dataset, audio=None)) == []
    assert caplog.text == ""


@pytest.mark.parametrize(
    "run_id",
    [
        replace(RUN, protocol="fault_filtered"),
        replace(RUN, variant="seed1"),
        replace(RUN, representation="mel_3s"),
        replace(RUN, model="lda_shrinkage"),
    ],
    ids=str,
)
def test_only_plain_runs_of_served_models_of_spectrograms_are_looked_into(dataset, run_id, caplog):
    assert tasks(dataset, run_id) == []
    assert caplog.text == ""


def test_the_key_holds_audio_pictures_and_models(dataset, audio):
    keys = {tasks(dataset)[0].key}
    table = dataset.tables["mel_clip"]
    keys.add(tasks(replace(dataset, tables={"mel_clip": replace(table, X=table.X + 1)}))[0].key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CLIPS_PER_GENRE", 1)
        keys.add(tasks(dataset)[0].key)
        assert set(clip_paths(dataset)) == {"alpha.00003", "beta.00007", "gamma.00011"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "remembering", replace(MODELS["remembering"], params={"a": 1}))
        keys.add(tasks(dataset)[0].key)
    assert len(keys) == 4


def test_correlations_are_pearsons_over_all_columns_of_all_clips():
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(7, 40, 3)) * [1, 5, 20] - 40
    heard = seen + rng.normal(size=(7, 40, 3)) * 3
    table = band_correlations(seen.astype(np.float32), heard.astype(np.float32))
    for band, row in table.iterrows():
        expected = np.corrcoef(seen[:, :, band].ravel(), heard[:, :, band].ravel())[0, 1]
        assert row["value"] == pytest.approx(expected, abs=1e-5)
        assert row["ci_low"] < row["value"] < row["ci_high"]
    assert (table["n_units"] == 7).all()
    heard[:, :, 1] = -80
    assert list(band_correlations(seen, heard)["band"]) == [0, 2]


def test_differences_are_means_over_genres_with_an_interval_over_clips():
    seen = np.tile([0.7, 0.2, 0.1], (40, 1))
    heard = seen.copy()
    heard[:10] = [0.3, 0.6, 0.1]
    table = agreement(seen, heard).set_index("quantity")
    assert table.loc["agreement", "value"] == 0.75
    row = table.loc["probability_difference"]
    assert row["value"] == pytest.approx(0.25 * 0.8 / 3)
    assert 0 < row["ci_low"] < row["value"] < row["ci_high"]
    assert tuple(table.columns) == tuple(c for c in ANALYSES["picture_audio"].columns if c not in
                                         ("id", "quantity"))  # fmt: skip


def test_real_pictures_and_clips_agree_band_by_band(data_root):
    audio = gtzan.load(data_root).audio
    clips = {path.stem: path for path in sorted(audio.glob("*/*"))[::12]}
    live = module._live_rows(clips, ["mel_clip"])["mel_clip"]
    assert len(live) >= 4
    pictures = [
        audio.parent / "images_original" / track.split(".")[0] / f"{track.replace('.', '')}.png"
        for track in live
    ]
    seen = np.stack([read_mel_clip(path) for path in pictures])
    assert band_correlations(seen, np.stack(list(live.values())))["value"].min() > 0.999
