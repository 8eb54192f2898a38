"""Is one model better than another, or is it chance? Paired tests and their correction.

Pure numbers: arrays in, p-values out. Every function works on many pairs at once.
"""

import numpy as np
from scipy.stats import binom
from scipy.stats import t as student
from statsmodels.stats.multitest import multipletests

SIGNIFICANCE = 0.05
SAME = 1e-12  # accuracies of folds that differ by less differ by rounding only


def mcnemar_exact(only_a: np.ndarray | int, only_b: np.ndarray | int) -> np.ndarray:
    """Return two-sided p-values of exact McNemar tests.

    Where two models never disagree on who is right, p is 1: nothing speaks for either.

    Parameters
    ----------
    only_a, only_b : ndarray of int, any one shape
        Units that only the first, or only the second model got right.

    References
    ----------
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions or
    percentages".
    """
    fewer = np.minimum(only_a, only_b)
    return np.minimum(1.0, 2 * binom.cdf(fewer, np.add(only_a, only_b), 0.5))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return p-values of shape (n,) corrected for being n; those that are NaN do not count.

    References
    ----------
    Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
    """
    p_values = np.asarray(p_values, dtype=float)
    corrected = np.full(len(p_values), np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        corrected[known] = multipletests(p_values[known], method="holm")[1]
    return corrected


def corrected_resampled_t(differences: np.ndarray, test_train_ratio: float) -> np.ndarray:
    """Return two-sided p-values of t-tests over folds whose training parts overlap.

    Folds are not independent: an ordinary t-test finds differences where there are none. The
    variance of the mean is therefore taken as variance x (1/k + n_test/n_train).

    Parameters
    ----------
    differences : ndarray of shape (..., k)
        Accuracy of one model minus the other's, by fold.
    test_train_ratio : float
        Test units per training unit of a fold: 1/9 in ten folds.

    Returns
    -------
    ndarray of shape (...)
        NaN with fewer than two folds. Where all folds differ by the same, 1 if that is nothing and
        0 otherwise.

    References
    ----------
    Nadeau & Bengio 2003, "Inference for the Generalization Error".
    """
    differences = np.asarray(differences, dtype=float)
    k = differences.shape[-1]
    if k < 2:
        return np.full(differences.shape[:-1], np.nan)
    mean = differences.mean(axis=-1)
    variance = differences.var(axis=-1, ddof=1) * (1 / k + test_train_ratio)
    constant = np.ptp(differences, axis=-1) < SAME
    t = np.divide(mean, np.sqrt(variance), out=np.zeros_like(mean), where=~constant)
    p = 2 * student.sf(np.abs(t), df=k - 1)
    return np.where(constant, np.where(np.abs(mean) < SAME, 1.0, 0.0), p)
