"""Pictures of a clip for documents: real files, the same bytes for the same clip."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import soundfile

from pipeline.audio import AudioError
from pipeline.clip_pictures import clip_figures, write_clip_pictures
from pipeline.config import ANALYSIS
from pipeline.features.pictures import clip_pictures

SR = ANALYSIS.sr
TONE = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(3 * SR) / SR)).astype(np.float32)
NAMES = ["waveform", "spectrogram_linear", "spectrogram_log", "mel", "mfcc", "chroma"]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "rock.00001.wav"
    soundfile.write(path, TONE, SR)
    return path


def test_six_pictures_that_repeat_themselves(clip, tmp_path):
    first, second = (write_clip_pictures(clip, tmp_path / folder) for folder in ("a", "b"))
    assert [path.name for path in first] == [f"rock.00001_{name}.png" for name in NAMES]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        image = matplotlib.image.imread(one)
        assert image.shape[:2] == (360, 960) and image[..., :3].std() > 0.05


def test_svg_repeats_itself_and_holds_its_title(clip, tmp_path):
    first, second = (
        write_clip_pictures(clip, tmp_path / folder, format="svg")[3] for folder in ("a", "b")
    )
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text().startswith("<?xml")


def test_every_axis_has_a_title_and_a_unit():
    for name, figure in clip_figures(clip_pictures(TONE, sr=SR), title="rock.00001"):
        axes = figure.axes[0]
        assert axes.get_title(loc="left").startswith("rock.00001: ")
        assert axes.get_xlabel() == "time [s]" and axes.get_ylabel()
        assert axes.get_xlim() == pytest.approx((0, 3), abs=0.02)
        if name != "waveform":
            assert figure.axes[1].get_ylabel()  # the colour bar's


def test_silence_can_be_drawn(tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(2 * SR), SR)
    assert len(write_clip_pictures(tmp_path / "silence.wav", tmp_path)) == 6


@pytest.mark.parametrize(("stem", "format"), [("cash $^$", "png"), ("音楽", "svg")])
def test_any_name_can_be_a_title(tmp_path, stem, format):
    soundfile.write(tmp_path / f"{stem}.wav", TONE[:SR], SR)
    written = write_clip_pictures(tmp_path / f"{stem}.wav", tmp_path, format=format)
    assert [path.name for path in written] == [f"{stem}_{name}.{format}" for name in NAMES]


def test_a_broken_clip_writes_nothing(tmp_path):
    (tmp_path / "broken.wav").write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(AudioError):
        write_clip_pictures(tmp_path / "broken.wav", tmp_path / "out")
    assert not (tmp_path / "out").exists()
