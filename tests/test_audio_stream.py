"""Windows of files of any length, and what a file is, in bounded memory."""

import io
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from media import media, write_repeated

from pipeline.audio import (
    AudioError,
    Window,
    decode,
    inspect,
    stream_windows,
    window_samples,
    windows,
)
from pipeline.config import REPOSITORY

SR = 22_050
HOUR_S = 3600
PEAK_MB = 300
MEASURED = """
import sys
from pathlib import Path
from peak_memory import peak_mb
from pipeline.audio import inspect, stream_windows
path, window_s = Path(sys.argv[1]), int(sys.argv[2])
duration_s = inspect(path).duration_s
n_windows = sum(1 for _ in stream_windows(path, sr=22_050, window_s=window_s))
print(duration_s, n_windows, peak_mb())
"""
PYTHONPATH = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests" / "support")])


def noise(n_samples: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.5, 0.5, n_samples).astype(np.float32)


def wav(y: np.ndarray, sr: int) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, y, sr, format="WAV", subtype="FLOAT")
    return stream.getvalue()


@pytest.mark.parametrize("window_s", [3, 30])
@pytest.mark.parametrize("duration_s", [1.0, 2.9, 3.0, 31.0, 31.01, 39.9, 40.0, 60.0, 95.0])
def test_stream_gives_the_windows_of_the_decoded_clip(duration_s: float, window_s: int) -> None:
    content = wav(noise(round(duration_s * SR)), SR)
    y = decode(content, sr=SR).y
    found = list(stream_windows(content, sr=SR, window_s=window_s))
    assert [window for window, _ in found] == windows(y, sr=SR, window_s=window_s)
    for window, samples in found:
        assert np.array_equal(samples, window_samples(y, window, sr=SR))


@pytest.mark.parametrize(("container", "codec"), [("ipod", "aac"), ("webm", "libopus")])
def test_stream_of_an_ffmpeg_file_that_must_be_resampled(
    container: str, codec: str, tmp_path: Path
) -> None:
    path = tmp_path / "clip"
    path.write_bytes(media(noise(48_000 * 10), 48_000, container=container, codec=codec))
    y = decode(path, sr=SR).y
    found = list(stream_windows(path, sr=SR, window_s=3))
    assert [window.start for window, _ in found] == [0, 66_150, 132_300]
    for window, samples in found:
        assert np.array_equal(samples, y[window.start : window.end])


def test_samples_stay_as_they_were_when_the_stream_goes_on() -> None:
    y = noise(70 * SR)
    kept = [samples for _, samples in stream_windows(wav(y, SR), sr=SR, window_s=3)]
    for number, samples in enumerate(kept):
        assert np.array_equal(samples, y[66_150 * number :][:66_149])


def test_stream_refuses_less_than_a_second() -> None:
    for window_s in (3, 30):
        with pytest.raises(AudioError, match=r"this one has 0\.50 s") as caught:
            list(stream_windows(wav(noise(SR // 2), SR), sr=SR, window_s=window_s))
        assert caught.value.code == "too_short"


def test_stream_refuses_another_length_at_once() -> None:
    with pytest.raises(ValueError, match="must be 3 or 30, got 10"):
        stream_windows(b"", sr=SR, window_s=10)  # type: ignore[arg-type]  # the point


def test_stream_refuses_what_decode_refuses(tmp_path: Path) -> None:
    for source, code in [
        (b"", "empty"),
        (b"%PDF-1.7", "not_audio"),
        (tmp_path / "absent.wav", "unreadable"),
        (wav(np.zeros(0), SR), "empty"),
    ]:
        with pytest.raises(AudioError) as caught:
            next(stream_windows(source, sr=SR, window_s=3))
        assert caught.value.code == code


def test_stream_gives_what_stands_before_the_damage() -> None:
    y = noise(20 * SR)
    y[15 * SR] = np.nan
    stream = stream_windows(wav(y, SR), sr=SR, window_s=3)
    assert next(stream)[0] == Window(0, 66_149, False)
    with pytest.raises(AudioError) as caught:
        list(stream)
    assert caught.value.code == "not_finite"


def test_inspect_tells_what_is_there() -> None:
    stereo = np.stack([noise(44_100), np.zeros(44_100, np.float32)], axis=1)
    stereo[1_000] = [-1.0, -0.5]
    found = inspect(wav(stereo, 44_100))
    assert (found.duration_s, found.original_sr, found.channels) == (1.0, 44_100, 2)
    assert found.format == "WAV"
    assert found.peak == 0.75
    assert not found.is_silent


@pytest.mark.parametrize(
    ("y", "is_silent"),
    [
        (np.zeros(SR), True),
        (np.full(SR, 0.9e-3), True),
        (np.full(SR, -1.1e-3), False),
        (np.stack([noise(SR), -noise(SR)], axis=1), True),  # the mean is what models hear
    ],
)
def test_inspect_knows_silence(y: np.ndarray, is_silent: bool) -> None:
    assert inspect(wav(y, SR)).is_silent is is_silent


def test_inspect_refuses_what_decode_refuses() -> None:
    for content, code in [
        (b"", "empty"),
        (wav(np.zeros(0), SR), "empty"),
        (wav(np.array([0.0, np.nan]), SR), "not_finite"),
        (b"fLaC" + bytes(99), "broken"),
    ]:
        with pytest.raises(AudioError) as caught:
            inspect(content)
        assert caught.value.code == code
    with pytest.raises(AudioError, match=r"may last 0\.5 s"):
        inspect(wav(noise(SR), SR), max_duration_s=0.5)


def write_wav(path: Path) -> None:
    """Write an hour of stereo at 44.1 kHz: 635 MB of silence that take no space on the disk."""
    size = HOUR_S * 44_100 * 4
    header = b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt " + struct.pack(
        "<IHHIIHH", 16, 1, 2, 44_100, 44_100 * 4, 4, 16
    )  # fmt: skip
    with path.open("wb") as file:
        file.write(header + b"data" + struct.pack("<I", size))
        file.truncate(file.tell() + size)


def write_flac(path: Path) -> None:
    second = noise(SR)
    with soundfile.SoundFile(path, "w", SR, 1, "PCM_16", format="FLAC") as file:
        for _ in range(HOUR_S):
            file.write(second)


def write_m4a(path: Path) -> None:
    clip = media(noise(10 * SR), SR, container="ipod", codec="aac", bit_rate=48_000)
    write_repeated(path, clip, HOUR_S // 10)


@pytest.mark.parametrize(("write", "window_s"), [(write_wav, 30), (write_flac, 3), (write_m4a, 30)])
def test_hour_is_read_in_bounded_memory(
    write: Callable[[Path], None], window_s: int, tmp_path: Path
) -> None:
    path = tmp_path / "hour"
    write(path)
    found = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), str(window_s)],
        env={**os.environ, "PYTHONPATH": PYTHONPATH}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    duration_s, n_windows, peak_mb = map(float, found.stdout.split())
    assert duration_s == pytest.approx(HOUR_S, rel=0.01)
    assert n_windows == pytest.approx(HOUR_S / window_s, rel=0.01)
    assert peak_mb < PEAK_MB
