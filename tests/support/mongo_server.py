"""A real MongoDB server over TCP for tests: ``MONGODB_URI``, else SecantusDB on a free port.

SecantusDB speaks MongoDB's wire protocol and stores in a temporary folder. Each test gets a
database of its own, dropped when it ends. Neither to be had is a failure, never a skip.
"""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pymongo
import pytest
from pymongo.errors import PyMongoError

URI_VARIABLE = "MONGODB_URI"
PROGRAM = "secantusd-py"
START_S = 120.0


class OwnServer:
    """A SecantusDB process that can be killed and started again on the same folder and port.

    Parameters
    ----------
    folder : Path
        Where it stores.
    options : str
        Further options of its command line, such as "--auth".
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"mongodb://127.0.0.1:{self.port}"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start the process; it answers when this returns."""
        command = [_program(), "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--storage-path", str(self.folder), "--cache-size", "128M"]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--log-level", "WARNING", *(options or self._options)],
                stdout=log,
                stderr=log,
                cwd=self.folder.parent,
            )
        started = time.monotonic()
        while time.monotonic() - started < START_S:
            if self._process.poll() is not None:
                pytest.fail(f"{PROGRAM} ended with status {self._process.returncode}", False)
            if answers(self.url):
                return
            time.sleep(0.05)
        pytest.fail(f"{PROGRAM} did not answer within {START_S:g} s", False)

    def kill(self) -> None:
        """End the process at once, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)

    def stop(self) -> None:
        """End the process in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()


@contextlib.contextmanager
def server_url(folder: Path) -> Iterator[str]:
    """Give the URL of the server that tests use, up while the block runs."""
    given = os.environ.get(URI_VARIABLE)
    if given:
        if not answers(given):
            pytest.fail(
                f"no MongoDB answers at {URI_VARIABLE} (host {urlsplit(given).hostname}). Start "
                f"it, correct the variable, or unset it: the tests then start {PROGRAM}.",
                pytrace=False,
            )
        yield given
        return
    server = OwnServer(folder / "server")
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextlib.contextmanager
def database_url(server: str) -> Iterator[str]:
    """Give the URL of an empty database with a name of its own, dropped at the end."""
    name = f"genrelens_test_{uuid.uuid4().hex[:12]}"
    try:
        yield with_database(server, name)
    finally:
        with pymongo.MongoClient(server) as client:
            client.drop_database(name)


def with_database(url: str, name: str) -> str:
    """Return a URL that names another database and still asks the same one about its user."""
    parts = urlsplit(url)
    query = parts.query
    if parts.username and "authSource=" not in query:
        source = f"authSource={parts.path.strip('/') or 'admin'}"
        query = f"{query}&{source}" if query else source
    return parts._replace(path=f"/{name}", query=query).geturl()


def target_of(url: str) -> tuple[str, int]:
    """Return host and port that a URL names."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    return parts.hostname, parts.port or 27_017


def through_port(url: str, port: int) -> str:
    """Return a URL for the same database and user by way of a local port."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    place = f"{user}@127.0.0.1:{port}" if user else f"127.0.0.1:{port}"
    # without this the driver goes on at the address that the server gives of itself
    direct = "&".join(filter(None, [parts.query, "directConnection=true"]))
    return parts._replace(netloc=place, query=direct).geturl()


def answers(url: str) -> bool:
    """Return whether a server answers."""
    with pymongo.MongoClient(url, serverSelectionTimeoutMS=2_000) as client:
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
    return True


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _program() -> str:
    """Return SecantusDB's command, which stands beside this Python."""
    beside = Path(sys.executable).with_name(PROGRAM)
    found = str(beside) if beside.is_file() else shutil.which(PROGRAM)
    if found is None or importlib.util.find_spec("secantus") is None:
        pytest.fail(
            f"the tests of the store need a MongoDB server: set {URI_VARIABLE} to one, or install "
            f"SecantusDB ({PROGRAM}) with `make test`.",
            pytrace=False,
        )
    return found
