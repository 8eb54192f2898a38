"""Convolutional networks: on the picture, on the mel spectrogram, and on MFCC.

The published ones are kept in their layers and cut down in their input where two cores could not
train them: each entry says how. Ours is in ``spectrogram``.
"""

from functools import partial
from typing import Any

from pipeline.models.images import NETWORK_STUDY
from pipeline.models.networks.network import build_network
from pipeline.models.specification import PUBLISHED_AND_HONEST, ModelSpec, Published

# A study of FMA small (8 genres, its official split, MFCC) found 0.31 with the dense net, 0.36
# with the CNN, 0.35 with the LSTM and 0.42 with the time-distributed CNN. These are no figures for
# GTZAN, so the entries have none; layer sizes, which are not known, are ours.
FMA_STUDY = "after a study of FMA small"

PATCHES: dict[str, Any] = {
    "architecture": "patches",
    "units": [50, 50],
    "patches": [40, 10],
    "strides": [10, 5],
    "hidden": [],
    "activation": "relu",
    "dropout": 0.0,
    "normalise": "global",
    "batch_size": 16,
    "learning_rate": 1e-4,  # at ten times that its units die in the first steps
    "max_epochs": 40,
    "patience": 10,
}
# 31 ms a clip and step on 333 columns x 128 bands: the input is a tenth of that
DOUBLE_BLOCKS: dict[str, Any] = {
    "architecture": "conv_blocks",
    "blocks": [[32, 32], [64, 64], [128, 128], [256, 256]],
    "kernel": 3,
    "pool": 3,
    "batch_norm": True,
    "hidden": [1024],
    "activation": "relu",
    "dropout": 0.5,
    "normalise": "bands",
    "pool_bands": 2,
    "crop": 64,
    "n_crops": 5,
    "batch_size": 16,
    "learning_rate": 5e-4,
    "max_epochs": 24,
    "patience": 8,
}
MFCC_DENSE: dict[str, Any] = {
    "architecture": "dense",
    "hidden": [512, 256, 64],
    "activation": "relu",
    "dropout": 0.3,
    "normalise": "bands",
    "batch_size": 32,
    "learning_rate": 3e-4,
    "max_epochs": 40,
    "patience": 10,
    "source": FMA_STUDY,
}
MFCC_CNN: dict[str, Any] = MFCC_DENSE | {
    "architecture": "conv_blocks",
    "blocks": [[32], [32], [32]],
    "kernel": 3,
    "pool": 3,
    "batch_norm": True,
    "hidden": [64],
    "learning_rate": 1e-3,
}

CONVOLUTIONAL = (
    ModelSpec(
        name="image_patches",
        title="Picture, patches of 40 and 10",
        family="convolutional",
        technique="deep",
        representations=("images_kaggle",),
        build=partial(build_network, PATCHES),
        params=PATCHES,
        stops_early=True,
        published={
            "images_kaggle": Published(0.313, "track", "clip_random", 0.2, NETWORK_STUDY),
        },
        protocols=PUBLISHED_AND_HONEST,
    ),
    ModelSpec(
        name="cnn_double_blocks",
        title="CNN of four double blocks",
        family="convolutional",
        technique="deep",
        representations=("mel_clip",),
        build=partial(build_network, DOUBLE_BLOCKS),
        params=DOUBLE_BLOCKS,
        stops_early=True,
        protocols=PUBLISHED_AND_HONEST,
    ),
    ModelSpec(
        name="mfcc_dense",
        title="Dense net on MFCC",
        family="dense",
        technique="deep",
        representations=("mfcc_sequence",),
        build=partial(build_network, MFCC_DENSE),
        params=MFCC_DENSE,
        stops_early=True,
        protocols=PUBLISHED_AND_HONEST,
    ),
    ModelSpec(
        name="mfcc_cnn",
        title="CNN on MFCC",
        family="convolutional",
        technique="deep",
        representations=("mfcc_sequence",),
        build=partial(build_network, MFCC_CNN),
        params=MFCC_CNN,
        stops_early=True,
        protocols=PUBLISHED_AND_HONEST,
    ),
)
