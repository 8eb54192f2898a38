"""One feature of one clip: the unit of work that computes features on any machine.

A plain function of text and numbers, so that it gives the same bytes in this process, in another
one, or on a worker of a cluster, which reads the clip itself (see ``pipeline.locations``).
"""

from typing import Any, Literal

from pipeline.audio import decode, window_samples, windows
from pipeline.config import ANALYSIS
from pipeline.features import FEATURES
from pipeline.locations import sound_source


def clip_features(location: str, *, feature: str, window_s: Literal[3, 30]) -> list[Any]:
    """Return a feature of each window of a clip, in order.

    Parameters
    ----------
    location : str
        Where the clip is.
    feature : str
        A name of ``FEATURES``.
    window_s : {3, 30}
        Length of the windows in seconds; see ``pipeline.audio.windows``.

    Raises
    ------
    LocationError
        If the clip cannot be read here.
    AudioError
        If it is no usable sound.
    """
    clip = decode(sound_source(location), sr=ANALYSIS.sr)
    function = FEATURES[feature].load()
    return [
        function(window_samples(clip.y, window, sr=clip.sr), sr=clip.sr)
        for window in windows(clip.y, sr=clip.sr, window_s=window_s)
    ]
