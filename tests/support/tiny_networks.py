"""Networks of a few units on a few small spectrograms, declared and trained like the real ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.datasets import Dataset, FeatureTable
from pipeline.models import MODELS, ModelSpec
from pipeline.models.dense import keras_library
from pipeline.models.networks.architectures import ARCHITECTURES
from pipeline.models.networks.network import build_network

GENRES = ("alpha", "beta", "gamma")
N_COLUMNS, N_BANDS = 24, 8
TRACKS = {"train": 6, "validation": 4, "test": 7}  # of each genre
PARAMS: dict[str, Any] = {
    "architecture": "tiny",
    "normalise": "bands",
    "crop": 16,
    "n_crops": 3,
    "max_epochs": 15,
    "learning_rate": 1e-2,
    "batch_size": 6,
}


def tiny_architecture(input_shape: tuple[int, ...], n_genres: int, params: dict[str, Any]) -> Any:
    """Return one convolution, the mean over time, and four units before the genres."""
    keras = keras_library()
    layers = keras.layers
    inputs = layers.Input(input_shape)
    x = layers.Reshape((-1, input_shape[1], 1))(inputs)
    x = layers.Conv2D(3, (5, 3), padding="same", activation="relu", name="first")(x)
    x = layers.Reshape((-1, 3 * input_shape[1]))(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(4, activation="tanh", name="embedding")(x)
    return keras.Model(inputs, layers.Dense(n_genres, activation="softmax", name="genre")(x))


def spectrogram_dataset(*, seed: int = 0) -> Dataset:
    """Return 51 clips of three genres, each with its own loud band; two tracks an artist."""
    rng = np.random.default_rng(seed)
    parts = [part for part, number in TRACKS.items() for _ in range(number)]
    rows = pd.DataFrame(
        [(f"{genre}.{track:05d}", -1, genre) for genre in GENRES for track in range(len(parts))],
        columns=["track_id", "segment", "genre"],
    )
    X = rng.normal(-50, 6, size=(len(rows), N_COLUMNS, N_BANDS))
    loud = rows["genre"].map(GENRES.index).to_numpy() * 3
    X[np.arange(len(rows)), :, loud] += 8
    ids, split = rows["track_id"].to_numpy(), parts * len(GENRES)
    own = [rows["genre"], pd.Series(split)]
    pair = rows.groupby(own).cumcount() // 2
    artist = rows.groupby([*own, pair]).ngroup().to_numpy()
    return Dataset(
        name="small",
        title="Small",
        synthetic=True,
        source="made by a test",
        tables={
            "mel_clip": FeatureTable(
                dataset="small",
                representation="mel_clip",
                genres=GENRES,
                features=(),
                rows=rows.assign(duplicate_group=-1),
                X=X.astype(np.float32),
                sha256="0" * 64,
            )
        },
        fault_filtered=pd.DataFrame({"track_id": ids, "split": split}),
        artist_group=pd.Series(artist, index=ids),
    )


@contextmanager
def declared(**fields: Any) -> Iterator[ModelSpec]:
    """Declare the tiny network in ``MODELS`` inside the block, as served on whole clips."""
    specification = ModelSpec(
        **{
            "name": "tiny",
            "title": "Tiny",
            "family": "convolutional",
            "technique": "deep",
            "representations": ("mel_clip",),
            "build": partial(build_network, PARAMS),
            "params": PARAMS,
            "stops_early": True,
            "served": ("mel_clip",),
        }
        | fields
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, specification.name, specification)
        patch.setitem(ARCHITECTURES, "tiny", tiny_architecture)
        yield specification
