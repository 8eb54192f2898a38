"""The work on one clip: a plain function of its location, so that any worker can do it.

A worker holds the sound of one window of one clip at a time, and the features of all of its
windows: see ``pipeline.features.bulk`` for what that is in a long track. What comes back are the
numbers alone: names and genres are put beside them by whoever asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has no stubs

from pipeline.audio import AudioError, Window, stream_windows
from pipeline.cache import source_digest
from pipeline.features import FEATURES
from pipeline.locations import LocationError, sound_source

Cut = Literal["segments", "whole", "middle"]
"""3-s segments; windows of 30 s (a clip of up to 31 s is one); of those the middle one alone."""

PICTURE = "picture"  # the cut of a picture, which has no windows


@dataclass(frozen=True)
class Outcome:
    """Features of one clip, or why there are none.

    Attributes
    ----------
    values : list of ndarray
        One for each window.
    lengths : list of int
        Samples of the clip in each window, without padding.
    reason : str
        Why the clip cannot be used; "" if it can.
    judge : str
        Digest of the code that refused the clip: another one may accept it. "" if none did, or
        if the reason may pass: the file could not be opened, memory or a disk was full.
    """

    values: list[np.ndarray] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    reason: str = ""
    judge: str = ""


def clip_features(location: str, feature: str, cut: str, *, is_there: bool = False) -> Outcome:
    """Return a feature of a clip; a clip that cannot be used is an outcome with its reason.

    Parameters
    ----------
    location : str
        Of an audio file, or of a picture where ``cut`` is "picture"; see ``pipeline.locations``.
    feature : str
        Name in ``FEATURES``.
    cut : Cut or "picture"
    is_there : bool
        Whether somebody has seen the file: that this worker has no access is then an error.

    Raises
    ------
    LocationError
        If a file that is there cannot be read from here.
    """
    try:
        # A matrix product's last bit depends on its threads: with one, every worker gives the same.
        with threadpool_limits(1):
            source = sound_source(location)
            if cut == PICTURE:
                picture = BytesIO(source) if isinstance(source, bytes) else source
                return Outcome([FEATURES[feature].read(picture)], [0])
            return _audio_features(source, feature, cut)
    except LocationError as error:
        if is_there:
            raise
        return Outcome(reason=f"the file cannot be read: {error.reason}. Check the path.")
    except AudioError as error:
        may_pass = error.code == "unreadable"
        return Outcome(reason=str(error), judge="" if may_pass else judge_of(feature))
    except (MemoryError, OSError) as error:  # of this machine, not of the clip
        return Outcome(reason=f"{type(error).__name__}: {error}".rstrip(": "))
    except Exception as error:  # one clip of a hundred thousand must not end the run
        return Outcome(reason=f"{type(error).__name__}: {error}", judge=judge_of(feature))


@cache
def judge_of(feature: str) -> str:
    """Return the digest of the code that reads audio and computes a feature now."""
    module, _, _ = FEATURES[feature].function.partition(":")
    return source_digest(("pipeline.audio", module))


def _audio_features(source: Path | bytes, name: str, cut: str) -> Outcome:
    feature = FEATURES[name]
    sr = feature.parameters.sr
    values, lengths = [], []
    for window, samples in _pieces(source, sr, cut):
        values.append(feature.compute(samples, sr=sr))
        lengths.append(window.end - window.start)
    return Outcome(values, lengths)


def _pieces(source: Path | bytes, sr: int, cut: str) -> Iterator[tuple[Window, np.ndarray]]:
    """Yield the windows of a clip that are wanted, and their samples."""
    if cut != "middle":
        yield from stream_windows(source, sr=sr, window_s=3 if cut == "segments" else 30)
        return
    pieces = list(islice(stream_windows(source, sr=sr, window_s=30), 2))
    if len(pieces) == 1:
        yield pieces[0]
        return
    # A long track is read twice, since only its end says where the middle is.
    del pieces
    middle = sum(1 for _ in stream_windows(source, sr=sr, window_s=30)) // 2
    yield from islice(stream_windows(source, sr=sr, window_s=30), middle, middle + 1)
