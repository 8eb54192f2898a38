"""``GET /api/audio`` and ``/api/spectrogram``: ranges, conditions, ids that lead elsewhere."""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from flask.testing import FlaskClient
from shared_tiny import shared_tiny_results
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.rows import track_list
from dashboard.sound import media, recordings
from dashboard.sound.recordings import heard, picture_of, sound_of
from dashboard.sound.spectrogram_png import palette, spectrogram_png
from pipeline.config import DATA_VARIABLE

SR = 22_050
WAV, FLAC, PICTURE = "rock.00001", "blues.00002", "jazz.00003"


def wav(seconds: float, kind: str = "WAV") -> bytes:
    times_s = np.arange(int(seconds * SR)) / SR
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.5 * np.sin(2 * np.pi * 440 * times_s), SR, format=kind)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with one song as WAV, one as FLAC, one as picture, and a file outside."""
    root = tmp_path_factory.mktemp("outside") / "data"
    for track, suffix, kind in ((WAV, "wav", "WAV"), (FLAC, "flac", "FLAC")):
        folder = root / "gtzan" / "genres_original" / track.split(".")[0]
        folder.mkdir(parents=True)
        (folder / f"{track}.{suffix}").write_bytes(wav(1.5, kind))
    (root.parent / "secret.wav").write_bytes(wav(0.1))
    os.symlink(root.parent / "secret.wav", root / "gtzan/genres_original/rock/rock.00002.wav")
    folder = root / "gtzan" / "images_original" / "jazz"
    folder.mkdir(parents=True)
    (folder / "jazz00003.png").write_bytes(b"\x89PNG of the archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(root))
        yield root


class Buffered(FlaskClient):
    """Reads every answer to its end and closes its file, as a server does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Return the whole answer."""
        return super().open(*args, buffered=True, **kwargs)


@pytest.fixture(scope="module")
def client(data: Path) -> FlaskClient:
    server = create_app(shared_tiny_results().folder).server
    server.test_client_class = Buffered
    return server.test_client()


@pytest.mark.parametrize(("track", "kind"), [(WAV, "audio/wav"), (FLAC, "audio/flac")])
def test_whole_file_has_its_type_and_length(client: FlaskClient, track: str, kind: str) -> None:
    answer = client.get(f"/api/audio/gtzan/{track}")
    path = sound_of("gtzan", track)
    assert path is not None
    assert answer.status_code == 200
    assert answer.data == path.read_bytes()
    assert answer.content_type == kind
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "part", "said"),
    [
        ("bytes=0-99", slice(0, 100), "0-99"),
        ("bytes=100-", slice(100, None), "100-{last}"),
        ("bytes=-10", slice(-10, None), "{tenth}-{last}"),
        ("bytes=5-9999999", slice(5, None), "5-{last}"),
    ],
)
def test_range_answers_that_part(client: FlaskClient, asked: str, part: slice, said: str) -> None:
    whole = client.get(f"/api/audio/gtzan/{WAV}").data
    answer = client.get(f"/api/audio/gtzan/{WAV}", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.data == whole[part]
    place = said.format(last=len(whole) - 1, tenth=len(whole) - 10)
    assert answer.headers["Content-Range"] == f"bytes {place}/{len(whole)}"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("asked", ["bytes=9999999-", "bytes=9999999-99999999"])
def test_range_beyond_the_file_is_416(client: FlaskClient, asked: str) -> None:
    length = len(client.get(f"/api/audio/gtzan/{WAV}").data)
    answer = client.get(f"/api/audio/gtzan/{WAV}", headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{length}"
    assert answer.json is not None
    assert answer.json["code"] == "range_not_satisfiable"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "songs=0-1", "bytes=b-a", "nonsense"])
def test_range_that_is_not_one_of_bytes_gets_the_whole(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/api/audio/gtzan/{WAV}", headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.data == client.get(f"/api/audio/gtzan/{WAV}").data


def test_head_says_length_and_type_without_content(client: FlaskClient) -> None:
    answer = client.head(f"/api/audio/gtzan/{WAV}")
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_ranges_do_not_list_the_tracks_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"headers": {"Range": "bytes=0-9"}}
    assert client.get(f"/api/audio/gtzan/{WAV}", **asked).status_code == 206
    monkeypatch.setattr(track_list, "embedding_path", None)  # the list of tracks asks for it
    assert client.get(f"/api/audio/gtzan/{WAV}", **asked).status_code == 206


def test_unchanged_file_is_304(client: FlaskClient) -> None:
    first = client.get(f"/api/audio/gtzan/{WAV}")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    for condition in ({"If-None-Match": tag}, {"If-Modified-Since": changed}):
        assert client.get(f"/api/audio/gtzan/{WAV}", headers=condition).status_code == 304
    stale = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert client.get(f"/api/audio/gtzan/{WAV}", headers=stale).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "gtzan/rock.00009", "gtzan/polka.00001", "nothing/rock.00001", "fma/rock.00001",
        "gtzan/%2e%2e", "gtzan/..%2f..%2fsecret", "gtzan/rock.00001%00", "gtzan/rock.00001.wav",
        "gtzan/*", "gtzan/rock.00002", "..%2fgtzan/rock.00001", "gtzan/~", "gtzan/C:%5Cx",
    ],
)  # fmt: skip
def test_other_ids_are_404_as_json_and_never_a_file(client: FlaskClient, address: str) -> None:
    for kind in ("audio", "spectrogram"):
        answer = client.get(f"/api/{kind}/{address}")
        if answer.content_type == "text/html; charset=utf-8":  # a slash leads to Dash's own page
            assert "%2f" in address
            assert answer.data.startswith(b"<!DOCTYPE html>")
            continue
        assert answer.status_code == 404
        assert answer.json is not None
        assert set(answer.json) == {"error", "code", "request_id"}


def test_missing_sound_says_how_to_get_it(client: FlaskClient) -> None:
    answer = client.get("/api/audio/gtzan/rock.00009")
    assert answer.json is not None
    assert "python -m pipeline ingest --download gtzan" in answer.json["error"]


def test_link_out_of_the_data_folder_is_not_followed(data: Path) -> None:
    assert (data / "gtzan/genres_original/rock/rock.00002.wav").is_file()
    assert sound_of("gtzan", "rock.00002") is None


@pytest.mark.parametrize("track", ["", "..", "../secret", "/etc/passwd", "a/b", ".hidden", "a\\b"])
def test_id_that_is_a_path_names_nothing(data: Path, track: str) -> None:
    assert sound_of("gtzan", track) is None
    assert picture_of("gtzan", track) is None


def test_ingested_sound_is_found_where_its_table_says(data: Path) -> None:
    folder = data / "own"
    folder.mkdir()
    (folder / "song one.wav").write_bytes(wav(0.1))
    table = pd.DataFrame({"track_id": ["one", "two"], "path": ["song one.wav", "../../secret.wav"]})
    table.to_parquet(folder / recordings.TRACKS)
    assert sound_of("own", "one") == (folder / "song one.wav").resolve()
    assert sound_of("own", "two") is None
    assert heard("own") == ("one",)


def test_heard_are_the_tracks_whose_sound_is_found(data: Path) -> None:
    assert heard("gtzan") == (FLAC, WAV)
    assert all(sound_of("gtzan", track) for track in heard("gtzan"))
    assert heard("fma") == heard("nothing") == ()


def test_table_of_tracks_is_read_once_until_it_changes(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data / "mine"
    folder.mkdir()
    for name in ("a.wav", "b.wav"):
        (folder / name).write_bytes(wav(0.1))
    table = folder / recordings.TRACKS
    pd.DataFrame({"track_id": ["one"], "path": ["a.wav"]}).to_parquet(table)
    assert sound_of("mine", "one") == (folder / "a.wav").resolve()
    with monkeypatch.context() as patch:
        patch.setattr(recordings.pd, "read_parquet", None)
        assert sound_of("mine", "one") == (folder / "a.wav").resolve()
    pd.DataFrame({"track_id": ["one"], "path": ["b.wav"]}).to_parquet(table)
    os.utime(table, ns=(0, 1))
    assert sound_of("mine", "one") == (folder / "b.wav").resolve()


def test_drawing_too_often_is_429_and_the_archives_pictures_are_not(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "DRAWINGS_PER_MINUTE", 2)
    client = create_app(shared_tiny_results().folder).server.test_client()
    answers = [client.get(f"/api/spectrogram/gtzan/{WAV}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    error = answers[-1].json
    assert error["error"] == "At most 2 pictures a minute are drawn for one address; wait one."
    assert error["code"] == "rate_limited"
    assert answers[-1].headers["Retry-After"] == "60"
    archived = client.get(f"/api/spectrogram/gtzan/{PICTURE}", buffered=True)
    assert archived.status_code == 200


def test_picture_of_the_archive_goes_before_a_drawing(client: FlaskClient) -> None:
    answer = client.get(f"/api/spectrogram/gtzan/{PICTURE}")
    assert (answer.status_code, answer.data) == (200, b"\x89PNG of the archive")
    assert answer.content_type == "image/png"


def test_sound_without_a_picture_is_drawn(client: FlaskClient) -> None:
    answer = client.get(f"/api/spectrogram/gtzan/{WAV}")
    assert answer.status_code == 200
    levels = decoded(answer.data)
    assert levels.shape[0] == 128
    loudest = levels.astype(int).sum(axis=1).argmax()
    assert levels.shape[0] / 2 < loudest < levels.shape[0]  # 440 Hz is low: near the bottom
    tag = answer.headers["ETag"]
    again = client.get(f"/api/spectrogram/gtzan/{WAV}", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_png_holds_the_levels() -> None:
    db = np.array([[0.0, -40.0, -80.0], [-80.0, -80.0, 0.0]])
    steps = decoded(spectrogram_png(db, floor_db=-80.0))
    assert steps.tolist() == [[0, 0, 255], [255, 128, 0]]


def test_palette_grows_lighter_all_along() -> None:
    lightness = palette().astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) >= -0.5).all()  # a rounded channel may fall by one
    assert lightness[-1] - lightness[0] > 200


def decoded(png: bytes) -> np.ndarray:
    """Return the palette steps of a PNG without filters, its checksums checked."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, place = {}, 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        name = png[place + 4 : place + 8]
        content = png[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", png[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(name + content)
        chunks[name] = content
        place += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8)
    return lines.reshape(height, width + 1)[:, 1:]
