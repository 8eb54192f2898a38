"""Networks that read a clip in order: LSTM on frames, and on what a CNN makes of its pieces.

What order is worth is measured by the variant that shuffles time. Of the study of FMA small, which
some entries follow, see ``convolutional``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from pipeline.models.convolutional import DOUBLE_BLOCKS, MFCC_CNN, MFCC_DENSE
from pipeline.models.networks.network import build_network
from pipeline.models.networks.two_stage import build_two_stage
from pipeline.models.specification import PUBLISHED_AND_HONEST, ModelSpec, Published

NINE_GENRES = "a public project; there nine genres, blues counted as jazz"

PIECES_LSTM: dict[str, Any] = {
    "architecture": "lstm",
    "lstm": [450],
    "hidden": [],
    "activation": "relu",
    "dropout": 0.5,
    "normalise": "bands",
    "batch_size": 32,
    "learning_rate": 1e-3,
    "max_epochs": 14,
    "patience": 4,
}
MFCC_LSTM: dict[str, Any] = MFCC_DENSE | {
    "architecture": "lstm",
    "lstm": [64, 64],
    "hidden": [64],
    "learning_rate": 1e-3,
}
MFCC_TIME_DISTRIBUTED: dict[str, Any] = MFCC_CNN | {
    "architecture": "time_distributed",
    "piece": 26,
    "lstm": [64],
}
# five pieces of 64 columns (5.8 s) are a clip; the CNN learns from pieces at random places
CNN_LSTM: dict[str, Any] = DOUBLE_BLOCKS | {
    "architecture": "time_distributed",
    "piece": 64,
    "lstm": [16, 32],
    "crop": None,
    "max_epochs": 20,
    "second": {"learning_rate": 1e-3, "max_epochs": 40, "patience": 10},
}
# shorter pieces of half the bands, and half a clip at a time: all layers learn at once, which
# costs as much as the two stages together
END_TO_END: dict[str, Any] = DOUBLE_BLOCKS | {
    "architecture": "time_distributed",
    "piece": 32,
    "lstm": [16, 32],
    "pool_bands": 4,
    "crop": 160,
    "n_crops": 3,
    "max_epochs": 14,
    "patience": 6,
}


def _recurrent(
    name: str,
    title: str,
    representation: str,
    build: Callable[[int], Any],
    params: dict[str, Any],
    published: Published | None = None,
) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title,
        family="recurrent",
        technique="deep",
        representations=(representation,),
        build=build,
        params=params,
        stops_early=True,
        published=None if published is None else {representation: published},
        protocols=PUBLISHED_AND_HONEST,
    )


RECURRENT = (
    _recurrent(
        "lstm_pieces",
        "LSTM on pieces of MFCC",
        "mfcc_pieces",
        partial(build_network, PIECES_LSTM),
        PIECES_LSTM,
        Published(0.65, "track", "clip_random", 0.2, NINE_GENRES),
    ),
    _recurrent(
        "mfcc_lstm",
        "LSTM on MFCC",
        "mfcc_sequence",
        partial(build_network, MFCC_LSTM),
        MFCC_LSTM,
    ),
    _recurrent(
        "mfcc_time_distributed",
        "Time-distributed CNN on MFCC",
        "mfcc_sequence",
        partial(build_network, MFCC_TIME_DISTRIBUTED),
        MFCC_TIME_DISTRIBUTED,
    ),
    _recurrent(
        "cnn_lstm",
        "CNN + LSTM, two stages",
        "mel_clip",
        partial(build_two_stage, CNN_LSTM),
        CNN_LSTM,
        Published(0.85, "track", "clip_random", 0.1, f"{NINE_GENRES}; 100 clips"),
    ),
    _recurrent(
        "cnn_lstm_end_to_end",
        "CNN + LSTM, end to end",
        "mel_clip",
        partial(build_network, END_TO_END),
        END_TO_END,
    ),
)
