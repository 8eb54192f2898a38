"""Pure numbers from counts and probabilities: no files, no intervals, no protocols.

Confusion counts have shape (..., n_genres, n_genres), rows true, columns predicted; leading axes
(bootstrap replicates) are kept. Every function accepts weighted counts.
"""

import numpy as np

PROBABILITY_FLOOR = 1e-6  # under float16's resolution; a model that says 0 and errs pays ln(1e6)
ECE_BINS = 10


def confusion_counts(y_true: np.ndarray, y_pred: np.ndarray, n_genres: int) -> np.ndarray:
    """Return counts of shape (n_genres, n_genres) from integer labels."""
    counts = np.bincount(y_true * n_genres + y_pred, minlength=n_genres**2)
    return counts.reshape(n_genres, n_genres)


def accuracy(counts: np.ndarray) -> np.ndarray:
    """Return the share of samples on the diagonal."""
    return _ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)))


def precision(counts: np.ndarray) -> np.ndarray:
    """Return precision by genre; 0 where a genre was never predicted."""
    return _ratio(_diagonal(counts), counts.sum(axis=-2))


def recall(counts: np.ndarray) -> np.ndarray:
    """Return recall by genre; 0 where a genre does not occur."""
    return _ratio(_diagonal(counts), counts.sum(axis=-1))


def f1(counts: np.ndarray) -> np.ndarray:
    """Return the harmonic mean of precision and recall by genre."""
    return _ratio(2 * _diagonal(counts), counts.sum(axis=-2) + counts.sum(axis=-1))


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Return the mean of F1 over genres that occur or are predicted, as scikit-learn does."""
    present = (counts.sum(axis=-2) + counts.sum(axis=-1)) > 0
    return _ratio((f1(counts) * present).sum(axis=-1), present.sum(axis=-1))


def sample_log_loss(y_true: np.ndarray, y_proba: np.ndarray) -> np.ndarray:
    """Return minus the log probability (nats) of each sample's true genre."""
    floored = np.maximum(y_proba, PROBABILITY_FLOOR)
    floored = floored / floored.sum(axis=1, keepdims=True)
    return -np.log(floored[np.arange(len(y_true)), y_true])


def sample_brier(y_true: np.ndarray, y_proba: np.ndarray) -> np.ndarray:
    """Return each sample's squared error summed over genres, 0 (sure and right) to 2.

    References
    ----------
    Brier 1950, "Verification of Forecasts Expressed in Terms of Probability".
    """
    true = np.eye(y_proba.shape[1])[y_true]
    return ((y_proba - true) ** 2).sum(axis=1)


def sample_top2(y_true: np.ndarray, y_proba: np.ndarray) -> np.ndarray:
    """Return, per sample, 1.0 where the true genre is among the two most probable."""
    best = np.argsort(-y_proba, axis=1, kind="stable")[:, :2]
    return (best == y_true[:, None]).any(axis=1).astype(float)


def calibration_gaps(y_true: np.ndarray, y_proba: np.ndarray, n_bins: int = ECE_BINS) -> np.ndarray:
    """Return signed (confidence - correct) of each sample, divided over the confidence bins.

    Returns
    -------
    ndarray of shape (n_samples, n_bins)
        Bins hold equal numbers of samples. The expected calibration error is the sum over bins of
        the absolute column sum, divided by the number of samples.

    References
    ----------
    Naeini, Cooper & Hauskrecht 2015, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning".
    """
    confidence = y_proba.max(axis=1)
    correct = y_proba.argmax(axis=1) == y_true
    return (confidence - correct)[:, None] * bin_shares(confidence, n_bins)


def bin_shares(values: np.ndarray, n_bins: int) -> np.ndarray:
    """Return how far each value belongs to each of ``n_bins`` bins of equal size, lowest first.

    Equal values belong to the same bins in the same shares: the order of the samples, which may
    follow their genres, must not decide between them. A model with few levels of confidence (one
    tree, one neighbour, a dummy) would else seem miscalibrated.

    Returns
    -------
    ndarray of shape (n_samples, n_bins)
        Rows sum to 1; columns to whole numbers that differ by 1 at most.
    """
    edges = -(-np.arange(n_bins + 1) * len(values) // n_bins)  # rounded up
    _, level, size = np.unique(values, return_inverse=True, return_counts=True)
    end = np.cumsum(size)
    overlap = np.minimum(end[:, None], edges[1:]) - np.maximum((end - size)[:, None], edges[:-1])
    return (np.maximum(overlap, 0) / size[:, None])[level]


def expected_calibration_error(y_true: np.ndarray, y_proba: np.ndarray) -> float:
    """Return the expected calibration error with equal-mass bins, 0 (calibrated) to 1."""
    return float(np.abs(calibration_gaps(y_true, y_proba).sum(axis=0)).sum() / len(y_true))


def adjusted_rand_index(table: np.ndarray) -> np.ndarray:
    """Return the adjusted Rand index of contingency tables (..., n_clusters, n_genres).

    References
    ----------
    Hubert & Arabie 1985, "Comparing Partitions".
    """
    pairs = _pairs(table).sum(axis=(-2, -1))
    clusters = _pairs(table.sum(axis=-1)).sum(axis=-1)
    genres = _pairs(table.sum(axis=-2)).sum(axis=-1)
    expected = clusters * genres / _pairs(table.sum(axis=(-2, -1)))
    return (pairs - expected) / ((clusters + genres) / 2 - expected)


def normalized_mutual_information(table: np.ndarray) -> np.ndarray:
    """Return mutual information over the mean of the two entropies, 0 to 1."""
    share = table / table.sum(axis=(-2, -1), keepdims=True)
    joint, clusters, genres = (
        _entropy(share.reshape(*share.shape[:-2], -1)),
        _entropy(share.sum(axis=-1)),
        _entropy(share.sum(axis=-2)),
    )
    return _ratio(2 * (clusters + genres - joint), clusters + genres)


def purity(table: np.ndarray) -> np.ndarray:
    """Return the share of samples that belong to their cluster's commonest genre."""
    return table.max(axis=-1).sum(axis=-1) / table.sum(axis=(-2, -1))


def _diagonal(counts: np.ndarray) -> np.ndarray:
    return np.diagonal(counts, axis1=-2, axis2=-1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > 0)


def _pairs(n: np.ndarray) -> np.ndarray:
    return n * (n - 1) / 2


def _entropy(share: np.ndarray) -> np.ndarray:
    return -(share * np.log(np.where(share > 0, share, 1))).sum(axis=-1)
