"""Clips to measure on: real ones where GTZAN's audio is found, else the synthetic examples."""

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import soundfile

from pipeline.config import REPOSITORY, data_candidates

WHOLE_CLIP_S = 29.9


@cache
def clip_paths() -> tuple[str, tuple[Path, ...]]:
    """Return what the clips are, and their files."""
    for folder in data_candidates():
        found = sorted((folder / "genres_original").glob("*/*.*"))
        if found:
            return "GTZAN", tuple(found)
    return "synthetic examples (no GTZAN found)", tuple(
        sorted((REPOSITORY / "assets" / "examples").glob("*.mp3"))
    )


def whole_clips(count: int) -> tuple[Path, ...]:
    """Return some clips of 30 s, of as many genres as can be; shorter ones where there are none."""
    paths = clip_paths()[1]
    whole = [path for path in paths if soundfile.info(path).duration >= WHOLE_CLIP_S] or paths
    step = max(1, len(whole) // count)
    return tuple(whole[::step][:count])


def golden_module() -> ModuleType:
    """Return the script that writes golden numbers: it holds the plain librosa way."""
    path = REPOSITORY / "tests" / "golden" / "write_golden.py"
    specification = spec_from_file_location("write_golden", path)
    if specification is None or specification.loader is None:
        raise ImportError(f"{path} cannot be loaded: restore it from the repository")
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
