"""The example clips in assets/ are the ones that the code makes."""

import json

import numpy as np
import pytest
import soundfile

from pipeline.config import REPOSITORY
from pipeline.datasets.examples import EXAMPLES, write_examples

COMMITTED = REPOSITORY / "assets" / "examples"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Write the examples anew."""
    folder = tmp_path_factory.mktemp("examples")
    write_examples(folder)
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.file)
def test_committed_clip_is_what_the_code_makes(fresh, example):
    made, sr = soundfile.read(fresh / example.file)
    kept, sr_kept = soundfile.read(COMMITTED / example.file)
    assert sr == sr_kept == 22_050
    assert made.shape == kept.shape
    assert 12 <= len(kept) / sr <= 16
    # Another encoder version may round otherwise; another tune would differ by the signal itself.
    assert np.sqrt(np.mean((made - kept) ** 2)) < 0.02 * np.sqrt(np.mean(kept**2))


def test_list_names_the_clips_and_says_that_they_are_synthetic(fresh):
    listed = json.loads((COMMITTED / "examples.json").read_text(encoding="utf-8"))
    assert listed == json.loads((fresh / "examples.json").read_text(encoding="utf-8"))
    assert [item["file"] for item in listed] == [example.file for example in EXAMPLES]
    assert all("synthetic" in item["caption"] and item["title"] for item in listed)


def test_clips_together_are_small():
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 1_000_000


def test_clips_are_of_different_styles_and_do_not_clip():
    assert len({example.style for example in EXAMPLES}) == 3
    for example in EXAMPLES:
        y, _ = soundfile.read(COMMITTED / example.file)
        assert 0.3 < np.max(np.abs(y)) <= 1.0
        assert np.mean(np.abs(y) > 0.999) < 1e-3
