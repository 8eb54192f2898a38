"""The exported models as they run in the web process: card, ONNX graph, and the columns it takes.

Must not import TensorFlow, LightGBM or scikit-learn; onnxruntime is imported when a model is read.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from pipeline.artifacts import ResultsError
from pipeline.features.song import SONG_FEATURE_NAMES
from pipeline.features.summary import FEATURE_NAMES

WindowLength = Literal[3, 30]
SONG = "features_song"


@dataclass(frozen=True)
class ServedModel:
    """A card, its graph, and the columns that it takes.

    They count in ``FEATURE_NAMES``, or in ``SONG_FEATURE_NAMES`` for a model of whole songs.
    """

    card: dict[str, Any]
    session: Any
    columns: np.ndarray

    @property
    def window_s(self) -> WindowLength:
        """Length of the model's windows in seconds."""
        return cast(WindowLength, self.card["window_s"])

    @property
    def hears_songs(self) -> bool:
        """Whether the model takes a window's song features instead of its statistics."""
        return bool(self.card["representation"] == SONG)

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, shape (n_windows, n_genres), rows summing to 1."""
        rows = np.ascontiguousarray(X[:, self.columns], dtype=np.float32)
        (proba,) = self.session.run(["probabilities"], {"features": rows})
        exact = proba.astype(np.float64)
        return exact / exact.sum(axis=1, keepdims=True)  # float32 sums miss 1 by about 1e-6


def read_served_model(results: Path, card: dict[str, Any]) -> ServedModel:
    """Return a served model, after checking that its graph is the one that the card describes.

    Raises
    ------
    ResultsError
        If the graph is missing, has another SHA-256, or takes features that are not computed here.
    """
    import onnxruntime

    path = results / "models" / f"{card['id']}.onnx"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ResultsError(f"{path} cannot be read ({error}). Run `make results`.") from error
    if hashlib.sha256(content).hexdigest() != card["onnx_sha256"]:
        raise ResultsError(
            f"{path} is not the file that its card describes (SHA-256 differs). Run `make "
            "results`, or restore the committed results/ folder."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # visitors share the cores
    options.enable_cpu_mem_arena = False  # an arena keeps its peak for ever
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    known = SONG_FEATURE_NAMES if card["representation"] == SONG else FEATURE_NAMES
    columns = feature_columns(card["features"], f"the card of {card['id']}", known=known)
    return ServedModel(card, session, columns)


def feature_columns(
    features: Sequence[str], owner: str, *, known: Sequence[str] = FEATURE_NAMES
) -> np.ndarray:
    """Return where the named features stand among those that are computed here.

    Raises
    ------
    ResultsError
        If a name is unknown; the message begins with ``owner``.
    """
    place = {name: column for column, name in enumerate(known)}
    unknown = [name for name in features if name not in place]
    if unknown:
        raise ResultsError(
            f"{owner} names features that this program does not compute: "
            f"{', '.join(unknown[:3])}. Check out the matching version, or run `make results`."
        )
    return np.array([place[name] for name in features], dtype=int)
