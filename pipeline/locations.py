"""Where the bytes of a clip are: a path, an fsspec URL, or a file in MongoDB.

A location is text, so that a unit of work can take it to another machine: ``/music/a.wav`` (the
same path on every machine that works), ``s3://bucket/a.wav`` (any file system of fsspec), or
``mongodb://host/Music_db#genres_original/blues/a.wav`` (the database of ``pipeline.store``, then
the name of the file in it). Messages show locations without passwords. fsspec and the driver of the
database are imported when they are needed.
"""

import re
import socket
from importlib import import_module
from pathlib import Path

from pipeline.store.address import redacted

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=://|::)")
_DATABASES = ("mongodb", "mongodb+srv")


class LocationError(Exception):
    """A clip cannot be read from where it is said to be.

    Attributes
    ----------
    location, reason : str
    reader : str
        Who could not read it: a machine, or a worker of a cluster.
    """

    def __init__(self, location: str, reason: str, reader: str, advice: str = "") -> None:
        super().__init__(location, reason, reader, advice)
        self.location, self.reason, self.reader, self.advice = location, reason, reader, advice

    def __str__(self) -> str:
        text = f"{self.reader} cannot read {shown(self.location)}: {self.reason}."
        return f"{text} {self.advice}".rstrip()


def location_of(place: Path | str) -> str:
    """Return the location of a file: paths made absolute, URLs as they are."""
    if isinstance(place, str) and _SCHEME.match(place):
        return place
    return str(Path(place).resolve())


def below(root: str, name: str) -> str:
    """Return the location of a file by its relative path under a folder, URL or database."""
    scheme = _SCHEME.match(root)
    if scheme is not None and scheme[0] in _DATABASES:
        return f"{root}#{name}"
    return f"{location_of(root).rstrip('/')}/{name}"


def shown(location: str) -> str:
    """Return a location as messages show it: with ``***`` for user and password."""
    return redacted(location)


def read_bytes(location: str) -> bytes:
    """Return the content of a file.

    Raises
    ------
    LocationError
        If it is not there for this machine, or cannot be read.
    """
    scheme = _SCHEME.match(location)
    if scheme is None:
        return _from_path(location)
    if scheme[0] in _DATABASES:
        return _from_database(location)
    return _from_url(location)


def sound_source(location: str) -> Path | bytes:
    """Return what ``pipeline.audio`` decodes: a path, so that it can stream, else the bytes.

    Raises
    ------
    LocationError
        If it is not there for this machine, or cannot be read.
    """
    if _SCHEME.match(location):
        return read_bytes(location)
    try:
        with open(location, "rb"):
            return Path(location)
    except OSError as error:
        raise _unreadable(location, error.strerror or str(error)) from error


def _from_path(location: str) -> bytes:
    try:
        return Path(location).read_bytes()
    except OSError as error:
        raise _unreadable(location, error.strerror or str(error)) from error


def _from_url(location: str) -> bytes:
    import fsspec

    try:
        with fsspec.open(location, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise _unreadable(location, "No such file") from error
    except Exception as error:  # each file system of fsspec has errors of its own
        raise _unreadable(location, _sentence(error)) from error


def _from_database(location: str) -> bytes:
    url, _, name = location.partition("#")
    if not name:
        raise _unreadable(location, "the name of the file must follow the URL and a #")
    store = import_module("pipeline.store")
    try:
        return bytes(store.read_file(url, name))
    except store.StoreError as error:
        raise _unreadable(location, shown(str(error)).rstrip(".")) from error


def _unreadable(location: str, reason: str) -> LocationError:
    return LocationError(location, reason, f"this machine ({socket.gethostname()})")


def _sentence(error: Exception) -> str:
    """Say an error in one line, without what a URL in it must not show."""
    return shown(f"{type(error).__name__}: {error}").splitlines()[0].rstrip(".: ")
