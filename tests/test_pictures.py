"""The confusion picture: a real PNG, the same bytes for the same counts."""

import io

import matplotlib.image
import numpy as np

from pipeline.pictures import confusion_picture

GENRES = ["blues", "rock"]


def test_picture_repeats_itself_and_is_small():
    counts = np.array([[8, 2], [0, 0]])  # a genre without samples
    first, second = (confusion_picture(counts, GENRES, title="title") for _ in range(2))
    assert first == second
    image = matplotlib.image.imread(io.BytesIO(first))
    assert image.shape[0] == 400 and image[..., :3].std() > 0.1
    assert len(first) < 16_000


def test_other_counts_give_another_picture():
    drawn = [
        confusion_picture(np.array(counts), GENRES, title="title")
        for counts in ([[9, 1], [1, 9]], [[1, 9], [9, 1]])
    ]
    assert drawn[0] != drawn[1]
