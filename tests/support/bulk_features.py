"""Clips of noise, and a run of features over them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from pipeline.cache import Cache
from pipeline.features.bulk import (
    Collection,
    Written,
    compute_features,
    data_collections,
    requested_outputs,
)

SR = 22_050
Said = list[tuple[int, int, str]]


def write_clip(path: Path, duration_s: float, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    integers = np.random.default_rng(seed).integers(-9000, 9000, int(duration_s * SR))
    soundfile.write(path, integers.astype(np.int16), SR)
    return path


def compute(
    names: Sequence[str],
    place: Path | None,
    cache: Cache,
    *,
    segments: int | None = None,
    out: Path | None = None,
    jobs: int = 1,
    collections: Sequence[Collection] | None = None,
) -> tuple[list[Written], Said]:
    """Compute features of a data folder; return what was written and what was said."""
    said: Said = []
    written = compute_features(
        requested_outputs(names, segments=segments),
        collections or data_collections(place),
        out=out,
        cache=cache,
        jobs=jobs,
        advance=lambda *now: said.append(now),
    )
    return written, said
