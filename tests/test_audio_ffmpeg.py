"""What FFmpeg reads in place of libsndfile, and when it gives a file up."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ffmpeg_sound import SR, broken_message, tone
from media import media, silent_film
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.audio import AudioError, decode, inspect
from pipeline.audio import container as door
from pipeline.audio.ffmpeg import FFmpegRecording
from pipeline.audio.formats import FFMPEG_KINDS
from pipeline.config import REPOSITORY


@pytest.fixture(scope="module")
def m4a() -> bytes:
    return media(tone(44_100), 44_100, container="ipod", codec="aac")


@pytest.mark.parametrize(
    ("container", "codec", "sr", "video", "name"),
    [
        ("ipod", "aac", 44_100, None, "M4A"),
        ("ipod", "alac", 96_000, None, "M4A"),
        ("adts", "aac", 32_000, None, "AAC"),
        ("asf", "wmav2", 44_100, None, "WMA"),
        ("asf", "wmav1", 22_050, None, "WMA"),
        ("ogg", "libopus", 48_000, None, "OGG"),
        ("webm", "libopus", 48_000, "libvpx", "WEBM"),
        ("mp4", "aac", 44_100, "mpeg4", "MP4"),
        ("3gp", "aac", 16_000, None, "MP4"),
        ("mov", "pcm_s16le", 44_100, "mpeg4", "MOV"),
        ("mov", "pcm_u8", 11_025, None, "MOV"),
        ("mov", "pcm_s24le", 44_100, None, "MOV"),
        ("mov", "pcm_f64le", 8_000, None, "MOV"),
        ("matroska", "flac", 44_100, "mpeg4", "MKV"),
        ("matroska", "ac3", 48_000, None, "MKV"),
    ],
)
def test_decode_keeps_frequency_level_and_length(
    container: str, codec: str, sr: int, video: str | None, name: str
) -> None:
    content = media(tone(sr), sr, container=container, codec=codec, video=video)
    clip = decode(content, sr=SR)
    assert (clip.format, clip.original_sr, clip.channels) == (name, sr, 2)
    assert clip.duration_s == pytest.approx(2.0, abs=0.15)  # codecs pad to whole frames
    assert len(clip.y) == pytest.approx(clip.duration_s * SR, abs=1)
    inner = clip.y[SR // 2 : SR // 2 + SR]  # one second: a bin is one hertz
    spectrum = np.abs(np.fft.rfft(inner))
    assert np.argmax(spectrum) == 440
    assert spectrum.max() / (SR / 2) == pytest.approx(0.375, rel=0.05)


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s16be", "alac"])
def test_lossless_sound_is_exact(codec: str) -> None:
    integers = np.random.default_rng(0).integers(-(2**15), 2**15, 50_000).astype(np.int16)
    content = media(integers / 2**15, SR, container="mov", codec=codec)
    assert np.array_equal(decode(content, sr=SR).y * 2**15, integers)


@pytest.mark.parametrize("n_channels", [1, 2, 6, 8])
def test_mean_of_many_channels(n_channels: int) -> None:
    rng = np.random.default_rng(0)
    integers = rng.integers(-(2**15), 2**15, (20_000, n_channels)).astype(np.int16)
    content = media(integers / 2**15, SR, container="mov", codec="alac")
    clip = decode(content, sr=SR)
    assert clip.channels == n_channels
    np.testing.assert_allclose(clip.y, integers.mean(axis=1) / 2**15, atol=1e-6)


def test_path_and_bytes_give_the_same(m4a: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"  # the content counts, not the name
    path.write_bytes(m4a)
    assert np.array_equal(decode(path, sr=SR).y, decode(m4a, sr=SR).y)


def test_limits_hold(m4a: bytes) -> None:
    with pytest.raises(AudioError, match="may last 1 s") as caught:
        decode(m4a, sr=SR, max_duration_s=1.0)
    assert caught.value.code == "too_long"
    with pytest.raises(AudioError, match="at least 3 s") as caught:
        decode(m4a, sr=SR, min_duration_s=3.0)
    assert caught.value.code == "too_short"


@pytest.mark.parametrize(
    ("container", "codec"), [("wav", "ac3"), ("wav", "adpcm_ima_wav"), ("aiff", "adpcm_ima_qt")]
)
def test_ffmpeg_gets_a_second_try_at_codecs_in_familiar_files(container: str, codec: str) -> None:
    clip = decode(media(tone(48_000), 48_000, container=container, codec=codec), sr=SR)
    assert clip.duration_s == pytest.approx(2.0, abs=0.15)
    assert np.abs(clip.y).max() == pytest.approx(0.375, rel=0.1)


def test_video_without_sound_is_named() -> None:
    with pytest.raises(AudioError, match="an MP4 file, but it has no sound") as caught:
        decode(silent_film(), sr=SR)
    assert caught.value.code == "not_audio"


def test_coding_that_is_not_listed_is_named(m4a: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.audio.ffmpeg.AUDIO_DECODERS", ("flac",))
    with pytest.raises(AudioError, match=r"sound cannot be read \(aac\)") as caught:
        decode(m4a, sr=SR)
    assert caught.value.code == "not_audio"


def test_cut_without_index_is_broken(m4a: bytes) -> None:
    assert "an M4A file" in broken_message(m4a[: len(m4a) // 2])  # the index stands at the end


@pytest.mark.parametrize(("container", "codec"), [("adts", "aac"), ("webm", "libopus")])
def test_cut_file_gives_what_is_there(container: str, codec: str) -> None:
    content = media(tone(48_000, 10.0), 48_000, container=container, codec=codec)
    found = inspect(content[: len(content) // 2])
    assert found.duration_s == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize("box", [b"mvhd", b"tkhd", b"mdhd"])
@pytest.mark.parametrize("duration", [0, 1, 0x7FFFFFFF])
def test_duration_in_the_header_is_not_believed(m4a: bytes, box: bytes, duration: int) -> None:
    place = m4a.index(box) + (24 if box == b"tkhd" else 20)
    lying = m4a[:place] + duration.to_bytes(4, "big") + m4a[place + 4 :]
    assert lying != m4a
    assert inspect(lying).duration_s == inspect(m4a).duration_s


def test_damaged_packets_are_left_out_until_they_are_many() -> None:
    content = bytearray(media(tone(44_100, 10.0), 44_100, container="adts", codec="aac"))
    whole = inspect(bytes(content)).duration_s
    content[30_000:30_200] = bytes(200)
    assert inspect(bytes(content)).duration_s == pytest.approx(whole, abs=0.3)
    noise = np.random.default_rng(0).integers(0, 256, len(content) - 7, dtype=np.uint8).tobytes()
    with pytest.raises(AudioError) as caught:
        decode(bytes(content[:7]) + noise, sr=SR)
    assert caught.value.code == "broken"


def test_file_that_gives_no_sound_is_given_up(m4a: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "STALL_S", -1.0)
    assert "damaged" in broken_message(m4a)
    monkeypatch.undo()
    monkeypatch.setattr(door, "READ_RATIO", 0)
    monkeypatch.setattr(door, "READ_ALLOWANCE_BYTES", len(m4a) // 4)
    assert "damaged" in broken_message(m4a)


def test_file_of_countless_tiny_packets_is_given_up(
    m4a: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.audio.ffmpeg.PACKET_ALLOWANCE", 3)
    assert decode(m4a, sr=SR).duration_s > 2
    monkeypatch.setattr("pipeline.audio.ffmpeg.SAMPLES_PER_PACKET", 10_000)
    assert "4 packets hold 3072 samples" in broken_message(m4a)


class Faulty(io.BytesIO):
    """A stream whose reading fails after a while."""

    failure: BaseException = OSError(5, "Input/output error")

    def read(self, n_bytes: int | None = -1, /) -> bytes:
        """Return the next bytes, at the beginning."""
        if self.tell() > 4_000:
            raise self.failure
        return super().read(n_bytes)


@pytest.mark.parametrize("failure", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_what_goes_wrong_below_ffmpeg_is_not_swallowed(failure: BaseException) -> None:
    content = media(tone(44_100, 5.0), 44_100, container="adts", codec="aac")
    stream = Faulty(content)
    stream.failure = failure
    with pytest.raises(type(failure)):
        recording = FFmpegRecording(stream, "an AAC file", FFMPEG_KINDS["an AAC file"])
        list(recording.blocks(2**18))


def test_command_line_computes_the_statistics_of_an_m4a_song(tmp_path: Path) -> None:
    path = tmp_path / "blues.00000.m4a"
    path.write_bytes(media(tone(44_100, 4.0), 44_100, container="ipod", codec="aac"))
    result = CliRunner().invoke(app, ["features", "summary", str(path)])
    assert result.exit_code == 0, result.output
    (row,) = pd.read_csv(io.StringIO(result.stdout)).to_dict("records")
    assert (row["filename"], row["label"]) == ("blues.00000.wav", "blues")
    assert row["length"] == pytest.approx(4 * SR, abs=SR * 0.15)
    assert row["rms_mean"] == pytest.approx(0.375 / 2**0.5, rel=0.02)


def test_pyav_is_loaded_only_for_files_that_need_it(m4a: bytes, tmp_path: Path) -> None:
    (tmp_path / "clip.m4a").write_bytes(m4a)
    program = (
        "import io, sys, numpy, soundfile; from pathlib import Path; from pipeline.audio import *\n"
        "wav = io.BytesIO(); soundfile.write(wav, numpy.zeros(50_000), 44_100, format='WAV')\n"
        "decode(wav.getvalue(), sr=22_050); before = 'av' in sys.modules\n"
        "decode(Path(sys.argv[1]), sr=22_050); print(before, 'av' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "clip.m4a")],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == ["False", "True"]
    assert found.stderr == ""  # FFmpeg keeps its comments to itself
