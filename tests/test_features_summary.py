"""The 57 statistics: golden clip, real clips against the tables, known signals, refusals."""

import json
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from pipeline.audio import AudioError, decode, window_samples, windows
from pipeline.config import data_candidates
from pipeline.features.summary import FEATURE_NAMES, summary_statistics

SR = 22_050
GOLDEN = Path(__file__).parent / "golden"
TEMPO = FEATURE_NAMES.index("tempo")


def assert_equal_statistics(ours: np.ndarray, expected: np.ndarray) -> None:
    """Fail unless equal to 1e-4 of each value, 1e-6 where it is below 1e-2, and tempo exactly."""
    allowed = np.where(np.abs(expected) < 1e-2, 1e-6, 1e-4 * np.abs(expected))
    for name, value, wanted, limit in zip(FEATURE_NAMES, ours, expected, allowed, strict=True):
        assert abs(value - wanted) <= limit, f"{name}: {value} instead of {wanted}"
    assert ours[TEMPO] == expected[TEMPO]


def named(statistics: np.ndarray) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, statistics.tolist(), strict=True))


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    """The script that writes the golden numbers: it also makes the clip."""
    specification = spec_from_file_location("write_golden", GOLDEN / "write_golden.py")
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gtzan(data_root: Path) -> Path:
    """The folder of the real tables and clips."""
    folders = [folder for folder in data_candidates(data_root) if folder.is_dir()]
    return next(folder for folder in folders if (folder / "features_30_sec.csv").is_file())


def real_clips(gtzan: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield stem and samples of six clips a genre, the same ones wherever GTZAN is complete."""
    paths = sorted((gtzan / "genres_original").glob("*/*.0000[0-5].*"))
    assert len(paths) == 60
    for path in paths:
        yield path.stem, decode(path, sr=SR).y


def test_names_are_kaggles_columns(gtzan: Path) -> None:
    for table in ("features_30_sec.csv", "features_3_sec.csv"):
        columns = pd.read_csv(gtzan / table, nrows=0).columns
        assert list(columns) == ["filename", "length", *FEATURE_NAMES, "label"]


def test_golden_clip_equals_librosa(golden: ModuleType) -> None:
    stored = json.loads((GOLDEN / "summary_statistics.json").read_text())["statistics"]
    signals = golden.golden_signals()
    assert set(stored) == set(signals)
    for name, y in signals.items():
        assert_equal_statistics(summary_statistics(y, sr=SR), np.array(stored[name]))


def test_golden_numbers_are_librosas(golden: ModuleType) -> None:
    """One signal is computed anew by librosa, so that the stored numbers cannot be ours."""
    stored = json.loads((GOLDEN / "summary_statistics.json").read_text())["statistics"]
    y = golden.golden_signals()["segment 5"]
    assert_equal_statistics(golden.librosa_statistics(y, sr=SR), np.array(stored["segment 5"]))


def test_whole_clips_equal_the_30_s_table(gtzan: Path) -> None:
    table = pd.read_csv(gtzan / "features_30_sec.csv").set_index("filename")
    compared = 0
    for stem, y in real_clips(gtzan):
        if len(y) < 661_000:  # a prefix of the archive's clip
            continue
        row = table.loc[f"{stem}.wav"]
        assert len(y) == row["length"]
        expected = row[list(FEATURE_NAMES)].to_numpy(float)
        assert_equal_statistics(summary_statistics(y, sr=SR), expected)
        compared += 1
    assert compared >= 55


def test_segments_equal_the_3_s_table(gtzan: Path) -> None:
    table = pd.read_csv(gtzan / "features_3_sec.csv").set_index("filename")[list(FEATURE_NAMES)]
    deviation = table.std().to_numpy()
    apart = []
    for stem, y in real_clips(gtzan):
        for k, window in enumerate(windows(y, sr=SR, window_s=3)):
            if f"{stem}.{k}.wav" in table.index:
                ours = summary_statistics(window_samples(y, window, sr=SR), sr=SR)
                apart.append(np.abs(ours - table.loc[f"{stem}.{k}.wav"]) / deviation)
    distances = np.array(apart)
    assert len(distances) >= 560
    # The rebuilt table holds tempo with six decimals: equal means the same step of the grid.
    assert np.mean(distances[:, TEMPO] < 1e-4) >= 0.99
    assert np.delete(distances, TEMPO, axis=1).max() < 5e-4


def test_silence_has_defined_statistics() -> None:
    values = named(summary_statistics(np.zeros(66_149), sr=SR))
    assert values.pop("mfcc1_mean") == pytest.approx(-100 * np.sqrt(128), rel=1e-5)  # floor
    assert all(value == pytest.approx(0, abs=1e-3) for value in values.values())


@pytest.mark.filterwarnings("ignore:Trying to estimate tuning")  # librosa's, where none exists
@pytest.mark.parametrize(
    "y",
    [
        np.full(66_149, 0.5),
        np.full(66_149, -1.0),
        np.eye(1, 66_149, 30_000)[0],
        np.clip(5 * np.sin(np.arange(66_149) / 20), -1, 1),
        np.where(np.arange(66_149) % 2, 1.0, -1.0),
        np.full(66_149, 1e-30),
        1e6 * np.sin(np.arange(66_149) / 20),
    ],
    ids=["constant", "negative", "click", "clipping", "highest frequency", "tiny", "huge"],
)
def test_extreme_signals_equal_librosa(y: np.ndarray, golden: ModuleType) -> None:
    y = y.astype(np.float32)
    ours = summary_statistics(y, sr=SR)
    assert np.isfinite(ours).all()
    expected = golden.librosa_statistics(y, sr=SR)
    # Where one value is 1e6 or all are rounding errors, single precision is relative to the peak.
    assert np.allclose(ours, expected, rtol=2e-3, atol=2e-3 * max(1.0, float(np.abs(y).max())))


def test_a_pure_tone_has_its_frequency_and_level() -> None:
    y = np.sin(2 * np.pi * 1000 * np.arange(66_149) / SR)
    values = named(summary_statistics(y, sr=SR))
    assert values["spectral_centroid_mean"] == pytest.approx(1000, rel=0.01)
    assert values["rolloff_mean"] == pytest.approx(1000, rel=0.02)
    assert values["zero_crossing_rate_mean"] == pytest.approx(2 * 1000 / SR, rel=0.02)
    assert values["rms_mean"] == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert values["harmony_var"] == pytest.approx(0.5, rel=0.02)


def test_half_a_second_is_enough() -> None:
    y = np.random.default_rng(0).uniform(-1, 1, SR // 2)
    assert np.isfinite(summary_statistics(y, sr=SR)).all()


def test_statistics_do_not_change_their_input() -> None:
    y = np.random.default_rng(0).uniform(-1, 1, 20_000).astype(np.float32)
    before = y.copy()
    summary_statistics(y, sr=SR)
    assert np.array_equal(y, before)


@pytest.mark.parametrize(
    ("y", "code"),
    [
        (np.zeros(0), "empty"),
        (np.zeros(2047), "too_short"),
        (np.full(SR, np.nan), "not_finite"),
        (np.full(SR, np.inf), "not_finite"),
    ],
)
def test_statistics_refuse(y: np.ndarray, code: str) -> None:
    with pytest.raises(AudioError) as caught:
        summary_statistics(y, sr=SR)
    assert caught.value.code == code


def test_statistics_refuse_another_rate_and_stereo() -> None:
    with pytest.raises(ValueError, match="must be 22050 Hz, got 44100"):
        summary_statistics(np.zeros(SR), sr=44_100)
    with pytest.raises(ValueError, match=r"mono.*\(2, 22050\)"):
        summary_statistics(np.zeros((2, SR)), sr=SR)
