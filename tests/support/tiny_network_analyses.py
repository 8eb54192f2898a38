"""Made-up layers, filters, saliency, ablations and comparisons of the tiny dense net, for tests.

The net has a residual branch, so that its drawing needs a lane; it looks at one corner of each
clip, loses by shuffling, and is the only model that anything was taken from.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from tiny_corpora import GENRES

from pipeline.artifacts.analysis import ANALYSES, read_analysis, write_analysis

MODEL = "gtzan.features_3s.dense"
RUN = f"{MODEL}.fault_filtered"
LAYERS = [
    ("mel", "InputLayer", "84 x 32", 0, ""),
    ("channel", "Reshape", "84 x 32 x 1", 0, "0"),
    ("conv2d", "Conv2D", "84 x 32 x 8", 80, "1"),
    ("batch_normalization", "BatchNormalization", "84 x 32 x 8", 32, "2"),
    ("relu", "Activation", "84 x 32 x 8", 0, "3"),
    ("conv2d_1", "Conv2D", "84 x 32 x 8", 584, "4"),
    ("add", "Add", "84 x 32 x 8", 0, "5,4"),
    ("pool", "GlobalAveragePooling2D", "8", 0, "6"),
    ("embedding", "Dense", "16", 144, "7"),
    ("genre", "Dense", "10", 170, "8"),
]
TRACKS = [(f"{genre}.{number:05d}", genre) for genre in GENRES[:3] for number in (6, 7)]
N_COLUMNS, N_BANDS = 12, 8
# ingredient, title, difference, half of its interval
INGREDIENTS = [
    ("masks", "SpecAugment", 0.03, 0.02), ("crop", "Random crops", 0.05, 0.03),
    ("mixup", "Mixup", 0.01, 0.02), ("stacking", "Stacking", -0.03, 0.02),
]  # fmt: skip


def write_tiny_network_analyses(folder: Path, rng: np.random.Generator) -> None:
    """Write every kind of analysis that only networks have."""
    layers = [(RUN, place, *layer) for place, layer in enumerate(LAYERS)]
    tables = {
        "architectures": layers,
        "filters": [
            (RUN, number, row, column, float(rng.normal()))
            for number, row, column in product(range(6), range(3), range(3))
        ],
        "ablations": [
            (name, title, MODEL, 0.6, 0.6 - d, 0.01, 0.02, d, d - half, d + half, 3, 50)
            for name, title, d, half in INGREDIENTS
        ],
        "picture_audio": [
            (RUN, "agreement", -1, 0.9, 0.8, 0.95, 55),
            (RUN, "probability_difference", -1, 0.04, 0.03, 0.05, 55),
            *((RUN, "band_correlation", b, 0.9 + 0.01 * b, 0.85, 0.99, 55) for b in range(N_BANDS)),
        ],
        "saliency": [row for track in TRACKS for row in _looked(*track)],
    }
    for kind, rows in tables.items():
        write_analysis(folder, kind, pd.DataFrame(rows, columns=list(ANALYSES[kind].columns)))
    effects = read_analysis(folder, "variant_effects")
    shuffled = (
        f"{RUN}.shuffled",
        RUN,
        "shuffled",
        "track",
        0.5,
        0.6,
        -0.1,
        -0.15,
        -0.05,
        40,
        45,
        45,
    )
    own = pd.DataFrame([shuffled], columns=effects.columns)
    write_analysis(folder, "variant_effects", pd.concat([effects, own], ignore_index=True))


def _looked(track_id: str, genre: str) -> list[tuple[object, ...]]:
    """Return a clip of which the network needs the two lowest bands of the first four columns.

    The second track of a genre is taken for the genre after it.
    """
    predicted = genre if track_id.endswith("6") else GENRES[GENRES.index(genre) + 1]
    return [
        (RUN, track_id, genre, predicted, 0.75, 2.5 * t, b, -60.0 + t, float(t < 4 and b < 2))
        for t, b in product(range(N_COLUMNS), range(N_BANDS))
    ]
