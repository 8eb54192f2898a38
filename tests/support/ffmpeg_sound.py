"""A tone whose level is known, and what is said of a broken file, for tests of FFmpeg's part."""

import numpy as np
import pytest

from pipeline.audio import AudioError, decode

SR = 22_050


def tone(sr: int, duration_s: float = 2.0) -> np.ndarray:
    """Return 440 Hz in stereo, the right channel half as loud: the mean has 0.375."""
    y = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(sr * duration_s)) / sr)
    return np.stack([y, 0.5 * y], axis=1)


def broken_message(source: bytes) -> str:
    with pytest.raises(AudioError) as caught:
        decode(source, sr=SR)
    assert caught.value.code == "broken"
    return str(caught.value)
