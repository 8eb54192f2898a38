"""The nearest row, and the model that recognises songs."""

import numpy as np

from pipeline.models import MODELS
from pipeline.models.neighbours import SongRecogniser

RNG = np.random.default_rng(0)
SONG = np.repeat(np.arange(60), 6)
GENRE = RNG.integers(0, 3, 60)[SONG]  # nothing in a song's sound tells its genre
IDENTITY = RNG.normal(size=(60, 2))[SONG]
# what tells songs apart is a hundredth of what changes within them
X = np.hstack(
    [IDENTITY + 0.05 * RNG.normal(size=(360, 2)), 100 * RNG.normal(size=(360, 8))]
).astype(np.float32)
HEARD = np.arange(360) % 6 < 4


def accuracy(model, rows: np.ndarray) -> float:
    return float((model.predict_proba(X[rows]).argmax(axis=1) == GENRE[rows]).mean())


def test_recogniser_finds_other_segments_of_a_song_where_the_nearest_neighbour_does_not():
    recogniser = SongRecogniser().fit(X[HEARD], GENRE[HEARD], groups=SONG[HEARD])
    neighbour = MODELS["knn_1"].build(0).fit(X[HEARD], GENRE[HEARD])
    assert accuracy(recogniser, ~HEARD) > 0.9
    assert accuracy(neighbour, ~HEARD) < 0.6


def test_recogniser_knows_nothing_of_new_songs():
    old = SONG < 40
    recogniser = SongRecogniser().fit(X[old], GENRE[old], groups=SONG[old])
    assert accuracy(recogniser, ~old) < 0.55


def test_a_row_that_was_heard_weighs_most():
    recogniser = SongRecogniser().fit(X, GENRE, groups=SONG)
    proba = recogniser.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    np.testing.assert_array_equal(recogniser.predict(X), GENRE)


def test_neighbours_weigh_by_what_they_are_farther_than_the_nearest():
    space = np.array([[0.0], [1.0], [2.0], [9.0]], dtype=np.float32)
    recogniser = SongRecogniser().fit(space, np.array([0, 1, 1, 2]), groups=np.arange(4))
    scale = space.std()
    expected = np.exp(-2 * np.array([0, 1, 2, 9]) / scale)
    expected = np.array([expected[0], expected[1] + expected[2], expected[3]]) / expected.sum()
    np.testing.assert_allclose(recogniser.predict_proba(space[:1])[0], expected, rtol=1e-5)


def test_nearest_neighbour_knows_its_training_rows():
    model = MODELS["knn_1"].build(0).fit(X, GENRE)
    assert accuracy(model, np.arange(360)) == 1
