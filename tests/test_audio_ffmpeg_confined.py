"""How little FFmpeg may do with a stranger's file: no picture, and nothing that the file names."""

import io
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import pytest
from ffmpeg_sound import SR, broken_message, tone
from media import media

from pipeline.audio import AudioError, decode
from pipeline.audio import container as door
from pipeline.audio.ffmpeg import FFmpegRecording
from pipeline.audio.formats import FFMPEG_KINDS, FFmpegFormat
from pipeline.signatures import AUDIO_KINDS


@pytest.fixture(scope="module")
def m4a() -> bytes:
    return media(tone(44_100), 44_100, container="ipod", codec="aac")


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
