"""Metrics agree with scikit-learn and with answers known by hand."""

import numpy as np
import pytest
from sklearn import metrics as reference

from pipeline import metrics

RNG = np.random.default_rng(3)
Y_TRUE = RNG.integers(0, 4, 500)
Y_PROBA = RNG.dirichlet(np.ones(4), 500)
Y_PROBA[np.arange(500), Y_TRUE] += 0.3
Y_PROBA /= Y_PROBA.sum(axis=1, keepdims=True)
Y_PRED = Y_PROBA.argmax(axis=1)
COUNTS = metrics.confusion_counts(Y_TRUE, Y_PRED, 4)


def test_confusion_counts_equal_scikit_learn():
    assert (COUNTS == reference.confusion_matrix(Y_TRUE, Y_PRED)).all()


def test_scores_from_counts_equal_scikit_learn():
    precision, recall, f1, _ = reference.precision_recall_fscore_support(Y_TRUE, Y_PRED)
    np.testing.assert_allclose(metrics.precision(COUNTS), precision)
    np.testing.assert_allclose(metrics.recall(COUNTS), recall)
    np.testing.assert_allclose(metrics.f1(COUNTS), f1)
    assert metrics.accuracy(COUNTS) == pytest.approx(reference.accuracy_score(Y_TRUE, Y_PRED))
    assert metrics.macro_f1(COUNTS) == pytest.approx(
        reference.f1_score(Y_TRUE, Y_PRED, average="macro")
    )


def test_scores_keep_leading_axes():
    stack = np.stack([COUNTS, COUNTS.T])
    np.testing.assert_allclose(metrics.precision(stack)[1], metrics.recall(stack)[0])
    assert metrics.macro_f1(stack).shape == (2,)


def test_perfect_prediction_scores_one_and_absent_genre_scores_zero():
    counts = np.diag([5, 3, 0])
    assert metrics.accuracy(counts) == 1
    assert metrics.recall(counts).tolist() == [1, 1, 0]
    assert metrics.macro_f1(counts) == 1  # the genre that never occurs is left out


def test_log_loss_and_top2_equal_scikit_learn():
    assert metrics.sample_log_loss(Y_TRUE, Y_PROBA).mean() == pytest.approx(
        reference.log_loss(Y_TRUE, Y_PROBA), rel=1e-5
    )
    assert metrics.sample_top2(Y_TRUE, Y_PROBA).mean() == pytest.approx(
        reference.top_k_accuracy_score(Y_TRUE, Y_PROBA, k=2)
    )


def test_log_loss_of_a_confident_error_is_finite():
    assert metrics.sample_log_loss(np.array([0]), np.array([[0.0, 1.0]]))[0] == pytest.approx(
        -np.log(1e-6), rel=1e-3
    )


def test_calibration_error_known_answers():
    always = np.tile([0.8, 0.2], (100, 1))
    right_80 = np.array([0] * 80 + [1] * 20)
    assert metrics.expected_calibration_error(np.zeros(100, int), always) == pytest.approx(0.2)
    order = np.random.default_rng(0).permutation(100)
    spread = metrics.calibration_gaps(right_80[order], always).sum() / 100
    assert spread == pytest.approx(0, abs=1e-12)


def test_calibration_bins_hold_equal_numbers():
    gaps = metrics.calibration_gaps(Y_TRUE, Y_PROBA, n_bins=5)
    assert ((gaps != 0).sum(axis=0) == 100).all()


def test_samples_that_tie_for_a_bin_share_it():
    shares = metrics.bin_shares(np.array([0.1, 0.5, 0.5, 0.5, 0.5, 0.9]), 3)
    half = [0.25, 0.5, 0.25]
    np.testing.assert_allclose(shares, [[1, 0, 0], half, half, half, half, [0, 0, 1]])
    values = np.round(np.random.default_rng(0).random(57), 1)
    shares = metrics.bin_shares(values, 10)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert set(np.rint(shares.sum(axis=0))) == {5, 6}


def test_calibration_error_does_not_depend_on_the_order_of_tied_samples():
    y_true = np.repeat(np.arange(10), 20)  # by genre, as tracks are stored
    proba = np.full((200, 10), 0.1)
    assert metrics.expected_calibration_error(y_true, proba) == pytest.approx(0, abs=1e-12)


def test_brier_equals_scikit_learn():
    assert metrics.sample_brier(Y_TRUE, Y_PROBA).mean() == pytest.approx(
        reference.brier_score_loss(Y_TRUE, Y_PROBA, scale_by_half=False)
    )


def test_cluster_measures_equal_scikit_learn():
    cluster = RNG.integers(0, 5, 500)
    table = np.zeros((5, 4))
    np.add.at(table, (cluster, Y_TRUE), 1)
    assert metrics.adjusted_rand_index(table) == pytest.approx(
        reference.adjusted_rand_score(Y_TRUE, cluster)
    )
    assert metrics.normalized_mutual_information(table) == pytest.approx(
        reference.normalized_mutual_info_score(Y_TRUE, cluster)
    )
    assert metrics.purity(np.array([[8, 2], [1, 9]])) == pytest.approx(0.85)


def test_clusters_that_are_the_genres_score_one():
    table = np.diag([4.0, 5.0, 6.0])
    assert metrics.adjusted_rand_index(table) == pytest.approx(1)
    assert metrics.normalized_mutual_information(table) == pytest.approx(1)
    assert metrics.purity(table) == 1
