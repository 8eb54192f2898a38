"""Audio files to a table with the columns of the Kaggle archive."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from pipeline.features.summary import FEATURE_NAMES, summary_statistics
from pipeline.features.table import genre_label, summary_table

SR = 22_050


def write_clip(path: Path, duration_s: float, seed: int = 0) -> np.ndarray:
    path.parent.mkdir(exist_ok=True)
    integers = np.random.default_rng(seed).integers(-9000, 9000, int(duration_s * SR))
    soundfile.write(path, integers.astype(np.int16), SR)
    return (integers / 32768).astype(np.float32)


def test_summary_table_of_segments(tmp_path: Path) -> None:
    y = write_clip(tmp_path / "blues.00007.wav", 7.0)
    table, failures = summary_table([tmp_path / "blues.00007.wav"], segments=3)
    assert list(table.columns) == ["filename", "length", *FEATURE_NAMES, "label"]
    assert table["filename"].tolist() == ["blues.00007.0.wav", "blues.00007.1.wav"]
    assert table["length"].tolist() == [66_149, 66_149]
    assert table["label"].tolist() == ["blues", "blues"]
    second = summary_statistics(y[66_150 : 66_150 + 66_149], sr=SR)
    assert np.array_equal(table.loc[1, list(FEATURE_NAMES)].to_numpy(float), second)
    assert failures.empty
    assert list(failures.columns) == ["path", "reason"]


def test_summary_table_of_whole_and_long_clips(tmp_path: Path) -> None:
    write_clip(tmp_path / "rock.00001.wav", 30.5)
    write_clip(tmp_path / "rock.00002.wav", 41.0)
    table, _ = summary_table(sorted(tmp_path.glob("*.wav")), segments=30)
    assert table["filename"].tolist() == [
        "rock.00001.wav",
        "rock.00002.0.wav",
        "rock.00002.1.wav",
    ]
    assert table["length"].tolist() == [int(30.5 * SR), 30 * SR, 11 * SR]


def test_summary_table_short_clip_counts_its_own_samples(tmp_path: Path) -> None:
    write_clip(tmp_path / "jazz" / "short.wav", 1.5)
    table, _ = summary_table([tmp_path / "jazz" / "short.wav"], segments=3)
    assert table[["filename", "length", "label"]].to_numpy().tolist() == [
        ["short.0.wav", int(1.5 * SR), "jazz"]
    ]


def test_summary_table_failures_are_rows(tmp_path: Path) -> None:
    write_clip(tmp_path / "pop.00000.wav", 3.0)
    write_clip(tmp_path / "pop.00001.wav", 0.5)
    (tmp_path / "pop.00002.wav").write_text("<html></html>")
    paths = [*sorted(tmp_path.glob("*.wav")), tmp_path / "absent.wav"]
    table, failures = summary_table(paths, segments=3)
    assert table["filename"].tolist() == ["pop.00000.0.wav"]
    assert failures["path"].tolist() == [str(path) for path in paths[1:]]
    for reason, part in zip(failures["reason"], ["0.50 s", "HTML", "absent.wav"], strict=True):
        assert part in reason


def test_summary_table_of_nothing_has_the_columns() -> None:
    table, failures = summary_table([], segments=30)
    assert table.empty
    assert failures.empty
    assert len(table.columns) == 60


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("a/blues.00001.wav", "blues"),
        ("a/blues.00001.7.wav", "blues"),
        ("disco/song.flac", "disco"),
        ("disco/a.b.c.wav", "disco"),
        ("rock/01. Intro.wav", "rock"),
        ("rock/Mr. Big.00001.wav", "rock"),
        ("rock/blues.2024.wav", "rock"),
    ],
)
def test_genre_label(path: str, label: str) -> None:
    assert genre_label(Path(path)) == label
