"""The picture of the Kaggle archive: drawn from audio, read from PNG, and the two compared."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.audio import AudioError, decode
from pipeline.config import data_candidates
from pipeline.features import FEATURES
from pipeline.features.hog import hog, image_hog, read_hog
from pipeline.features.mel_image import mel_image, read_mel_image
from pipeline.features.mel_page import spectrogram_area

SR = 22_050
FULL_CLIP = 661_000  # samples


def tone(hz: float, duration_s: float = 10.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(duration_s * SR)) / SR)


def test_a_tone_is_a_bright_line_at_its_height() -> None:
    area = spectrogram_area(mel_image(tone(1000), sr=SR))
    assert area.shape == (216, 333)
    brightest = area[:, 5:-5].argmax(axis=0)
    # 1 kHz is mel 15 of 49.3, that is 39.2 of 128 bands, of which each is 1.7 rows high.
    assert np.all(np.abs(215 - brightest - 39.2 * 216 / 128) < 3)


def test_the_page_around_the_spectrogram_is_white() -> None:
    image = mel_image(tone(1000), sr=SR)
    assert image.shape == (288, 432) and image.dtype == np.float32
    image[35:253, 54:389] = 1
    assert np.all(image == 1)


def test_a_burst_stands_at_its_time() -> None:
    y = np.zeros(30 * SR)
    y[20 * SR : 21 * SR] = np.random.default_rng(0).uniform(-1, 1, SR)
    bright = spectrogram_area(mel_image(y, sr=SR)).mean(axis=0) > 0.2
    assert np.flatnonzero(bright)[[0, -1]] == pytest.approx(np.array([20, 21]) / 30 * 334, abs=3)


def test_gain_does_not_change_the_picture() -> None:
    y = np.random.default_rng(0).uniform(-0.4, 0.4, 5 * SR)
    changed = np.abs(mel_image(y, sr=SR) - mel_image(2 * y, sr=SR))
    assert changed.max() <= 1 / 255 + 1e-6


def test_a_picture_is_read_as_grey(tmp_path: Path) -> None:
    colours = np.zeros((288, 432, 4), np.uint8)
    colours[..., 3] = 255
    colours[:144, :, 0] = 255
    Image.fromarray(colours).save(tmp_path / "blues00000.png")
    image = read_mel_image(tmp_path / "blues00000.png")
    assert image[0, 0] == pytest.approx(76 / 255) and image[-1, -1] == 0
    assert np.array_equal(FEATURES["mel_image"].read(tmp_path / "blues00000.png"), image)
    assert read_hog(tmp_path / "blues00000.png").shape == (7776,)


def test_what_is_no_such_picture_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (100, 50)).save(tmp_path / "small.png")
    (tmp_path / "text.png").write_text("<html></html>")
    (tmp_path / "cut.png").write_bytes((tmp_path / "small.png").read_bytes()[:60])
    for name, code, part in (
        ("small.png", "broken", "432 x 288 pixels, .*small.png is 100 x 50"),
        ("text.png", "broken", "no picture"),
        ("cut.png", "broken", "no picture"),
        ("absent.png", "unreadable", "absent.png"),
    ):
        with pytest.raises(AudioError, match=part) as caught:
            read_mel_image(tmp_path / name)
        assert caught.value.code == code


def test_hog_of_stripes_has_one_orientation() -> None:
    rows = np.arange(288)[:, None] // 3 % 2
    cells = image_hog(np.repeat(rows, 432, axis=1).astype(np.float32)).reshape(24, 36, 9)
    assert np.all(cells[2:-2, 2:-2].argmax(axis=-1) == 4)  # of 0..180 degrees, the middle
    assert np.linalg.norm(cells[5:-5, 5:-5], axis=-1) == pytest.approx(1, abs=1e-3)


def test_hog_of_a_clip_is_that_of_its_picture() -> None:
    y = tone(700)
    assert np.array_equal(hog(y, sr=SR), image_hog(mel_image(y, sr=SR)))


@pytest.fixture(scope="module")
def gtzan(data_root: Path) -> Path:
    """The folder of the real clips and pictures."""
    folders = [f for f in data_candidates(data_root) if (f / "images_original").is_dir()]
    if not folders:
        pytest.skip("no pictures: images_original/ is not in the data folder. See data/README.md")
    return folders[0]


def test_drawn_pictures_equal_the_archives(gtzan: Path) -> None:
    alike, same = [], []
    for path in sorted((gtzan / "genres_original").glob("*/*.0000[0-1].*")):
        y = decode(path, sr=SR).y
        name = path.stem.replace(".", "") + ".png"
        published = gtzan / "images_original" / path.parent.name / name
        if len(y) < FULL_CLIP or not published.is_file():
            continue
        drawn = spectrogram_area(mel_image(y, sr=SR))
        read = spectrogram_area(read_mel_image(published))
        alike.append(np.corrcoef(drawn.ravel(), read.ravel())[0, 1])
        same.append(np.mean(np.abs(drawn - read) < 1.5 / 255))
    assert len(alike) >= 18
    # On all 55 full clips: correlation 0.937 at least and 0.964 on average, 91 % of pixels equal.
    assert min(alike) > 0.93
    assert np.mean(same) > 0.88
