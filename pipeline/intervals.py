"""Intervals: Wilson where the scored units are independent, else a bootstrap over groups.

A bootstrap resamples whole independent units (tracks or artists), never segments: segments of one
song are near copies of each other and would make every interval too narrow.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

CONFIDENCE = 0.95
N_REPLICATES = 2_000


def wilson(successes: float, n: float) -> tuple[float, float]:
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
    weights = replicate_weights(n_units, seed=seed, n_replicates=n_replicates)
    sums = weights @ totals.reshape(n_units, -1)
    return percentile_interval(statistic(sums.reshape(n_replicates, *totals.shape[1:])))


def replicate_weights(
    n_units: int, *, seed: int = 0, n_replicates: int = N_REPLICATES
) -> np.ndarray:
    """Return how often each replicate drew each unit, floats of shape (n_replicates, n_units)."""
    return _drawn(n_units, seed, n_replicates).astype(float)


def percentile_interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of replicates of shape (n_replicates, ...), each of shape (...).

    A replicate that has no value (NaN: it drew no unit of a genre) is left out; NaN where none has.
    """
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail], axis=0)
    absent = np.isnan(values)
    mixed = absent.any(axis=0) & ~absent.all(axis=0)
    if mixed.any():
        low, high = np.atleast_1d(low), np.atleast_1d(high)
        some = values.reshape(len(values), *low.shape)[:, np.atleast_1d(mixed)]
        bounds = np.nanquantile(some, [tail, 1 - tail], axis=0)
        low[np.atleast_1d(mixed)], high[np.atleast_1d(mixed)] = bounds
        return low.reshape(mixed.shape), high.reshape(mixed.shape)
    return low, high


def share_intervals(
    group: np.ndarray, member: np.ndarray, success: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (value, low, high) of the share of successes in each of k sets of units.

    Wilson's interval where every unit is alone in its group, else a bootstrap over groups. Where
    all or none succeed no replicate differs, and Wilson's interval counts groups instead.

    Parameters
    ----------
    group : ndarray of shape (n,)
        The independent unit that each one belongs to.
    member : ndarray of shape (n, k), 0 to 1
        How far each belongs to each set; units that tie for a place share it.
    success : ndarray of shape (n,), 0 or 1

    Returns
    -------
    tuple of ndarray of shape (k,)
        NaN, 0 and 1 for an empty set.
    """
    member = np.asarray(member, dtype=float)
    won = member * np.asarray(success, dtype=float)[:, None]
    trials, successes = member.sum(axis=0), won.sum(axis=0)
    value = _shares(successes, trials)
    codes, groups = pd.factorize(group, sort=True)
    if len(groups) == len(group):
        pairs = zip(successes, trials, strict=True)
        bounds = np.array([wilson(min(k, n), n) for k, n in pairs]).reshape(-1, 2)
        return value, bounds[:, 0], bounds[:, 1]
    totals = np.zeros((len(groups), 2, member.shape[1]))
    np.add.at(totals, codes, np.stack([won, member], axis=1))
    low, high = bootstrap(totals, lambda sums: _shares(sums[:, 0], sums[:, 1]))
    n_groups = (totals[:, 1] > 0).sum(axis=0)
    for k in np.flatnonzero((successes == 0) | np.isclose(successes, trials)):
        low[k], high[k] = wilson(n_groups[k] if successes[k] else 0, n_groups[k])
    return value, low, high


@lru_cache(maxsize=8)
def _drawn(n_units: int, seed: int, n_replicates: int) -> np.ndarray:
    """Draws, small: the same are needed for every statistic of every run on the same tracks."""
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=n_replicates)
    return drawn.astype(np.min_scalar_type(n_units))


def _shares(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)
