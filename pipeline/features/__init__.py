"""Features: what is computed from a clip, declared in ``FEATURES``.

Frames come first in every array here. Importing this package loads numpy only; a feature's own
module is imported when its function is asked for. Nothing here may import scikit-learn,
TensorFlow, LightGBM or librosa; a feature that needs a library of the offline half imports it
inside its function, and names it in ``packages``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from pipeline.config import ANALYSIS
from pipeline.features import parameters as given
from pipeline.features.parameters import Parameters

Kind = Literal["vector", "sequence", "image"]


@dataclass(frozen=True)
class Feature:
    """One way to describe a signal.

    Attributes
    ----------
    name : str
    kind : str
        "vector": always the same numbers, a row of a table. "sequence": the first axis is time and
        depends on the clip. "image": rows and columns of a picture.
    shape : tuple of (int or str)
        A name stands for a size that depends on the clip.
    unit : str
    parameters : Parameters
        Frozen dataclass; its ``sr`` is the rate that the function wants.
    version : int
        Raised whenever the numbers change, so that stored features are computed anew.
    function : str
        ``module:function``; called with the signal, ``sr=`` and ``parameters=``.
    reader : str
        ``module:function`` for a feature of the archive's pictures: called with the path of one
        and ``parameters=``.
    packages : tuple of str
        Distributions that compute the numbers: another version of one is another result.
    """

    name: str
    kind: Kind
    shape: tuple[int | str, ...]
    unit: str
    parameters: Parameters
    version: int
    function: str
    reader: str = ""
    packages: tuple[str, ...] = ("numpy",)

    def load(self) -> Callable[..., Any]:
        """Return the function that computes the feature, importing its module now."""
        return _loaded(self.function)

    def compute(self, y: np.ndarray, *, sr: int) -> np.ndarray:
        """Return the feature of a signal.

        Raises
        ------
        AudioError
            If the signal cannot be used: empty, too short, not finite.
        """
        return self.load()(y, sr=sr, parameters=self.parameters)

    def read(self, picture: Any) -> np.ndarray:
        """Return the feature of a picture of the archive (a path).

        Raises
        ------
        AudioError
            If it is no such picture.
        ValueError
            If the feature is none of pictures.
        """
        if not self.reader:
            raise ValueError(f"{self.name} is a feature of audio, not of pictures: {picture}")
        return _loaded(self.reader)(picture, parameters=self.parameters)


def _loaded(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


_HERE = "pipeline.features"
_LIBROSA = ("librosa", "numpy", "scipy", "soxr")
_DRAWING = ("matplotlib", "numpy", "pillow")
_DECLARED = (
    Feature(
        name="summary",
        kind="vector",
        shape=(57,),
        unit="one for each of FEATURE_NAMES: Hz, beats a minute, dB or none",
        parameters=ANALYSIS,
        version=1,
        function=f"{_HERE}.summary:summary_statistics",
    ),
    Feature(
        name="mel",
        kind="sequence",
        shape=("n_frames", 128),
        unit="dB relative to a power of 1",
        parameters=given.MEL,
        version=1,
        function=f"{_HERE}.sequences:mel_sequence",
    ),
    Feature(
        name="mfcc_sequence",
        kind="sequence",
        shape=("n_frames", 20),
        unit="dB",
        parameters=given.MEL,
        version=1,
        function=f"{_HERE}.sequences:mfcc_sequence",
    ),
    Feature(
        name="mfcc_pieces",
        kind="sequence",
        shape=("n_pieces", 41, 20),
        unit="dB",
        parameters=given.PIECES,
        version=1,
        function=f"{_HERE}.sequences:mfcc_pieces",
    ),
    Feature(
        name="chroma_cens",
        kind="sequence",
        shape=("n_frames", 12),
        unit="share, frames of length 1",
        parameters=given.HARMONY,
        version=1,
        function=f"{_HERE}.librosa_sequences:chroma_cens",
        packages=_LIBROSA,
    ),
    Feature(
        name="spectral_contrast",
        kind="sequence",
        shape=("n_frames", 7),
        unit="dB",
        parameters=given.CONTRAST,
        version=1,
        function=f"{_HERE}.librosa_sequences:spectral_contrast",
        packages=_LIBROSA,
    ),
    Feature(
        name="tonnetz",
        kind="sequence",
        shape=("n_frames", 6),
        unit="coordinate, -1..1",
        parameters=given.HARMONY,
        version=1,
        function=f"{_HERE}.librosa_sequences:tonnetz",
        packages=_LIBROSA,
    ),
    Feature(
        name="tempogram",
        kind="sequence",
        shape=("n_frames", 384),
        unit="autocorrelation, largest 1",
        parameters=given.TEMPOGRAM,
        version=1,
        function=f"{_HERE}.librosa_sequences:tempogram",
        packages=_LIBROSA,
    ),
    Feature(
        name="fma",
        kind="vector",
        shape=(518,),
        unit="one for each of FMA_COLUMNS: Hz (halved, as published), dB or none",
        parameters=given.FMA,
        version=1,
        function=f"{_HERE}.fma:fma_statistics",
        packages=_LIBROSA,
    ),
    Feature(
        name="mel_image",
        kind="image",
        shape=(288, 432),
        unit="grey, 0..1",
        parameters=given.MEL_IMAGE,
        version=2,
        function=f"{_HERE}.mel_image:mel_image",
        reader=f"{_HERE}.mel_image:read_mel_image",
        packages=_DRAWING,
    ),
    Feature(
        name="mel_clip",
        kind="image",
        shape=(333, 128),
        unit="dB relative to the clip's maximum, twice those of power",
        parameters=given.MEL_CLIP,
        version=1,
        function=f"{_HERE}.mel_clip:mel_clip",
        reader=f"{_HERE}.mel_clip:read_mel_clip",
        packages=_DRAWING,
    ),
    Feature(
        name="mel_3s",
        kind="image",
        shape=(130, 128),
        unit="standard deviations of the clip's dB",
        parameters=given.MEL,
        version=1,
        function=f"{_HERE}.mel_3s:mel_3s",
    ),
    Feature(
        name="image_statistics",
        kind="vector",
        shape=(1509,),
        unit="one for each of IMAGE_STATISTIC_NAMES, levels in 20 dB",
        parameters=given.MEL_CLIP,
        version=1,
        function=f"{_HERE}.image_statistics:clip_statistics",
        reader=f"{_HERE}.image_statistics:read_statistics",
        packages=_DRAWING,
    ),
    Feature(
        name="hog",
        kind="vector",
        shape=(7776,),
        unit="share of a cell's gradients, cells of length 1",
        parameters=given.HOG,
        version=2,
        function=f"{_HERE}.hog:hog",
        reader=f"{_HERE}.hog:read_hog",
        packages=_DRAWING,
    ),
    Feature(
        name="mel_drawing",
        kind="sequence",
        shape=("n_columns", 128),
        unit="dB relative to the clip's maximum",
        parameters=given.DRAWING,
        version=1,
        function=f"{_HERE}.mel:mel_drawing_decibels",
    ),
)

FEATURES: Mapping[str, Feature] = MappingProxyType({feature.name: feature for feature in _DECLARED})
