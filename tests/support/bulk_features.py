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


def write_music(data: Path) -> Path:
    """Write a data folder: two genres, a long track, a broken file and one that is too short."""
    folder = data / "genres_original"
    write_clip(folder / "blues" / "blues.00000.wav", 7, seed=1)
    write_clip(folder / "blues" / "blues.00001.wav", 4, seed=2)
    write_clip(folder / "rock" / "rock.00000.wav", 41, seed=3)
    write_clip(folder / "rock" / "rock.00001.wav", 0.4)
    (folder / "rock" / "rock.00002.wav").write_text("<html></html>")
    return data


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
