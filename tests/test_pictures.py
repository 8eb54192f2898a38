"""The confusion picture: a real PNG, the same bytes for the same counts."""

import matplotlib.image
import numpy as np

from pipeline.pictures import write_confusion_picture

GENRES = ["blues", "rock"]


def test_picture_is_written_and_repeats_itself(tmp_path):
    counts = np.array([[8, 2], [0, 0]])  # a genre without samples
    for name in ("a.png", "b.png"):
        write_confusion_picture(tmp_path / name, counts, GENRES, title="title")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    image = matplotlib.image.imread(tmp_path / "a.png")
    assert image.shape[0] == 400 and image[..., :3].std() > 0.1


def test_other_counts_give_another_picture(tmp_path):
    for name, counts in (("a.png", [[9, 1], [1, 9]]), ("b.png", [[1, 9], [9, 1]])):
        write_confusion_picture(tmp_path / name, np.array(counts), GENRES, title="title")
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()
