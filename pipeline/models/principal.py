"""Principal components of rows that are far longer than there are rows: pictures.

The covariance of 124,416 pixels does not fit in memory; the products of a few hundred rows with
each other do, and have the same eigenvalues.
"""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

BLOCK = 8192  # columns that are worked on at once, in double precision: 50 MB for 800 rows


class PrincipalComponents(TransformerMixin, BaseEstimator):
    """Coordinates of rows of any shape in the directions in which the training rows vary most.

    As many as hold a share of the variance, divided by one number so that they vary by 1 on
    average: models whose defaults expect numbers of about that size can take them. Columns that do
    not vary in the training rows (a picture's margin) are left out.

    After ``fit``: ``varies_`` (bool, of each flattened column), ``mean_``, ``components_`` of
    shape (n_components, number of columns that vary), float32, and ``scale_``.

    Parameters
    ----------
    share : float
        Of the variance, 0..1.

    References
    ----------
    Sirovich & Kirby, 1987, "Low-dimensional procedure for the characterization of human faces"
    (eigenvectors from the products of the rows).
    """

    def __init__(self, share: float = 0.99999999) -> None:
        self.share = share

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "PrincipalComponents":
        """Find the directions from (n, ...) training rows.

        Raises
        ------
        ValueError
            If all rows are the same.
        """
        flat = X.reshape(len(X), -1)
        self.varies_ = np.ptp(flat, axis=0) > 0
        if not self.varies_.any():
            raise ValueError("all training rows are the same: nothing varies. Check the table.")
        columns = np.flatnonzero(self.varies_)
        self.mean_ = flat.mean(axis=0, dtype=np.float64)[columns]
        blocks = [slice(start, start + BLOCK) for start in range(0, len(columns), BLOCK)]
        products = np.zeros((len(X), len(X)))
        for block in blocks:
            centred = flat[:, columns[block]] - self.mean_[block]
            products += centred @ centred.T
        sizes, vectors = _largest_first(products, self.share)
        self.components_ = np.empty((len(sizes), len(columns)), dtype=np.float32)
        for block in blocks:
            centred = flat[:, columns[block]] - self.mean_[block]
            self.components_[:, block] = (vectors / np.sqrt(sizes)).T @ centred
        self.scale_ = float(np.sqrt(sizes.sum() / (len(X) * len(sizes))))
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the coordinates of (n, ...) rows, (n, n_components), float64."""
        flat = X.reshape(len(X), -1)
        columns = np.flatnonzero(self.varies_)
        coordinates = np.zeros((len(X), len(self.components_)))
        for start in range(0, len(columns), BLOCK):
            block = slice(start, start + BLOCK)
            centred = flat[:, columns[block]] - self.mean_[block]
            coordinates += centred @ self.components_[:, block].T
        return coordinates / self.scale_


def _largest_first(products: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues that hold a share of the sum, and their vectors as columns.

    Signs are chosen (the largest entry is positive), since a library may choose either.
    """
    sizes, vectors = np.linalg.eigh(products)
    sizes, vectors = np.maximum(sizes[::-1], 0), vectors[:, ::-1]
    held = np.cumsum(sizes) / sizes.sum()
    n = min(int(np.searchsorted(held, share)) + 1, int((sizes > 1e-12 * sizes[0]).sum()))
    signs = np.sign(vectors[np.abs(vectors[:, :n]).argmax(axis=0), np.arange(n)])
    return sizes[:n], vectors[:, :n] * signs
