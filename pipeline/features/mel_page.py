"""The page on which the Kaggle archive drew a mel spectrogram, and what its colours mean.

The archive does not say how its pictures were made. This was found by comparing them with the
clips: librosa's power spectrogram in 128 mel bands at hop 512, ``amplitude_to_db`` (so that 80 dB
on the colour scale are 40 dB of power), matplotlib's magma, one quadrangle for each frame and
band, painted one after the other without smoothing: a pixel keeps the last one that reaches into
it. Corners are rounded to 1/256 pixel, as Agg does. On the 55 complete clips at hand this gives
2,344,315 of 2,344,320 values exactly.

Numpy only; Pillow and matplotlib are imported by the functions that read a picture.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.audio import AudioError
from pipeline.features.filters import mel_filters
from pipeline.features.parameters import MEL_IMAGE, MelImageParameters
from pipeline.features.sequences import magnitudes

if TYPE_CHECKING:
    from PIL import Image

N_STEPS = 256  # colours of the scale
SUBPIXELS = 256  # Agg's grid
AXES_LEFT, AXES_WIDTH = 54.0, 334.8  # pixels: 0.125 and 0.775 of 432
AXES_BOTTOM, AXES_HEIGHT = 36.0, 217.44  # pixels from below: 0.125 and 0.755 of 288
MOST_FOREIGN = 0.01  # the archive's pictures have no other colours at all


def colour_steps(y: np.ndarray, *, sr: int, parameters: MelImageParameters) -> np.ndarray:
    """Return the step of the colour scale of each frame and band of a valid signal.

    Returns
    -------
    ndarray of shape (n_frames, n_mels), int, 0..255
        255 at the largest level, 0 at ``top_db`` below it and less. All 255 in silence.
    """
    S = magnitudes(y, parameters=parameters)
    bands = (S * S) @ mel_filters(sr=sr, n_fft=parameters.n_fft, n_mels=parameters.n_mels)
    levels = 20 * np.log10(np.maximum(bands, np.float32(1e-5)))  # amplitude_to_db of a power
    shares = 1 + np.maximum(levels - levels.max(), -parameters.top_db) / parameters.top_db
    return np.minimum((shares * N_STEPS).astype(int), N_STEPS - 1)


def column_frames(n_frames: int, *, parameters: MelImageParameters) -> np.ndarray:
    """Return the frame that each column of the picture shows, from the left, (333,)."""
    pixels = np.arange(parameters.left, parameters.right)
    return _painted(n_frames, origin=AXES_LEFT, extent=AXES_WIDTH, pixels=pixels)


def row_bands(*, parameters: MelImageParameters) -> np.ndarray:
    """Return the mel band that each row of the picture shows, from the top, (216,)."""
    below = parameters.height - parameters.bottom
    pixels = below + np.arange(parameters.bottom - parameters.top)
    return _painted(parameters.n_mels, origin=AXES_BOTTOM, extent=AXES_HEIGHT, pixels=pixels)[::-1]


def _painted(n_cells: int, *, origin: float, extent: float, pixels: np.ndarray) -> np.ndarray:
    """Return the last of ``n_cells`` even cells that reaches into each pixel."""
    edges = np.floor(SUBPIXELS * (origin + np.arange(n_cells) * extent / n_cells) + 0.5)
    return np.searchsorted(edges, SUBPIXELS * (pixels + 1.0), side="left") - 1


@cache
def magma_colours() -> np.ndarray:
    """Return matplotlib's 256 magma colours, each channel rounded to 8 bits, (256, 3), uint8."""
    from matplotlib import colormaps

    return np.round(255 * colormaps["magma"](np.arange(N_STEPS))[:, :3]).astype(np.uint8)


def steps_of_colours(colours: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the step of the colour scale of each pixel, and how many had none.

    Parameters
    ----------
    colours : ndarray of shape (..., 3), uint8
        Red, green, blue. Grey would not do: several steps have the same.

    Returns
    -------
    steps : ndarray of shape (...), uint8
    n_foreign : int
        Pixels whose colour is none of the scale's; they get the nearest one's step.
    """
    order, codes = _coded_scale()
    wanted = _codes(colours)
    place = np.minimum(np.searchsorted(codes, wanted), N_STEPS - 1)
    steps = order[place]
    foreign = codes[place] != wanted
    if foreign.any():
        scale = magma_colours().astype(int)
        others, which = np.unique(wanted[foreign], return_inverse=True)
        channels = np.stack([others >> 16, others >> 8 & 255, others & 255], axis=-1)
        distance = ((channels[:, None] - scale) ** 2).sum(axis=-1)
        steps[foreign] = distance.argmin(axis=1)[which]
    return steps, int(foreign.sum())


@cache
def _coded_scale() -> tuple[np.ndarray, np.ndarray]:
    """Return the steps in the order of their colours' codes, and these codes."""
    codes = _codes(magma_colours())
    order = np.argsort(codes)
    return order.astype(np.uint8), codes[order]


def _codes(colours: np.ndarray) -> np.ndarray:
    """Return one number for each colour."""
    red, green, blue = (colours[..., channel].astype(np.int32) for channel in range(3))
    return red << 16 | green << 8 | blue


def open_picture(
    path: Path | BytesIO, *, name: str = "", parameters: MelImageParameters = MEL_IMAGE
) -> "Image.Image":
    """Return a picture of the Kaggle archive, decoded; errors call it ``name``, else its path.

    Raises
    ------
    AudioError
        ``unreadable`` or ``broken``: no picture, or one of another size.
    """
    from PIL import Image, UnidentifiedImageError

    name = name or str(path)
    try:
        with Image.open(path) as picture:
            picture.load()
    except FileNotFoundError as error:
        raise AudioError(
            "unreadable", f"{name} cannot be read: {error}. Check the path."
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise AudioError(
            "broken", f"{name} is no picture that can be read ({error}). Restore it."
        ) from error
    if picture.size != (parameters.width, parameters.height):
        raise AudioError(
            "broken",
            f"a mel image must be {parameters.width} x {parameters.height} pixels, "
            f"{name} is {picture.width} x {picture.height}. Take the archive's own.",
        )
    return picture


def grey_of(picture: Any) -> np.ndarray:
    """Return a decoded picture as grey, 0..1, float32."""
    return np.asarray(picture.convert("L")).astype(np.float32) / np.float32(255)


def spectrogram_area(
    image: np.ndarray, *, parameters: MelImageParameters = MEL_IMAGE
) -> np.ndarray:
    """Return the part of a picture that shows the spectrogram, (216, 333)."""
    return image[parameters.top : parameters.bottom, parameters.left : parameters.right]
