"""Units of work for tests on a cluster: its workers can import them, unlike a test's own ones."""

import os
import signal
import time
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.audio import decode, window_samples, windows
from pipeline.config import ANALYSIS
from pipeline.features import FEATURES
from pipeline.locations import read_bytes, sound_source


def square(number: int) -> int:
    """Square a number; negative ones are an error."""
    if number < 0:
        raise ValueError(f"no square of {number} was wanted")
    return number**2


def slow_sum(X: np.ndarray, number: int, folder: str) -> float:
    """Sum ``number * X``, slowly; the file ``<number>.<process>`` is there as long as it runs.

    Another file, ``<number>``, gets a letter for each start.
    """
    with (Path(folder) / f"{number}").open("a") as log:
        log.write("x")
    running = Path(folder) / f"{number}.{os.getpid()}"
    running.touch()
    time.sleep(0.25)
    running.unlink()
    return float((number * X).sum())


def kill_own_process(number: int) -> int:
    """Take the worker along, as a unit does that needs more memory than there is."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def content(location: str) -> bytes:
    """Return what is at a location."""
    return read_bytes(location)


def read_only(X: np.ndarray) -> bool:
    """Return whether an argument is protected from this unit."""
    return not X.flags.writeable


def numeric_threads(size: int) -> list[int]:
    """Return how many threads each numeric library of this process uses once it has worked."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_info

    KMeans(2, n_init=1).fit(np.random.default_rng(0).normal(size=(size, 2)))
    return [library["num_threads"] for library in threadpool_info()]


def slow_square(number: int) -> int:
    """Square a number in a twentieth of a second, so that every worker gets a unit."""
    time.sleep(0.05)
    return number**2


def features_of_clip(location: str, feature: str, window_s: Literal[3, 30]) -> list:
    """Return a feature of each window of a clip."""
    clip = decode(sound_source(location), sr=ANALYSIS.sr)
    function = FEATURES[feature].load()
    return [
        function(window_samples(clip.y, window, sr=clip.sr), sr=clip.sr)
        for window in windows(clip.y, sr=clip.sr, window_s=window_s)
    ]
