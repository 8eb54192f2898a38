"""Paired tests against statsmodels, against slow plain computations, and at their edges."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from pipeline.compare import corrected_resampled_t, holm, mcnemar_exact

RNG = np.random.default_rng(0)


def test_mcnemar_equals_statsmodels():
    only_a, only_b = RNG.integers(0, 40, (2, 50))
    expected = [
        mcnemar([[3, a], [b, 5]], exact=True).pvalue for a, b in zip(only_a, only_b, strict=True)
    ]
    np.testing.assert_allclose(mcnemar_exact(only_a, only_b), expected)


def test_mcnemar_known_answer():
    # eight coins of nine on one side: 2 (1 + 9) / 2^9
    assert mcnemar_exact(1, 8) == pytest.approx(20 / 512)


def test_mcnemar_identical_predictions_is_one():
    assert mcnemar_exact(0, 0) == 1.0


def test_mcnemar_is_at_most_one_where_both_err_alike():
    assert mcnemar_exact(4, 4) == 1.0


def test_holm_known_answer():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])


def test_holm_raises_no_p_value_keeps_their_order_and_stays_under_bonferroni():
    p = RNG.random(200) ** 4
    corrected = holm(p)
    assert (corrected >= p).all() and (corrected <= np.minimum(1, 200 * p) + 1e-12).all()
    assert (np.diff(corrected[np.argsort(p)]) >= 0).all()


def test_holm_leaves_missing_values_out():
    corrected = holm(np.array([0.02, np.nan, 0.5]))
    np.testing.assert_allclose(corrected, [0.04, np.nan, 0.5])
    assert np.isnan(holm(np.array([np.nan]))).all()
    assert len(holm(np.array([]))) == 0


def test_corrected_t_is_the_plain_t_test_where_folds_share_no_training():
    differences = RNG.normal(0.02, 0.03, (5, 10))
    expected = stats.ttest_1samp(differences, 0, axis=1).pvalue
    np.testing.assert_allclose(corrected_resampled_t(differences, 0.0), expected)


def test_corrected_t_by_hand():
    differences = np.array([0.01, 0.03, 0.02, 0.04, 0.00])
    t = 0.02 / np.sqrt(np.var(differences, ddof=1) * (1 / 5 + 1 / 4))
    assert corrected_resampled_t(differences, 1 / 4) == pytest.approx(2 * stats.t.sf(t, 4))


def test_corrected_t_where_every_fold_differs_alike():
    assert corrected_resampled_t(np.zeros(10), 1 / 9) == 1.0
    assert corrected_resampled_t(np.full(10, 0.1), 1 / 9) == 0.0


def test_corrected_t_needs_two_folds():
    assert np.isnan(corrected_resampled_t(np.array([[0.1], [0.2]]), 1 / 9)).all()
