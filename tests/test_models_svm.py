"""Probabilities out of the margins between genres."""

import numpy as np
import pytest
from sklearn.svm import SVC

from pipeline.models.svm import SHARPNESS, PairwiseMargins, pair_signs

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(4), 30)
X = RNG.normal(size=(120, 5)) + 1.5 * Y[:, None]


def test_pairs_are_in_the_order_of_scikit_learn():
    np.testing.assert_array_equal(pair_signs(3), [[1, -1, 0], [1, 0, -1], [0, 1, -1]])


def test_probabilities_of_known_margins():
    class Machine:
        def decision_function(self, X):
            return np.tile(np.arctanh([0.5, 0.5, -0.5]) / SHARPNESS, (len(X), 1))

    model = PairwiseMargins(C=1, gamma_x_features=1)
    model.machine_, model.classes_ = Machine(), np.arange(3)
    votes = np.array([1.0, -1.0, 0.0])
    expected = np.exp(votes) / np.exp(votes).sum()
    np.testing.assert_allclose(model.predict_proba(np.zeros((2, 5))), [expected, expected])
    np.testing.assert_array_equal(model.predict(np.zeros((2, 5))), [0, 0])


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_answers_are_those_of_the_machine(n_classes):
    rows = n_classes > Y
    model = PairwiseMargins(C=1, gamma_x_features=0.5).fit(X[rows], Y[rows])
    reference = SVC(C=1, gamma=0.5 / 5).fit(X[rows], Y[rows])
    assert (model.predict(X[rows]) == reference.predict(X[rows])).mean() > 0.95
    assert (model.predict(X[rows]) == Y[rows]).mean() > 0.8
    np.testing.assert_allclose(model.predict_proba(X[rows]).sum(axis=1), 1)


def test_gamma_follows_the_number_of_features():
    assert PairwiseMargins(C=1, gamma_x_features=2).fit(X, Y).machine_.gamma == 0.4


def test_a_far_row_gets_no_confident_answer():
    model = PairwiseMargins(C=1, gamma_x_features=1).fit(X, Y)
    assert model.predict_proba(np.full((1, 5), 1e3)).max() < 0.6
