"""Our models on the mel spectrogram alone: a compact network, and statistics of the picture.

Both were chosen on the validation tracks of the fault-filtered list, never on a test part; what
each ingredient is worth there is in ``analysis/ablations``.
"""

from functools import partial
from typing import Any

from pipeline.models.discriminant import BalancedDiscriminant
from pipeline.models.networks.network import build_network
from pipeline.models.specification import ModelSpec

COMPACT: dict[str, Any] = {
    "architecture": "compact",
    "filters": [24, 32, 64, 128],
    "summary": 128,
    "dropout": 0.3,
    "normalise": "bands",
    "crop": 160,
    "n_crops": 0,
    "equaliser": 0.3,
    "masks": {"bands": 19, "columns": 24, "n": 2},
    "mixup": 0.3,
    "label_smoothing": 0.1,
    "optimizer": "adamw",
    "learning_rate": 2e-3,
    "schedule": "cosine",
    "weight_decay": 0.01,
    "batch_size": 16,
    "max_epochs": 24,
    "keep": "best",
}

# as many numbers as twice the tracks: correlations are shrunk further than those of 57 features
STATISTICS: dict[str, Any] = {"shrinkage": 0.6, "group_power": 0.5}


def discriminant(params: dict[str, Any], seed: int) -> BalancedDiscriminant:
    """Return an unfitted estimator; nothing in it is random."""
    return BalancedDiscriminant(**params)


SPECTROGRAM = (
    ModelSpec(
        name="compact_cnn",
        title="Compact CNN",
        family="convolutional",
        technique="deep",
        representations=("mel_clip",),
        build=partial(build_network, COMPACT),
        params=COMPACT,
        stops_early=True,
        served=("mel_clip",),
        candidate=True,
    ),
    ModelSpec(
        name="lda_statistics",
        title="Discriminant analysis of statistics",
        family="linear",
        technique="supervised",
        representations=("image_statistics",),
        build=partial(discriminant, STATISTICS),
        params=STATISTICS,
        grouped=True,
        served=("image_statistics",),
        candidate=True,
    ),
)
