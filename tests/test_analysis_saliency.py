"""A map of where a network looks points at what it reads, and at nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny_networks import spectrogram_dataset

from pipeline.analysis.saliency import (
    N_BANDS,
    N_COLUMNS,
    clip_rows,
    clip_saliency,
    saliency_rows,
)
from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.models.dense import keras_library

EXPECTED = np.full(128, -60, dtype=np.float32)


@pytest.fixture(scope="module")
def reader():
    """A network that reads the level in columns 160..199 of bands 40..55, and nothing else."""
    keras = keras_library()
    layers = keras.layers
    inputs = keras.Input((333, 128))
    x = layers.Reshape((333, 128, 1))(inputs)
    x = layers.Cropping2D(((160, 133), (40, 72)))(x)
    x = layers.GlobalAveragePooling2D()(x)
    genre = layers.Dense(2, activation="softmax", name="genre")
    network = keras.Model(inputs, genre(x))
    genre.set_weights([np.array([[0.2, -0.2]]), np.array([8.0, -8.0])])
    return lambda mel: network.predict(mel, verbose=0)


@pytest.fixture(scope="module")
def clip() -> np.ndarray:
    """Louder than what is expected everywhere, so that hiding any place changes the input."""
    return np.full((333, 128), -40, dtype=np.float32)


def test_the_map_points_at_what_the_network_reads_and_nowhere_else(reader, clip):
    table = clip_saliency(clip, EXPECTED, reader)
    assert len(table) == N_COLUMNS * N_BANDS
    weight = table["weight"].to_numpy().reshape(N_COLUMNS, N_BANDS)
    read = np.zeros_like(weight, dtype=bool)
    # patches of 6 x 4 columns and 4 x 4 bands that hold some of columns 160..199, bands 40..55
    read[36:54, 8:16] = True
    assert np.array_equal(weight > 0, read)
    assert weight.max() == 1


def test_weights_are_losses_of_log_probability_computed_by_hand(reader, clip):
    table = clip_saliency(clip, EXPECTED, reader)
    weight = table["weight"].to_numpy().reshape(N_COLUMNS, N_BANDS)
    edges = np.round(np.linspace(0, 333, N_COLUMNS + 1)).astype(int)

    def lost(patch: int, band: int) -> float:
        mel = clip.copy()
        mel[edges[6 * patch] : edges[6 * patch + 6], 16 * band : 16 * band + 16] = -60
        whole, hidden = reader(np.stack([clip, mel])).astype(float)
        return float(np.log(whole[0]) - np.log(hidden[0]))

    losses = np.array([[lost(patch, band) for band in (2, 3)] for patch in (6, 7, 8)])
    assert losses.min() > 0 and np.ptp(losses) > 0
    expected = (losses / losses.max()).repeat(6, axis=0).repeat(4, axis=1)
    assert weight[36:54, 8:16] == pytest.approx(expected, rel=1e-3)


def test_what_speaks_against_the_answer_weighs_nothing(clip):
    def predict(mel):
        loud = mel.mean(axis=(1, 2))
        first = 1 / (1 + np.exp(-(8 - 0.1 * (loud + 40))))  # hiding raises the answer
        return np.column_stack([first, 1 - first])

    assert clip_saliency(clip, EXPECTED, predict)["weight"].max() == 0


def test_levels_are_means_of_their_cells_and_small_clips_keep_their_size():
    mel = np.arange(24 * 8, dtype=np.float32).reshape(24, 8) / 10
    table = clip_saliency(mel, np.zeros(8, dtype=np.float32), lambda X: np.ones((len(X), 1)))
    assert np.allclose(table["level_db"].to_numpy().reshape(24, 8), mel, atol=1e-5)
    long = np.repeat(mel, 14, axis=0)[:333]
    table = clip_saliency(long, np.zeros(8, dtype=np.float32), lambda X: np.ones((len(X), 1)))
    pooled = table["level_db"].to_numpy().reshape(84, 8)
    assert pooled[0] == pytest.approx(long[:4].mean(axis=0), abs=0.051)
    assert table["column_s"].max() == pytest.approx(329 * 30 / 333)


def test_clips_are_the_first_two_of_each_genre_by_name():
    table = spectrogram_dataset().tables["mel_clip"]
    order = np.random.default_rng(0).permutation(len(table.rows))
    mixed = replace(table, rows=table.rows.iloc[order].reset_index(drop=True), X=table.X[order])
    rows = np.flatnonzero(mixed.rows["track_id"].str[-2:].astype(int) >= 9)
    chosen = mixed.rows["track_id"].iloc[clip_rows(mixed, rows)]
    assert chosen.tolist() == [
        f"{genre}.{number:05d}" for genre in ("alpha", "beta", "gamma") for number in (9, 10)
    ]


def test_rows_name_clip_answer_and_probability():
    table = spectrogram_dataset().tables["mel_clip"]
    train, test = np.arange(6), np.arange(9, 13)  # one genre

    asked = []

    def predict(mel: np.ndarray) -> np.ndarray:
        share = 1 / (1 + np.exp(-(mel.mean(axis=(1, 2)) + 50)))
        return np.column_stack([0 * share, 1 - share, share])

    def predict_of(row: int):
        asked.append(row)
        return predict

    found = saliency_rows("a.b.c.d", table, table.X, train=train, test=test, predict_of=predict_of)
    validate_analysis(found, "saliency")
    assert tuple(found.columns) == ANALYSES["saliency"].columns
    assert found["track_id"].unique().tolist() == ["alpha.00009", "alpha.00010"]
    assert asked == [9, 10]
    proba = predict(table.X[9:11])
    answers = found.drop_duplicates("track_id")
    assert answers["proba"].tolist() == pytest.approx(proba.max(axis=1))
    assert answers["y_pred"].tolist() == [table.genres[number] for number in proba.argmax(axis=1)]
    own = found[found["track_id"] == "alpha.00010"].drop(columns=["id", "track_id", "y_true"])
    expected = table.X[train].reshape(-1, 8).mean(axis=0)
    again = clip_saliency(table.X[10], expected, predict)
    pd.testing.assert_frame_equal(own[again.columns].reset_index(drop=True), again, rtol=1e-4)
