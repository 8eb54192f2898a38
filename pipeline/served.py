"""The exported models as they run in the web process: card, ONNX graph, and the rows it takes.

Must not import TensorFlow, LightGBM or scikit-learn; onnxruntime is imported when a model is read.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts import ResultsError
from pipeline.features.summary import FEATURE_NAMES
from pipeline.served_rows import REPRESENTATIONS, Heard, Representation, WindowLength

OTHER_VERSION = "Check out the matching version, or run `make results`."


@dataclass(frozen=True)
class ServedModel:
    """A card, its graph, and what it takes.

    Attributes
    ----------
    columns : ndarray or None
        Which numbers of a row, where these have names; None for whole rows.
    """

    card: dict[str, Any]
    session: Any
    representation: Representation
    columns: np.ndarray | None

    @property
    def window_s(self) -> WindowLength:
        """Length of the model's windows in seconds."""
        return self.representation.window_s

    def hear(self, heard: Heard) -> np.ndarray:
        """Return what the model says of each window of a clip, shape (n_windows, n_genres)."""
        return np.concatenate([self.probabilities(X) for X in self.representation.rows(heard)])

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, shape (n, n_genres), each row's sum 1.

        Parameters
        ----------
        X : ndarray of shape (n, ...)
            Whole rows of the model's representation.
        """
        taken = X if self.columns is None else X[:, self.columns]
        rows = np.ascontiguousarray(taken, dtype=np.float32)
        (proba,) = self.session.run(["probabilities"], {"features": rows})
        exact = proba.astype(np.float64)
        return exact / exact.sum(axis=1, keepdims=True)  # float32 sums miss 1 by about 1e-6


def read_served_model(results: Path, card: dict[str, Any]) -> ServedModel:
    """Return a served model, after checking that its graph is the one that the card describes.

    Raises
    ------
    ResultsError
        If the graph is missing, has another SHA-256, or takes what is not computed here.
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
    owner = f"the card of {card['id']}"
    representation = _representation(card["representation"], owner)
    columns = None
    if representation.names:
        columns = feature_columns(card["features"], owner, known=representation.names)
    shape = representation.shape if columns is None else (len(columns),)
    taken = tuple(session.get_inputs()[0].shape[1:])
    if taken != shape:
        raise ResultsError(
            f"{path} takes rows of the shape {taken}; {card['representation']} has {shape} here. "
            f"{OTHER_VERSION}"
        )
    return ServedModel(card, session, representation, columns)


def _representation(name: str, owner: str) -> Representation:
    if name not in REPRESENTATIONS:
        raise ResultsError(
            f"{owner} names the representation {name!r}, which this program does not compute from "
            f"audio: it knows {', '.join(REPRESENTATIONS)}. {OTHER_VERSION}"
        )
    return REPRESENTATIONS[name]


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
            f"{', '.join(unknown[:3])}. {OTHER_VERSION}"
        )
    return np.array([place[name] for name in features], dtype=int)
