"""Which windows carried an answer, with numbers that can be checked by hand."""

import itertools

import numpy as np
import pytest

from pipeline.why.windows import carried


def windows_of(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows)


def test_the_fewest_windows_without_which_another_genre_wins_decided():
    # jazz, rock, pop; the mean is jazz 0.49, rock 0.41; without the third window rock wins
    proba = windows_of((0.4, 0.5, 0.1), (0.4, 0.5, 0.1), (0.8, 0.1, 0.1), (0.36, 0.54, 0.1))
    found = carried(proba)
    assert found.role == ("against", "against", "decided", "against")
    assert found.rival == 1
    assert found.margin == pytest.approx([-0.1, -0.1, 0.7, -0.18])


def test_where_every_window_says_the_same_none_decided():
    found = carried(windows_of(*[(0.6, 0.3, 0.1)] * 4))
    assert found.role == ("for",) * 4
    assert found.rival == 1


def test_one_window_carries_its_answer_alone():
    found = carried(windows_of((0.5, 0.2, 0.3)))
    assert found.role == ("for",) and found.rival == 2


def test_the_rival_need_not_be_the_genre_that_comes_next():
    # rock comes next in the mean, but one window less makes it pop
    proba = windows_of((0.9, 0.0, 0.1), (0.35, 0.33, 0.32), (0.2, 0.38, 0.42), (0.25, 0.4, 0.35))
    assert proba.mean(axis=0).argsort()[::-1].tolist() == [0, 2, 1]
    proba[1] = (0.35, 0.45, 0.2)
    assert proba.mean(axis=0).argsort()[::-1].tolist() == [0, 1, 2]
    found = carried(proba)
    assert found.role[0] == "decided"
    left = np.delete(proba, 0, axis=0).mean(axis=0)
    assert found.rival == int(left.argmax())


@pytest.mark.parametrize("seed", range(20))
def test_no_smaller_set_of_windows_would_do(seed: int):
    """Every set of windows is tried; the answer is among the smallest that change the genre."""
    proba = np.random.default_rng(seed).dirichlet(np.ones(4), size=6)
    answer = proba.mean(axis=0).argmax()
    changing = [
        gone
        for size in range(1, 4)
        for gone in itertools.combinations(range(6), size)
        if np.delete(proba, gone, axis=0).mean(axis=0).argmax() != answer
    ]
    found = carried(proba)
    decided = tuple(k for k, role in enumerate(found.role) if role == "decided")
    if not changing:
        assert not decided
        return
    assert len(decided) == len(changing[0])
    assert decided in changing
    assert np.delete(proba, decided, axis=0).mean(axis=0).argmax() == found.rival
