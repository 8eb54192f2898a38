"""The mel spectrogram as a picture of 288 x 432 pixels, as the Kaggle archive has it.

``read_mel_image`` takes the archive's PNG, ``mel_image`` draws the same picture from audio, as
``mel_page`` says. Drawing takes matplotlib's magma, reading takes Pillow; both are imported when a
function is called.
"""

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np

from pipeline.features.mel_page import (
    colour_steps,
    column_frames,
    grey_of,
    magma_colours,
    open_picture,
    row_bands,
)
from pipeline.features.parameters import MEL_IMAGE, MelImageParameters
from pipeline.features.signals import validated_signal

LUMA = (0.299, 0.587, 0.114)  # grey of red, green, blue (ITU-R BT.601), as Pillow's mode "L"
EDGE, CORNER = 51 / 255, 19 / 255  # what an edge leaves of the colour below, and two


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
    return _page(steps, parameters)


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


def _page(steps: np.ndarray, parameters: MelImageParameters) -> np.ndarray:
    """Return the white page with the spectrogram, from steps of shape (n_frames, n_mels).

    The axes' black edges lie on the first row and column, and beyond the last; the part that
    ``spectrogram_area`` takes is free of them.
    """
    top, bottom, left, right = (
        parameters.top - 1, parameters.bottom, parameters.left - 1, parameters.right + 1,
    )  # fmt: skip
    drawn = replace(parameters, top=top, left=left, right=right)
    shown = steps[column_frames(len(steps), parameters=drawn)].T[row_bands(parameters=drawn)]
    page = np.full((parameters.height, parameters.width), 1.0, dtype=np.float32)
    page[top:bottom, left:right] = _magma_grey(1.0)[shown]
    page[top, left:right] = _magma_grey(EDGE)[shown[0]]
    page[top:bottom, left] = _magma_grey(EDGE)[shown[:, 0]]
    page[top, left] = _magma_grey(CORNER)[shown[0, 0]]
    page[top:bottom, right] = page[bottom, left:right] = EDGE
    page[[top, bottom, bottom], [right, left, right]] = CORNER
    return page


@cache
def _magma_grey(share: float) -> np.ndarray:
    """Return the grey of the 256 colours of the scale, of which a share is left, (256,)."""
    channels = np.round(share * magma_colours().astype(float))
    return (np.round(channels @ np.array(LUMA)) / 255).astype(np.float32)
