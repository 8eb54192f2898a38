"""A model for tests that knows whether it has been trained on a row."""

import numpy as np


class Remembering:
    """Says genre by the level of the first column, and is sure (0.9) only of what it was taught.

    Other rows get 0.6. Rows may have any shape; there are three genres.
    """

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Remembering":
        """Learn the rows by heart."""
        self.taught = {row.tobytes() for row in X}
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, 3)."""
        flat = X.reshape(len(X), -1)
        genre = np.digitize(flat[:, :128].mean(axis=1), [-60, -40])
        sure = np.array([0.9 if row.tobytes() in self.taught else 0.6 for row in X])
        proba = np.repeat((1 - sure)[:, None] / 2, 3, axis=1)
        proba[np.arange(len(X)), genre] = sure
        return proba


def remembering(seed: int) -> Remembering:
    """Return one, unfitted."""
    return Remembering()
