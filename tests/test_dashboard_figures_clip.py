"""Figures of a clip: what is drawn, on axes with titles, in both colour modes."""

import numpy as np
import pytest

from dashboard import theme
from dashboard.figures import clip
from pipeline.config import ANALYSIS
from pipeline.features.pictures import clip_pictures

SR = ANALYSIS.sr
SHOWN = clip_pictures(0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * SR) / SR), sr=SR)


def figures(mode: theme.Mode) -> dict:
    return {
        "waveform": clip.waveform_figure(SHOWN.waveform, mode=mode),
        "linear": clip.spectrogram_figure(SHOWN.spectrogram, mode=mode),
        "log": clip.spectrogram_figure(SHOWN.spectrogram, mode=mode, axis="log"),
        "mel": clip.mel_figure(SHOWN.mel, mode=mode),
        "mfcc": clip.mfcc_figure(SHOWN.mfcc, mode=mode),
        "chroma": clip.chroma_figure(SHOWN.chroma, mode=mode),
    }


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_figure_names_its_axes_and_wears_the_theme(mode) -> None:
    for figure in figures(mode).values():
        assert figure.layout.xaxis.title.text == "time (s)"
        assert figure.layout.yaxis.title.text
        assert figure.layout.template.layout.paper_bgcolor == theme.SURFACE[mode]


@pytest.mark.parametrize("name", ["linear", "log", "mel", "mfcc", "chroma"])
def test_cells_fit_their_axes_and_say_their_unit(name) -> None:
    cells = figures("light")[name].data[0]
    assert cells.z.shape == (len(cells.y), len(cells.x))
    assert cells.zmin < cells.zmax
    assert cells.colorbar.title.text


def test_the_log_axis_begins_where_one_hears_and_has_no_zero() -> None:
    figure = figures("light")["log"]
    assert figure.layout.yaxis.type == "log"
    assert 0 < figure.data[0].y[0] <= 40 < figure.data[0].y[3]
    assert figure.layout.yaxis.ticktext[:2] == ("50 Hz", "100 Hz")


def test_the_first_coefficient_is_left_out() -> None:
    assert list(figures("dark")["mfcc"].data[0].y) == list(range(2, 21))


def test_a_waveform_beyond_full_scale_is_shown_whole() -> None:
    loud = clip_pictures(3 * np.sin(np.arange(SR) / 10), sr=SR).waveform
    low, high = clip.waveform_figure(loud, mode="light").layout.yaxis.range
    assert high == -low == pytest.approx(3, rel=1e-3)
