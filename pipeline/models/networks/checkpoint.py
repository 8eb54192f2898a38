"""Where a training keeps its state, by the content of what it is trained on.

The same network on the same rows with the same seed is the same training, whoever asks for it: a
killed one goes on where it stopped, and a finished one is there at once. Files are written whole
and renamed; they hold numbers only.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import write_atomic
from pipeline.underway import checkpoints

STATE, RESULT, CURVE = "state.npz", "result.npz", "history.csv"


@dataclass
class Progress:
    """How far a training is.

    Attributes
    ----------
    epochs : int
        Epochs done.
    best_epoch : int
        The epoch whose weights would be kept now; -1 before the first.
    best_loss : float
        Its validation loss.
    history : list of dict
        ``epoch, loss, accuracy, val_loss, val_accuracy`` of each epoch.
    """

    epochs: int = 0
    best_epoch: int = -1
    best_loss: float = float("inf")
    history: list[dict[str, float]] = field(default_factory=list)


class Checkpoint:
    """The state of one training; with ``key`` only remembered where a task names a folder."""

    def __init__(self, key: str) -> None:
        root = checkpoints()
        self.folder = None if root is None else root / key[:2] / key

    def result(self) -> tuple[Progress, list[np.ndarray]] | None:
        """Return (progress, kept weights) of a finished training, or None."""
        read = self._read(RESULT)
        return None if read is None else (read[0], read[1]["weights"])

    def state(self) -> tuple[Progress, dict[str, list[np.ndarray]]] | None:
        """Return (progress, arrays by name) of a training that was stopped, or None."""
        return self._read(STATE)

    def save_state(self, progress: Progress, arrays: dict[str, list[np.ndarray]]) -> None:
        """Keep everything that the next epoch depends on."""
        self._write(STATE, progress, arrays)

    def save_result(self, progress: Progress, weights: list[np.ndarray]) -> None:
        """Keep the outcome, and drop the state."""
        self._write(RESULT, progress, {"weights": weights})
        if self.folder is not None:
            (self.folder / STATE).unlink(missing_ok=True)

    def save_curve(self, progress: Progress) -> None:
        """Write the learning curve so far, for whoever wants to watch."""
        if self.folder is not None:
            table = pd.DataFrame(progress.history)
            write_atomic(self.folder / CURVE, lambda path: table.to_csv(path, index=False))

    def _write(self, name: str, progress: Progress, arrays: dict[str, list[np.ndarray]]) -> None:
        if self.folder is None:
            return
        content: dict[str, Any] = {"progress": np.array(json.dumps(asdict(progress)))}
        for kind, values in arrays.items():
            content |= {f"{kind}.{place}": value for place, value in enumerate(values)}

        def save(path: Path) -> None:
            with path.open("wb") as file:
                np.savez(file, **content)

        write_atomic(self.folder / name, save)

    def _read(self, name: str) -> tuple[Progress, dict[str, list[np.ndarray]]] | None:
        if self.folder is None:
            return None
        try:
            with np.load(self.folder / name, allow_pickle=False) as content:
                progress = Progress(**json.loads(str(content["progress"])))
                arrays: dict[str, list[np.ndarray]] = {}
                for key in content.files:
                    kind, dot, _ = key.partition(".")
                    if dot:  # written in order, and read in it
                        arrays.setdefault(kind, []).append(content[key])
        except (OSError, ValueError, KeyError, EOFError):  # not there, or damaged: train anew
            return None
        return progress, arrays
