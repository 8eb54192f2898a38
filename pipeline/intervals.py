"""Intervals: Wilson where the scored units are independent, else a bootstrap over groups.

A bootstrap resamples whole independent units (tracks or artists), never segments: segments of one
song are near copies of each other and would make every interval too narrow.
"""

from collections.abc import Callable

import numpy as np
from statsmodels.stats.proportion import proportion_confint

CONFIDENCE = 0.95
N_REPLICATES = 2_000


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Return Wilson's interval of a proportion of ``n`` independent units; (0, 1) for none.

    References
    ----------
    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference".
    """
    if n == 0:
        return 0.0, 1.0
    low, high = proportion_confint(successes, n, alpha=1 - CONFIDENCE, method="wilson")
    return float(low), float(high)


def bootstrap(
    totals: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    seed: int = 0,
    n_replicates: int = N_REPLICATES,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the percentile interval of a statistic of sums over resampled units.

    Parameters
    ----------
    totals : ndarray of shape (n_units, ...)
        What each independent unit adds to the sums, e.g. its own confusion counts.
    statistic : callable
        From sums of shape (n_replicates, ...) to values of shape (n_replicates, ...).
    """
    n_units = len(totals)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=n_replicates)
    sums = weights.astype(float) @ totals.reshape(n_units, -1)
    values = statistic(sums.reshape(n_replicates, *totals.shape[1:]))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail], axis=0)
    return low, high
