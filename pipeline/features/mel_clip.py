"""The mel spectrogram of a clip, 333 columns of 90 ms and 128 bands, from picture or sound.

``read_mel_clip`` undoes the colours of a picture of the Kaggle archive, ``mel_clip`` computes the
same levels from audio: on the 55 complete clips at hand they differ in 5 of 2.3 million values, by
one step of the colour scale. A model trained on pictures therefore meets nothing new in live sound.

The picture stretches the whole clip over its 333 columns. The archive's clips last 29.9 to 30.6 s;
a shorter window keeps the column's length of 30 s and goes on by reflection, which leaves rhythm
and every change from column to column as they are (repeating would put a jump, an onset that is
not there, at each seam; stretching would slow the music down). Of longer sound the middle 30 s
count. Time is the first axis, the lowest band comes first. From audio: numpy only.
"""

from io import BytesIO
from pathlib import Path

import numpy as np

from pipeline.audio import AudioError
from pipeline.features.mel_page import (
    MOST_FOREIGN,
    N_STEPS,
    colour_steps,
    column_frames,
    open_picture,
    row_bands,
    spectrogram_area,
    steps_of_colours,
)
from pipeline.features.parameters import MEL_CLIP, MelClipParameters
from pipeline.features.signals import validated_signal


def mel_clip(y: np.ndarray, *, sr: int, parameters: MelClipParameters = MEL_CLIP) -> np.ndarray:
    """Return the levels of a clip on the archive's colour scale.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least one frame long.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (333, 128), float32
        -80..0 dB relative to the largest level, in 256 steps: -80 + 80 * step / 255. Twice the
        level in power, as the archive took the power for an amplitude. Silence is all 0, since
        every value is the largest.

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` (less than one frame) or ``not_finite``.
    """
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    if len(y) > parameters.longest:
        start = (len(y) - parameters.usual) // 2
        y = y[start : start + parameters.usual]
    steps = colour_steps(y, sr=sr, parameters=parameters)
    return _levels(steps[_frames(len(steps), parameters)], parameters)


def read_mel_clip(path: Path | BytesIO, *, parameters: MelClipParameters = MEL_CLIP) -> np.ndarray:
    """Return the levels that a picture of the Kaggle archive shows, as ``mel_clip``.

    Raises
    ------
    AudioError
        ``unreadable`` or ``broken``: no picture, one of another size, or more than 1 % of its
        pixels have a colour that is not of the scale (the others get the nearest one's level).
    """
    picture = open_picture(path, parameters=parameters)
    return levels_of_colours(np.asarray(picture.convert("RGB")), name=str(path))


def levels_of_colours(
    colours: np.ndarray, *, name: str, parameters: MelClipParameters = MEL_CLIP
) -> np.ndarray:
    """Return the levels behind the colours of a whole picture, (288, 432, 3), uint8.

    ``name`` is what an error calls the picture; shape and errors are those of ``read_mel_clip``.
    """
    bands = row_bands(parameters=parameters)
    rows = np.searchsorted(-bands, -np.arange(parameters.n_mels))  # the upper of a band's rows
    steps, n_foreign = steps_of_colours(spectrogram_area(colours, parameters=parameters)[rows])
    if n_foreign > MOST_FOREIGN * steps.size:
        raise AudioError(
            "broken",
            f"a mel image must have the colours of matplotlib's magma, {n_foreign:,} of "
            f"{steps.size:,} pixels of {name} have others. Take the archive's own.",
        )
    return np.ascontiguousarray(_levels(steps.T, parameters))


def _levels(steps: np.ndarray, parameters: MelClipParameters) -> np.ndarray:
    top_db = np.float32(parameters.top_db)
    return steps.astype(np.float32) * (top_db / np.float32(N_STEPS - 1)) - top_db


def _frames(n_frames: int, parameters: MelClipParameters) -> np.ndarray:
    """Return the frame of each column, going on by reflection where the sound is too short."""
    if n_frames > parameters.shortest // parameters.hop_length:
        return column_frames(n_frames, parameters=parameters)
    usual = column_frames(1 + parameters.usual // parameters.hop_length, parameters=parameters)
    inside = usual[: max(1, int(np.searchsorted(usual, n_frames)))]
    frames = np.pad(inside, (0, len(usual) - len(inside)), mode="reflect")
    return np.minimum(frames, n_frames - 1)  # a window of less than two columns
