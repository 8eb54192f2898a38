"""Levels of a clip from sound and from the archive's picture: known answers, and the two compared.

Where the archive and its clips are, both ways must give the same numbers.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.audio import AudioError, decode
from pipeline.config import data_candidates
from pipeline.features import FEATURES
from pipeline.features.mel_clip import mel_clip, read_mel_clip
from pipeline.features.mel_page import (
    column_frames,
    magma_colours,
    row_bands,
    steps_of_colours,
)
from pipeline.features.parameters import MEL_CLIP

SR = 22_050
FULL_CLIP = 660_000  # samples
COLUMN_S = 30 / 334.8


def tone(hz: float, duration_s: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(duration_s * SR)) / SR)


def noise(duration_s: float) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.5, 0.5, int(duration_s * SR))


def drawn(steps: np.ndarray) -> np.ndarray:
    """A page in the archive's layout that shows steps of shape (333, 128)."""
    page = np.full((288, 432, 4), 255, np.uint8)
    page[36:252, 55:388, :3] = magma_colours()[steps.T[row_bands(parameters=MEL_CLIP)]]
    return page


def saved(page: np.ndarray) -> BytesIO:
    file = BytesIO()
    Image.fromarray(page).save(file, format="png")
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("hz", "band"),
    # 49.3 mel in 129 steps: 1 kHz is mel 15, 15 / 0.3823 - 1 = 38.2; 5 kHz is mel 38.4.
    [(1000, 38), (5000, 99)],
)
def test_a_tone_is_the_loudest_in_its_band(hz, band) -> None:
    levels = mel_clip(tone(hz, 30), sr=SR)[5:-5]
    assert np.all(np.abs(levels.argmax(axis=1) - band) <= 1)
    assert levels.max() > -0.5 and np.median(levels) == -80


def test_silence_is_one_even_level() -> None:
    assert np.all(mel_clip(np.zeros(30 * SR), sr=SR) == 0)


def test_levels_are_steps_of_the_colour_scale_and_do_not_depend_on_gain() -> None:
    y = noise(30) * np.linspace(0.001, 1, 30 * SR)
    levels = mel_clip(y, sr=SR)
    steps = (levels + 80) * 255 / 80
    assert np.abs(steps - steps.round()).max() < 1e-4
    assert np.abs(mel_clip(1.7 * y, sr=SR) - levels).max() < 1.01 * 80 / 255


@pytest.mark.parametrize("duration_s", [0.1, 3, 10, 29, 30, 30.5, 31, 75])
def test_every_duration_gives_333_columns(duration_s) -> None:
    levels = mel_clip(noise(duration_s), sr=SR)
    assert levels.shape == (333, 128) and levels.dtype == np.float32
    assert levels.flags.c_contiguous and -80 <= levels.min() <= levels.max() <= 0


def test_a_short_window_keeps_the_length_of_a_column_and_goes_on_by_reflection() -> None:
    y = tone(300, 10)
    y[5 * SR : 6 * SR] = tone(3000, 1)
    bright = mel_clip(y, sr=SR)[:, 70:90].max(axis=1) > -20
    n_inside = round(10 / COLUMN_S) - 2  # a column shows the frame at its right edge
    starts = np.flatnonzero(np.diff(bright.astype(int)) == 1) + 1
    assert starts[0] == pytest.approx(5 / COLUMN_S - 2, abs=1.5)
    assert bright[:n_inside].sum() == pytest.approx(1 / COLUMN_S, abs=2.5)
    levels = mel_clip(noise(10), sr=SR)
    last = int(np.flatnonzero((levels[:-2] == levels[2:]).all(axis=1))[0]) + 1
    assert last == pytest.approx(n_inside, abs=2)
    assert np.array_equal(levels[last:][: last + 1], levels[: last + 1][::-1])


def test_of_long_sound_the_middle_counts() -> None:
    y = noise(75)
    start = (len(y) - 30 * SR) // 2
    assert np.array_equal(mel_clip(y, sr=SR), mel_clip(y[start : start + 30 * SR], sr=SR))


def test_columns_and_rows_follow_the_time_and_the_bands() -> None:
    frames, bands = column_frames(1293, parameters=MEL_CLIP), row_bands(parameters=MEL_CLIP)
    assert set(np.diff(frames)) == {3, 4} and (frames[0], frames[-1]) == (7, 1289)
    assert np.array_equal(np.unique(bands), np.arange(128)) and len(bands) == 216
    assert set(np.diff(bands)) == {-1, 0} and np.bincount(bands).max() == 2


def test_a_drawn_picture_gives_its_levels_back() -> None:
    steps = np.random.default_rng(0).integers(0, 256, (333, 128))
    page = drawn(steps)
    for picture in (page, page[..., :3]):
        read = read_mel_clip(saved(picture))
        assert np.array_equal(read, steps.astype(np.float32) * np.float32(80 / 255) - 80)
        assert read.flags.c_contiguous
    assert np.array_equal(FEATURES["mel_clip"].read(saved(page)), read)


def test_every_colour_has_its_step_and_another_the_nearest() -> None:
    colours = magma_colours()
    steps, n_foreign = steps_of_colours(colours)
    assert np.array_equal(steps, np.arange(256)) and n_foreign == 0
    near = colours[[0, 100, 255]].astype(int) + [[1, 0, 0], [0, -1, 0], [-1, 0, 0]]
    expected = ((near[:, None] - colours.astype(int)) ** 2).sum(-1).argmin(1)
    steps, n_foreign = steps_of_colours(near.astype(np.uint8))
    assert steps.tolist() == expected.tolist() and n_foreign == 3


def test_a_few_other_colours_are_read_and_many_refused(tmp_path: Path) -> None:
    steps = np.full((333, 128), 100)
    page = drawn(steps)
    page[100, 100, 0] ^= 1
    changed = read_mel_clip(saved(page)) - read_mel_clip(saved(drawn(steps)))
    assert np.abs(changed).max() < 1.01 * 80 / 255 and (changed != 0).sum() <= 1
    Image.new("RGB", (432, 288), "green").save(tmp_path / "green.png")
    with pytest.raises(AudioError, match=r"42,624 of 42,624 pixels of .*green\.png") as caught:
        read_mel_clip(tmp_path / "green.png")
    assert caught.value.code == "broken"


def test_what_is_no_such_picture_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (100, 50)).save(tmp_path / "small.png")
    for name, code, part in (
        ("small.png", "broken", "432 x 288 pixels, .*is 100 x 50"),
        ("absent.png", "unreadable", "absent"),
    ):
        with pytest.raises(AudioError, match=part) as caught:
            read_mel_clip(tmp_path / name)
        assert caught.value.code == code


@pytest.fixture(scope="module")
def both_ways(data_root: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Levels from sound and from pictures of full clips, and foreign pixels of the pictures."""
    folders = [f for f in data_candidates(data_root) if (f / "images_original").is_dir()]
    if not folders:
        pytest.skip("no pictures: images_original/ is not in the data folder. See data/README.md")
    heard, seen, n_foreign = [], [], 0
    for path in sorted((folders[0] / "genres_original").glob("*/*.0000[135].*")):
        y = decode(path, sr=SR).y
        name = path.stem.replace(".", "") + ".png"
        picture = folders[0] / "images_original" / path.parent.name / name
        if len(y) >= FULL_CLIP and picture.is_file():
            heard.append(mel_clip(y, sr=SR))
            seen.append(read_mel_clip(picture))
            with Image.open(picture) as image:
                area = np.asarray(image.convert("RGB"))[36:252, 55:388]
            n_foreign += steps_of_colours(area)[1]
    return np.array(heard), np.array(seen), n_foreign


def test_sound_and_picture_of_a_clip_give_the_same_levels(both_ways) -> None:
    heard, seen, n_foreign = both_ways
    assert len(heard) >= 24 and n_foreign == 0
    # On all 55 full clips: 5 of 2,344,320 values differ, by one step of 255.
    assert np.mean(heard != seen) < 1e-4
    assert np.abs(heard - seen).max() < 1.01 * 80 / 255
    correlations = [
        np.corrcoef(heard[:, :, band].ravel(), seen[:, :, band].ravel())[0, 1]
        for band in range(128)
    ]
    assert min(correlations) > 0.999
