"""Histograms of oriented gradients of the mel image, by scikit-image.

scikit-image is imported when a function is called.

References
----------
Dalal & Triggs 2005, "Histograms of oriented gradients for human detection".
"""

from pathlib import Path

import numpy as np

from pipeline.features.mel_image import mel_image, read_mel_image
from pipeline.features.parameters import HOG, HogParameters


def hog(y: np.ndarray, *, sr: int, parameters: HogParameters = HOG) -> np.ndarray:
    """Return the histograms of a clip's mel image.

    Parameters and errors are those of ``mel_image``.

    Returns
    -------
    ndarray of shape (7776,), float32, 0..1
        Nine orientations in each of 24 x 36 cells, cell by cell from the top left.
    """
    return image_hog(mel_image(y, sr=sr, parameters=parameters), parameters=parameters)


def read_hog(path: Path, *, parameters: HogParameters = HOG) -> np.ndarray:
    """Return the histograms of a picture of the Kaggle archive; errors as ``read_mel_image``."""
    return image_hog(read_mel_image(path, parameters=parameters), parameters=parameters)


def image_hog(image: np.ndarray, *, parameters: HogParameters = HOG) -> np.ndarray:
    """Return the histograms of a grey picture, each cell's of length 1 (L2-Hys)."""
    from skimage.feature import hog as oriented_gradients

    return oriented_gradients(
        image,
        orientations=parameters.orientations,
        pixels_per_cell=(parameters.cell, parameters.cell),
        cells_per_block=(1, 1),
    )
