"""Clips that can be looked at: which ones, how small, and that pictures show what was played."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dashboard.figures.clip_panels import PANELS, clip_panels_figure
from dashboard.sound import clips
from dashboard.sound.clips import COLUMNS, ROWS, clip_parameter, clip_view, examples
from pipeline.audio import AudioError
from pipeline.config import ANALYSIS

SR = ANALYSIS.sr


@pytest.fixture
def with_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one track: a tone of 1 kHz."""
    folder = tmp_path / "gtzan" / "genres_original" / "rock"
    folder.mkdir(parents=True)
    tone = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(3 * SR) / SR)).astype(np.float32)
    soundfile.write(folder / "rock.00007.wav", tone, SR)
    monkeypatch.setenv("GENRELENS_DATA", str(tmp_path))
    return tmp_path


def test_examples_are_always_offered_and_tracks_where_there_is_sound(with_sound: Path) -> None:
    offered = clip_parameter("gtzan")
    assert list(offered.options) == [*examples(), "rock.00007"]
    assert offered.headings == {"rock.00007": "rock"}
    assert list(clip_parameter("fma").options) == list(examples())


def test_what_is_offered_is_what_can_be_heard_on_the_tracks_page(with_sound: Path) -> None:
    folder = with_sound / "gtzan" / "genres_original" / "rock"
    for name in (".DS_Store", "rock.00001.txt", "jazz.00001.wav"):  # no sound, or of another genre
        (folder / name).write_bytes(b"x")
    outside = with_sound.parent / "outside.wav"
    (folder / "rock.00007.wav").rename(outside)
    (folder / "rock.00002.wav").symlink_to(outside)
    (folder / "rock.00008.wav").write_bytes(outside.read_bytes())
    assert set(clip_parameter("gtzan").options) - set(examples()) == {"rock.00008"}
    with pytest.raises(KeyError):
        clip_view("rock.00002", "gtzan")
    (folder / "rock.00008.wav").unlink()
    assert list(clip_parameter("gtzan").options) == list(examples())  # without a restart


def test_sound_of_another_data_set_is_offered_too(with_sound: Path) -> None:
    folder = with_sound / "fma" / "fma_small" / "000"
    folder.mkdir(parents=True)
    (folder / "000002.wav").write_bytes(b"x")
    offered = clip_parameter("fma")
    assert list(offered.options) == [*examples(), "000002"]
    assert offered.headings == {"000002": "Tracks"}


def test_no_clip_is_decoded_beyond_what_an_upload_may_be(
    with_sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "LIMITS", type("Limits", (), {"max_duration_s": 2.0}))
    with pytest.raises(AudioError, match="long"):
        clip_view("rock.00007", "gtzan")


def test_no_other_file_can_be_asked_for(with_sound: Path) -> None:
    for name in ("../../etc/passwd", "rock.00008", "gtzan/genres_original/rock/rock.00007"):
        with pytest.raises(KeyError):
            clip_view(name, "gtzan")


def test_a_tone_is_loudest_at_its_frequency_in_all_spectra(with_sound: Path) -> None:
    view = clip_view("rock.00007", "gtzan")
    for grid in (view.pictures.spectrogram, view.octaves, view.pictures.mel):
        loudest = grid.rows[grid.values[5].argmax()]
        apart = np.diff(grid.rows).max()
        assert abs(loudest - 1000) <= apart
        assert grid.values.dtype == np.int8 and grid.values.max() == 0
    assert view.duration_s == pytest.approx(3)
    assert clip_view("rock.00007", "gtzan") is view  # from memory


def test_the_first_coefficient_is_left_out() -> None:
    cells = clip_panels_figure(clip_view("example-1", "gtzan"), mode="light").data[4]
    rows = cells.y0 + cells.dy * np.arange(np.shape(cells.z)[0]) if cells.y is None else cells.y
    assert list(rows) == list(range(2, 21))


def test_pictures_are_small_and_share_one_axis_of_time() -> None:
    view = clip_view("example-1", "fma")
    for grid in (view.pictures.spectrogram, view.octaves):
        assert grid.values.shape[0] <= COLUMNS and grid.values.shape[1] == ROWS
    figure = clip_panels_figure(view, mode="dark")
    assert len(figure.data) == len(PANELS) == 6
    assert len(figure.to_json()) < 300_000
    first, *others = [figure.layout[f"xaxis{k or ''}"] for k in ("", 2, 3, 4, 5, 6)]
    matched = [axis.matches for axis in (first, *others)]
    assert matched.count("x6") == 5 and matched[-1] is None
    assert {tuple(axis.range) for axis in (first, *others)} == {(0, view.duration_s)}
    for cells in figure.data[1:]:
        last_s = cells.x0 + cells.dx * (np.shape(cells.z)[1] - 1)
        assert cells.x0 < 0.2 and last_s == pytest.approx(view.duration_s, abs=0.2)
