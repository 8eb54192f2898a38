"""Features: what is computed from a clip, declared in ``FEATURES``.

Frames come first in every array here. Importing this package loads numpy only; a feature's own
module is imported when its function is asked for. Nothing here may import scikit-learn,
TensorFlow, LightGBM or librosa.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from pipeline.config import ANALYSIS, AnalysisParameters


@dataclass(frozen=True)
class Feature:
    """One way to describe a signal.

    Attributes
    ----------
    name : str
    shape : tuple of (int or str)
        A name stands for a size that depends on the clip.
    unit : str
    parameters : AnalysisParameters
    version : int
        Raised whenever the numbers change, so that stored features are computed anew.
    function : str
        ``module:function``; called with the signal and ``sr=``.
    """

    name: str
    shape: tuple[int | str, ...]
    unit: str
    parameters: AnalysisParameters
    version: int
    function: str

    def load(self) -> Callable[..., Any]:
        """Return the function that computes the feature, importing its module now."""
        module, _, function = self.function.partition(":")
        return getattr(import_module(module), function)


_DECLARED = (
    Feature(
        name="summary",
        shape=(57,),
        unit="one for each of FEATURE_NAMES: Hz, beats a minute, dB or none",
        parameters=ANALYSIS,
        version=1,
        function="pipeline.features.summary:summary_statistics",
    ),
    Feature(
        name="mel",
        shape=(128, "n_columns"),
        unit="dB relative to the clip's maximum",
        parameters=ANALYSIS,
        version=1,
        function="pipeline.features.mel:mel_image",
    ),
)

FEATURES: Mapping[str, Feature] = MappingProxyType({feature.name: feature for feature in _DECLARED})
