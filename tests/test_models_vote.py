"""Votes and stacks: known answers, and no song on both sides of an inner split."""

from typing import ClassVar

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from pipeline.models.vote import SoftVote, Stack

RNG = np.random.default_rng(0)
GROUPS = np.repeat(np.arange(60), 4)
Y = np.arange(60)[GROUPS] % 3
X = RNG.normal(size=(240, 4)) + 2 * Y[:, None]


class Fixed(ClassifierMixin, BaseEstimator):
    """Answers with the same probabilities whatever it is asked."""

    def __init__(self, answer: tuple[float, ...]) -> None:
        self.answer = answer

    def fit(self, X, y):
        """Note the genres."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        """Return the answer for every row."""
        return np.tile(self.answer, (len(X), 1))


class Memory(ClassifierMixin, BaseEstimator):
    """Knows the songs it was fitted on, by the first feature, and guesses the rest."""

    seen: ClassVar[list[set[int]]] = []

    def fit(self, X, y, groups):
        """Remember rows and note groups."""
        self.known_ = dict(zip(X[:, 0], y, strict=True))
        self.groups_ = set(groups)
        Memory.seen.append(self.groups_)
        return self

    def predict_proba(self, X):
        """Return certainty, of the first genre where a row is new."""
        return np.array([np.eye(3)[self.known_.get(value, 0)] for value in X[:, 0]])


SURE, UNSURE = (0.9, 0.1, 0.0), (0.2, 0.2, 0.6)


def test_vote_is_the_mean_of_its_members():
    vote = SoftVote({"a": Fixed(SURE), "b": Fixed(UNSURE)}).fit(X, Y)
    np.testing.assert_allclose(vote.predict_proba(X[:2]), [[0.55, 0.15, 0.3]] * 2)
    np.testing.assert_array_equal(vote.predict(X[:2]), [0, 0])


def test_weights_are_shares_of_the_vote():
    vote = SoftVote({"a": Fixed(SURE), "b": Fixed(UNSURE)}, {"a": 1, "b": 3}).fit(X, Y)
    np.testing.assert_allclose(vote.shares_, [0.25, 0.75])
    np.testing.assert_allclose(vote.predict_proba(X[:1]), [[0.375, 0.175, 0.45]])


def test_members_stay_as_declared():
    member = Fixed(SURE)
    SoftVote({"a": member}).fit(X, Y)
    assert not hasattr(member, "classes_")


def test_groups_reach_the_members_that_take_them():
    vote = SoftVote({"memory": Memory(), "fixed": Fixed(SURE)}).fit(X, Y, groups=GROUPS)
    assert vote.fitted_[0].groups_ == set(GROUPS)


def test_stack_never_divides_a_group():
    Memory.seen.clear()
    Stack({"memory": Memory()}, n_folds=4).fit(X, Y, GROUPS)
    *inner, everything = Memory.seen
    assert everything == set(GROUPS)
    assert len(inner) == 4
    held = [everything - part for part in inner]
    assert sorted(group for part in held for group in part) == list(range(60))


@pytest.mark.parametrize("seed", [0, 1])
def test_stack_does_not_trust_a_member_that_only_remembers(seed):
    members = {"memory": Memory(), "logistic": LogisticRegression(max_iter=1000)}
    stack = Stack(members, C=1.0, seed=seed).fit(X, Y, GROUPS)
    new = RNG.normal(size=(90, 4)) + 2 * np.repeat(np.arange(3), 30)[:, None]
    assert (stack.predict(new) == np.repeat(np.arange(3), 30)).mean() > 0.9
