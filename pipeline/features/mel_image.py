"""The mel spectrogram as a picture of 288 x 432 pixels, as the Kaggle archive has it.

``read_mel_image`` takes the archive's PNG, ``mel_image`` draws the same picture from audio. The
archive does not say how its pictures were made; this recipe was found by comparing them with the
clips: 128 mel bands at hop 512, put through ``amplitude_to_db`` (so that 80 dB on the colour scale
are 40 dB of power), and matplotlib's choice of one frame and one band for each pixel. On 10 of
11 pixels it gives the very colour of the archive. Drawing takes matplotlib's magma, reading takes
Pillow; both are imported when a function is called.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np

from pipeline.features.mel_page import (
    AXES_WIDTH,
    colour_steps,
    grey_of,
    magma_colours,
    open_picture,
)
from pipeline.features.parameters import MEL_IMAGE, MelImageParameters
from pipeline.features.signals import validated_signal

LUMA = (0.299, 0.587, 0.114)  # grey of red, green, blue (ITU-R BT.601), as Pillow's mode "L"
AXES_BEFORE = 2  # a column shows the frame at its right edge; the axes begin 1 before the first
WHITE, FRAME_TOP, FRAME_BOTTOM = 1.0, 0.0, 0.2  # the page, and what is left of the axes' edge


def mel_image(y: np.ndarray, *, sr: int, parameters: MelImageParameters = MEL_IMAGE) -> np.ndarray:
    """Return the picture of a clip, drawn as the archive's.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least one frame long. Its whole length fills the width.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (288, 432), float32
        Grey, 0..1, the margin white, high frequencies at the top. Silence is one even brightness,
        the scale's upper end, since every value is the largest.

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` (less than one frame) or ``not_finite``.
    """
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    steps = colour_steps(y, sr=sr, parameters=parameters)
    return _page(_magma_grey()[_pixels(steps, parameters)], parameters)


def read_mel_image(
    path: Path | BytesIO, *, parameters: MelImageParameters = MEL_IMAGE
) -> np.ndarray:
    """Return a picture of the Kaggle archive as (288, 432), float32, grey, 0..1.

    Raises
    ------
    AudioError
        ``unreadable`` or ``broken``: no picture, or one of another size.
    """
    return grey_of(open_picture(path, parameters=parameters))


def _pixels(steps: np.ndarray, parameters: MelImageParameters) -> np.ndarray:
    """Return the step 0..255 of the colour scale at each pixel, from (n_frames, n_mels)."""
    n_frames, n_mels = steps.shape
    rows = np.arange(parameters.bottom - parameters.top)
    bands = ((rows + 0.5) * n_mels / len(rows)).astype(int)[::-1]
    columns = np.arange(parameters.right - parameters.left)
    frames = ((columns + AXES_BEFORE) * n_frames / AXES_WIDTH).astype(int)
    return steps[np.minimum(frames, n_frames - 1)].T[bands]


def _page(area: np.ndarray, parameters: MelImageParameters) -> np.ndarray:
    """Return the white page with the spectrogram and the edge that matplotlib leaves around it."""
    page = np.full((parameters.height, parameters.width), WHITE, dtype=np.float32)
    framed = np.pad(area, 1, mode="edge")
    framed[0], framed[-1] = FRAME_TOP, FRAME_BOTTOM
    inside = (
        slice(parameters.top - 1, parameters.bottom + 1),
        slice(parameters.left - 1, parameters.right + 1),
    )
    page[inside] = framed
    return page


@cache
def _magma_grey() -> np.ndarray:
    """Return the grey of the 256 colours of the scale, (256,)."""
    return (np.round(magma_colours().astype(float) @ np.array(LUMA)) / 255).astype(np.float32)
