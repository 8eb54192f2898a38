"""Decoding of every accepted format, its refusals, and the windows of a clip."""

import io
import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from pipeline.audio import (
    ACCEPTED_FORMATS,
    BLOCK_SAMPLES,
    AudioError,
    Window,
    decode,
    validate_samples,
    window_samples,
    windows,
)
from pipeline.audio.formats import FFMPEG_KINDS
from pipeline.config import REPOSITORY

SR = 22_050


def encoded(y: np.ndarray, sr: int, format_: str = "WAV", subtype: str = "PCM_16") -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, y, sr, format=format_, subtype=subtype)
    return stream.getvalue()


def tone(sr: int, duration_s: float = 2.0, hz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(sr * duration_s)) / sr)


def error_of(source: bytes | Path, **limits: float) -> AudioError:
    with pytest.raises(AudioError) as caught:
        decode(source, sr=SR, **limits)
    return caught.value


def test_decode_16_bit_mono_at_the_target_rate_is_exact() -> None:
    integers = np.random.default_rng(0).integers(-32768, 32768, 400_000).astype(np.int16)
    clip = decode(encoded(integers, SR), sr=SR)
    assert clip.y.dtype == np.float32
    assert np.array_equal(clip.y * 32768, integers)
    assert (clip.sr, clip.original_sr, clip.channels, clip.format) == (SR, SR, 1, "WAV")
    assert clip.duration_s == 400_000 / SR


@pytest.mark.parametrize("sr", [8_000, 44_100, 96_000])
@pytest.mark.parametrize(
    ("format_", "subtype"),
    [
        ("WAV", "PCM_U8"),
        ("WAV", "PCM_16"),
        ("WAV", "PCM_24"),
        ("WAV", "FLOAT"),
        ("AU", "PCM_16"),
        ("AIFF", "PCM_16"),
        ("FLAC", "PCM_24"),
        ("OGG", "VORBIS"),
        ("MP3", "MPEG_LAYER_III"),
    ],
)
def test_decode_stereo_keeps_frequency_level_and_length(
    format_: str, subtype: str, sr: int
) -> None:
    if format_ == "MP3" and sr == 96_000:
        sr = 48_000  # the highest rate that MP3 knows
    channels = np.stack([tone(sr), 0.5 * tone(sr)], axis=1)
    clip = decode(encoded(channels, sr, format_, subtype), sr=SR)
    assert clip.channels == 2
    assert clip.original_sr == sr
    assert len(clip.y) == pytest.approx(2 * SR, abs=1)
    inner = clip.y[SR // 2 : SR // 2 + SR]  # one second: a bin is one hertz
    spectrum = np.abs(np.fft.rfft(inner))
    assert np.argmax(spectrum) == 440
    assert spectrum.max() / (SR / 2) == pytest.approx(0.375, rel=0.02)  # mean of 0.5 and 0.25


@pytest.mark.parametrize("sr", [8_000, 11_025, 44_100, 96_000])
def test_decode_in_blocks_equals_resampling_at_once(sr: int) -> None:
    y = np.random.default_rng(1).uniform(-0.5, 0.5, 3 * 2**18 + 7).astype(np.float32)
    clip = decode(encoded(y, sr, subtype="FLOAT"), sr=SR)
    whole = soxr.resample(y, sr, SR, quality="HQ")
    assert len(clip.y) == pytest.approx(len(whole), abs=1)
    n = min(len(clip.y), len(whole))
    assert np.abs(clip.y[:n] - whole[:n]).max() < 1e-6


def test_decode_path_trusts_content_not_name(tmp_path: Path) -> None:
    path = tmp_path / "clip.raw"
    path.write_bytes(encoded(tone(SR), SR))
    assert np.array_equal(decode(path, sr=SR).y, decode(path.read_bytes(), sr=SR).y)


def test_decode_silence_is_a_clip() -> None:
    assert not decode(encoded(np.zeros(SR), SR), sr=SR).y.any()


def test_decode_truncated_wav_gives_what_is_there() -> None:
    content = encoded(tone(SR, 4.0), SR)
    clip = decode(content[: len(content) // 2], sr=SR)
    assert clip.duration_s == pytest.approx(2.0, abs=0.01)


def test_decode_does_not_trust_the_length_in_the_header() -> None:
    content = bytearray(encoded(tone(SR, 2.0), SR))
    content[40:44] = struct.pack("<I", 2**31 - 1)  # the data chunk claims 2 GB
    assert decode(bytes(content), sr=SR).duration_s == 2.0


def test_decode_five_minutes_stereo_96_khz_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    second = (tone(96_000, 1.0)[:, None] * [1, 0.5]).astype(np.float32)
    with soundfile.SoundFile(path, "w", 96_000, 2, "PCM_16", format="FLAC") as file:
        for _ in range(300):
            file.write(second)
    program = (
        "import sys; from pathlib import Path\n"
        "from peak_memory import peak_mb; from pipeline.audio import decode\n"
        "before = peak_mb()\n"
        "clip = decode(Path(sys.argv[1]), sr=22050, max_duration_s=600)\n"
        "print(len(clip.y), peak_mb() - before)"
    )
    support = str(REPOSITORY / "tests" / "support")
    output = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), support])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    n_samples, grown_mb = map(float, output.split())
    assert n_samples == 300 * SR
    assert grown_mb < 50  # the result alone has 25 MB; the file decoded at once 230 MB


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "empty", "0 bytes"),
        (b"<!DOCTYPE html><html></html>", "not_audio", "an HTML page"),
        (b"PK\x03\x04" + bytes(100), "not_audio", "a ZIP archive"),
        (b"MThd" + bytes(100), "not_audio", "a MIDI file"),
        (b"just a note\n", "not_audio", "a text file"),
        (bytes(5000), "not_audio", "Accepted: WAV"),
        (b"RIFF\x00\x00\x00\x00WAVE" + bytes(100), "broken", "looks like a WAV file"),
        (b"fLaC" + bytes(100), "broken", "looks like a FLAC file"),
        (b"ID3" + bytes(500), "broken", "looks like an MP3 file"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(100), "broken", "looks like an M4A file"),
    ],
)
def test_decode_refuses_what_is_no_audio(content: bytes, code: str, message: str) -> None:
    error = error_of(content)
    assert error.code == code
    assert message in str(error)


def test_decode_refuses_damaged_flac() -> None:
    content = encoded(tone(SR), SR, "FLAC")
    assert error_of(content[: len(content) // 2]).code == "broken"


def test_decode_refuses_formats_that_are_not_offered() -> None:
    assert error_of(encoded(tone(SR), SR, "VOC")).code == "not_audio"


def test_decode_refuses_no_samples() -> None:
    assert error_of(encoded(np.zeros(0), SR)).code == "empty"


@pytest.mark.parametrize("sr", [100, 1_000_000])
def test_decode_refuses_impossible_rate(sr: int) -> None:
    error = error_of(encoded(np.zeros(1000), sr))
    assert error.code == "broken"
    assert str(sr) in str(error)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1e30])
def test_decode_refuses_samples_that_are_no_sound(value: float) -> None:
    y = tone(SR).astype(np.float32)
    y[1234] = value
    assert error_of(encoded(y, SR, subtype="FLOAT")).code == "not_finite"


def test_decode_limits_are_inclusive() -> None:
    content = encoded(tone(8_000, 2.0), 8_000)
    assert decode(content, sr=SR, min_duration_s=2.0, max_duration_s=2.0).duration_s == 2.0
    error = error_of(content, max_duration_s=1.99)
    assert error.code == "too_long"
    assert "1.99 s" in str(error)
    error = error_of(content, min_duration_s=2.01)
    assert error.code == "too_short"
    assert "2.00 s" in str(error)


def test_decode_missing_file_is_named(tmp_path: Path) -> None:
    error = error_of(tmp_path / "absent.wav")
    assert error.code == "unreadable"
    assert "absent.wav" in str(error)


def test_audio_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(AudioError("too_long", "cut it")))
    assert (error.code, str(error)) == ("too_long", "cut it")


def test_accepted_formats_are_what_libsndfile_and_ffmpeg_read() -> None:
    by_sndfile = set(ACCEPTED_FORMATS) & set(soundfile.available_formats())
    assert by_sndfile >= {"WAV", "FLAC", "OGG", "MP3"}
    by_ffmpeg = {format_.name for format_ in FFMPEG_KINDS.values()} | {"OPUS"}  # OPUS: in Ogg
    assert set(ACCEPTED_FORMATS) - by_sndfile <= by_ffmpeg


def test_validate_samples_accepts_clipping() -> None:
    validate_samples(np.array([-1.0, 1.0, 2.0]))
    validate_samples(np.zeros(0))


def test_windows_of_3_s_are_kaggles_segments() -> None:
    found = windows(np.zeros(661_794), sr=SR, window_s=3)
    assert found == [Window(66_150 * k, 66_150 * k + 66_149, False) for k in range(10)]


@pytest.mark.parametrize(("n_samples", "expected"), [(66_149, 1), (132_298, 1), (132_299, 2)])
def test_windows_of_3_s_drop_a_remainder(n_samples: int, expected: int) -> None:
    found = windows(np.zeros(n_samples), sr=SR, window_s=3)
    assert len(found) == expected
    assert not any(window.padded for window in found)


def test_windows_short_clip_is_one_padded_window() -> None:
    y = np.arange(SR, dtype=np.float32)
    (window,) = windows(y, sr=SR, window_s=3)
    assert window == (0, SR, True)
    samples = window_samples(y, window, sr=SR)
    assert len(samples) == 66_149
    assert np.array_equal(samples[:SR], y)
    assert np.array_equal(samples[SR : SR + 3], y[-2:-5:-1])  # mirrored, the edge not repeated


def test_window_samples_complete_window_is_a_view() -> None:
    y = np.arange(200_000, dtype=np.float32)
    assert np.array_equal(window_samples(y, Window(66_150, 132_299, False), sr=SR), y[66150:132299])


@pytest.mark.parametrize(
    ("n_samples", "expected"),
    [
        (SR, [(0, SR)]),
        (661_794, [(0, 661_794)]),  # a GTZAN clip is one window, its tail included
        (675_808, [(0, 675_808)]),  # the longest of GTZAN
        (35 * SR, [(0, 661_500)]),
        (40 * SR, [(0, 661_500), (661_500, 882_000)]),
        (70 * SR, [(0, 661_500), (661_500, 1_323_000), (1_323_000, 1_543_500)]),
    ],
)
def test_windows_of_30_s(n_samples: int, expected: list[tuple[int, int]]) -> None:
    found = windows(np.zeros(n_samples), sr=SR, window_s=30)
    assert [(window.start, window.end) for window in found] == expected


def test_windows_refuse_less_than_a_second() -> None:
    with pytest.raises(AudioError, match=r"at least 1 s; this one has 0\.50 s") as caught:
        windows(np.zeros(SR // 2), sr=SR, window_s=30)
    assert caught.value.code == "too_short"


def test_windows_refuse_other_lengths() -> None:
    with pytest.raises(ValueError, match="must be 3 or 30, got 5"):
        windows(np.zeros(10 * SR), sr=SR, window_s=5)  # type: ignore[arg-type]  # the point


def test_audio_imports_nothing_heavy() -> None:
    program = "import sys, pipeline.audio; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"librosa", "scipy", "numba", "pandas", "sklearn", "av"} & set(loaded)


def test_mp3_read_in_blocks_equals_a_whole_read(tmp_path):
    path = tmp_path / "long.mp3"
    rng = np.random.default_rng(0)
    soundfile.write(path, 0.2 * rng.normal(size=25 * SR), SR, format="MP3")
    whole, _ = soundfile.read(path, dtype="float32")
    clip = decode(path, sr=SR)  # several blocks
    assert len(whole) > BLOCK_SAMPLES
    np.testing.assert_allclose(clip.y, whole, atol=1e-6)
