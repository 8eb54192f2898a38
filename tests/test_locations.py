"""Clips are read from paths, URLs and a database, and a failure never shows a password."""

import pickle
import socket
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import fsspec
import pytest

from pipeline.locations import LocationError, location_of, read_bytes, shown, sound_source

HOST = socket.gethostname()


@pytest.fixture
def clip(tmp_path) -> Path:
    path = tmp_path / "a clip.wav"
    path.write_bytes(b"sound")
    return path


@pytest.fixture
def memory():
    """Give fsspec's file system of this process, with one file."""
    files = fsspec.filesystem("memory")
    files.pipe("/clips/a.wav", b"sound")
    yield files
    files.rm("/clips", recursive=True)


def test_a_path_is_read_and_decoders_get_the_path(clip):
    assert read_bytes(str(clip)) == b"sound"
    assert sound_source(str(clip)) == clip


def test_a_url_is_read_by_fsspec_and_decoders_get_the_bytes(clip, memory):
    for url in (clip.as_uri().replace("%20", " "), "memory://clips/a.wav"):
        assert read_bytes(url) == sound_source(url) == b"sound"


def test_a_file_in_an_archive_is_one_of_fsspecs_urls(tmp_path):
    with zipfile.ZipFile(tmp_path / "clips.zip", "w") as archive:
        archive.writestr("inside.wav", b"packed")
    assert read_bytes(f"zip://inside.wav::{tmp_path}/clips.zip") == b"packed"


def test_a_location_is_absolute_so_that_it_means_the_same_elsewhere(clip, monkeypatch):
    monkeypatch.chdir(clip.parent)
    assert location_of("a clip.wav") == location_of(Path("a clip.wav")) == str(clip.resolve())
    for url in ("memory://clips/a.wav", "mongodb://h/db#a.wav"):
        assert location_of(url) == url


@pytest.mark.parametrize("read", [read_bytes, sound_source])
@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/no/such/clip.wav", "No such file or directory"),
        ("/", "Is a directory"),
        ("memory://clips/other.wav", "No such file"),
        ("nosuch://clips/a.wav", "ValueError: Protocol not known: nosuch"),
        ("mongodb://u:secret@h/db", "the name of the file must follow the URL and a #"),
    ],
)
def test_what_cannot_be_read_names_the_machine_the_place_and_the_reason(read, location, reason):
    with pytest.raises(LocationError) as caught:
        read(location)
    place = location.replace("u:secret", "***")
    assert str(caught.value) == f"this machine ({HOST}) cannot read {place}: {reason}."


def test_an_error_of_a_file_system_does_not_show_the_password(monkeypatch):
    def broken(url: str, mode: str) -> None:
        raise RuntimeError(f"no answer from {url}\nmore")

    monkeypatch.setattr(fsspec, "open", broken)
    with pytest.raises(LocationError, match=r"RuntimeError: no answer from ftp://\*\*\*@h") as e:
        read_bytes("ftp://u:s/e@cret@h/a.wav")
    assert "cret" not in str(e.value)


def test_a_file_of_the_database_is_asked_of_the_store(monkeypatch):
    """A stand-in: the store's own tests read from a server."""

    class StoreError(Exception):
        pass

    def read_file(url: str, name: str) -> bytes:
        if name == "gone.wav":
            raise StoreError(f"{url} has no file {name}.")
        return f"{url} {name}".encode()

    store = ModuleType("pipeline.store")
    vars(store).update(StoreError=StoreError, read_file=read_file)
    monkeypatch.setitem(sys.modules, "pipeline.store", store)
    url = "mongodb://u:secret@h:27017/Music_db"
    assert read_bytes(f"{url}#genres_original/a.wav") == f"{url} genres_original/a.wav".encode()
    with pytest.raises(LocationError, match=r"h:27017/Music_db has no file gone\.wav\.$") as caught:
        read_bytes(f"{url}#gone.wav")
    assert "secret" not in str(caught.value)


def test_the_error_comes_whole_from_another_process():
    error = LocationError("ftp://u:secret@h/a.wav", "No such file", "worker w", "Do this.")
    again = pickle.loads(pickle.dumps(error))
    assert (
        str(again)
        == str(error)
        == ("worker w cannot read ftp://***@h/a.wav: No such file. Do this.")
    )


def test_a_password_with_blanks_is_hidden():
    assert shown("ftp://u:s e\u2028c@r/e t@h/a.wav") == "ftp://***@h/a.wav"


def test_only_user_and_password_are_hidden():
    assert shown("s3://bucket/a@b:c.wav") == "s3://bucket/a@b:c.wav"
    assert shown("mongodb://h:1/db#a.wav") == "mongodb://h:1/db#a.wav"
    assert shown("mongodb://u@h/db#a.wav") == "mongodb://***@h/db#a.wav"
