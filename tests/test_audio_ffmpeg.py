"""What FFmpeg reads in place of libsndfile, and how little it may do with a stranger's file."""

import io
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest
from media import media, silent_film
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.audio import AudioError, decode, inspect
from pipeline.audio import container as door
from pipeline.audio.ffmpeg import FFmpegRecording
from pipeline.audio.formats import FFMPEG_KINDS, FFmpegFormat
from pipeline.config import REPOSITORY
from pipeline.signatures import AUDIO_KINDS

SR = 22_050


def tone(sr: int, duration_s: float = 2.0) -> np.ndarray:
    """Return 440 Hz in stereo, the right channel half as loud: the mean has 0.375."""
    y = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(sr * duration_s)) / sr)
    return np.stack([y, 0.5 * y], axis=1)


def broken_message(source: bytes) -> str:
    with pytest.raises(AudioError) as caught:
        decode(source, sr=SR)
    assert caught.value.code == "broken"
    return str(caught.value)


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


def test_every_audio_kind_has_demuxers_and_every_decoder_is_for_sound() -> None:
    assert set(FFMPEG_KINDS) == AUDIO_KINDS
    for name in door.AUDIO_DECODERS:
        assert av.Codec(name, "r").type == "audio"
    for format_ in FFMPEG_KINDS.values():
        for demuxer in format_.demuxers:
            assert av.ContainerFormat(demuxer, "r").is_input


def test_pictures_are_never_decoded() -> None:
    content = media(tone(44_100), 44_100, container="mp4", codec="aac", video="mpeg4")
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture(local=False) as lines:
            decode(content, sr=SR)
    finally:
        av.logging.set_level(None)
    assert any("mpeg4" in text and "not on whitelist" in text for _, _, text in lines)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """Address of a local server, and the paths that were asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def playlists(address: str, clip: Path) -> dict[str, str]:
    """Return files that name other files, by the demuxer that would follow them."""
    return {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}/a.ts\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{clip}'\nfile '{address}/a.m4a'\n",
        "dash": f'<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet '
        f'mimeType="audio/mp4"><Representation id="0"><BaseURL>{address}/a.mp4</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    }  # fmt: skip


@pytest.mark.parametrize("demuxer", ["hls", "concat", "dash", "sdp"])
def test_playlist_is_refused_and_nothing_it_names_is_opened(
    demuxer: str, listener: tuple[str, list[str]], m4a: bytes, tmp_path: Path
) -> None:
    address, asked = listener
    clip = tmp_path / "secret.m4a"
    clip.write_bytes(m4a)
    playlist = playlists(address, clip)[demuxer].encode()
    with pytest.raises(AudioError) as caught:  # as it comes
        decode(playlist, sr=SR)
    assert caught.value.code == "not_audio"
    for kind, format_ in FFMPEG_KINDS.items():  # taken for something else
        with pytest.raises(AudioError):
            FFmpegRecording(io.BytesIO(playlist), kind, format_)
    with pytest.raises(AudioError):  # even if that demuxer were let in
        FFmpegRecording(io.BytesIO(playlist), "a playlist", FFmpegFormat("X", (demuxer,)))
    assert asked == []


def test_the_door_keeps_a_demuxer_from_opening_what_a_playlist_names(
    listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = listener
    playlist = playlists(address, tmp_path)["hls"].encode()
    with pytest.raises(ValueError, match="refers to another file or address") as caught:
        door.open_container(door.GuardedStream(io.BytesIO(playlist)), "hls")
    assert address in str(caught.value)
    assert asked == []
    with pytest.raises(av.FFmpegError):  # without the door FFmpeg does ask
        av.open(io.BytesIO(playlist), format="hls", timeout=5)
    assert asked == ["/a.ts"]


def with_reference(movie: bytes, name: str) -> bytes:
    """Return a MOV file that says that its sound lies in the file ``name`` beside it."""
    path = f"/{name}".encode()
    path += bytes(len(path) % 2)
    levels = struct.pack(">HH", 1, 1)  # one up from here, one down to there: the same folder
    record = bytes(10 + 28 + 12 + 64 + 16) + levels + bytes(16)
    record += struct.pack(">HH", 2, len(path)) + path + b"\xff\xff\x00\x00"
    entry = struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
    place = movie.index(b"url \x00\x00\x00\x01") - 4  # "the sound is in this file": 12 bytes
    content = bytearray(movie)
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        start = content.index(box) - 4
        (size,) = struct.unpack(">I", content[start : start + 4])
        content[start : start + 4] = struct.pack(">I", size + len(entry) - 12)
    content[place : place + 12] = entry
    return bytes(content)


def test_movie_whose_sound_is_said_to_lie_elsewhere_opens_no_other_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    movie = media(tone(SR)[:, 0], SR, container="mov", codec="pcm_s16le")
    referring = with_reference(movie, "secret.mov")
    with pytest.raises(AudioError, match="holds no samples"):  # not followed
        decode(referring, sr=SR)
    monkeypatch.setitem(door.OPTIONS, "enable_drefs", "1")  # nor would it be if FFmpeg tried
    assert "refers to another file or address, 'secret.mov'" in broken_message(referring)


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
